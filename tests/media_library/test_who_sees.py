"""Who gets the bytes of a file, its page and its captions, and who its poster: whatever was thrown away."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client, override_settings
from django.utils import timezone

from accounts.models import User
from courses import trash as course_trash
from courses.models import Course, Video
from media_library import signed_links, trash, versions
from media_library.models import Captions, MediaFile
from tests.factories import make_chapter, make_course, make_media, make_video
from tests.media_library.test_playback import body, playable
from tests.people import ClientOf

PLAYS = {"file": 200, "page": 200, "captions": 200, "poster": 200}
NOTHING = {"file": 404, "page": 404, "captions": 404, "poster": 404}
ONLY_POSTER = NOTHING | {"poster": 200}


@dataclass
class World:
    course: Course
    media: MediaFile
    video: Video
    former: MediaFile

    def look_again(self) -> None:
        self.media.refresh_from_db()
        self.video = Video.objects.get(pk=self.video.pk)

    def stay(self) -> None:
        pass

    def remove_video(self) -> None:
        self.video.remove()

    def remove_chapter(self) -> None:
        self.video.chapter.remove()

    def empty_trash_of_course(self) -> None:
        self.remove_video()
        self.course.refresh_from_db()
        assert course_trash.empty(self.course.pk, self.course.revision)

    def empty_trash_of_course_with_chapter(self) -> None:
        self.remove_chapter()
        self.course.refresh_from_db()
        assert course_trash.empty(self.course.pk, self.course.revision)

    def delete_course(self) -> None:
        self.course.delete()

    def throw_file_away(self) -> None:
        assert trash.throw_away_everywhere(self.media, self.media.owner) is not None

    def restore_file(self) -> None:
        self.throw_file_away()
        assert trash.restore(self.media)

    def restore_video_without_file(self) -> None:
        self.throw_file_away()
        self.look_again()
        assert self.video.restore()

    def empty_trash(self) -> None:
        self.throw_file_away()
        assert trash.empty(self.media.owner)

    def unshare(self) -> None:
        self.course.remove_co_author(self.course.co_authors.get().pk)


def dressed(media: MediaFile) -> MediaFile:
    media.poster.save("ignored", ContentFile(b"\xff\xd8 a picture"))
    Captions.objects.put(media, "en", "WEBVTT\n")
    return media


@pytest.fixture
def world(author: User, co_author: User, stranger: User) -> World:
    course = make_course(author)
    course.add_co_author(co_author)
    media = dressed(playable(author))
    make_video(make_chapter(make_course(stranger)), make_media(stranger))
    former = dressed(playable(author, version_of=media, replaced_at=timezone.now()))
    return World(course, media, make_video(make_chapter(course), media), former)


def answers(client: Client, media: MediaFile) -> dict[str, int]:
    addresses = {"file": "file/", "page": "", "captions": "captions/en.vtt", "poster": "poster/"}
    found = {}
    for what, address in addresses.items():
        response: Any = client.get(f"/library/{media.pk}/{address}")
        body(response)
        found[what] = response.status_code
    return found


SITUATIONS = [
    # what happened, what the owner and the staff see, what the co-author does
    (World.stay, PLAYS, PLAYS),
    (World.remove_video, PLAYS, ONLY_POSTER),
    (World.remove_chapter, PLAYS, ONLY_POSTER),
    (World.empty_trash_of_course, PLAYS, NOTHING),
    (World.empty_trash_of_course_with_chapter, PLAYS, NOTHING),
    (World.delete_course, PLAYS, NOTHING),
    (World.unshare, PLAYS, NOTHING),
    (World.throw_file_away, PLAYS, ONLY_POSTER),
    (World.restore_file, PLAYS, PLAYS),
    (World.restore_video_without_file, PLAYS, ONLY_POSTER),
    (World.empty_trash, NOTHING, NOTHING),
]


@pytest.mark.parametrize(
    ("happens", "for_owner", "for_co_author"),
    SITUATIONS,
    ids=[happens.__name__ for happens, *_ in SITUATIONS],
)
def test_each_sees_what_they_may(
    world: World,
    author: User,
    co_author: User,
    stranger: User,
    staff: User,
    client_of: ClientOf,
    happens: Callable[[World], None],
    for_owner: dict[str, int],
    for_co_author: dict[str, int],
) -> None:
    happens(world)
    assert answers(client_of(author), world.media) == for_owner
    assert answers(client_of(staff), world.media) == for_owner
    assert answers(client_of(co_author), world.media) == for_co_author
    assert answers(client_of(stranger), world.media) == NOTHING
    assert set(answers(Client(), world.media).values()) == {302}


@pytest.mark.parametrize(
    ("happens", "for_owner"),
    [
        (World.stay, PLAYS),
        (World.throw_file_away, PLAYS),
        (World.empty_trash, NOTHING),
    ],
)
def test_a_former_version_goes_where_its_file_goes_and_is_no_co_authors(
    world: World,
    author: User,
    co_author: User,
    stranger: User,
    staff: User,
    client_of: ClientOf,
    happens: Callable[[World], None],
    for_owner: dict[str, int],
) -> None:
    happens(world)
    assert answers(client_of(author), world.former) == for_owner
    assert answers(client_of(staff), world.former) == for_owner
    assert answers(client_of(co_author), world.former) == NOTHING
    assert answers(client_of(stranger), world.former) == NOTHING
    assert set(answers(Client(), world.former).values()) == {302}


def test_a_version_that_took_its_place_is_played_by_the_co_author_and_the_one_before_is_not(
    world: World, co_author: User, client_of: ClientOf
) -> None:
    new = playable(world.media.owner, b"the new one", version_of=world.media)
    assert versions.take_place(new)
    grace = client_of(co_author)
    assert body(grace.get(f"/library/{world.media.pk}/file/")) == b"the new one"
    assert grace.get(f"/library/{new.pk}/file/").status_code == 404


@pytest.fixture
def _with_media_host() -> Iterator[None]:
    with override_settings(
        MEDIA_HOST="media.example",
        MEDIA_ORIGIN="https://media.example",
        ALLOWED_HOSTS=["testserver", "media.example"],
    ):
        yield


@pytest.mark.parametrize("happens", [World.throw_file_away, World.empty_trash])
def test_signed_links_end_with_the_file_and_with_its_versions(
    world: World, happens: Callable[[World], None]
) -> None:
    links = [signed_links.address(media) for media in (world.media, world.former)]
    assert [Client().head(link).status_code for link in links] == [200, 200]
    happens(world)
    world.look_again()
    links += [signed_links.address(media) for media in (world.media, world.former)]
    assert [Client().head(link).status_code for link in links] == [403] * 4
    assert [Client().get(link, {"download": 1}).status_code for link in links] == [403] * 4


def test_a_link_made_before_works_again_when_the_file_is_back(world: World) -> None:
    link = signed_links.address(world.media)
    world.restore_file()
    assert Client().head(link).status_code == 200


@pytest.mark.usefixtures("_with_media_host")
@pytest.mark.parametrize("which", ["media", "former"])
def test_what_is_in_the_trash_is_played_by_the_studio_itself_where_there_is_a_media_host(
    world: World, author: User, client_of: ClientOf, which: str
) -> None:
    ada, media = client_of(author), getattr(world, which)
    assert ada.get(f"/library/{media.pk}/file/").status_code == 302
    world.throw_file_away()
    response = ada.get(f"/library/{media.pk}/file/")
    assert response.status_code == 200
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    body(response)

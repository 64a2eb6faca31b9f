"""Every URL of the project, walked as a stranger and as a visitor: a new one must be protected too."""

import inspect
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.utils import timezone

from accounts.models import User
from courses.models import BulkEdit, Chapter, Course, Video
from media_library import batches
from media_library.finding import ASKED_BY
from media_library.models import Batch, BatchItem, Captions, FormerCaptions, MediaFile
from tests.conftest import ROOT
from tests.factories import make_chapter, make_course, make_media, make_video
from tests.people import ClientOf

METHODS = ("get", "head", "post", "put", "patch", "delete", "options")

# Open to visitors, each for a reason that can be said in a word.
FOR_VISITORS = {
    "accounts:login": "signing in",
    "accounts:password_reset": "forgotten password",
    "accounts:password_reset_done": "forgotten password",
    "accounts:password_reset_confirm": "forgotten password",
    "admin:login": "leads to signing in",
}
# The link says it, not the person: tests/media_library/test_signed_links.py.
BY_THE_LINK_ITSELF = {"signed_media"}
# Programs ask here, in a protocol with answers of its own: tests/media_library/test_tus.py.
FOR_CLIENTS_OF_TUS = {"media_library:uploads", "media_library:upload"}
# About nobody's things in particular: open to everyone who is signed in.
FOR_EVERY_INSTRUCTOR = {
    "courses:list",
    "courses:new",
    "media_library:library",
    "media_library:upload_rows",
    "media_library:upload_form",
    "media_library:trash",
    "media_library:empty_trash",
    "media_library:batches",
    "media_library:start_batch",
    "media_library:count_matching",
    "media_library:rename_preview",
    "media_library:ask_batch",
    "media_library:cards",
    "accounts:account",
    "accounts:logout",
    "accounts:theme",
    "accounts:password_change",
}
# Whose things they are about is said behind the question mark.
ABOUT_A_CHAPTER = {"courses:picker"}
NOT_ABOUT_SOMEBODYS_THINGS = (
    FOR_VISITORS.keys() | FOR_EVERY_INSTRUCTOR | BY_THE_LINK_ITSELF | FOR_CLIENTS_OF_TUS
)


@dataclass(frozen=True)
class Address:
    name: str
    route: str
    parameters: tuple[str, ...]

    def url(self, ids: dict[str, str]) -> str:
        path = "/" + self.route
        for parameter in self.parameters:
            start = path.index("<")
            end = path.index(">", start)
            path = path[:start] + ids[parameter] + path[end + 1 :]
        return path + (f"?chapter={ids['chapter_id']}" if self.name in ABOUT_A_CHAPTER else "")


def addresses(
    resolver: URLResolver | None = None, route: str = "", namespaces: tuple[str, ...] = ()
) -> Iterator[Address]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            name = ":".join((*namespaces, pattern.name or pattern.lookup_str))
            here = route + str(pattern.pattern).lstrip("^").rstrip("$")
            yield Address(name, here, tuple(pattern.pattern.converters))
        else:
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from addresses(pattern, route + str(pattern.pattern), inner)


STUDIO = [address for address in addresses() if not address.name.startswith("admin:")]
ADMIN = [
    address
    for address in addresses()
    if address.name.startswith("admin:") and "(?P" not in address.route
]


@dataclass
class World:
    course: Course
    chapter: Chapter
    video: Video
    media: MediaFile
    version: MediaFile
    former: FormerCaptions
    batch: Batch
    edit: BulkEdit
    author: User

    @property
    def ids(self) -> dict[str, str]:
        """A value for every parameter that an URL of the studio may have. A new one must be added."""
        return {
            "course_id": str(self.course.pk),
            "chapter_id": str(self.chapter.pk),
            "video_id": str(self.video.pk),
            "media_id": str(self.media.pk),
            "version_id": str(self.version.pk),
            "person_id": str(self.author.pk),
            "batch_id": str(self.batch.pk),
            "verb": "rename",
            "cancelled_by": "1",
            "edit_id": str(self.edit.pk),
            "language": "en",
            "former_id": str(self.former.pk),
            "uidb64": "AA",
            "token": "set-password",
        }

    def snapshot(self) -> list[object]:
        in_courses = (Course, Chapter, Video, BulkEdit)
        in_libraries = (MediaFile, Captions, FormerCaptions, Batch, BatchItem)
        models = (*in_courses, *in_libraries)
        return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.fixture
def world(author: User) -> World:
    course = make_course(author)
    chapter = make_chapter(course)
    media = make_media(author)
    former = Captions.objects.put(media, "en", "WEBVTT\n")
    version = make_media(author, "before.mp4", version_of=media, replaced_at=timezone.now())
    batch = batches.start(author, "delete", [media.pk])
    edit = BulkEdit.objects.create(
        course=course, verb="remove", revision=1, done=[], causes={}, before={}
    )
    video = make_video(chapter, media)
    return World(course, chapter, video, media, version, former, batch, edit, author)


def test_there_are_urls_to_walk() -> None:
    assert {"courses:editor", "courses:remove_chapter", "media_library:poster"} <= {
        address.name for address in STUDIO
    }
    assert len(ADMIN) > 20


def test_whom_an_url_without_parameters_is_for_was_thought_about() -> None:
    plain = {address.name for address in STUDIO if not address.parameters}
    known = FOR_VISITORS.keys() | FOR_EVERY_INSTRUCTOR | ABOUT_A_CHAPTER | FOR_CLIENTS_OF_TUS
    assert plain <= known, "of nobody's things, or of whose? It belongs into one of the lists"
    assert known <= {address.name for address in addresses()}


@pytest.mark.parametrize("address", sorted(ABOUT_A_CHAPTER))
def test_its_author_finds_what_is_about_a_chapter(
    address: str, world: World, client_of: ClientOf
) -> None:
    """So the stranger's 404 is for being a stranger, and not for a question that nobody could answer."""
    found = next(one for one in STUDIO if one.name == address)
    assert client_of(world.author).get(found.url(world.ids)).status_code == 200


@pytest.mark.parametrize("address", sorted(BY_THE_LINK_ITSELF))
def test_a_link_that_was_not_signed_opens_nothing(
    address: str, world: World, client_of: ClientOf
) -> None:
    found = next(one for one in STUDIO if one.name == address)
    for client in (Client(), client_of(world.author)):
        for method in METHODS:
            response = getattr(client, method)(found.url(world.ids))
            assert response.status_code in (403, 405), method


@pytest.mark.parametrize("address", STUDIO, ids=lambda address: address.name)
def test_a_visitor_is_asked_to_sign_in(address: Address, world: World) -> None:
    if address.name in BY_THE_LINK_ITSELF | FOR_CLIENTS_OF_TUS:
        return
    before = world.snapshot()
    for method in METHODS:
        response = getattr(Client(), method)(address.url(world.ids))
        if address.name in FOR_VISITORS:
            assert response.status_code in (200, 302, 405, 422), method
        else:
            assert response.status_code == 302, method
            assert response["Location"].startswith("/accounts/login/?next="), method
    assert world.snapshot() == before


@pytest.mark.parametrize("address", STUDIO, ids=lambda address: address.name)
def test_a_visitor_gets_401_as_a_fragment(address: Address, world: World) -> None:
    if address.name in FOR_VISITORS.keys() | BY_THE_LINK_ITSELF | FOR_CLIENTS_OF_TUS:
        return
    for method in METHODS:
        response = getattr(Client(), method)(address.url(world.ids), headers={"HX-Request": "true"})
        assert response.status_code == 401, method


@pytest.mark.parametrize("address", STUDIO, ids=lambda address: address.name)
def test_for_a_stranger_it_does_not_exist(
    address: Address, world: World, stranger: User, client_of: ClientOf
) -> None:
    if address.name in NOT_ABOUT_SOMEBODYS_THINGS:
        return
    before = world.snapshot()
    answers = {}
    for method in METHODS:
        for headers in ({}, {"HX-Request": "true"}):
            response = getattr(client_of(stranger), method)(address.url(world.ids), headers=headers)
            answers[method] = response.status_code
            assert response.status_code in (404, 405), method
    assert 404 in answers.values(), "refused by method alone: who may see it was never asked"
    assert world.snapshot() == before


_READ = re.compile(r"""\b(?:GET|POST|COOKIES|data|post|query)(?:\.get|\.getlist)?[\[(]"(\w+)\"""")
OF_A_LIST = {"line", "name", "was", "title"}


def read_by(url: str) -> set[str]:
    """Names that a view asks a request for, in its module or in one that this imports."""
    view = inspect.unwrap(resolve(url.partition("?")[0]).func)
    module = inspect.getmodule(getattr(view, "view_class", view))
    modules = {module} | {inspect.getmodule(thing) for thing in vars(module).values()}
    ours = [one for one in modules if one and (one.__file__ or "").startswith(f"{ROOT}/")]
    found = {name for one in ours for name in _READ.findall(inspect.getsource(one))}
    return found | {*ASKED_BY} | (OF_A_LIST if "rest_title" in found else set())


OF_OPEN_WORDS = {"verb", "language", "token", "uidb64"}


@pytest.mark.parametrize("address", STUDIO, ids=lambda address: address.name)
def test_a_text_that_no_database_keeps_is_cleaned_or_refused(
    address: Address, world: World, client_of: ClientOf
) -> None:
    """NUL, that is. Each alone beside sound ones, for a view may look no further than the first."""
    author = client_of(world.author)
    sound = world.ids | {
        "media": str(world.media.pk),
        "video": str(world.video.pk),
        "line": str(uuid.uuid4()),
        "name": "",
        "was": "a",
        "title": "a",
        "rest": "new",
        "verb": "delete",
    }
    if "import" not in address.name:
        sound["chapter"] = str(world.chapter.pk)
    own = address.url(world.ids)
    asked = [(own, sound | {name: "a\0"}) for name in sorted(read_by(own))]
    asked += [
        (address.url(world.ids | {parameter: "a%00"}), sound)
        for parameter in OF_OPEN_WORDS.intersection(address.parameters)
    ]
    for url, fields in asked:
        for method in ("get", "post"):
            with transaction.atomic():
                answer = getattr(author, method)(url, fields)
                if answer.streaming:
                    list(answer)  # to its end, where the file is closed
                transaction.set_rollback(True)
            assert answer.status_code < 500, (url, fields)


def test_what_views_read_is_found(world: World) -> None:
    read = {address.name: read_by(address.url(world.ids)) for address in STUDIO}
    assert "reason" in read["courses:retry_failed"]
    assert {"chapter", "was", "rest_title"} <= read["courses:import_go"]
    assert {"list", "for"} <= read["courses:import"]
    assert {"media", "all_of", "room"} <= read["media_library:start_batch"]


@pytest.mark.parametrize("address", STUDIO, ids=lambda address: address.name)
def test_what_is_nobodys_is_answered_like_what_is_somebody_elses(
    address: Address, world: World, stranger: User, client_of: ClientOf
) -> None:
    if address.name in NOT_ABOUT_SOMEBODYS_THINGS:
        return
    nothing = {parameter: str(uuid.uuid4()) for parameter in world.ids} | {
        "cancelled_by": "1",
        "language": "en",
        "verb": "rename",
    }
    for method in METHODS:
        theirs = getattr(client_of(stranger), method)(address.url(world.ids))
        nobodys = getattr(client_of(stranger), method)(address.url(nothing))
        assert theirs.status_code == nobodys.status_code, method


@pytest.mark.parametrize("address", STUDIO, ids=lambda address: address.name)
def test_a_page_for_every_instructor_shows_nothing_of_others(
    address: Address, world: World, stranger: User, client_of: ClientOf
) -> None:
    if address.name not in FOR_EVERY_INSTRUCTOR:
        return
    page = client_of(stranger).get(address.url(world.ids), follow=True).content.decode()
    for secret in (world.course.title, world.media.name, world.video.title, *world.ids.values()):
        if len(secret) > 10 and secret != "set-password":
            assert secret not in page


@pytest.mark.parametrize("address", ADMIN, ids=lambda address: address.name)
def test_the_admin_is_closed_to_instructors_and_visitors(
    address: Address, world: World, stranger: User, client_of: ClientOf
) -> None:
    before = world.snapshot()
    url = address.url({parameter: str(world.course.pk) for parameter in address.parameters})
    for client in (Client(), client_of(stranger)):
        for method in ("get", "post"):
            response = getattr(client, method)(url)
            if address.name in ("admin:login", "admin:logout", "admin:jsi18n"):
                continue
            assert response.status_code in (302, 403, 404), method
            assert response.status_code != 302 or "login" in response["Location"], method
    assert world.snapshot() == before

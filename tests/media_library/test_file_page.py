"""The page of a file: what it shows to whom, its name, its captions."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import User
from media_library import tasks, versions
from media_library.models import MOST_LANGUAGES, Captions, FormerCaptions, MediaFile
from tests.factories import make_chapter, make_course, make_media, make_upload, make_video
from tests.people import ClientOf

VTT = "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nHello\n"
ANOTHER = VTT.replace("Hello", "Another")


@pytest.fixture
def media(author: User) -> MediaFile:
    return make_media(author, "Looms & mills.mp4")


@pytest.fixture
def ada(author: User, client_of: ClientOf) -> Client:
    return client_of(author)


@pytest.fixture
def grace(media: MediaFile, author: User, co_author: User, client_of: ClientOf) -> Client:
    """A co-author of a course that uses the file."""
    course = make_course(author, "Programming before computers")
    course.add_co_author(co_author)
    make_video(make_chapter(course), media)
    return client_of(co_author)


def page_of(client: Client, media: MediaFile, **headers: str) -> str:
    response = client.get(f"/library/{media.pk}/", headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def upload(
    client: Client,
    media: MediaFile,
    content: bytes,
    language: str = "en",
    name: str = "captions.vtt",
    **headers: str,
) -> Any:
    file = SimpleUploadedFile(name, content)
    fields = {"language": language, "file": file}
    return client.post(f"/library/{media.pk}/captions/", fields, headers=headers)


def test_the_owner_sees_all_of_it(ada: Client, media: MediaFile) -> None:
    course = make_course(media.owner, "Analytical engines")
    make_video(make_chapter(course, "Beginnings"), media)
    page = page_of(ada, media)
    for shown in (
        "Looms &amp; mills.mp4",
        f'src="/library/{media.pk}/file/?v={media.checksum[:12]}"',
        "1:30",
        "640 × 360",
        "H.264, AAC",
        "MP4",
        media.checksum[:12],
        "Analytical engines › Beginnings › 1. Looms &amp; mills",
        f'href="/courses/{course.pk}/#video-',
        'enctype="multipart/form-data"',
        "Use this frame",
    ):
        assert shown in page, shown
    assert "hx-trigger" not in page, "nothing is under way"


def test_many_uses_come_in_pages(
    ada: Client, media: MediaFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("media_library.views.file._PLACES", 2)
    chapters = [make_chapter(make_course(media.owner, f"Course {n}")) for n in range(2)]
    other = make_media(media.owner)
    for chapter in chapters:
        make_video(chapter, other, title="another").remove()
        make_video(chapter, other, title="another")
        make_video(chapter, media, title="this")
    make_video(chapters[1], media, title="this again")
    first, second = (ada.get(f"/library/{media.pk}/?uses={n}").text for n in (1, 2))
    for page, shown in (
        (first, ["Course 0 › Beginnings › 2. this<", "Course 1 › Beginnings › 2. this<"]),
        (second, ["Course 1 › Beginnings › 3. this again<"]),
    ):
        assert page.count(" › Beginnings › ") == len(shown)
        assert all(place in page for place in shown)
        assert "It is used in 3 places" in page
    assert "1–2 of 3 places" in first
    assert ada.get(f"/library/{media.pk}/?uses=x").status_code == 200


def test_a_co_author_sees_it_and_can_change_nothing(grace: Client, media: MediaFile) -> None:
    page = page_of(grace, media)
    assert f'src="/library/{media.pk}/file/?v=' in page
    assert "Belongs to" in page
    for hidden in ("Use this frame", "Add captions", "Used in", 'name="name"', 'hx-post="/library'):
        assert hidden not in page, hidden
    for path in ("name/", "frame/", "captions/", "captions/en/remove/"):
        assert grace.post(f"/library/{media.pk}/{path}").status_code == 404


def test_a_stranger_sees_nothing(media: MediaFile, stranger: User, client_of: ClientOf) -> None:
    assert client_of(stranger).get(f"/library/{media.pk}/").status_code == 404


def test_a_broken_file_says_why(ada: Client, author: User) -> None:
    media = make_media(author, status="broken", reason="cut_off")
    page = page_of(ada, media)
    assert "The file is incomplete: its end is missing." in page
    assert "<video" not in page
    assert "Use this frame" not in page


def test_a_file_in_the_trash_says_since_when_and_leads_back_there(
    ada: Client, author: User
) -> None:
    three_days_ago = timezone.now() - timedelta(days=3)
    media = make_media(author, trashed_at=three_days_ago)
    head, _, rest = page_of(ada, media).partition('<div class="media-file-columns">')
    assert "In the trash: thrown away 3\xa0days ago, kept for 30 days." in head
    way_back = '<nav class="crumbs" aria-label="Way back"><a href="{}">'
    assert way_back.format("/library/trash/") in head
    restore = f'action="/library/{media.pk}/restore/"'
    assert restore in head
    assert restore not in rest, "once is enough"
    ada.post(f"/library/{media.pk}/restore/")
    page = page_of(ada, media)
    assert "In the trash" not in page
    assert way_back.format("/library/") in page


def test_the_player_has_another_address_as_soon_as_it_plays_something_else(
    ada: Client, media: MediaFile
) -> None:
    """An open page is morphed: by its address alone the browser knows when to load anew."""

    def plays() -> str:
        found = re.search(r'<video[^>]* src="([^"]+)"', page_of(ada, media, HX_Request="true"))
        assert found
        return found[1]

    before = plays()
    make_media(media.owner, "cut off.mp4", version_of=media, status="broken", reason="cut_off")
    assert plays() == before
    assert versions.take_place(make_media(media.owner, "better.mp4", version_of=media))
    assert plays() != before


def test_a_file_that_is_coming_asks_until_it_is_there(ada: Client, author: User) -> None:
    media = make_upload(author, received=420)
    page = page_of(ada, media)
    assert "Uploading 42 %" in page
    assert 'hx-trigger="every 1s"' in page
    assert f'src="/library/{media.pk}/under-way/"' in page
    framed = ada.get(f"/library/{media.pk}/under-way/")
    assert "is on its way: 42 %" in framed.text
    assert '<meta http-equiv="refresh" content="3">' in framed.text
    assert framed["X-Frame-Options"] == "SAMEORIGIN"
    inside = page_of(ada, media, HX_Request="true")
    assert inside.startswith("\n<div") or inside.lstrip().startswith('<div class="media-file"')
    assert "<html" not in inside


def test_so_does_one_whose_version_is_coming_on_the_page_of_its_uses_that_is_open(
    ada: Client, media: MediaFile
) -> None:
    assert "every 1s" not in page_of(ada, media)
    make_media(media.owner, "better.mp4", version_of=media, status="processing")
    chapter = make_chapter(make_course(media.owner))
    for _ in range(26):
        make_video(chapter, media)
    assert f'hx-get="/library/{media.pk}/?" hx-trigger="every 1s"' in page_of(ada, media)
    second = ada.get(f"/library/{media.pk}/?uses=2").content.decode()
    assert f'hx-get="/library/{media.pk}/?uses=2&amp;" hx-trigger="every 1s"' in second


def test_renamed(ada: Client, media: MediaFile) -> None:
    response = ada.post(f"/library/{media.pk}/name/", {"name": " ../x/New\u202e name\t.mp4 "})
    assert response.status_code == 302
    assert response["Location"] == f"/library/{media.pk}/"
    media.refresh_from_db()
    assert media.name == "../x/New name .mp4", "a label, and no path"
    headers = {"HX-Request": "true"}
    response = ada.post(f"/library/{media.pk}/name/", {"name": "Again"}, headers=headers)
    assert "<hx-partial" in response.content.decode()
    media.refresh_from_db()
    assert media.name == "Again"


@pytest.mark.parametrize("name", ["", "   ", "x" * 256])
def test_a_name_is_needed(ada: Client, media: MediaFile, name: str) -> None:
    response = ada.post(f"/library/{media.pk}/name/", {"name": name})
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    headers = {"HX-Request": "true"}
    response = ada.post(f"/library/{media.pk}/name/", {"name": name}, headers=headers)
    assert response.status_code == 422
    assert f'hx-target="#media-{media.pk}-name-error"' in response.content.decode()
    media.refresh_from_db()
    assert media.name == "Looms & mills.mp4"


def test_captions_are_added_and_replaced(ada: Client, media: MediaFile) -> None:
    assert upload(ada, media, VTT.encode(), "pt_br").status_code == 302
    page = page_of(ada, media)
    assert f'src="/library/{media.pk}/captions/pt-BR.vtt?v=' in page
    assert 'srclang="pt-BR" label="Brazilian Portuguese"' in page
    response = ada.get(f"/library/{media.pk}/captions/pt-BR.vtt")
    assert response.content.decode() == VTT
    assert response["Content-Type"] == "text/vtt; charset=utf-8"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    before = Captions.objects.get().added_at
    upload(ada, media, VTT.replace("Hello", "<script>").encode(), "pt-BR", HX_Request="true")
    assert "&lt;script&gt;" in Captions.objects.get().text
    assert Captions.objects.get().added_at > before


def test_who_puts_captions_in_the_place_of_others_is_told(ada: Client, media: MediaFile) -> None:
    answers = [
        upload(ada, media, text.encode(), "ru", HX_Request="true").content.decode()
        for text in (VTT, ANOTHER)
    ]
    assert "Captions in Russian are added." in answers[0]
    assert "Captions in Russian are replaced." in answers[1]
    assert re.search(_TOAST_WITH_UNDO, answers[1])


_TOAST_WITH_UNDO = r'data-toast>(?s:.)*action="(/library/[^"]+/take-back/)"'


def take_back(client: Client, answer: Any) -> Any:
    """By the toast that tells of it."""
    address = re.search(_TOAST_WITH_UNDO, answer.text)
    assert address
    return client.post(address[1], headers={"HX-Request": "true"})


def texts(media: MediaFile) -> dict[str, str]:
    return dict(Captions.objects.filter(media=media).values_list("language", "text"))


def test_replaced_captions_come_back_exactly(ada: Client, media: MediaFile) -> None:
    upload(ada, media, VTT.encode(), "de")
    answer = take_back(ada, upload(ada, media, ANOTHER.encode(), "en", HX_Request="true"))
    assert texts(media) == {"de": VTT}, "added, and taken back"
    upload(ada, media, VTT.encode(), "en")
    replaced = upload(ada, media, ANOTHER.encode(), "en", HX_Request="true")
    answer = take_back(ada, replaced)
    assert "Captions in English are as they were." in answer.text
    assert texts(media) == {"de": VTT, "en": VTT}
    answer = take_back(ada, answer)
    assert texts(media) == {"de": VTT, "en": ANOTHER}, "an undo can be undone"
    take_back(ada, answer)
    assert texts(media) == {"de": VTT, "en": VTT}


def test_captions_that_are_sent_twice_do_not_hide_what_was_there(
    ada: Client, media: MediaFile
) -> None:
    """The answer to the first was lost."""
    upload(ada, media, VTT.encode(), "en")
    upload(ada, media, ANOTHER.encode(), "en", HX_Request="true")
    take_back(ada, upload(ada, media, ANOTHER.encode(), "en", HX_Request="true"))
    assert texts(media) == {"en": VTT}
    upload(ada, media, VTT.encode(), "de", HX_Request="true")
    take_back(ada, upload(ada, media, VTT.encode(), "de", HX_Request="true"))
    assert texts(media) == {"en": VTT}


def test_former_captions_are_kept_for_thirty_days(media: MediaFile) -> None:
    for text in (VTT, ANOTHER):
        Captions.objects.put(media, "en", text)
    young = FormerCaptions.objects.get()
    FormerCaptions.objects.forget_old()
    assert FormerCaptions.objects.get() == young
    old = UUID(int=young.pk.int - (31 * 86_400_000 << 80))
    FormerCaptions.objects.update(id=old)
    tasks.forget_what_is_old()
    assert not FormerCaptions.objects.exists()


def test_removed_captions_come_back(ada: Client, media: MediaFile) -> None:
    upload(ada, media, VTT.encode())
    headers = {"HX-Request": "true"}
    answer = ada.post(f"/library/{media.pk}/captions/en/remove/", headers=headers)
    assert texts(media) == {}
    take_back(ada, answer)
    assert texts(media) == {"en": VTT}


def test_what_was_changed_since_is_not_taken_back(ada: Client, media: MediaFile) -> None:
    upload(ada, media, VTT.encode())
    answer = upload(ada, media, ANOTHER.encode(), HX_Request="true")
    upload(ada, media, VTT.replace("Hello", "Newest").encode())
    refused = take_back(ada, answer)
    assert refused.status_code == 409
    assert "These captions have been changed since." in refused.text
    assert "Newest" in texts(media)["en"]


def test_captions_come_back_by_their_own_file_alone(ada: Client, media: MediaFile) -> None:
    other = make_media(media.owner)
    before = Captions.objects.put(other, "en", VTT)
    address = f"/library/{media.pk}/captions/{before.pk}/take-back/"
    assert ada.post(address).status_code == 302
    assert texts(other) == {"en": VTT}


def test_what_cannot_come_back_says_why(ada: Client, media: MediaFile) -> None:
    for number in range(MOST_LANGUAGES):
        Captions.objects.put(media, f"x{chr(97 + number)}", VTT)
    before = Captions.objects.take_away(media, "xa")
    assert before
    Captions.objects.put(media, "en", VTT)
    address = f"/library/{media.pk}/captions/{before.pk}/take-back/"
    answer = ada.post(address, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "The most is 20 languages." in answer.text
    assert "xa" not in texts(media)


def test_no_more_is_kept_of_former_captions_than_there_may_be(media: MediaFile) -> None:
    for number in range(MOST_LANGUAGES + 2):
        Captions.objects.put(media, f"x{chr(97 + number)}", VTT)
        Captions.objects.take_away(media, f"x{chr(97 + number)}")
    kept = FormerCaptions.objects.filter(media=media).order_by("language")
    assert [former.language for former in kept] == [f"x{chr(99 + n)}" for n in range(20)]


@pytest.mark.parametrize(
    ("name", "chosen", "language"),
    [
        ("talk.de.vtt", "?en", "de"),
        ("talk_en-US.srt", "?fr", "en-US"),
        ("talk.vtt", "?en", "en"),
        ("talk.de.vtt", "fr", "fr"),
    ],
)
def test_the_name_of_the_file_says_the_language_unless_somebody_does(
    ada: Client, media: MediaFile, name: str, chosen: str, language: str
) -> None:
    upload(ada, media, VTT.encode(), chosen, name)
    assert texts(media) == {language: VTT}


def test_the_form_says_of_which_languages_it_replaces_what_is_there(
    ada: Client, media: MediaFile
) -> None:
    said = "English – replaces what is there</option>"
    assert said not in page_of(ada, media)
    assert said in upload(ada, media, VTT.encode(), HX_Request="true").text
    assert said in page_of(ada, media)
    assert said in upload(ada, media, b"no captions").text


def test_a_download_of_captions_is_called_as_the_video(ada: Client, media: MediaFile) -> None:
    upload(ada, media, VTT.encode())
    assert 'download="Looms &amp; mills.en.vtt"' in page_of(ada, media)


@pytest.mark.parametrize(
    ("late", "said"),
    [
        (0, "Captions in English are added.</p>"),
        (1, "added. 1 caption begins after the video ends."),
        (12, "added. 12 captions begin after the video ends."),
    ],
)
def test_who_adds_captions_that_nobody_will_see_is_told(
    ada: Client, media: MediaFile, late: int, said: str
) -> None:
    cues = "".join(f"\n00:01:30.000 --> 00:01:3{n % 10}.500\n{n}\n" for n in range(late))
    in_time = "\n00:01:29.999 --> 00:01:40.000\nStill\n"
    answer = upload(ada, media, f"{VTT}{in_time}{cues}".encode(), HX_Request="true")
    assert said in answer.text
    assert Captions.objects.get().text.count("-->") == VTT.count("-->") + 1 + late


def test_captions_of_before_unicode_are_read_by_their_language(
    ada: Client, media: MediaFile
) -> None:
    content = VTT.replace("Hello", "Привет").encode("cp1251")
    upload(ada, media, content, "ru")
    assert "Привет" in Captions.objects.get().text
    response = upload(ada, media, b"\x81\x8d", "en")
    assert "The letters of this file cannot be read: save it as UTF-8." in response.text
    assert response.status_code == 422


@pytest.mark.parametrize(
    ("browser", "offered"),
    [
        ("", "en"),
        ("en-US,en;q=0.9", "en"),
        ("de-CH,fr;q=0.8", "de"),
        ("xx,fr;q=0.8", "fr"),
        ("pt-BR", "pt-BR"),
        ("*, <b>, xx", "en"),
        ("x" * 5000, "en"),
    ],
)
def test_the_first_captions_are_likely_to_be_in_the_language_of_who_adds_them(
    ada: Client, media: MediaFile, browser: str, offered: str
) -> None:
    page = page_of(ada, media, Accept_Language=browser)
    assert f'<option value="?{offered}" selected>By the file’s name, or else ' in page


def test_in_which_language_others_are_is_not_guessed(ada: Client, media: MediaFile) -> None:
    upload(ada, media, VTT.encode(), "?en")
    assert '<option value="?" selected>By the file’s name</option>' in page_of(ada, media)
    answer = upload(ada, media, ANOTHER.encode(), "?", HX_Request="true")
    assert (answer.status_code, texts(media)) == (422, {"en": VTT})
    assert "The name of the file does not say it. Choose one here." in answer.text
    upload(ada, media, ANOTHER.encode(), "?", name="talk.de.vtt")
    assert texts(media) == {"en": VTT, "de": ANOTHER}


def test_captions_are_removed(ada: Client, media: MediaFile) -> None:
    upload(ada, media, VTT.encode())
    address = f"/library/{media.pk}/captions/en/remove/"
    assert ada.post(address).status_code == 302
    assert ada.post(address).status_code == 302, "twice is no mistake"
    assert not Captions.objects.exists()
    assert ada.get(f"/library/{media.pk}/captions/en.vtt").status_code == 404


@pytest.mark.parametrize(
    ("content", "language", "sentence"),
    [
        (b"", "en", "The file is empty."),
        (b"<html>", "en", "Line 1: there should be times here"),
        (b"x" * 1_000_001, "en", "The file is too large; the most is 1 MB."),
        (VTT.encode(), "", "Say which language it is."),
        (VTT.encode(), "English", "This is not the tag of a language"),
        (VTT.encode(), "../en", "This is not the tag of a language"),
    ],
)
def test_captions_that_are_refused_say_why(
    ada: Client, media: MediaFile, content: bytes, language: str, sentence: str
) -> None:
    response = upload(ada, media, content, language)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    response = upload(ada, media, content, language, HX_Request="true")
    assert response.status_code == 422
    assert response.content.decode().count("<hx-partial") == 1
    assert sentence in response.content.decode()
    assert not Captions.objects.exists()


def test_bad_captions_among_good_ones_are_left_out_and_told(ada: Client, media: MediaFile) -> None:
    content = f"{VTT}\n00:09.000 --> 00:08.000\nLate\n".encode()
    said = "Captions in English are added. 1 caption is left out. Line "
    assert said in upload(ada, media, content, HX_Request="true").content.decode()
    assert Captions.objects.get().text == VTT
    upload(ada, media, content.replace(b"Hello", b"Another"))
    page = page_of(ada, media)
    assert said.replace("added", "replaced") in page
    assert "this caption ends before it begins." in page
    assert "toast-bad" in page
    bad = "\n\n00:09.000 --> 00:08.000\nLate" * 5
    page = upload(ada, media, f"{VTT}{bad}".encode(), HX_Request="true").content.decode()
    assert "5 captions are left out. Line " in page
    assert "begins. And 2 more." in page


def test_a_file_that_is_far_too_large_is_not_even_read(ada: Client, media: MediaFile) -> None:
    assert upload(ada, media, b"x" * (2 << 20)).status_code == 413


def test_there_are_no_more_languages_than_can_be_chosen_from(ada: Client, media: MediaFile) -> None:
    for number in range(MOST_LANGUAGES):
        Captions.objects.put(media, f"x{chr(97 + number)}", VTT)
    response = upload(ada, media, VTT.encode(), "en")
    assert response.status_code == 422
    assert "The most is 20 languages." in response.content.decode()
    assert upload(ada, media, VTT.encode(), "xa").status_code == 302, "replaced"


def test_captions_are_for_whoever_may_see_the_file(
    ada: Client, grace: Client, media: MediaFile, stranger: User, client_of: ClientOf
) -> None:
    upload(ada, media, VTT.encode())
    address = f"/library/{media.pk}/captions/en.vtt"
    assert grace.get(address).status_code == 200
    assert client_of(stranger).get(address).status_code == 404


@pytest.mark.parametrize("language", ["%00", "en%00", "no such tag"])
def test_captions_in_no_language_are_404(ada: Client, media: MediaFile, language: str) -> None:
    assert ada.get(f"/library/{media.pk}/captions/{language}.vtt").status_code == 404
    assert ada.post(f"/library/{media.pk}/captions/{language}/remove/").status_code == 404

"""Many files at once: each verb, and what may go wrong between its beginning and its end."""

import dataclasses
from datetime import timedelta
from typing import Any
from unittest.mock import Mock
from uuid import UUID

import pytest
from django.db import OperationalError, connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from config import celery
from config.ids import uuid7
from config.statements import Prepared
from courses import batch_links, linking
from courses.batch_links import CHAPTER_GONE
from courses.linking import Refusal
from courses.models import Chapter, Video
from media_library import batch_news, batch_verbs, batches, tasks, trash
from media_library.batch_news import apart, news_of
from media_library.batch_verbs import VERBS, used_in
from media_library.finding import Finding, matching
from media_library.models import Batch, BatchItem, MediaFile
from media_library.renaming import NAMELESS, Pattern
from tests.factories import make_chapter, make_course, make_media, make_upload, make_video


@pytest.fixture(autouse=True)
def calls(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """Nobody comes by itself."""
    send = Mock()
    monkeypatch.setattr(celery.app, "send_task", send)
    return send


@pytest.fixture
def chapter(author: User) -> Chapter:
    return make_chapter(make_course(author), "Optics")


@pytest.fixture
def files(author: User) -> list[MediaFile]:
    return [make_media(author, f"file {number}.mp4") for number in range(1, 6)]


def begin(owner: User, verb: str, files: list[MediaFile], **details: Any) -> Batch:
    return batches.start(owner, verb, [media.pk for media in files], details)


def finish(batch: Batch) -> None:
    while batches.perform(batch.pk):
        pass


def outcomes(batch: Batch) -> list[tuple[str, str]]:
    return list(batch.items.order_by("place").values_list("status", "reason"))


def names() -> list[str]:
    return list(MediaFile.objects.order_by("pk").values_list("name", flat=True))


def in_trash() -> int:
    return MediaFile.objects.trashed().count()


ALL_DONE = [("done", "")] * 5


def test_all_are_renamed_in_the_order_in_which_they_were_chosen(
    author: User, files: list[MediaFile]
) -> None:
    pattern = Pattern(find="file ", pattern="Week {number} – {name}", start=8, digits=2)
    batch = begin(author, "rename", files[::-1], **pattern.details)
    finish(batch)
    assert outcomes(batch) == ALL_DONE
    assert names()[0] == "Week 12 – 1.mp4"
    assert names()[4] == "Week 08 – 5.mp4"
    undoing = batches.undo(batch)
    assert undoing is not None
    finish(undoing)
    assert set(MediaFile.objects.values_list("name_version", "name_by")) == {(2, author.pk)}


def test_a_name_of_nothing_is_refused(author: User, files: list[MediaFile]) -> None:
    files[1].rename("Other.mp4")
    batch = begin(author, "rename", files[:2], **Pattern(find="file 1").details)
    finish(batch)
    assert outcomes(batch) == [("failed", "It would be left without a name."), ("done", "")]
    assert names()[:2] == ["file 1.mp4", "Other.mp4"]


def test_names_come_back_unless_somebody_changed_them_since(
    author: User, files: list[MediaFile]
) -> None:
    batch = begin(author, "rename", files, **Pattern(pattern="x {number}").details)
    finish(batch)
    files[0].rename("Mine.mp4")
    undoing = batches.undo(batch)
    assert undoing is not None
    finish(undoing)
    assert outcomes(undoing)[0] == ("failed", "It has been renamed since.")
    assert names() == ["Mine.mp4", "file 2.mp4", "file 3.mp4", "file 4.mp4", "file 5.mp4"]


def test_what_is_used_is_not_deleted_until_somebody_says_so(
    author: User, files: list[MediaFile], chapter: Chapter
) -> None:
    make_video(chapter, files[1])
    make_video(chapter, files[1])
    batch = begin(author, "delete", files)
    finish(batch)
    assert outcomes(batch)[1] == ("failed", "It is used in 2 places.")
    assert in_trash() == 4
    (told,) = news_of(author)
    assert told.sentence == "4 of 5 files were moved to the trash; 1 is used in courses."
    assert told.can_go_everywhere
    assert not told.can_be_retried
    assert batches.retry(batch, everywhere=True) == 1
    finish(batch)
    assert outcomes(batch) == ALL_DONE
    assert in_trash() == 5
    assert not Video.objects.live().exists()


def test_elsewhere_it_stays(author: User, stranger: User, files: list[MediaFile]) -> None:
    make_video(make_chapter(make_course(stranger)), files[0])
    batch = begin(author, "delete", files[:1], everywhere=True)
    finish(batch)
    assert outcomes(batch) == [("failed", "It is used in a course that is not shared with you.")]
    (told,) = news_of(author)
    assert told.sentence == "1 file could not be moved to the trash: it is used in courses."
    assert not told.can_go_everywhere
    assert not told.can_be_retried


@pytest.mark.parametrize(
    ("verb", "reason", "helps"),
    [
        ("rename", batches.BUSY, True),
        ("rename", batches.UNEXPECTED, True),
        ("rename", NAMELESS, False),
        ("rename_back", batch_verbs.RENAMED_SINCE, False),
        ("restore", batch_verbs.GONE, False),
        ("delete", batch_verbs.NO_SUCH_FILE, False),
        ("delete", batch_verbs.UPLOADING, True),
        ("link", CHAPTER_GONE, False),
        ("link", Refusal.BROKEN, False),
        ("link", Refusal.TAKEN, True),
    ],
)
def test_retry_is_offered_where_it_can_help(
    author: User, files: list[MediaFile], verb: str, reason: str, helps: bool
) -> None:
    batch = begin(author, verb, files)
    batch.items.update(status="failed", reason=reason)
    (told,) = news_of(author)
    assert told.can_be_retried is helps
    batch.items.filter(place=1).update(reason=batches.BUSY)
    (told,) = news_of(author)
    assert told.can_be_retried


def test_what_failed_for_other_reasons_too_is_said_in_numbers(
    author: User, files: list[MediaFile], chapter: Chapter
) -> None:
    make_video(chapter, files[0])
    batch = begin(author, "delete", [files[0], make_upload(author)])
    finish(batch)
    (told,) = news_of(author)
    assert told.sentence == "2 files could not be moved to the trash."
    assert told.can_go_everywhere
    assert told.can_be_retried
    assert Video.objects.live().exists()


def test_an_upload_is_not_deleted(author: User) -> None:
    batch = begin(author, "delete", [make_upload(author)])
    finish(batch)
    assert outcomes(batch) == [("failed", "It is still being uploaded: cancel the upload instead.")]


def test_deleting_is_undone(author: User, files: list[MediaFile]) -> None:
    batch = begin(author, "delete", files)
    finish(batch)
    undoing = batches.undo(batch)
    assert undoing is not None
    assert batches.undo(batch) == undoing
    finish(undoing)
    assert in_trash() == 0
    assert [told.batch for told in news_of(author)] == [undoing]


def test_undoing_stops_what_is_still_to_be_done(
    author: User, files: list[MediaFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "_SLICE", 0)
    batch = begin(author, "delete", files)
    assert batches.perform(batch.pk)
    assert in_trash() == 1
    undoing = batches.undo(batch)
    assert undoing is not None
    finish(batch)
    finish(undoing)
    assert in_trash() == 0
    assert undoing.items.count() == 1


def test_restoring_is_undone(author: User, files: list[MediaFile]) -> None:
    MediaFile.objects.update(trashed_at=Now())
    batch = begin(author, "restore", files)
    finish(batch)
    assert in_trash() == 0
    undoing = batches.undo(batch)
    assert undoing is not None
    finish(undoing)
    assert in_trash() == 5


def test_videos_come_at_the_end_in_the_order_of_choosing(
    author: User, files: list[MediaFile], chapter: Chapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it takes more than one step."""
    make_video(chapter, make_media(author, "first.mp4"))
    monkeypatch.setitem(VERBS, "link", _few_at_once(2))
    batch = begin(author, "link", files[::-1], chapter=str(chapter.pk))
    finish(batch)
    assert outcomes(batch) == ALL_DONE
    titles = [video.title for video in chapter.videos.in_order()]
    assert titles == ["first", "file 5", "file 4", "file 3", "file 2", "file 1"]


def _few_at_once(number: int) -> batch_verbs.Verb:
    return dataclasses.replace(batch_links.LINK, at_once=number)


def test_links_of_a_step_that_comes_twice_are_there_once(
    author: User, files: list[MediaFile], chapter: Chapter
) -> None:
    batch = begin(author, "link", files, chapter=str(chapter.pk))
    finish(batch)
    batch.items.update(status=BatchItem.Status.WAITING)  # as if nobody had been able to say so
    finish(batch)
    assert outcomes(batch) == ALL_DONE
    assert chapter.videos.count() == 5


def test_a_broken_file_is_not_linked_and_the_others_are(
    author: User, files: list[MediaFile], chapter: Chapter
) -> None:
    broken = make_media(author, "broken.mp4", status="broken", reason="damaged")
    batch = begin(author, "link", [*files[:1], broken, *files[1:]], chapter=str(chapter.pk))
    finish(batch)
    assert outcomes(batch)[1] == ("failed", "The file is damaged or no video.")
    assert chapter.videos.count() == 5


def test_into_a_chapter_that_is_gone_nothing_is_linked(
    author: User, files: list[MediaFile], chapter: Chapter
) -> None:
    batch = begin(author, "link", files, chapter=str(chapter.pk))
    chapter.remove()
    finish(batch)
    assert set(outcomes(batch)) == {("failed", batch_links.CHAPTER_GONE)}
    assert not Video.objects.exists()


def test_nobody_links_into_a_course_that_they_are_no_author_of_any_more(
    author: User, co_author: User
) -> None:
    course = make_course(author)
    course.add_co_author(co_author)
    chapter = make_chapter(course)
    batch = begin(co_author, "link", [make_media(co_author)], chapter=str(chapter.pk))
    course.remove_co_author(co_author.pk)
    finish(batch)
    assert outcomes(batch) == [("failed", batch_links.CHAPTER_GONE)]


def test_links_are_taken_out_again(author: User, files: list[MediaFile], chapter: Chapter) -> None:
    kept = make_video(chapter, files[0])
    batch = begin(author, "link", files, chapter=str(chapter.pk))
    finish(batch)
    undoing = batches.undo(batch)
    assert undoing is not None
    finish(undoing)
    assert [video.pk for video in chapter.videos.live()] == [kept.pk]


def test_files_of_others_do_not_exist(author: User, stranger: User, files: list[MediaFile]) -> None:
    theirs = make_media(stranger, "Secret.mp4")
    old = make_media(author, "old.mp4", version_of=files[0])
    batch = begin(author, "delete", [theirs, files[0], old])
    batch.items.create(place=9, media=theirs, name="x")  # nor if they came in by another way
    finish(batch)
    nothing = ("failed", "There is no such file in your library.")
    assert outcomes(batch) == [nothing, ("done", ""), nothing, nothing]
    assert "Secret.mp4" not in batch.items.values_list("name", flat=True)
    assert in_trash() == 1


def test_a_file_that_is_gone_for_good_meanwhile_fails_alone(
    author: User, files: list[MediaFile]
) -> None:
    batch = begin(author, "delete", files)
    files[2].delete()
    finish(batch)
    assert outcomes(batch)[2] == ("failed", "There is no such file in your library.")
    assert batch.items.get(place=3).name == "file 3.mp4"
    assert in_trash() == 4


def test_what_nobody_thought_of_is_one_items_misfortune(
    author: User,
    files: list[MediaFile],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    throw_away = trash.throw_away

    def stumble(media: MediaFile) -> bool:
        if media == files[2]:
            raise RuntimeError("nobody thought of this")
        return throw_away(media)

    monkeypatch.setattr(trash, "throw_away", stumble)
    batch = begin(author, "delete", files)
    finish(batch)
    assert [status for status, _ in outcomes(batch)] == ["done", "done", "failed", "done", "done"]
    assert outcomes(batch)[2][1] == batches.UNEXPECTED
    assert "nobody thought of this" in caplog.text


def test_of_several_at_once_only_the_one_fails(
    author: User, files: list[MediaFile], chapter: Chapter, monkeypatch: pytest.MonkeyPatch
) -> None:

    def stumble(chapter: Chapter, person: User, picks: list[Any]) -> Any:
        if files[3].pk in [pick.media_id for pick in picks]:
            raise RuntimeError
        return linking.request_links(chapter, person, picks)

    monkeypatch.setattr("courses.batch_links.request_links", stumble)
    batch = begin(author, "link", files, chapter=str(chapter.pk))
    finish(batch)
    assert [status for status, _ in outcomes(batch)] == ["done", "done", "done", "failed", "done"]


def test_without_a_database_nothing_is_settled(
    author: User, files: list[MediaFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash, "throw_away", Mock(side_effect=OperationalError("it is away")))
    batch = begin(author, "delete", files)
    tasks.perform_batch(str(batch.pk))
    assert set(outcomes(batch)) == {("waiting", "")}


def test_a_worker_that_dies_between_two_steps_leaves_the_rest_to_the_next(
    author: User, files: list[MediaFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = begin(author, "rename", files, **Pattern(pattern="{name}!").details)
    bulk_update = BatchItem.objects.bulk_update
    deaths = iter([False, False, True, False, False, False])

    def die(*given: Any) -> int:
        if next(deaths):
            raise KeyboardInterrupt
        return bulk_update(*given)

    monkeypatch.setattr(BatchItem.objects, "bulk_update", die)
    with pytest.raises(KeyboardInterrupt):
        finish(batch)
    assert names()[2] == "file 3.mp4"
    finish(batch)
    assert names() == [f"file {number}!.mp4" for number in range(1, 6)]


def test_a_slice_is_followed_by_a_call_for_the_next(
    author: User, files: list[MediaFile], calls: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "_SLICE", 0)
    batch = begin(author, "delete", files)
    for settled in range(1, 6):
        tasks.perform_batch(str(batch.pk))
        assert batch.items.done().count() == settled
    assert [call.args[0] for call in calls.call_args_list] == ["media_library.perform_batch"] * 5
    tasks.perform_batch(str(batch.pk))
    assert calls.call_count == 5


def test_a_call_for_what_is_gone_is_no_error(db: None) -> None:
    tasks.perform_batch(str(uuid7()))


def test_all_that_match_are_taken_in_their_order(author: User, files: list[MediaFile]) -> None:
    make_media(author, "Other.mp4")
    finding = Finding(q="file", sort="name")
    batch = batches.start(author, "delete", matching(author, finding))
    shown = batch.items.order_by("place").values_list("name", flat=True)
    assert list(shown) == [f"file {number}.mp4" for number in range(1, 6)]
    finish(batch)
    assert in_trash() == 5


@pytest.mark.parametrize("number", [1, 1000])
def test_it_begins_with_a_few_statements_however_many_files(author: User, number: int) -> None:
    media = make_media(author)
    copies = [MediaFile(owner=author, name=f"{place}.mp4", size=1) for place in range(number - 1)]
    ids = [media.pk, *(copy.pk for copy in MediaFile.objects.bulk_create(copies))]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        batch = batches.start(author, "delete", ids)
    assert len(queries) <= 11
    assert batch.items.count() == number
    with CaptureQueriesContext(connection) as queries:
        assert news_of(author)[0].total == number
    assert len(queries) == 1


def test_begun_twice_it_is_there_once(author: User, stranger: User, files: list[MediaFile]) -> None:
    ids, batch_id = [media.pk for media in files], uuid7()
    first = batches.start(author, "delete", ids, {}, batch_id)
    finish(first)
    second = batches.start(author, "delete", ids, {}, batch_id)
    assert second == first
    assert outcomes(first) == ALL_DONE
    with pytest.raises(batches.IdTaken):
        batches.start(stranger, "delete", [], {}, batch_id)


def test_the_next_one_puts_away_what_went_well(author: User, files: list[MediaFile]) -> None:
    read = begin(author, "restore", files)
    finish(read)
    Batch.objects.update(created_at=Now() - timedelta(minutes=11))
    failed = begin(author, "delete", [make_upload(author)])
    finish(failed)
    last = begin(author, "restore", files)
    assert [told.batch for told in news_of(author)] == [last, failed]


def test_after_a_month_nobody_asks_any_more(author: User, files: list[MediaFile]) -> None:
    begin(author, "delete", files)
    Batch.objects.update(created_at="2026-01-01T00:00Z")
    young = begin(author, "delete", files)
    assert batches.forget_what_is_old() == 1
    assert list(Batch.objects.all()) == [young]


def test_what_was_deleted_for_good_is_not_said_to_be_restored(
    author: User, files: list[MediaFile]
) -> None:
    batch = begin(author, "delete", files)
    finish(batch)
    trash.empty(author)
    undoing = batches.undo(batch)
    assert undoing is not None
    finish(undoing)
    assert set(undoing.items.values_list("status", "reason")) == {("failed", batch_verbs.GONE)}


def test_undoing_does_not_restore_what_was_thrown_away_before(
    author: User, files: list[MediaFile]
) -> None:
    trash.throw_away(files[0])
    batch = begin(author, "delete", files)
    finish(batch)
    undoing = batches.undo(batch)
    assert undoing is not None
    finish(undoing)
    assert in_trash() == 1
    assert batches.retry(batch) == 0  # what was undone is over


def test_nothing_is_begun_for_nothing(author: User) -> None:
    with pytest.raises(batches.NothingToDo):
        batches.start(author, "delete", MediaFile.objects.none())
    with pytest.raises(batches.NothingToDo):
        batches.start(author, "delete", [])
    assert not Batch.objects.exists()


def test_one_person_has_so_many_under_way(
    author: User, stranger: User, files: list[MediaFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "MOST_UNDER_WAY", 2)
    first = begin(author, "rename", files)
    begin(author, "rename", files)
    with pytest.raises(batches.TooMany):
        begin(author, "rename", files)
    begin(stranger, "delete", [make_media(stranger)])
    first.items.update(status="done")
    begin(author, "rename", files)


def test_what_was_done_just_now_can_still_be_undone_after_the_next(
    author: User, files: list[MediaFile]
) -> None:
    for _ in range(2):
        finish(begin(author, "delete", files[:1]))
    assert len(news_of(author)) == 2


def test_undo_is_offered_as_long_as_there_is_something_to_undo(
    author: User, files: list[MediaFile]
) -> None:
    batch = begin(author, "delete", files[:1])
    finish(batch)
    [told] = news_of(author)
    assert told.can_be_undone
    trash.empty(author)
    assert not news_of(author)


def test_what_is_under_way_and_what_was_done_last_stand_apart_from_what_was_before(
    author: User, files: list[MediaFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    running = begin(author, "delete", files)
    failed, before, last = (begin(author, "restore", files[:1]) for _ in range(3))
    failed.items.update(status="failed", reason=batches.BUSY)
    finish(before)
    finish(last)
    standing, earlier = apart(news_of(author))
    assert [told.batch for told in standing] == [running, last]
    assert [told.batch for told in earlier] == [before, failed]
    monkeypatch.setattr(batch_news, "_MOST", 2)
    monkeypatch.setattr(batch_news, "_fresh", Prepared(batch_news._fresh_of, UUID))
    assert [told.batch for told in news_of(author)] == [running, last]


def test_what_went_well_before_does_not_come_up_in_place_of_what_is_put_away(
    author: User, files: list[MediaFile]
) -> None:
    failed, before, last, running = (begin(author, "restore", files[:1]) for _ in range(4))
    failed.items.update(status="failed", reason=batches.BUSY)
    finish(before)
    finish(last)
    batches.put_away(last)
    assert [told.batch for told in news_of(author)] == [running, failed]


def test_of_files_that_were_emptied_from_the_trash_nothing_is_told(
    author: User, files: list[MediaFile]
) -> None:
    rename = Pattern(pattern="x {number}").details
    for verb, details in (("rename", rename), ("restore", {}), ("delete", {})):
        finish(begin(author, verb, files, **details))
    failed = begin(author, "delete", files)
    failed.items.update(status="failed", reason=used_in(1))
    unknown = batches.start(author, "delete", [uuid7()])
    assert len(news_of(author)) == 4  # none of what was restored is in the library any more
    trash.empty(author)
    assert [told.batch for told in news_of(author)] == [unknown]
    trash.forget_what_is_old()
    assert [told.batch for told in news_of(author)] == [unknown]


def test_of_an_emptied_trash_only_what_failed_is_told(
    author: User, files: list[MediaFile], chapter: Chapter
) -> None:
    make_video(chapter, files[0])
    batch = begin(author, "delete", files)
    finish(batch)
    trash.empty(author)
    (told,) = news_of(author)
    assert told.sentence == "1 file could not be moved to the trash: it is used in courses."


def test_what_looks_like_a_placeholder_and_is_none_is_refused(author: User) -> None:
    form = VERBS["rename"].form
    assert form is not None
    fields = {"pattern": "Week 3 – {n} {name}", "start": "1", "digits": "1"}
    asked = form(author, fields)
    assert not asked.is_valid()
    assert "There is no {n}: use {name} and {number}." in str(asked.errors)

"""What is asked for, and what of a library is found."""

import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from unicodedata import combining, normalize
from urllib.parse import quote
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import Func, Value
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from media_library import finding as module
from media_library import searching
from media_library.finding import FILTERS, PAGE, Finding, Found, find
from media_library.models import Captions, MediaFile
from media_library.searching import called, having_pairs, words_of
from media_library.sorting import SORTS
from tests.factories import make_chapter, make_course, make_media, make_upload, make_video


def asked(text: str, usual: dict[str, str] | None = None) -> Finding:
    return Finding.asked(QueryDict(text), usual)


def names(found: Found) -> list[str]:
    return [media.name for media in found.files]


def plainly(text: str) -> str:
    return "".join(part for part in normalize("NFD", text.upper()) if not combining(part))


def found_by(owner: User, text: str) -> list[str]:
    return names(find(owner, asked(text)))


class TestFinding:
    @pytest.mark.parametrize(
        "finding",
        [
            Finding(),
            Finding(q="Größe & Länge = 100 %", filter="broken", sort="name", view="list"),
            Finding(sort="oldest", after="1795855200000000~01a1ff63-0c31-73b2-b881-dd78b029f37a"),
            Finding(sort="largest", after="17~01a1ff63-0c31-73b2-b881-dd78b029f37a"),
            Finding(sort="longest", after="90000000~01a1ff63-0c31-73b2-b881-dd78b029f37a"),
            Finding(sort="name", after="A~B?&\n~01a1ff63-0c31-73b2-b881-dd78b029f37a"),
        ],
    )
    def test_its_query_string_leads_back_to_it(self, finding: Finding) -> None:
        assert asked(finding.query_string) == finding

    @pytest.mark.parametrize(
        "text",
        [
            "sort=;drop&filter=x&view=&after=no",
            "sort=__class__&after=" + "9" * 10_000,
            "after=" + quote("\0"),
            "sort=largest&after=99999999999999999999~01a1ff63-0c31-73b2-b881-dd78b029f37a",
            "sort=largest&after=01a1ff63-0c31-73b2-b881-dd78b029f37a",
            "sort=longest&after=-1~01a1ff63-0c31-73b2-b881-dd78b029f37a",
            "sort=longest&after=٣~01a1ff63-0c31-73b2-b881-dd78b029f37a",
            "after=01a1ff63-0c31-73b2-b881-dd78b029f37a",
            "after=9223372036854775807~01a1ff63-0c31-73b2-b881-dd78b029f37a",
            "after=------------------------------------",
        ],
    )
    def test_what_makes_no_sense_is_left_out(self, text: str) -> None:
        finding = asked(text)
        assert (finding.after, finding.filter, finding.view) == ("", "", "grid")
        assert finding.sort in SORTS

    def test_what_is_sought_is_cut_to_a_length_that_a_name_can_have(self) -> None:
        assert len(asked("q=" + "x" * 10_000).q) == 200

    def test_nul_bytes_are_no_part_of_a_name(self) -> None:
        assert asked("q=a%00b").q == "ab"

    def test_who_asks_for_nothing_gets_what_is_usual(self) -> None:
        usual = {"filter": "broken", "sort": "name", "view": "list"}
        assert asked("", usual) == Finding(filter="broken", sort="name", view="list")

    def test_the_address_wins_over_what_is_usual(self) -> None:
        usual = {"filter": "broken", "sort": "name", "view": "list"}
        assert asked("sort=largest", usual) == Finding(sort="largest", view="list")

    def test_it_is_the_same_in_either_way_to_write_an_accent(self) -> None:
        assert asked("q=" + quote("e\u0301")).q == "\u00e9"


@pytest.mark.usefixtures("author")
class TestSearch:
    @pytest.mark.parametrize(
        "sought",
        ["thermodynamics", "THERMO", "part thermo", "0421", "lecture-0421", "3.mp4", "thermo 3"],
    )
    def test_words_of_a_name_find_it(self, author: User, sought: str) -> None:
        make_media(author, "Lecture 0421 – Thermodynamics part 3.mp4")
        make_media(author, "Lecture 0422 – Optics part 5.mov")
        assert found_by(author, f"q={sought}") == ["Lecture 0421 – Thermodynamics part 3.mp4"]

    @pytest.mark.parametrize(
        "typed",
        [
            "thermodinamics",
            "termodynamics",
            "thermodynamisc",
            "htermodynamics",
            "thermodi",
            "thremo",
        ],
    )
    def test_typos_are_forgiven(self, author: User, typed: str) -> None:
        make_media(author, "Lecture 0421 – Thermodynamics part 3.mp4")
        make_media(author, "Lecture 0422 – Optics part 4.mp4")
        found = find(author, Finding(q=f"{typed} lecture"))
        assert names(found) == ["Lecture 0421 – Thermodynamics part 3.mp4"]
        assert found.instead_of == f"{typed} lecture"
        assert found.finding.q == "thermodynamics lecture"
        assert "Nothing is called" in found.sentence

    @pytest.mark.parametrize(
        ("name", "typed"),
        [
            ("Résumé.mp4", "resume"),
            ("Resume.mp4", "résumé"),
            ("élève 7.mp4", "ELEVE"),
            ("élève 7.mp4", "ele"),
            ("élève 7.mp4", "el"),
            ("Müller.mp4", "u"),
            ("Größe.mp4", "grosse"),
            ("Größe.mp4", "GRÖẞE"),
            ("Ёлочка.mp4", "елочка"),
            ("İstanbul.mp4", "istanb"),
            ("Straẞenbahn.mp4", "straßenbahn"),
            ("Tiếng Việt.mp4", "tieng viet"),
            ("ガラス.mp4", "ガラ"),
        ],
    )
    def test_accents_need_not_be_typed(self, author: User, name: str, typed: str) -> None:
        make_media(author, name)
        make_media(author, "Optics")
        found = find(author, Finding(q=typed))
        assert (names(found), found.instead_of) == ([name], "")

    def test_nor_be_right_beside_a_typo(self, author: User) -> None:
        make_media(author, "Résumé des élèves.mp4")
        found = find(author, Finding(q="reusme des élevés"))
        assert names(found) == ["Résumé des élèves.mp4"]
        assert found.finding.q == "résumé des élevés"

    def test_with_accents_and_without_are_the_same(self, author: User) -> None:
        for name in ("resume 2", "Resumé 3", "RÉSUMÉ 4"):
            make_media(author, name)
        for typed in ("resume", "resumé", "Résumé"):
            assert len(found_by(author, f"q={quote(typed)}")) == 3

    def test_a_typo_may_stand_beside_what_was_meant(self, author: User) -> None:
        make_media(author, "Lecture 1 – Optics part 2.mp4")
        assert found_by(author, "q=lectrue lecture") == ["Lecture 1 – Optics part 2.mp4"]

    def test_where_a_filter_leaves_nothing_nobody_asks_what_was_meant(
        self, author: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_video(make_chapter(make_course(author)), make_media(author, "Optics.mp4"))
        monkeypatch.delattr(module, "corrected")
        assert not find(author, Finding(q="optcis", filter="unused")).files

    def test_words_as_long_as_names_take_no_longer(self, author: User) -> None:
        """Comparing them letter by letter took 13 s."""
        dice = Random(1)
        long = ["".join(dice.choices("ab", k=250)) for _ in range(301)]
        MediaFile.objects.bulk_create(
            MediaFile(owner=author, name=f"{name}.mp4", size=1) for name in long[1:]
        )
        began = time.process_time()
        find(author, Finding(q=long[0][:200]))
        assert time.process_time() - began < 1.3

    def test_a_name_with_that_very_typo_is_what_was_meant(self, author: User) -> None:
        make_media(author, "Thermodynamics.mp4")
        make_media(author, "Thermodinamics.mp4")
        assert found_by(author, "q=thermodinamics") == ["Thermodinamics.mp4"]

    def test_a_typo_is_forgiven_in_a_word_that_the_newest_files_do_not_have(
        self, author: User, co_author: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("media_library.searching._NEWEST", 2)
        make_media(author, "Bernoulli.mp4")
        make_media(co_author, "Bernuoli of somebody else.mp4")
        for number in range(3):
            make_media(author, f"Optics {number}.mp4")
        assert found_by(author, "q=bernuoli") == ["Bernoulli.mp4"]

    @pytest.mark.parametrize(
        ("name", "typed"),
        [
            ("Термодинамика.mp4", "термадинамика"),
            ("Θερμοδυναμική.mp4", "θερμοδιναμική"),
            ("Élévation.mp4", "élévtaion"),
        ],
    )
    def test_nor_does_it_matter_in_which_script(
        self, author: User, monkeypatch: pytest.MonkeyPatch, name: str, typed: str
    ) -> None:
        monkeypatch.setattr("media_library.searching._NEWEST", 2)
        make_media(author, name)
        for number in range(3):
            make_media(author, f"Optics {number}.mp4")
        assert found_by(author, f"q={quote(typed)}") == [name]

    @pytest.mark.parametrize("sought", ["zebra", "0999", "qz", "c%", "a'b", "🎬", "lecture zebra"])
    def test_what_is_nowhere_is_not_found(self, author: User, sought: str) -> None:
        make_media(author, "Lecture 0421 algebra.mp4")
        assert not find(author, Finding(q=sought)).files

    @pytest.mark.parametrize(
        "sought", ["– _", "%", "\\", "'", '"', "?!", "…", "% a", "„a“", '"A.mp4"']
    )
    def test_signs_are_no_words(self, author: User, sought: str) -> None:
        make_media(author, "A.mp4")
        assert found_by(author, f"q={quote(sought)}") == ["A.mp4"]

    @pytest.mark.parametrize(
        "sought", ["C++", "c#", "🎬", "µ", "👩‍💻", "++c", "c#4", "a1++", "٣++", "b+c", "ab+"]
    )
    def test_but_in_a_word_they_count(self, author: User, sought: str) -> None:
        make_media(author, "C.mp4")
        named = make_media(author, "C++ and C#4 🎬 µ 👩‍💻 ++c a1++ ٣++ ab+c.mp4")
        assert found_by(author, f"q={quote(sought)}") == [named.name]

    def test_one_or_two_letters_are_found_wherever_they_are(self, author: User) -> None:
        """Also behind so many numbers that what sorts by them gets seven times as long."""
        long = "".join(f"{number % 10}{letter}" for number, letter in enumerate("abcdefghij" * 12))
        kept = ["Lecture 0421 Термо q7Z +9.mp4", f"{long} Xö", "10 ÄÖ я2.mov"]
        for name in kept:
            make_media(author, name)
        looked_for = {
            pair for name in kept for two in pairwise(name) for pair in ("".join(two), two[0], "j1")
        }
        for word in filter(words_of, looked_for):
            there = {name for name in kept if plainly(words_of(word)[0]) in plainly(name)}
            assert set(found_by(author, f"q={quote(word.lower())}")) == there, word
            assert set(found_by(author, f"q={quote(word.upper())}")) == there, word

    def test_nobody_finds_what_is_somebody_elses_or_not_on_the_shelf(
        self, author: User, co_author: User
    ) -> None:
        make_media(co_author, "Optics of theirs.mp4")
        make_media(author, "Optics in the trash.mp4", trashed_at=timezone.now())
        shown = make_media(author, "Optics.mp4")
        make_media(author, "Optics, new version.mp4", version_of=shown)
        assert found_by(author, "q=optics") == ["Optics.mp4"]
        assert found_by(author, "q=optcis") == ["Optics.mp4"]
        assert found_by(author, "") == ["Optics.mp4"]

    @pytest.mark.parametrize(
        ("sought", "index"),
        [
            ("optics", "media_file_words"),
            ("ab+ c#4", "media_file_words"),
            ("q 7z", "media_file_pairs"),
            ("c++", "media_file_pairs"),
        ],
    )
    def test_there_is_an_index_that_the_query_can_use(
        self, author: User, sought: str, index: str
    ) -> None:
        make_media(author, "Optics.mp4")
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        files = having_pairs(called(MediaFile.objects.all(), sought), sought)
        assert index in files.explain()

    @pytest.mark.parametrize("is_part_of_another", [True, False])
    @pytest.mark.django_db(transaction=True)
    def test_only_one_question_is_asked_of_a_planner_without_walks(
        self, author: User, *, is_part_of_another: bool
    ) -> None:
        files = MediaFile.objects.annotate(
            walks=Func(Value("enable_seqscan"), function="current_setting")
        ).values_list("walks")
        make_media(author, "Optics.mp4")
        with transaction.atomic() if is_part_of_another else nullcontext():
            assert searching.found_without_walks(files) == [("off",)]
            assert list(files) == [("on",)]

    @pytest.mark.parametrize("sought", ["i7", "I7", "s7", "S7"])
    def test_letters_of_one_capital_are_the_same_beside_a_number(
        self, author: User, sought: str
    ) -> None:
        make_media(author, "Sayı7ſ7.mp4")
        make_media(author, "Say7.mp4")
        assert found_by(author, f"q={sought}") == ["Sayı7ſ7.mp4"]


class TestFilters:
    @pytest.fixture
    def files(self, author: User) -> None:
        chapter = make_chapter(make_course(author))
        make_video(chapter, make_media(author, "used.mp4"))
        make_media(author, "never used")
        captioned = make_media(author, "captioned")
        Captions.objects.create(media=captioned, language="en", text="WEBVTT")
        make_media(author, "broken", status="broken", reason="damaged")
        make_media(author, "processing", status="processing")
        make_upload(author, "uploading")

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("ready", {"used.mp4", "never used", "captioned"}),
            ("processing", {"processing", "uploading"}),
            ("broken", {"broken"}),
            ("unused", {"never used", "captioned", "broken", "processing", "uploading"}),
            ("uncaptioned", {"used.mp4", "never used"}),
        ],
    )
    @pytest.mark.usefixtures("files")
    def test_each_shows_what_it_says(self, author: User, name: str, expected: set[str]) -> None:
        assert set(found_by(author, f"filter={name}")) == expected

    def test_a_file_of_a_removed_video_or_chapter_is_unused(self, author: User) -> None:
        course = make_course(author)
        chapter, other = make_chapter(course), make_chapter(course)
        removed = make_video(chapter, make_media(author, "a.mp4"))
        removed.remove()
        make_video(other, make_media(author, "b.mp4"))
        other.remove()
        assert set(found_by(author, "filter=unused")) == {"a.mp4", "b.mp4"}

    @pytest.mark.usefixtures("files")
    def test_it_narrows_what_is_sought(self, author: User) -> None:
        assert found_by(author, "q=use&filter=unused") == ["never used"]


class TestSorting:
    def test_numbers_in_names_count(self, author: User) -> None:
        for name in ("part 10", "Part 9", "part 2b", "PART 2a", "07 old", "8 new"):
            make_media(author, name)
        expected = ["07 old", "8 new", "PART 2a", "part 2b", "Part 9", "part 10"]
        assert found_by(author, "sort=name") == expected

    @pytest.mark.parametrize("pair", ["1a", "1🎬", "🎬"])
    def test_names_may_be_as_long_as_they_can(
        self, author: User, monkeypatch: pytest.MonkeyPatch, pair: str
    ) -> None:
        monkeypatch.setattr(module, "PAGE", 1)
        first, second = (f"{pair * 200}"[:254] + end for end in "ab")
        for name in (second, first):
            make_media(author, name)
        page = find(author, asked("sort=name"))
        assert names(page) == [first]
        assert page.next
        assert found_by(author, page.next.query_string) == [second]

    def test_the_longest_and_the_largest_come_first(self, author: User) -> None:
        make_media(author, "short but large", duration=timedelta(seconds=1), size=9_000_000_000)
        make_media(author, "long", duration=timedelta(hours=3), size=5)
        make_media(author, "not known yet", status="processing", duration=None, size=7)
        assert found_by(author, "sort=longest") == ["long", "short but large", "not known yet"]
        assert found_by(author, "sort=largest") == ["short but large", "not known yet", "long"]

    def test_newest_and_oldest(self, author: User) -> None:
        for name in ("first", "second"):
            make_media(author, name)
        assert found_by(author, "sort=newest") == ["second", "first"]
        assert found_by(author, "sort=oldest") == ["first", "second"]

    def test_a_browser_whose_clock_is_wrong_puts_nothing_first(self, author: User) -> None:
        make_media(author, "first", pk=UUID(int=(1 << 128) - 1))
        make_media(author, "second", pk=UUID(int=1))
        assert found_by(author, "sort=newest") == ["second", "first"]


class TestPages:
    @pytest.fixture(autouse=True)
    def small_pages(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "PAGE", 4)

    @pytest.fixture
    def library(self, author: User) -> list[MediaFile]:
        """With many equal values, so that ids decide."""
        dice = Random(4)
        return [
            make_media(
                author,
                dice.choice(["Same", "same", "Other 2", "Other 10"]),
                size=dice.choice([1, 2]),
                duration=timedelta(seconds=dice.choice([1, 2])),
            )
            for _ in range(23)
        ]

    def pages(self, owner: User, finding: Finding) -> Iterator[Found]:
        step: Finding | None = finding
        while step:
            found = find(owner, asked(step.query_string))
            yield found
            step = found.next

    @pytest.mark.parametrize("sort", SORTS)
    @pytest.mark.parametrize("sought", ["", "same", "ohter"])
    def test_they_show_each_file_once_and_in_order(
        self, author: User, library: list[MediaFile], sort: str, sought: str
    ) -> None:
        pages = list(self.pages(author, Finding(sort=sort, q=sought)))
        ids = [media.pk for page in pages for media in page.files]
        word = {"ohter": "other"}.get(sought, sought)
        expected = [media.pk for media in library if word in media.name.lower()]
        assert sorted(ids) == sorted(expected)
        assert ids == sorted(ids, key=self.by(sort))
        assert all(len(page.files) == 4 for page in pages[:-1])

    @pytest.mark.parametrize("sort", SORTS)
    @pytest.mark.parametrize(
        "asked_for", [Finding(filter="unused"), Finding(q="same"), Finding(q="me")]
    )
    @pytest.mark.parametrize(
        ("near", "far", "common", "few"),
        [
            (100, 100, 99, 3),
            (2, 15, 99, 3),
            (1, 15, -1, 3),
            (2, 2, 99, 3),
            (2, 2, 99, 100),
        ],
        ids=["near", "farther", "far, but common", "all", "all of few"],
    )
    def test_they_are_the_same_however_they_are_found(
        self,
        author: User,
        library: list[MediaFile],
        sort: str,
        asked_for: Finding,
        near: int,
        far: int,
        common: int,
        few: int,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(module, "_NEXT", near)
        monkeypatch.setattr(module, "_NEAR", near)
        monkeypatch.setattr(module, "_FAR", far)
        monkeypatch.setattr(module, "_COMMON", common)
        monkeypatch.setattr(searching, "_FEW", few)
        chapter = make_chapter(make_course(author))
        for used in library[::3]:
            make_video(chapter, used, title="Used")
        unused = [media for media in library if media not in library[::3]]
        expected = unused if asked_for.filter else [m for m in library if "ame" in m.name]
        pages = self.pages(author, replace(asked_for, sort=sort))
        ids = [media.pk for page in pages for media in page.files]
        assert ids == sorted((media.pk for media in expected), key=self.by(sort))

    def by(self, sort: str) -> Callable[[UUID], tuple[Any, int]]:
        rows = {media.pk: media for media in MediaFile.objects.all()}

        def key(pk: UUID) -> tuple[Any, int]:
            media = rows[pk]
            sign = -1 if SORTS[sort].descending else 1
            value = SORTS[sort].value(media)
            if isinstance(value, timedelta):
                value = value.total_seconds()
            if sort == "name":
                return value, media.pk.int
            if isinstance(value, datetime):
                value = value.timestamp()
            return sign * (value or 0), sign * media.pk.int

        return key

    def test_what_comes_and_goes_meanwhile_moves_no_other(
        self, author: User, library: list[MediaFile]
    ) -> None:
        first = find(author, Finding())
        make_media(author, "just now")
        last_shown = first.files[-1]
        MediaFile.objects.filter(pk=last_shown.pk).delete()
        assert first.next is not None
        second = find(author, first.next)
        expected = sorted((media.pk for media in library), reverse=True)[4:8]
        assert [media.pk for media in second.files] == expected

    def test_a_full_last_page_is_the_last(self, author: User) -> None:
        for _ in range(8):
            make_media(author)
        assert [len(page.files) for page in self.pages(author, Finding())] == [4, 4]

    def test_nothing_is_counted_off(self, author: User, library: list[MediaFile]) -> None:
        with CaptureQueriesContext(connection) as queries:
            for sort in SORTS:
                list(self.pages(author, Finding(sort=sort)))
        assert not [query["sql"] for query in queries if "OFFSET" in query["sql"]]


def test_what_is_looked_for_is_made_plain_once(author: User) -> None:
    make_media(author, "Élève 01 c++.mp4")
    searching._as_looked_for.cache_clear()
    with CaptureQueriesContext(connection) as queries:
        assert names(find(author, Finding(q="c++ éleve 01 xyz"))) == []
        assert names(find(author, Finding(q="c++ éleve 01"))) == ["Élève 01 c++.mp4"]
        assert names(find(author, Finding(q="c++ éleve 01"))) == ["Élève 01 c++.mp4"]
    made_plain = [query["sql"] for query in queries if "NORMALIZE(" in query["sql"]]
    assert len(made_plain) == 2, made_plain


def test_every_filter_goes_with_every_order(author: User) -> None:
    make_media(author)
    for name in FILTERS:
        for sort in SORTS:
            find(author, Finding(filter=name, sort=sort, q="welcome"))


@pytest.mark.parametrize(
    ("count", "text", "sentence"),
    [
        (0, "q=x", "No files found."),
        (1, "", "1 file."),
        (2, "q=welcome", "2 files found."),
        (PAGE + 1, "", f"More than {PAGE} files."),
    ],
)
def test_one_sentence_says_how_many(author: User, count: int, text: str, sentence: str) -> None:
    for _ in range(count):
        make_media(author)
    assert find(author, asked(text)).sentence == sentence

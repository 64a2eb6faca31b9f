"""Where random schedules are played: the pages of two people, and a page of each to compare them with."""

import difflib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import ConsoleMessage, Page

from accounts.models import User
from courses.models import Chapter, Course, Video
from courses.models.chapter import ChapterQuerySet
from media_library.models import MediaFile
from tests.browser.players import OtherAuthor, Person, Spotlight, Tab, Worker
from tests.browser.schedules import Schedule, Wrong
from tests.browser.weather import Broken, Fate, Weather
from tests.factories import make_chapter, make_course, make_video

HANDS = Path(__file__).with_name("hands.js")
PATIENCE = 20.0  # seconds of the real clock
ROUNDS = 12  # within which everything heals; most schedules need one or two
LONGER_THAN_ANYTHING_WAITS = 40_000  # milliseconds of the pages' clock


class Nature:
    """Time and the network, which are those of one person or of the other."""

    def __init__(self, stage: "Stage") -> None:
        self.stage = stage
        self.weather = stage.all_tabs[0].weather

    def a_moment_passes(self, _: Random) -> str:
        return self.pass_time(400)

    def the_pace_passes(self, _: Random) -> str:
        return self.pass_time(12_000)

    def patience_ends(self, _: Random) -> str:
        return self.pass_time(16_000)

    def pass_time(self, milliseconds: int) -> str:
        for tab in self.stage.tabs:
            tab.page.context.clock.fast_forward(milliseconds)
        return f"{milliseconds / 1000:g} seconds pass"

    def let_an_answer_be_overtaken(self, _: Random) -> str:
        return self._doom_the_next_write(Fate.ANSWERED_LATE)

    def let_an_answer_be_lost(self, _: Random) -> str:
        return self._doom_the_next_write(Fate.ANSWER_LOST)

    def let_a_request_be_lost(self, _: Random) -> str:
        return self._doom_the_next_write(Fate.UNREACHABLE)

    def _doom_the_next_write(self, fate: Fate) -> str:
        """While the feed is well."""
        self.weather.next_fates = {"POST": [fate], "GET": [Fate.THROUGH] * 3}
        return ""

    def release_oldest(self, _: Random) -> str:
        return f"lets go {self.weather.release(0)}" if self.weather.held else ""

    def release_newest(self, _: Random) -> str:
        return f"lets go {self.weather.release(-1)}" if self.weather.held else ""

    def release_all_at_once(self, _: Random) -> str:
        count = len(self.weather.held)
        self.weather.release_all()
        return f"lets go all {count} in reverse order" if count else ""

    def go_offline(self, _: Random) -> str:
        self.weather.go_offline()
        return "the network is gone"

    def go_online(self, _: Random) -> str:
        self.weather.go_online()
        return "the network is there"

    def sign_out(self, _: Random) -> str:
        self.weather.sign_out()
        return "the session ends"

    def sign_in(self, _: Random) -> str:
        self.weather.sign_in()
        return "the session is there"

    def new_tokens(self, _: Random) -> str:
        self.weather.change_tokens()
        return "the tokens of the pages are old"

    def look_away(self, _: Random) -> str:
        for tab in self.stage.tabs:
            tab.hands("show", False)
        return "no tab is shown"


class Stage:
    def __init__(self, pages: Sequence[Page], people: Sequence[User], accepted: set[str]) -> None:
        self.people = people
        self.accepted = accepted  # titles that the studio took
        self.errors: list[str] = []
        self.all_tabs = [
            self._seat(person, page) for person, page in zip(people, pages, strict=True)
        ]

    def _seat(self, person: User, page: Page) -> Tab:
        context = page.context
        context.add_init_script(path=HANDS)
        context.clock.install()
        weather = Weather(context)
        name = f"{person.username}'s page"
        weather.over(page, name)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._console)
        return Tab(name, page, context.new_page(), weather, person)

    def _console(self, message: ConsoleMessage) -> None:
        of_the_network = ("Failed to load resource", "Failed to fetch", "timeout")
        if message.type == "error" and not any(words in message.text for words in of_the_network):
            self.errors.append(message.text)

    def break_page(self, broken: Broken) -> None:
        for tab in self.all_tabs:
            tab.weather.break_page(broken)

    def play(self, schedule: Schedule) -> None:
        self.journal: list[str] = []
        for tab in self.all_tabs:
            tab.weather.clear()  # the one before may have ended in the middle
            tab.weather.release_all()
        self.errors = []
        self.course = self._make_course(schedule.seed)
        self.address = f"/courses/{self.course.pk}/"
        for tab in self.all_tabs:
            tab.weather.begin(schedule.dice, calm=schedule.calm, note=self.journal.append)
        self.tabs = self.all_tabs[: schedule.tabs]
        for tab in self.all_tabs:  # those without a part in it need not ask
            for page in (tab.page, tab.mirror):
                page.evaluate("window.hands?.show(false)")
        for tab in self.tabs:
            tab.begin()
            tab.page.goto(self.address)
            tab.hands("forgetAll")
        spotlight = Spotlight()
        person = Person(schedule.seed, self.course, spotlight)
        self.worker = Worker(self.course, spotlight)
        self.other_author = OtherAuthor(schedule.seed, self.course, self.people[0], spotlight)
        nature = Nature(self)
        players = {
            "person": person,
            "worker": self.worker,
            "other_author": self.other_author,
            "nature": nature,
        }
        for step in schedule.steps:
            name, _, act = step.what.partition(".")
            nature.weather = self.tabs[step.tab].weather
            if name == "person":
                person.tab = self.tabs[step.tab]
                for tab in self.tabs:
                    tab.hands("show", tab is person.tab)
            said = getattr(players[name], act)(step.dice)
            if said:
                who = person.tab.name if name == "person" else name.replace("_", " ")
                self.journal.append(f"{who}: {said}")
            if step.waits:
                self.come_to_rest()
        self.journal.append("everything clears up")
        self._clear_up()
        self._look_for_drafts()
        self._look_at_picks()
        self._compare()

    def _make_course(self, seed: int) -> Course:
        author, co_author = self.people
        course = make_course(author, f"Schedule {seed}")
        course.add_co_author(co_author)
        first, second = make_chapter(course, "First"), make_chapter(course, "Second")
        files = list(MediaFile.objects.owned_by(author).order_by("name"))
        make_video(first, files[0])
        make_video(first, files[1], status="failed", reason="damaged")
        make_video(first, files[2], status="linking")
        make_video(second, files[0])
        return course

    def come_to_rest(self) -> None:
        """Every request of the tabs is over or held back."""
        end = time.monotonic() + PATIENCE
        for tab in self.tabs:
            while not tab.weather.holds_back(tab.hands("underWay")):
                if time.monotonic() > end:
                    raise Wrong(f"{tab.name} still waits for {tab.hands('underWay')}")
                tab.page.wait_for_timeout(8)

    def _clear_up(self) -> None:
        """All held requests go on, all links come true, and every page asks until it knows."""
        for tab in self.tabs:
            tab.weather.clear()
            tab.hands("show", True)
        news: list[str] = []
        end = time.monotonic() + PATIENCE
        rounds = 0
        while rounds < ROUNDS or time.monotonic() < end:
            rounds += 1
            for tab in self.tabs:
                tab.weather.release_all()
            self.come_to_rest()
            self.worker.finish()
            for tab in self.tabs:
                tab.page.context.clock.fast_forward(LONGER_THAN_ANYTHING_WAITS)
            self.come_to_rest()
            self.course.refresh_from_db()
            news = [self._news(tab) for tab in self.tabs]
            if not any(news) and not self.worker.linking.exists():
                return
        raise Wrong("; ".join(one for one in news if one) or "a link stays under way")

    def _news(self, tab: Tab) -> str:
        """Why the page is not yet quiet."""
        if guesses := tab.hands("guesses"):
            return f"{tab.name} has {guesses} guesses"
        if (since := tab.hands("since")) != self.course.revision:
            return f"{tab.name} is at revision {since}, the course at {self.course.revision}"
        return ""

    def _look_for_drafts(self) -> None:
        """What is typed and was not taken is in its field, or comes back with its row."""
        for tab in self.tabs:
            if any(not tab.hands("look", field) for field in tab.drafts):
                self.journal.append("everything that was removed is restored")
                self.other_author.restore_everything()
                self._clear_up()
                break
        for tab in self.tabs:
            for field, text in tab.drafts.items():
                self._look_for_draft(tab, field, text)
            refusals = tab.refusals()
            signed_out = any("signed out" in said for said in refusals)  # said once, until sign-in
            for field, (text, before) in tab.saves.items():
                if text not in self.accepted and len(refusals) == before and not signed_out:
                    raise Wrong(f"{tab.name} has not saved “{text}” of {field}, and says nothing")
            now = tab.hands("look", "new-chapter-title")["value"]
            if tab.new_chapter and tab.new_chapter not in self.accepted | {now}:
                raise Wrong(f"{tab.name} has lost the new chapter “{tab.new_chapter}”")

    def _look_for_draft(self, tab: Tab, field: str, text: str) -> None:
        taken = text in self.accepted
        now = tab.hands("look", field)
        if now is None:  # of a guess that was taken back
            if not taken and tab.hands("kept", field) != text:
                raise Wrong(f"{tab.name} does not keep the draft “{text}” of {field}")
        elif now["dirty"] and now["value"] != text:
            raise Wrong(f"{tab.name} takes “{now['value']}” in {field} for a draft, not “{text}”")
        elif not now["dirty"] and not taken:
            raise Wrong(f"{tab.name} has lost the draft “{text}” of {field}: {now}")

    def _look_at_picks(self) -> None:
        """A pick is linked once and as a whole, or the person is told that it was not."""
        linked = [(tab, ids) for tab in self.tabs for ids in tab.weather.linked]
        if len(linked) > sum(tab.picks for tab in self.tabs):
            raise Wrong("one pick went out under two sets of ids")
        for tab, ids in linked:
            made = Video.objects.filter(pk__in=ids).count()
            told = [said for said in tab.hands("said") if "not added" in said]
            gone = [said for said in tab.hands("said") if "removed this" in said]
            if made not in (0, len(ids)) or not (made or told or gone):
                raise Wrong(f"of a pick of {len(ids)} there are {made} videos, and nobody is told")

    def _compare(self) -> None:
        """A person has done with what the page cannot have after a load: a field, drafts, what is chosen."""
        for tab in self.tabs:
            tab.mirror.goto(self.address)
            for field in tab.hands("dirty"):
                if field not in tab.drafts:
                    raise Wrong(f"{tab.name} takes {field} for a draft, where nothing was typed")
                if (
                    tab.mirror.evaluate("id => document.getElementById(id)?.value", field)
                    == (tab.drafts[field])
                ):
                    raise Wrong(f"{tab.name} takes {field} for a draft, but it is saved")
                tab.hands("escape", field)
            tab.hands("leave")
            tab.hands("choose", [])
            tab.hands("emptyNewChapter")
        self._compare_with_database(self.tabs[0].mirror)
        for tab in self.tabs:
            fresh: list[str] = tab.mirror.evaluate("hands.portrait()")
            if (portrait := tab.hands("portrait")) != fresh:
                difference = difflib.unified_diff(fresh, portrait, "a fresh load", tab.name, n=1)
                raise Wrong("\n".join(["the page is not as a fresh load:", *difference]))
            self.errors += tab.hands("wrongs")
        if self.errors:
            raise Wrong("the page complains: " + "\n".join(self.errors))

    def _compare_with_database(self, mirror: Page) -> None:
        there = [
            [f"video-{video.pk}", video.status, video.title]
            for chapter in self.course.chapters.live().in_order()
            for video in chapter.videos.live().in_order()
        ]
        shown = mirror.evaluate(
            """() => [...document.querySelectorAll('.video-row')].map(row =>
                 [row.id, row.dataset.status, row.querySelector('[name=title]').value])"""
        )
        if shown != there:
            raise Wrong(f"a fresh load shows {shown}, where there is {there}")


@contextmanager
def remembering_titles(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Every title that the studio takes, also if it is replaced soon after."""
    accepted: set[str] = set()
    for model, verb in (
        (Video, "rename"),
        (Chapter, "rename"),
        (Course, "rename"),
        (ChapterQuerySet, "add"),
    ):
        original: Callable[..., object] = getattr(model, verb)

        def take(
            *arguments: object, original: Callable[..., object] = original, **named: object
        ) -> object:
            answer = original(*arguments, **named)
            if answer is not None:
                accepted.update(one for one in arguments if isinstance(one, str))
            return answer

        monkeypatch.setattr(model, verb, take)
    yield accepted

"""Who acts in a random schedule. Every act says what was done, or nothing if it could not be done."""

from dataclasses import dataclass
from random import Random
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Now
from playwright.sync_api import Page

from accounts.models import User
from config.ids import uuid7
from courses import positions
from courses.linking import Pick, cancel_links, request_links, restore_link
from courses.models import Chapter, Course, Video
from media_library.models import MediaFile
from tests.browser.schedules import Wrong
from tests.browser.weather import Weather


class Tab:
    """A page with the person before it; and what they would not want to lose."""

    def __init__(self, name: str, page: Page, mirror: Page, weather: Weather, person: User) -> None:
        self.name = name
        self.page = page
        self.mirror = mirror  # to load the same afresh
        self.weather = weather
        self.person = person
        self.begin()

    def begin(self) -> None:
        self.drafts: dict[str, str] = {}  # by field: typed last, and not cancelled
        self.saves: dict[str, tuple[str, int]] = {}  # by field: text, and how much was said before
        self.new_chapter = ""
        self.picks = 0  # submitted

    def hands(self, call: str, *arguments: object) -> Any:
        return self.page.evaluate(f"given => hands.{call}(...given)", list(arguments))

    def refusals(self) -> list[str]:
        """What was said about other writes than links that were not done."""
        bad = [said for said in self.hands("said") if said.startswith("!")]
        return [said for said in bad if "not added" not in said and "not be linked" not in said]

    def fields(self) -> list[str]:
        videos = [f"video-{row}-title" for row, _ in self.hands("rows")]
        chapters = [f"chapter-{chapter}-title" for chapter in self.hands("chapters")]
        return [*videos, *videos, *videos, *chapters, "course-course-title"]


@dataclass
class Spotlight:
    """The video that a person acted on last: others often meet at the same."""

    video: str = ""

    def one_of(self, videos: QuerySet[Video], dice: Random) -> Video | None:
        found = list(videos.all())  # as they are now
        lit = [video for video in found if str(video.pk) == self.video]
        if lit and dice.random() < 0.7:
            return lit[0]
        return dice.choice(found) if found else None


class Person:
    """Acts in the tab at hand."""

    def __init__(self, seed: int, course: Course, spotlight: Spotlight) -> None:
        self.course = course
        self.spotlight = spotlight
        self.texts = (f"{name} {seed}-{n}" for n in range(1000) for name in ["Loom", "Mill"])
        self.tab: Tab

    def link(self, dice: Random, clicks: int = 1) -> str:
        chapters = self.tab.hands("chapters")
        if not chapters:
            return ""
        chapter = dice.choice(chapters)
        count = MediaFile.objects.owned_by(self.tab.person).count()
        files = dice.sample(range(count), dice.randint(1, 4))
        self.tab.hands("press", f"#chapter-{chapter}-add")
        for _ in range(400):
            if self.tab.hands("pickerWaits"):
                break
            if self.tab.weather.holds_back(self.tab.hands("underWay")):
                break
            self.tab.page.wait_for_timeout(5)
        if not self.tab.hands("pickerWaits"):
            self.tab.hands("closePicker")
            return "opens the picker in vain"
        new = self.tab.hands("pick", files, clicks)
        if chapter not in self.tab.hands("chapters"):
            return "links files into a chapter that is gone"
        self.tab.picks += 1
        if new is None or len(new) != len(files):
            raise Wrong(f"{len(files)} files were picked, and {new} are there")
        self.spotlight.video = new[0]
        return f"links {len(files)} files as {', '.join(new)}"

    def link_with_a_double_click(self, dice: Random) -> str:
        said = self.link(dice, clicks=2)
        return said and f"{said}, with a double click"

    def type_a_title(self, dice: Random) -> str:
        field = self._field(dice)
        text = next(self.texts)
        if not field or not self.tab.hands("type", field, text):
            return ""
        self.tab.drafts[field] = text
        if field.startswith("video-"):
            self.spotlight.video = field.removeprefix("video-").removesuffix("-title")
        return f"types “{text}” into {field}"

    def save_a_title(self, dice: Random) -> str:
        typed = self.type_a_title(dice)
        return typed and f"{typed} and saves, {self._save(list(self.tab.drafts)[-1], dice)}"

    def save_again(self, dice: Random) -> str:
        fields = self.tab.hands("dirty")
        if not fields:
            return ""
        field = dice.choice(fields)
        return f"saves {field}, {self._save(field, dice)}"

    def escape(self, dice: Random) -> str:
        fields = self.tab.hands("dirty")
        if not fields:
            return ""
        field = dice.choice(fields)
        self.tab.hands("escape", field)
        self.tab.drafts.pop(field, None)
        return f"cancels what is typed in {field}"

    def leave_the_field(self, _: Random) -> str:
        self.tab.hands("leave")
        return "leaves the field"

    def remove(self, dice: Random) -> str:
        return self._press_in_a_row(dice, "remove", ["linking", "linked", "failed"])

    def undo(self, _: Random) -> str:
        return "takes it back" if self.tab.hands("pressLast", "#toasts [data-undo]") else ""

    def retry(self, dice: Random) -> str:
        return self._press_in_a_row(dice, "retry", ["failed"])

    def retry_by_toast(self, _: Random) -> str:
        return "tries a pick again" if self.tab.hands("pressInToast", "Retry") else ""

    def retry_failed_by_toast(self, _: Random) -> str:
        return "tries all failed again" if self.tab.hands("pressInToast", "Retry failed") else ""

    def cancel_the_rest(self, _: Random) -> str:
        pressed = self.tab.hands("press", "form[action$='/cancel-links/'] button")
        return "cancels what is not linked" if pressed else ""

    def add_chapter(self, _: Random) -> str:
        self.tab.new_chapter = next(self.texts)
        self.tab.hands("type", "new-chapter-title", self.tab.new_chapter)
        self.tab.hands("press", "#new-chapter button")
        return f"adds the chapter “{self.tab.new_chapter}”"

    def move_chapter(self, dice: Random) -> str:
        way = dice.choice(["up", "down"])
        chapter = self._chapter(dice)
        return f"moves a chapter {way}" if self.tab.hands("press", f"#{chapter}-{way}") else ""

    def remove_chapter(self, dice: Random) -> str:
        chapter = self._chapter(dice)
        pressed = self.tab.hands("press", f"#{chapter} .menu-item-danger")
        return f"removes {chapter}" if pressed else ""

    def describe(self, dice: Random) -> str:
        """In the dialog, which may not come in this weather."""
        rows = [f"videos/{row}" for row, _ in self.tab.hands("rows")]
        chapters = [f"chapters/{chapter}" for chapter in self.tab.hands("chapters")]
        thing = dice.choice([*rows, *chapters, f"courses/{self.course.pk}"])
        if not self.tab.hands("press", f"[data-opens-form][href='/{thing}/description/']"):
            return ""
        for _ in range(400):
            if self.tab.hands("formWaits"):
                break
            if self.tab.weather.holds_back(self.tab.hands("underWay")):
                break
            self.tab.page.wait_for_timeout(5)
        if not self.tab.hands("submitForm", text := next(self.texts)):
            return "opens a form in vain"
        return f"describes {thing} as “{text}”"

    def change_many(self, dice: Random) -> str:
        rows = [row for row, _ in self.tab.hands("rows")]
        chosen = dice.sample(rows, min(len(rows), dice.randint(1, 4)))
        verb = dice.choice(["remove", "publish", "unpublish", "unpublish", "retry"])
        if not chosen or not self.tab.hands("changeMany", chosen, verb):
            return ""
        self.spotlight.video = chosen[0]
        return f"chooses {', '.join(chosen)}: {verb}"

    def carry_many(self, dice: Random) -> str:
        rows = [row for row, _ in self.tab.hands("rows")]
        chosen = dice.sample(rows, min(len(rows), dice.randint(2, 3)))
        if len(chosen) < 2 or not self.tab.hands("choose", chosen):
            return ""
        steps = dice.choice([-3, -2, -1, 1, 2, 3])
        carried = self.tab.hands("carry", chosen[0], steps)
        self.tab.hands("choose", [])
        return f"carries {', '.join(chosen)} by {steps}" if carried else ""

    def take_back_by_keys(self, _: Random) -> str:
        typed = {
            field: text
            for field, text in self.tab.drafts.items()
            if (self.tab.hands("look", field) or {}).get("value") == text
        }
        if self.tab.hands("pressUndoKeys"):
            return ""
        for field, text in typed.items():
            if (self.tab.hands("look", field) or {"value": text})["value"] != text:
                del self.tab.drafts[field]  # it was on its way, and is not wanted any more
                self.tab.saves.pop(field, None)
        return "presses Ctrl+Z"

    def carry_a_row(self, dice: Random) -> str:
        if not (rows := self.tab.hands("rows")):
            return ""
        row, _ = dice.choice(rows)
        steps = dice.choice([-3, -2, -1, 1, 2, 3])
        if not self.tab.hands("carry", row, steps):
            return ""
        self.spotlight.video = row
        return f"carries {row} {abs(steps)} {'up' if steps < 0 else 'down'}"

    def publish(self, dice: Random) -> str:
        times = dice.choice([1, 1, 2, 3])
        pressed = [self.tab.hands("pressVisible", "#publish, #unpublish") for _ in range(times)]
        return f"publishes or not, {times} times" if all(pressed) else ""

    def reload(self, _: Random) -> str:
        if self.tab.weather.offline or self.tab.weather.session:
            return ""
        self.tab.page.reload()
        self.tab.saves.clear()  # nobody is left to say what became of them
        self.tab.new_chapter = ""  # only titles that exist are kept
        return "reloads the page"

    def _field(self, dice: Random) -> str:
        return dice.choice(self.tab.fields()).replace("course-course", f"course-{self.course.pk}")

    def _chapter(self, dice: Random) -> str:
        return f"chapter-{dice.choice(self.tab.hands('chapters') or [''])}"

    def _save(self, field: str, dice: Random) -> str:
        clicks = dice.choice([1, 1, 1, 2])
        if now := self.tab.hands("look", field):
            self.tab.saves[field] = (now["value"], len(self.tab.refusals()))
        for _ in range(clicks):
            self.tab.hands("save", field)
        return "twice" if clicks == 2 else "once"

    def _press_in_a_row(self, dice: Random, button: str, statuses: list[str]) -> str:
        rows = [row for row, status in self.tab.hands("rows") if status in statuses]
        if not rows:
            return ""
        row = dice.choice(rows)
        clicks = dice.choice([1, 1, 1, 2])
        for _ in range(clicks):
            self.tab.hands("press", f"[id='video-{row}'] [formaction$='/{button}/']")
        self.spotlight.video = row
        return f"presses {button} of {row}" + (" twice" if clicks == 2 else "")


class Worker:
    """Links by the real verbs, without looking at files."""

    def __init__(self, course: Course, spotlight: Spotlight) -> None:
        self.spotlight = spotlight
        linking = Video.objects.standing().filter(chapter__course=course, status="linking")
        self.linking = linking.order_by("chapter__position", "position")

    def settle_one(self, dice: Random) -> str:
        video = self.spotlight.one_of(self.linking, dice)
        return self._settle(video, dice) if video else ""

    def settle_all(self, dice: Random) -> str:
        return ", ".join(self._settle(video, dice) for video in self.linking.all())

    def _settle(self, video: Video, dice: Random) -> str:
        claimed = Video.objects.claim(video.pk)
        if claimed is None:
            return f"finds {video.pk} not due"
        match dice.choice(["links", "links", "links", "fails", "defers"]):
            case "links":
                claimed.complete()
                return f"links {video.pk}"
            case "fails":
                claimed.fail("damaged")
                return f"fails {video.pk}"
            case _:
                claimed.defer()
                return f"defers {video.pk}"

    def finish(self) -> None:
        """The pauses of what was deferred pass, too."""
        for video in self.linking.all():
            Video.objects.filter(pk=video.pk).update(due_at=Now())
            claimed = Video.objects.claim(video.pk)
            assert claimed is not None
            claimed.complete()


class OtherAuthor:
    """Somebody else in the same course, whose page does not matter: the verbs alone."""

    def __init__(self, seed: int, course: Course, author: User, spotlight: Spotlight) -> None:
        self.course = course
        self.spotlight = spotlight
        self.author = author
        self.texts = (f"Theirs {seed}-{n}" for n in range(1000))
        of_course = Video.objects.filter(chapter__course=course)
        in_order = of_course.order_by("chapter__position", "position")
        self.videos = in_order.filter(removed_at=None, chapter__removed_at=None)
        self.removed = in_order.exclude(removed_at=None)
        self.chapters = course.chapters.live().in_order()
        self.removed_chapters = course.chapters.exclude(removed_at=None).order_by("position")

    def rename(self, dice: Random) -> str:
        if not (video := self.spotlight.one_of(self.videos, dice)):
            return ""
        video.rename(title := next(self.texts))
        return f"renames {video.pk} to “{title}”"

    def add(self, dice: Random) -> str:
        if not (chapter := _one_of(self.chapters, dice)):
            return ""
        media = _one_of(MediaFile.objects.owned_by(self.author).order_by("name"), dice)
        pick = Pick(media.pk, uuid7())
        request_links(chapter, self.author, [pick])
        return f"links {pick.video_id}"

    def remove(self, dice: Random) -> str:
        if dice.random() < 0.1 and (chapter := _one_of(self.chapters, dice)):
            cancel_links(chapter)
            return f"cancels what links in {chapter.pk}"
        if not (video := self.spotlight.one_of(self.videos, dice)):
            return ""
        video.remove()
        return f"removes {video.pk}"

    def restore(self, dice: Random) -> str:
        if not (video := self.spotlight.one_of(self.removed, dice)):
            return ""
        restore_link(video)
        return f"restores {video.pk}"

    def move(self, dice: Random) -> str:
        video, chapter = self.spotlight.one_of(self.videos, dice), _one_of(self.chapters, dice)
        if not video or not chapter:
            return ""
        video.move(chapter, positions.to(place := dice.randint(1, 4)))
        return f"moves {video.pk} to place {place} of {chapter.pk}"

    def move_to_the_newest_chapter(self, dice: Random) -> str:
        video, chapter = self.spotlight.one_of(self.videos, dice), self.chapters.last()
        if not video or not chapter:
            return ""
        video.move(chapter, positions.to(1))
        return f"moves {video.pk} to {chapter.pk}"

    def add_chapter(self, _: Random) -> str:
        chapter = Chapter.objects.add(self.course.pk, next(self.texts))
        return f"adds the chapter “{chapter}”"

    def rename_chapter(self, dice: Random) -> str:
        if not (chapter := _one_of(self.chapters, dice)):
            return ""
        chapter.rename(title := next(self.texts))
        return f"renames {chapter.pk} to “{title}”"

    def move_chapter(self, dice: Random) -> str:
        if not (chapter := _one_of(self.chapters, dice)):
            return ""
        chapter.move(positions.by(dice.choice([-1, 1])))
        return f"moves {chapter.pk}"

    def remove_chapter(self, dice: Random) -> str:
        if not (chapter := _one_of(self.chapters, dice)):
            return ""
        chapter.remove()
        return f"removes chapter {chapter.pk}"

    def restore_chapter(self, dice: Random) -> str:
        if not (chapter := _one_of(self.removed_chapters, dice)):
            return ""
        chapter.restore()
        return f"restores chapter {chapter.pk}"

    def restore_everything(self) -> None:
        for video in self.removed.all():
            restore_link(video)
        for chapter in self.removed_chapters.all():
            chapter.restore()


def _one_of(things: Any, dice: Random) -> Any:
    found = list(things.all())  # as they are now
    return dice.choice(found) if found else None

"""Every page in both schemes and at both widths: axe finds nothing, nothing overflows, nothing is blocked."""

from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import User
from media_library.models import Captions
from tests.browser.conftest import OpenAs
from tests.factories import make_chapter, make_course, make_media, make_upload, make_video

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = {"wide": (1440, 900), "phone": (360, 740)}

# axe styles elements for a moment to look at them; that ours have no inline style, the last test sees.
OF_AXE = "Applying inline style"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pages(author: User, co_author: User) -> dict[str, str]:
    course = make_course(author, "Programming before computers", description="A loom and a mill.")
    course.add_co_author(co_author)
    chapter = make_chapter(course)
    media = make_media(author)
    make_video(chapter, media)
    long = make_media(author, "W" * 200 + ".mp4", description="V" * 500)
    make_video(chapter, long, status="linking", description="D" * 500)
    chapter.describe("What it is about. " * 40)
    make_video(chapter, media, status="failed", reason="damaged")
    broken = make_media(author, "broken.mp4", status="broken", reason="not_a_video")
    thrown_away = make_media(author, "thrown away.mp4", trashed_at=timezone.now())
    coming = make_upload(author, "N" * 200 + ".mp4", received=420)
    make_media(author, "new.mp4", status="processing")
    Captions.objects.put(media, "en", "WEBVTT\n")
    Captions.objects.put(media, "pt-BR", "WEBVTT\n")
    theirs = make_media(co_author, "Theirs.mp4", frame_wanted=3.0)
    make_video(chapter, theirs)
    make_chapter(course, "Empty, and with a title that is " + "rather " * 20 + "long")
    make_course(author, "S" * 200).publish()
    return {
        "courses": "/",
        "none found": "/?q=zebra",
        "new course": "/courses/new/",
        "editor": f"/courses/{course.pk}/",
        "settings": f"/courses/{course.pk}/settings/",
        "add from a list": f"/courses/{course.pk}/import/",
        "description": f"/chapters/{chapter.pk}/description/",
        "delete": f"/courses/{course.pk}/delete/",
        "library": "/library/",
        "file": f"/library/{media.pk}/",
        "in the place of a file": f"/library/{media.pk}/others/",
        "described file": f"/library/{long.pk}/",
        "broken file": f"/library/{broken.pk}/",
        "file in the trash": f"/library/{thrown_away.pk}/",
        "file that is coming": f"/library/{coming.pk}/",
        "file of a co-author": f"/library/{theirs.pk}/",
        "trash": "/library/trash/",
        "library as a list": "/library/?view=list",
        "nothing in the library": "/library/?q=zebra&filter=broken",
        "picker": f"/library/picker/?chapter={chapter.pk}",
        "picker as a grid": f"/library/picker/?chapter={chapter.pk}&view=grid",
        "account": "/accounts/",
        "password": "/accounts/password/",
        "nothing": "/nothing-here/",
    }


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_an_instructor(
    open_as: OpenAs, author: User, pages: dict[str, str], size: str, scheme: str
) -> None:
    page = open_as(author, **look(size, scheme), expect=f"{OF_AXE}|404")
    for name, path in pages.items():
        page.goto(path)
        examine(page, name)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_empty_pages_of_a_new_instructor(
    open_as: OpenAs, stranger: User, size: str, scheme: str
) -> None:
    page = open_as(stranger, **look(size, scheme), expect=OF_AXE)
    for path in ("/", "/library/"):
        page.goto(path)
        examine(page, path)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_a_visitor(open_as: OpenAs, author: User, size: str, scheme: str) -> None:
    page = open_as(None, "/accounts/login/", **look(size, scheme), expect=f"{OF_AXE}|422")
    examine(page, "sign in")
    page.fill("[name=username]", "ada")
    page.fill("[name=password]", "wrong")
    page.press("[name=password]", "Enter")
    page.get_by_role("alert").first.wait_for()
    examine(page, "refused")
    for path in ("/accounts/reset/", "/accounts/reset/sent/", "/accounts/reset/AA/x-y/"):
        page.goto(path)
        examine(page, path)


def look(size: str, scheme: str) -> dict[str, object]:
    width, height = SIZES[size]
    return {"viewport": {"width": width, "height": height}, "color_scheme": scheme}


def examine(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert not violations(page, "body"), name
    if page.locator("summary").count():
        page.locator("summary").last.click()
        assert not violations(page, "[data-menu][open]"), f"a menu of {name}"
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0, f"{name} is {overflow} px wider than its window"


def test_nothing_on_any_page_is_blocked_or_missing(
    open_as: OpenAs, author: User, pages: dict[str, str]
) -> None:
    """`open_as` fails the test if the browser complains."""
    page = open_as(author, expect="404")
    for path in pages.values():
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.fonts.check('16px Inter')")
        assert page.evaluate("typeof htmx") == ("undefined" if "nothing" in path else "object")


def violations(page: Page, part: str) -> list[str]:
    found: list[str] = page.evaluate(
        "([part, rules]) => axe.run(part, {runOnly: rules, preload: false}).then("
        "({violations}) => violations.map(v => `${v.id}: ${v.nodes.map("
        "n => n.target.join(' ') + ' ' + n.failureSummary).join('; ')}`))",
        [part, RULES],
    )
    return found

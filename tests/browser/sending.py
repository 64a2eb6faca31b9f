"""Sending files, as the tests of uploads do it; and what holds the pieces back."""

import base64
from pathlib import Path

from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import User
from tests.browser.conftest import OpenAs
from tests.factories import make_chapter, make_course


def choose(page: Page, *paths: Path) -> None:
    page.set_input_files("#upload-zone [name=videos]", list(paths))


def row(page: Page, name: str) -> Locator:
    return page.locator(f".upload-row[data-name='{name}']")


def drop(page: Page, on: str, files: dict[str, bytes]) -> None:
    """As text: of millions of numbers each is a step of its own between here and the page."""
    page.evaluate(
        """([on, files]) => {
          const transfer = new DataTransfer();
          for (const [name, bytes] of files)
            transfer.items.add(new File([Uint8Array.fromBase64(bytes)], name));
          for (const type of ["dragover", "drop"])
            document.querySelector(on).dispatchEvent(
              new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
        }""",
        [on, [[name, base64.b64encode(content).decode()] for name, content in files.items()]],
    )


def open_picker(open_as: OpenAs, author: User) -> Page:
    """Of a course with one chapter."""
    chapter = make_chapter(make_course(author))
    page = open_as(author, f"/courses/{chapter.course_id}/", expect="Failed to load")
    page.get_by_role("link", name="Add videos").click()
    expect(page.locator("#upload-zone")).to_be_visible()
    return page


class Gate:
    """Holds pieces back, after so many have passed."""

    def __init__(self, page: Page, passing: int) -> None:
        self.passing = passing
        self.held: list[Route] = []
        self.offsets: list[str | None] = []
        page.route("**/library/uploads/*/", self._meet)

    def _meet(self, route: Route) -> None:
        if route.request.method != "PATCH":
            route.continue_()
            return
        self.offsets.append(route.request.headers.get("upload-offset"))
        if self.passing:
            self.passing -= 1
            route.continue_()
        else:
            self.held.append(route)

    def open(self) -> None:
        self.passing = 1000
        while self.held:
            self.held.pop().continue_()

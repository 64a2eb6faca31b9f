"""A real browser before the studio: Chromium, driven by Playwright."""

import io
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.signals import request_finished, request_started
from django.http import HttpRequest, HttpResponseBase
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Route,
    expect,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from media_library.intake import examine
from media_library.models import MediaFile
from media_library.uploads import take_in
from tests.clips import Clips, clips  # noqa: F401 - a fixture for all tests here

# Playwright's sync API keeps an event loop in this thread, which Django would take for an async caller.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

# For each page Chromium 156 loads the pop-up of its address bar and a process to spare: an empty one takes
# 0.8 seconds of processor with them, 0.3 without. This replaces Playwright's list, hence the rest of it.
WITHOUT = (
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,SpareRendererForSitePerProcess,"
    "AimEnabled,AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,"
    "LensOverlay,MediaRouter,OptimizationHints,PaintHolding,PreconnectToSearch,ThirdPartyStoragePartitioning"
)
QUIET = [
    f"--disable-features={WITHOUT}",
    "--no-sandbox",  # the tests may run as root
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

OpenAs = Callable[..., Page]

# No test is about speed: what takes longer than this does not come, however busy the machine is.
PATIENCE = 15_000
PIECE = 1 << 20  # of an upload
MOST_IDLE = 4  # each may keep six connections to the studio, and those some of the database's
# By the text of the functions themselves: Playwright's Date says of itself that it is the browser's.
IS_AS_NEW = """[Date, fetch, setTimeout].every((one) =>
    /native code/.test(Function.prototype.toString.call(one)))"""
expect.set_options(timeout=PATIENCE)


def until_there(page: Page, held: list[Any]) -> None:
    """What a route holds comes now or never."""
    end = time.monotonic() + PATIENCE / 1000
    while not held:
        assert time.monotonic() < end, "nothing was sent"
        page.wait_for_timeout(10)


def next_of(page: Page, held: list[Route]) -> Route:
    until_there(page, held)
    return held.pop()


def fill_in_sign_in(page: Page) -> None:
    page.fill("[name=username]", "ada")
    page.fill("[name=password]", "lectern")
    page.press("[name=password]", "Enter")


def ask_now(page: Page) -> None:
    """The feed, which the page would ask some seconds later."""
    page.evaluate("htmx.trigger('#feed', 'ask'), 0")


class Contexts:
    """Those of tests that are over serve others: a new one costs a second, and has none of our files."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.idle: list[tuple[BrowserContext, dict[str, Any]]] = []

    def take(self, options: dict[str, Any]) -> BrowserContext:
        for place, (context, its_options) in enumerate(self.idle):
            if its_options == options:
                del self.idle[place]
                return context
        context = self.browser.new_context(
            base_url=self.address, reduced_motion="reduce", **options
        )
        context.set_default_timeout(PATIENCE)
        return context

    def give_back(self, context: BrowserContext, options: dict[str, Any]) -> None:
        """Unless its pages have another clock, or scripts of a test."""
        try:
            is_as_new = all(page.evaluate(IS_AS_NEW) for page in context.pages)
        except Error:  # somewhere on its way, or without scripts
            is_as_new = False
        for page in context.pages:
            page.close()
        if not is_as_new:
            context.close()
            return
        context.set_offline(False)
        context.clear_cookies()
        self.idle.append((context, options))
        if len(self.idle) > MOST_IDLE:
            self.idle.pop(0)[0].close()

    def close(self) -> None:
        for context, _ in self.idle:
            context.close()


@pytest.fixture(scope="session")
def contexts(
    browser: Browser, live_server: LiveServer, django_db_setup: None
) -> Iterator[Contexts]:
    contexts = Contexts(browser, live_server.url)
    yield contexts
    contexts.close()  # before the database goes, to which the studio's threads for them are connected


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=QUIET, chromium_sandbox=False
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session", autouse=True)
def kept_by_browsers() -> Iterator[None]:
    """As in production, where names are hashed. Else every page would ask anew for each of its 90 files."""
    serve = StaticFilesHandler.serve

    def serve_to_keep(handler: StaticFilesHandler, request: HttpRequest) -> HttpResponseBase:
        answer = serve(handler, request)
        answer["Cache-Control"] = "max-age=3600, immutable"
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandler, "serve", serve_to_keep)
        yield


class UnderWay:
    """The requests that the studio is answering: the tables are emptied only after the last one."""

    def __init__(self) -> None:
        self.requests: dict[int, str] = {}  # by the thread that answers it
        self.changed = threading.Condition()

    def begun(self, environ: dict[str, str], **_: object) -> None:
        with self.changed:
            self.requests[threading.get_ident()] = environ["PATH_INFO"]

    def ended(self, **_: object) -> None:
        with self.changed:
            self.requests.pop(threading.get_ident(), None)
            self.changed.notify_all()

    def wait_for_last(self) -> None:
        with self.changed:
            self.changed.wait_for(lambda: not self.requests, timeout=30)
            assert not self.requests


@pytest.fixture
def under_way() -> Iterator[UnderWay]:
    under_way = UnderWay()
    request_started.connect(under_way.begun)
    request_finished.connect(under_way.ended)
    yield under_way
    request_started.disconnect(under_way.begun)
    request_finished.disconnect(under_way.ended)


def sign_in(context: BrowserContext, person: User, address: str) -> None:
    """Without the form, which is tested for itself: it takes a second of each test."""
    client = Client()
    client.force_login(person)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])


@pytest.fixture
def open_as(contexts: Contexts, live_server: LiveServer, under_way: UnderWay) -> Iterator[OpenAs]:
    """`open_as(person, path, **context)`: a page of a browser in which this person is signed in.

    Whatever the browser complains of (a script error, a violated policy, a missing file) fails the
    test, but for complaints of which it says that they may come.
    """
    taken: list[tuple[BrowserContext, dict[str, Any]]] = []
    complaints: list[str] = []

    def open_as(
        person: User | None, path: str = "/", *, expect: str | None = None, **options: Any
    ) -> Page:
        context = contexts.take(options)
        taken.append((context, options))
        page = context.new_page()

        def complain(text: str) -> None:
            if expect is None or not re.search(expect, text):
                complaints.append(f"{page.url}: {text}")

        def hear(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                complain(message.text)

        page.on("console", hear)
        page.on("pageerror", lambda error: complain(str(error)))
        if person is not None:
            sign_in(context, person, live_server.url)
        page.goto(path)
        page.wait_for_load_state("load")
        return page

    yield open_as
    for context, options in taken:
        contexts.give_back(context, options)
    under_way.wait_for_last()
    assert not complaints


@pytest.fixture
def long_clip(clips: Clips, tmp_path: Path, settings: Any) -> Path:  # noqa: F811
    """More than two pieces of an upload, which are small here."""
    settings.UPLOAD_PIECE = PIECE
    more = 5 << 19
    path = tmp_path / "long.mp4"
    path.write_bytes(clips.mp4 + (more + 8).to_bytes(4) + b"free" + bytes(more))
    return path


@pytest.fixture
def welcome(author: User, clips: Clips) -> MediaFile:  # noqa: F811
    media = take_in(author, "Welcome.mp4", io.BytesIO(clips.mp4))
    examine(media.pk)
    return media


@pytest.fixture
def again(
    welcome: MediaFile,
    clips: Clips,  # noqa: F811
    tmp_path: Path,
) -> Path:
    """The same bytes by another name."""
    path = tmp_path / "Again.mp4"
    path.write_bytes(clips.mp4)
    return path

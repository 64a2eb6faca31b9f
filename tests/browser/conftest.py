"""A real browser before the studio: Chromium, driven by Playwright."""

import os
import re
import threading
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

from accounts.models import User

# Playwright's sync API keeps an event loop in this thread, which Django would take for an async caller.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

QUIET = [
    "--no-sandbox",  # the tests may run as root
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

OpenAs = Callable[..., Page]

# No test is about speed: what takes longer than this does not come, however busy the machine is.
PATIENCE = 15_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=QUIET, chromium_sandbox=False
        )
        yield chromium
        chromium.close()


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
def open_as(browser: Browser, live_server: LiveServer, under_way: UnderWay) -> Iterator[OpenAs]:
    """`open_as(person, path, **context)`: a page of a browser in which this person is signed in.

    Whatever the browser complains of (a script error, a violated policy, a missing file) fails the
    test, but for complaints of which it says that they may come.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_as(
        person: User | None, path: str = "/", *, expect: str | None = None, **options: object
    ) -> Page:
        context = browser.new_context(base_url=live_server.url, reduced_motion="reduce", **options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
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
    for context in contexts:
        context.close()
    under_way.wait_for_last()
    assert not complaints

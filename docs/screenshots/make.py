"""Pictures of the demo world, as Ada sees it: for the README, and to look at after a change."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from config.dev import chromium
from config.dev.places import ROOT
from config.dev.signals import unwind_on_endings
from config.dev.trouble import Trouble, run_command, say

_HERE = Path(__file__).parent
_DESK = ViewportSize(width=1280, height=800)
_PHONE = ViewportSize(width=390, height=844)
_PATIENCE = 180.0
# No wait_for_function: it needs eval, which the studio's pages forbid.
_WHEN_DRAWN = """async () => {
    await document.fonts.ready;
    const seen = [...document.images].filter(image => image.getBoundingClientRect().top < innerHeight);
    await Promise.all(seen.map(image => image.decode()));
}"""


def make(arguments: list[str]) -> int:
    unwind_on_endings()
    if arguments:
        _take_all(arguments[0].rstrip("/"))
        return 0
    with _throw_away_studio() as address:
        _take_all(address)
    return 0


@contextmanager
def _throw_away_studio() -> Iterator[str]:
    """bin/dev in a folder of its own, with its demo world."""
    var = Path(tempfile.mkdtemp(prefix="lectern-pictures-")).resolve()
    var.chmod(0o711)  # run by root, PostgreSQL is another user, who must come in
    address = f"http://127.0.0.1:{_free_port()}"
    names = {"VAR_DIR": str(var), "PORT": address.rpartition(":")[2], "HOST": "127.0.0.1"}
    empty = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS", "DEBUG"), "")
    studio = subprocess.Popen(
        [ROOT / "bin" / "dev"],
        env=os.environ | empty | names,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_for(address, studio)
        yield address
    finally:
        studio.send_signal(signal.SIGTERM)
        try:
            studio.wait(20)
        except subprocess.TimeoutExpired:
            studio.send_signal(signal.SIGTERM)  # said twice, it ends everything at once
            studio.wait(20)
        shutil.rmtree((var / "postgres").resolve(), ignore_errors=True)
        shutil.rmtree(var)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(address: str, studio: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if studio.poll() is not None:
            raise Trouble("The studio for the pictures ended; its words are above.")
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=10):  # noqa: S310
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise Trouble(f"The studio for the pictures was not ready within {_PATIENCE:.0f} s.")


def _take_all(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        for scheme in ("light", "dark"):
            with _signed_in(browser, address, scheme, _DESK) as page:
                _take(page, f"courses-{scheme}")
                _open_a_course(page)
                _take(page, f"editor-{scheme}")
                page.goto(f"{address}/library/")
                _take(page, f"library-{scheme}")
        with _signed_in(browser, address, "light", _PHONE) as page:
            _open_a_course(page)
            _take(page, "editor-phone")
        browser.close()


@contextmanager
def _signed_in(
    browser: Browser, address: str, scheme: str, viewport: ViewportSize
) -> Iterator[Page]:
    context = browser.new_context(
        base_url=address,
        color_scheme="dark" if scheme == "dark" else "light",
        viewport=viewport,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("[name=username]", "ada")
    page.fill("[name=password]", "lectern")
    page.keyboard.press("Enter")
    page.wait_for_url("/")
    yield page
    context.close()


def _open_a_course(page: Page) -> None:
    """The one on top, once its videos are settled."""
    page.click(".course-row-title >> nth=0")
    page.wait_for_selector("section.chapter")
    page.wait_for_selector("li[data-status=linking]", state="detached")


def _take(page: Page, name: str) -> None:
    """Posters below the fold load when they are seen, and nobody sees those."""
    page.wait_for_load_state("load")
    page.evaluate(_WHEN_DRAWN)
    page.evaluate("document.activeElement?.blur()")
    page.screenshot(path=_HERE / f"{name}.png")
    say(f"docs/screenshots/{name}.png")


if __name__ == "__main__":
    run_command(make)

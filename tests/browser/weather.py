"""What becomes of the requests of a page on their way to the studio and back."""

from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.utils.crypto import get_random_string
from playwright.sync_api import BrowserContext, CDPSession, Error, Page

MODULES = Path(settings.BASE_DIR) / "static" / "js"


class Fate(StrEnum):
    THROUGH = "arrives and is answered"
    LATE = "is held on its way"
    ANSWERED_LATE = "arrives, and its answer is held"
    REFUSED = "does not arrive: 502"
    UNREACHABLE = "does not arrive"
    ANSWER_REPLACED = "arrives, and the answer becomes a 504"
    ANSWER_LOST = "arrives, and its answer is lost"
    TWICE = "arrives twice"
    ECHO = "arrives, and is to arrive once more"


FOR_WRITES_ONLY = {Fate.TWICE, Fate.ECHO}
AFTER_THE_STUDIO = {Fate.ANSWERED_LATE, Fate.ANSWER_REPLACED, Fate.ANSWER_LOST}


@dataclass
class Held:
    what: str
    request: str  # the number that its page gave it; none for an echo
    let_go: Callable[[], None]


@dataclass(frozen=True)
class Broken:
    """A module of the page with a defect put in."""

    module: str
    words: str
    instead: str

    def __post_init__(self) -> None:
        assert (MODULES / self.module).read_text().count(self.words) == 1, f"no {self.words!r}"


class Weather:
    """Over all pages of a context that are put under it.

    Between the pages and the studio it is Chromium's own interception: Playwright's would switch off
    the cache, which makes every load of a page four times as slow.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self._sessions: list[CDPSession] = []
        self._broken: Broken | None = None
        self.begin(Random(0), calm=1.0, note=lambda _: None)

    def begin(self, dice: Random, *, calm: float, note: Callable[[str], None]) -> None:
        """`calm` is the share of requests to which nothing happens."""
        self.seed = dice.random()
        self.calm = calm
        self.note = note
        self.numbers: dict[str, int] = {}
        self.held: list[Held] = []
        self.next_fates: dict[str, list[Fate]] = {}
        self.offline = False
        self.session: list[Any] = []  # the cookie, while the person is signed out
        self.linked: list[frozenset[str]] = []  # the ids of each different pick that was posted
        self._after: dict[str, Callable[[], None]] = {}

    def over(self, page: Page, name: str) -> None:
        session = self.context.new_cdp_session(page)

        def paused(event: dict[str, Any]) -> None:
            with suppress(Error):  # the page gave up the request, or is gone
                if event["resourceType"] == "Script":
                    self._serve(session, event)
                else:
                    self._paused(session, name, event)

        session.on("Fetch.requestPaused", paused)
        session.send("Fetch.enable", {"patterns": [{"urlPattern": "*", "resourceType": "Fetch"}]})
        self._sessions.append(session)

    def break_page(self, broken: Broken) -> None:
        """From the next load on; for as long as this context lasts, or until it is broken otherwise."""
        self._broken = broken
        patterns = [
            {"urlPattern": "*", "resourceType": "Fetch"},
            {"urlPattern": f"*/{broken.module}", "resourceType": "Script"},
        ]
        for session in self._sessions:
            session.send("Network.clearBrowserCache")
            session.send("Fetch.enable", {"patterns": patterns})

    def clear(self) -> None:
        """From now on every request arrives and is answered."""
        self.calm = 1.0
        self.go_online()
        self.sign_in()

    def go_offline(self) -> None:
        self.offline = True
        self.context.set_offline(True)

    def go_online(self) -> None:
        self.offline = False
        self.context.set_offline(False)

    def sign_out(self) -> None:
        if self.session:
            return
        self.session = [one for one in self.context.cookies() if one["name"] == "lectern_session"]
        self.context.clear_cookies(name="lectern_session")

    def sign_in(self) -> None:
        """As in another tab: this page is not loaded anew."""
        self.context.add_cookies(self.session)
        self.session = []

    def change_tokens(self) -> None:
        """As signing in again does: those in the page are refused from now on."""
        [cookie] = [one for one in self.context.cookies() if one["name"] == "lectern_csrf"]
        cookie["value"] = get_random_string(32)
        self.context.add_cookies([cast(Any, cookie)])

    def holds_back(self, requests: list[str]) -> bool:
        return set(requests) <= {held.request for held in self.held}

    def release(self, place: int) -> str:
        held = self.held.pop(place)
        held.let_go()
        return held.what

    def release_all(self) -> None:
        while self.held:
            self.release(-1)

    def _paused(self, session: CDPSession, name: str, event: dict[str, Any]) -> None:
        key = event["requestId"]
        if after := self._after.pop(key, None):
            after()
            return
        request = event["request"]
        path = urlsplit(request["url"]).path
        what = f"{request['method']} {path} of {name}"
        self._remember_pick(path, request)
        fate = self._fate(request["method"], path)
        if fate != Fate.THROUGH:
            self.note(f"    {what} {fate}")

        def send(method: str, **arguments: Any) -> None:
            with suppress(Error):  # likewise
                session.send(method, {"requestId": key, **arguments})

        def go_on() -> None:
            if self.offline:
                send("Fetch.failRequest", errorReason="InternetDisconnected")
            else:
                send("Fetch.continueRequest")

        def hold(let_go: Callable[[], None], number: str = request["headers"]["X-Number"]) -> None:
            self.held.append(Held(what, number, let_go))

        def answer(status: int) -> None:
            send("Fetch.fulfillRequest", responseCode=status, body="PGgxPm5vPC9oMT4=")

        def repeat() -> None:
            with suppress(Error):  # a redirect to the page for signing in, say
                headers = {k: v for k, v in request["headers"].items() if k != "X-Number"}
                self.context.request.fetch(
                    request["url"],
                    method=request["method"],
                    headers=headers,
                    data=request.get("postData", ""),
                    max_redirects=0,
                )

        if fate in AFTER_THE_STUDIO:
            self._after[key] = {
                Fate.ANSWERED_LATE: lambda: hold(go_on),
                Fate.ANSWER_REPLACED: lambda: answer(504),
                Fate.ANSWER_LOST: lambda: send("Fetch.failRequest", errorReason="ConnectionReset"),
            }[fate]
            send("Fetch.continueRequest", interceptResponse=True)
            return
        match fate:
            case Fate.LATE:
                hold(go_on)
            case Fate.REFUSED:
                answer(502)
            case Fate.UNREACHABLE:
                send("Fetch.failRequest", errorReason="ConnectionRefused")
            case Fate.TWICE:
                repeat()
                go_on()
            case Fate.ECHO:
                hold(repeat, "")
                go_on()
            case _:
                go_on()

    def _fate(self, method: str, path: str) -> Fate:
        """By the kind of the request and how many of it there were: the same in every run."""
        if self.offline or self.calm == 1:
            return Fate.THROUGH
        if "picker" not in path and (fates := self.next_fates.get(method)):
            return fates.pop()
        kind, calm = method, self.calm
        if "picker" in path:
            kind, calm = "picker", 0.95  # without it there is nothing to see
        elif path.endswith("/videos/"):
            kind, calm = "link", calm * 0.7  # it is what the studio is there for
        number = self.numbers[kind] = self.numbers.get(kind, 0) + 1
        dice = Random(f"{self.seed} {kind} {number}")
        if dice.random() < calm:
            return Fate.THROUGH
        of_this_kind = set(Fate) - {Fate.THROUGH} - (FOR_WRITES_ONLY if method == "GET" else set())
        return dice.choice(sorted(of_this_kind))

    def _remember_pick(self, path: str, request: dict[str, Any]) -> None:
        if path.startswith("/chapters/") and path.endswith("/videos/"):
            ids = frozenset(parse_qs(request["postData"])["video"])
            if ids not in self.linked:
                self.linked.append(ids)

    def _serve(self, session: CDPSession, event: dict[str, Any]) -> None:
        assert self._broken
        script = (MODULES / self._broken.module).read_text()
        defective = script.replace(self._broken.words, self._broken.instead).encode()
        session.send(
            "Fetch.fulfillRequest",
            {
                "requestId": event["requestId"],
                "responseCode": 200,
                "responseHeaders": [{"name": "Content-Type", "value": "text/javascript"}],
                "body": b64encode(defective).decode(),
            },
        )

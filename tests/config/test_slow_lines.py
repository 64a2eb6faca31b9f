"""Who sends or takes a byte now and then is cut off, and meanwhile keeps nobody else waiting."""

import contextlib
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.config import production
from tests.config.production import HOST, Visitor, Web
from tests.dev.studios import wait_until

MANY = 20
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = "application/offset+octet-stream"


@pytest.fixture(scope="module")
def spool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("spool")


@pytest.fixture(scope="module")
def web(
    studio: dict[str, str], spool: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Web]:
    """Of four threads. It waits two seconds where others wait for ten or thirty."""
    env = studio | {
        "DJANGO_SETTINGS_MODULE": "tests.config.stand_in.hasty",
        "TMPDIR": str(spool),
    }
    with production.web(env, tmp_path_factory.mktemp("web") / "web.log") as server:
        yield server


@pytest.fixture(scope="module")
def ada(web: Web) -> Visitor:
    return web.visitor().sign_in("ada")


def head(method: str, path: str, headers: dict[str, str]) -> bytes:
    given = {"Host": HOST, "X-Forwarded-Proto": "https"} | headers
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {text}" for name, text in given.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def form(length: int) -> bytes:
    fields = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(length)}
    return head("POST", "/accounts/login/", fields)


def announced(ada: Visitor, size: int) -> str:
    given = TUS | {"Upload-Length": str(size)}
    answer = ada.get("/library/uploads/", method="POST", **given)
    assert answer.status == 201, answer.text
    return answer.headers["Location"]


def piece(ada: Visitor, address: str, length: int, **headers: str) -> bytes:
    cookies = "; ".join(f"{name}={value}" for name, value in ada.cookies.items())
    given = {"Upload-Offset": "0", "Content-Type": PIECE, "Content-Length": str(length)}
    return head("PATCH", address, TUS | given | {"Cookie": cookies} | headers)


class Drips:
    """Connections that begin as they are told, and then bring a byte now and then."""

    def __init__(self, web: Web, beginnings: list[bytes]) -> None:
        self._lines = [socket.create_connection(("127.0.0.1", web.port)) for _ in beginnings]
        for line, beginning in zip(self._lines, beginnings, strict=True):
            line.sendall(beginning)
        self.answers: dict[int, bytes] = dict.fromkeys(range(len(beginnings)), b"")
        self.open = set(self.answers)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._drip)

    def __enter__(self) -> "Drips":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        for line in self._lines:
            line.close()

    def _drip(self) -> None:
        with selectors.DefaultSelector() as selector:
            for number, line in enumerate(self._lines):
                selector.register(line, selectors.EVENT_READ, number)
            while not self._over.wait(0.1):
                for number in list(self.open):
                    with contextlib.suppress(OSError):
                        self._lines[number].send(b"x")
                for key, _ in selector.select(0):
                    self._hear(key.data)
                    if key.data not in self.open:
                        selector.unregister(key.fileobj)

    def _hear(self, number: int) -> None:
        try:
            heard = self._lines[number].recv(4096)
        except OSError:
            heard = b""
        self.answers[number] += heard
        if not heard:
            self.open.remove(number)


def others_are_answered_while(is_going_on: Callable[[], object], web: Web) -> None:
    began = time.monotonic()
    while is_going_on():
        assert web.visitor().get("/healthz").seconds < 2
        assert time.monotonic() - began < 60


def begin_head(_ada: Visitor) -> bytes:
    return b"GET /healthz HTTP/1.1\r\nX-Slow: "


def begin_form(_ada: Visitor) -> bytes:
    return form(1000)


def begin_many_files(_ada: Visitor) -> bytes:
    fields = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": "1000000"}
    return head("POST", "/accounts/login/", fields) + b"--x\r\n"


def begin_piece(ada: Visitor) -> bytes:
    return piece(ada, announced(ada, 1 << 20), 1 << 20)


def begin_piece_of_a_visitor(_ada: Visitor) -> bytes:
    given = {"Upload-Offset": "0", "Content-Type": PIECE, "Content-Length": "1000000"}
    return head("PATCH", "/library/uploads/0197b0a0-0000-7000-8000-000000000000/", TUS | given)


def begin_large_form(ada: Visitor) -> bytes:
    cookies = "; ".join(f"{name}={value}" for name, value in ada.cookies.items())
    fields = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": "5000000"}
    part = b'--x\r\nContent-Disposition: form-data; name="videos"; filename="1.mp4"\r\n\r\n'
    return head("POST", "/library/uploads/form/", fields | {"Cookie": cookies}) + part


@pytest.mark.parametrize(
    ("begin", "statuses"),
    [
        (begin_head, {408}),
        (begin_form, {408}),
        (begin_many_files, {408}),
        (begin_piece, {204, 503}),
        (begin_piece_of_a_visitor, {401}),
        (begin_large_form, {408, 503}),
    ],
)
def test_who_drips_is_cut_off_and_holds_up_nobody(
    web: Web, ada: Visitor, begin: Callable[[Visitor], bytes], statuses: set[int]
) -> None:
    beginnings = [begin(ada) for _ in range(MANY)]
    with Drips(web, beginnings) as drips:
        others_are_answered_while(lambda: drips.open, web)
    told = {int(answer.split()[1]) for answer in drips.answers.values()}
    assert told == statuses


def test_a_form_with_files_that_breaks_off_leaves_nothing(
    web: Web, ada: Visitor, spool: Path
) -> None:
    with connect(web) as line:
        line.sendall(begin_large_form(ada) + bytes(4_000_000))
        wait_until(lambda: any(spool.glob("*.upload*")))
    web.logged(path="/library/uploads/form/", status=408)
    assert not any(spool.glob("*.upload*"))


def connect(web: Web) -> socket.socket:
    return socket.create_connection(("127.0.0.1", web.port), timeout=30)


def answer_of(line: socket.socket) -> tuple[int, dict[str, str]]:
    """Not a byte more of it than that, for what follows is another answer's."""
    first, *fields = until(line, b"\r\n\r\n").decode().strip().split("\r\n")
    headers = dict(field.lower().split(": ", 1) for field in fields)
    length = int(headers.get("content-length", "0"))
    while length and (more := line.recv(length)):
        length -= len(more)
    if "transfer-encoding" in headers:
        until(line, b"0\r\n\r\n")
    return int(first.split()[1]), headers


def until(line: socket.socket, end: bytes) -> bytes:
    text = b""
    while not text.endswith(end):
        byte = line.recv(1)
        assert byte, f"the connection was closed after {text!r}"
        text += byte
    return text


def test_what_came_of_a_piece_that_is_cut_off_is_kept(web: Web, ada: Visitor) -> None:
    address = announced(ada, 1 << 20)
    with connect(web) as line:
        line.sendall(piece(ada, address, 1 << 20) + bytes(100_001))
        status, headers = answer_of(line)
        assert (status, headers["upload-offset"]) == (204, "100001")
        assert line.recv(1) == b"", "and the connection is closed"


def test_a_slow_line_that_brings_enough_is_not_cut_off(web: Web, ada: Visitor) -> None:
    size = 96 << 10
    address = announced(ada, size)
    began = time.monotonic()
    with connect(web) as line:
        line.sendall(piece(ada, address, size))
        for _ in range(size >> 10):
            line.sendall(bytes(1 << 10))
            time.sleep(0.05)  # this is the slow line
        assert answer_of(line)[0] == 204
    assert time.monotonic() - began > 4, "twice what it may take for a third of that"


def test_a_connection_may_be_idle_between_two_requests(web: Web) -> None:
    request = head("GET", "/healthz", {})
    with connect(web) as line, Drips(web, [b"GET"]) as drips:
        line.sendall(request)
        assert answer_of(line)[0] == 200
        wait_until(lambda: not drips.open)  # what has begun is cut off meanwhile
        with Drips(web, [b"GET"]) as later:
            wait_until(lambda: not later.open)
        line.sendall(request[:20])
        line.sendall(request[20:])
        assert answer_of(line)[0] == 200


def test_requests_that_are_sent_ahead_are_answered_in_turn(web: Web) -> None:
    fields = b"username=ada"
    with connect(web) as line:
        line.sendall(head("GET", "/healthz", {}) + form(len(fields)) + fields + b"GET /healthz")
        assert answer_of(line)[0] == 200
        assert answer_of(line)[0] == 403  # no token
        line.sendall(head("GET", "/healthz", {})[len("GET /healthz") :])
        assert answer_of(line)[0] == 200


@pytest.mark.parametrize("large", [False, True], ids=["a form", "a piece of a file"])
def test_who_asks_whether_to_continue_is_told_so_once(web: Web, ada: Visitor, large: bool) -> None:
    body = bytes(5000)
    expecting = {"Expect": "100-continue"}
    if large:
        request = piece(ada, announced(ada, 5000), 5000, **expecting)
    else:
        kind = {"Content-Type": "text/plain", "Content-Length": "5000"}
        request = head("POST", "/accounts/login/", kind | expecting)
    with connect(web) as line:
        line.sendall(request)
        assert answer_of(line)[0] == 100
        line.sendall(body)
        assert answer_of(line)[0] == (204 if large else 403)
        line.sendall(head("GET", "/healthz", {}))
        assert answer_of(line)[0] == 200


def test_who_is_refused_while_sending_reads_why(web: Web) -> None:
    size = 8 << 20
    with connect(web) as line:
        line.sendall(form(size))
        line.sendall(bytes(size))
        status, headers = answer_of(line)
        assert (status, headers["connection"]) == (413, "close")
        assert line.recv(1) == b""


def test_a_head_without_an_end_is_refused(web: Web) -> None:
    with connect(web) as line:
        line.sendall(b"GET / HTTP/1.1\r\nX-Long: " + b"x" * (65 << 10))
        assert answer_of(line)[0] == 431


def test_large_forms_on_their_way_fill_no_memory(web: Web) -> None:
    for _ in range(100):  # of whose bytes none is on its way any more
        test_a_head_without_an_end_is_refused(web)
    with Drips(web, [form(1_000_000) + bytes(900_000) for _ in range(10)]) as drips:
        wait_until(lambda: len(drips.open) < 6)
        small = web.visitor().post("/accounts/login/", {"username": "ada"})
        assert (small.status, small.seconds < 2) == (403, True)
        wait_until(lambda: not drips.open)
    told = [int(answer.split()[1]) for answer in drips.answers.values()]
    assert set(told) == {408, 503}
    assert told.count(408) >= 4, "which find room together"


def test_large_forms_that_wait_for_a_thread_fill_no_memory(web: Web) -> None:
    with ExitStack() as opened:
        lines = [opened.enter_context(connect(web)) for _ in range(14)]
        for line in lines[:4]:  # as many as there are threads
            line.sendall(head("GET", "/stand-in/takes/3000/", {}))
        for line in lines[4:]:
            line.sendall(form(1_000_000) + bytes(1_000_000))
        told = [answer_of(line)[0] for line in lines[4:]]
    assert set(told) == {403, 503}
    assert web.visitor().post("/accounts/login/", {"username": "ada"}).status == 403


def test_who_does_not_close_is_left(web: Web) -> None:
    with ExitStack() as opened:
        lines = [opened.enter_context(connect(web)) for _ in range(MANY)]
        for line in lines:
            line.sendall(head("GET", "/healthz", {"Connection": "close"}))
        for line in lines:
            assert answer_of(line)[0] == 200
        assert web.visitor().get("/healthz").seconds < 2


@contextlib.contextmanager
def readers(web: Web, count: int, megabytes: int) -> Iterator[list[socket.socket]]:
    """Who take the first bytes, and no others."""
    with ExitStack() as opened:
        lines = [opened.enter_context(socket.socket()) for _ in range(count)]
        for line in lines:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.settimeout(30)
            line.connect(("127.0.0.1", web.port))
            line.sendall(head("GET", f"/stand-in/is-long/{megabytes}/", {"Connection": "close"}))
        for line in lines:
            assert line.recv(15) == b"HTTP/1.1 200 OK"
        yield lines


def took(line: socket.socket) -> int:
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    count = 0
    with contextlib.suppress(ConnectionResetError):
        while more := line.recv(1 << 20):
            count += len(more)
    return count


def test_slow_readers_of_pages_hold_up_nobody_and_are_cut_off(web: Web) -> None:
    with readers(web, MANY, megabytes=3) as lines, Drips(web, [b"GET"]) as drips:
        others_are_answered_while(lambda: drips.open, web)
        with Drips(web, [b"GET"]) as later:
            others_are_answered_while(lambda: later.open, web)
        assert all(took(line) < 3 << 20 for line in lines)


def test_who_reads_again_soon_enough_gets_all(web: Web) -> None:
    with readers(web, 1, megabytes=3) as (line,):
        assert took(line) > 3 << 20


def test_slow_readers_of_what_is_longer_hold_threads_for_a_while_only(web: Web) -> None:
    with readers(web, 4, megabytes=100) as lines:
        assert web.visitor().get("/healthz").status == 200
        assert any(took(line) < 100 << 20 for line in lines), "its thread went to the visitor"


def test_an_answer_that_breaks_off_ends_its_connection_and_no_other(web: Web) -> None:
    with connect(web) as other:
        other.sendall(head("GET", "/healthz", {}))
        assert answer_of(other)[0] == 200
        with connect(web) as line:
            line.sendall(head("GET", "/stand-in/breaks-off/", {}))
            until(line, b"\r\n\r\n")
            assert took(line) == 1000
        other.sendall(head("GET", "/healthz", {}))
        assert answer_of(other)[0] == 200


@pytest.mark.parametrize(("length", "goes_on"), [(3 << 20, "close"), (1000, "keep-alive")])
def test_a_refusal_says_whether_the_line_goes_on(
    ada: Visitor, web: Web, length: int, goes_on: str
) -> None:
    """A client that is told "keep-alive" sends its next request into a closed line."""
    address = announced(ada, length)
    with socket.create_connection(("127.0.0.1", web.port), timeout=30) as line:
        line.sendall(piece(ada, address, length, **{"Upload-Offset": "5"}) + b"x" * length)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += line.recv(4096)
    assert answer.startswith(b"HTTP/1.1 409 ")
    assert f"\r\nConnection: {goes_on}\r\n".encode() in answer

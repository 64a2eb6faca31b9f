"""When all of a request is there, however it is cut."""

import time

import pytest

from config import lines
from config.arrivals import Arrival, TooLarge

GET = b"GET / HTTP/1.1\r\nHost: studio.example\r\n\r\n"
FORM = b"POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"


def form(length: int, *headers: bytes) -> bytes:
    return FORM + b"".join(headers) + b"content-length: %d\r\n\r\n" % length


def arrived(*pieces: bytes) -> Arrival:
    arrival = Arrival(patience=60)
    for piece in pieces:
        arrival.add(piece)
    return arrival


@pytest.mark.parametrize("request_", [GET, b"\r\n" + GET, form(10) + b"0123456789", form(0)])
def test_it_is_complete_with_its_last_byte(request_: bytes) -> None:
    pieces = [bytes([byte]) for byte in request_]
    assert not arrived(*pieces[:-1]).is_complete
    for arrival in (arrived(*pieces), arrived(request_), arrived(request_ + GET)):
        assert arrival.is_complete
        assert not arrival.goes_on


@pytest.mark.parametrize(
    "head",
    [
        form(lines.LARGEST_FORM + 1),
        form(10**17),
        FORM + b"Transfer-Encoding: chunked\r\n\r\n",
        b"PATCH / HTTP/1.1\r\ncontent-type: Application/offset+octet-stream\r\n"
        b"Content-Length: 5\r\n\r\n",
    ],
)
def test_what_is_not_collected_is_a_threads_from_its_head_on(head: bytes) -> None:
    assert not arrived(head[:-1]).is_complete
    assert arrived(head).is_complete
    assert arrived(head).goes_on


def test_what_gunicorn_refuses_it_gets_at_once() -> None:
    assert arrived(b"GET / HTTP/1.1\n\n").is_complete
    assert arrived(FORM + b"Content-Length: ten\r\n\r\n").is_complete
    assert arrived(b"\r\n\r\n").is_complete


def test_a_head_has_a_largest_size() -> None:
    with pytest.raises(TooLarge):
        arrived(b"GET / HTTP/1.1\r\n", b"X: " + b"x" * (64 << 10))


def test_time_begins_with_the_first_byte_and_again_with_the_body() -> None:
    assert arrived().until - time.monotonic() == pytest.approx(60, abs=5)
    begun = arrived(b"G")
    first = begun.until
    assert first - time.monotonic() == pytest.approx(lines.HEAD, abs=5)
    begun.add(form(100)[1:])
    assert begun.until - time.monotonic() == pytest.approx(lines.WINDOW, abs=5)
    body = begun.until
    begun.add(b"x" * 10)
    assert begun.until == body


def test_files_have_time_as_long_as_they_come() -> None:
    files = b"POST / HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    files += b"Content-Length: 1000000\r\n\r\n"
    for head, has_more in ((files, True), (form(1000000), False)):
        arrival = arrived(head)
        until = arrival.until
        arrival.add(bytes(lines.LEAST - 1))
        assert arrival.until == until
        arrival.add(b"x")
        assert (arrival.until > until) == has_more


def test_who_asks_whether_to_continue_is_told_by_us() -> None:
    expecting = form(10, b"Expect: 100-Continue\r\n")
    arrival = arrived(expecting)
    assert arrival.asks_to_continue
    assert bytes(arrival.came) == form(10)
    assert not arrived(expecting, b"012345678").is_complete
    assert arrived(expecting, b"0123456789").is_complete
    assert not arrived(expecting + b"0123456789").asks_to_continue
    assert not arrived(expecting.replace(b"1.1", b"1.0")).asks_to_continue

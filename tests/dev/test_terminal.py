"""Many logs, one terminal."""

import os
import threading

from config.dev.terminal import Terminal


def test_lines_have_a_prefix() -> None:
    read, write = os.pipe()
    terminal = Terminal(write, coloured=False)
    terminal.show("web", b"hello")
    terminal.tell("one\ntwo")
    assert os.read(read, 1000) == b"web     | hello\nstudio  | one\nstudio  | two\n"
    os.close(read)
    os.close(write)


def test_colours_are_given_on_request_only() -> None:
    read, write = os.pipe()
    Terminal(write, coloured=True).show("web", b"hello")
    assert os.read(read, 1000) == b"\x1b[36mweb     |\x1b[0m hello\n"
    os.close(read)
    os.close(write)


def test_a_reader_that_pauses_neither_blocks_us_nor_tears_a_line() -> None:
    read, write = os.pipe()
    terminal = Terminal(write, coloured=False)
    lines = [f"line {number} {'x' * 100}" for number in range(3000)]
    for line in lines:  # some 330 kB, and the pipe holds 64
        terminal.show("web", line.encode())
    assert terminal.has_pending
    said = bytearray()

    def listen() -> None:
        while part := os.read(read, 65536):
            said.extend(part)

    listening = threading.Thread(target=listen)
    listening.start()
    terminal.finish(within=10)
    os.close(write)
    listening.join()
    os.close(read)
    assert said.decode().splitlines() == [f"web     | {line}" for line in lines]


def test_a_reader_that_is_far_behind_makes_programs_wait() -> None:
    read, write = os.pipe()
    terminal = Terminal(write, coloured=False)
    while not terminal.is_behind:
        terminal.show("web", b"x" * 10_000)
    os.close(read)
    terminal.write()
    assert terminal.is_broken
    os.close(write)


def test_a_reader_that_left_is_noticed() -> None:
    read, write = os.pipe()
    terminal = Terminal(write, coloured=False)
    told = []
    for _ in range(2):
        terminal.notice_hang_up()
        told.append(terminal.is_broken)
        if len(told) == 1:
            os.close(read)
    assert told == [False, True]
    os.close(write)

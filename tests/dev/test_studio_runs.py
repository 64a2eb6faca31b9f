"""The whole of bin/dev, with stand-ins for the studio's own programs."""

import os
import shutil
import signal
import socket
import threading
from pathlib import Path

import pytest

from tests.dev.studios import (
    Studio,
    assert_nothing_is_left,
    number_in,
    studio_in,
    wait_until,
)

STOPS_WITHIN = 5.0


def test_it_says_where_it_is_and_who_may_sign_in(studio: Studio) -> None:
    studio.start().is_ready()
    assert f"http://127.0.0.1:{studio.port}/" in studio.says("The studio is ready")
    assert "ada" in studio.says("the password is lectern")
    assert "demo" in studio.says("setup   | start 1")


def test_the_demo_world_is_for_a_desk(studio: Studio) -> None:
    studio.start(DEBUG="0").is_ready()
    assert "demo" not in studio.says("setup   | start 1")
    assert "the password is" not in studio.output


def test_lines_have_the_name_of_their_program(studio: Studio) -> None:
    studio.start().is_ready()
    assert studio.says("I wait.") == "beat    | I wait."
    assert studio.says("ready.") == "worker  | The worker is ready."


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_ending_leaves_no_process(studio: Studio, number: signal.Signals) -> None:
    studio.start().is_ready()
    seconds = studio.end_by(number)
    assert_nothing_is_left(studio.var, within=0.5)
    assert seconds < STOPS_WITHIN
    assert studio.process.returncode == 0
    assert not (studio.var / "dev.env").exists()


@pytest.mark.parametrize("sign", ["postgres/data.new", "postgres/data/postmaster.pid", "dev.env"])
def test_an_ending_while_it_starts_leaves_no_process(studio: Studio, sign: str) -> None:
    if sign == "postgres/data.new":
        shutil.rmtree(studio.var / "postgres" / "data")
    studio.start()
    wait_until((studio.var / sign).exists)
    assert studio.end_by(signal.SIGTERM) < STOPS_WITHIN
    assert_nothing_is_left(studio.var, within=0.5)


def test_a_worker_with_a_long_task_does_not_hold_up_the_end(studio: Studio) -> None:
    studio.start(STUBBORN="1").is_ready()
    assert studio.end_by(signal.SIGTERM) < STOPS_WITHIN
    assert_nothing_is_left(studio.var, within=0.5)
    assert "I am told to quit." in studio.output


def test_a_second_ctrl_c_does_not_wait_for_the_worker(studio: Studio) -> None:
    studio.start(STUBBORN="1").is_ready()
    studio.process.send_signal(signal.SIGINT)
    studio.says("Stopping")
    assert studio.end_by(signal.SIGINT) < STOPS_WITHIN
    assert "I am told to quit." not in studio.output


def test_it_stops_when_nobody_reads_its_output_any_more(studio: Studio) -> None:
    read, write = os.pipe()
    studio.start_with_output(write)
    os.close(write)
    studio.answers()
    os.close(read)
    assert studio.ends(within=STOPS_WITHIN) == 0
    assert_nothing_is_left(studio.var, within=0.5)


@pytest.mark.skipif("sys.platform != 'linux'", reason="only Linux tells children of our death")
def test_a_killed_supervisor_leaves_no_process_and_loses_nothing(studio: Studio) -> None:
    studio.start().is_ready()
    studio.end_by(signal.SIGKILL)
    assert_nothing_is_left(studio.var)
    studio.start().says("start 2")
    studio.is_ready()


def test_all_processes_killed_lose_nothing(studio: Studio) -> None:
    studio.start().is_ready()
    servers = [
        number_in((studio.var / name / "server.lock").read_text())
        for name in ("postgres", "valkey")
    ]
    for process in (studio.process.pid, *servers):
        os.kill(process, signal.SIGKILL)
    studio.ends()
    studio.start().says("start 2")


def test_the_second_of_two_starts_says_so_and_harms_nothing(studio: Studio, var: Path) -> None:
    studio.start().is_ready()
    with studio_in(var, studio.code) as second:
        second.start()
        assert second.ends() == 1
        words = second.says("already running")
    assert f"process {studio.process.pid}" in words
    assert f"http://127.0.0.1:{studio.port}/" in words
    assert studio.get()[1] == "Fractions"


def test_a_taken_port_is_told_before_anything_starts(studio: Studio) -> None:
    with socket.create_server(("127.0.0.1", studio.port)):
        studio.start()
        assert studio.ends() == 1
    assert f"Port {studio.port} of 127.0.0.1 is taken" in studio.output
    assert not (studio.var / "logs").exists()


def test_a_port_that_is_no_port(studio: Studio) -> None:
    studio.start(PORT="http")
    assert studio.ends() == 1
    assert studio.output == "PORT must be a number from 1 to 65535, not 'http'."


def test_a_change_of_the_code_restarts_the_web_process(studio: Studio) -> None:
    studio.start().is_ready()
    before, _ = studio.get()
    studio.write_lesson("TITLE = 'Decimals'\n")
    studio.says("lesson.py changed")
    studio.says("Ready again")
    after, title = studio.get()
    assert after != before
    assert title == "Decimals"


def test_a_restart_refuses_no_connection(studio: Studio) -> None:
    studio.start().is_ready()
    answers: list[str] = []
    done = threading.Event()

    def ask_all_the_time() -> None:
        while not done.is_set():
            answers.append(studio.get_or_reset())

    asking = threading.Thread(target=ask_all_the_time)
    asking.start()
    studio.write_lesson("TITLE = 'Decimals'\n")
    studio.says("Ready again")
    done.set()
    asking.join()
    assert "refused" not in answers
    assert {"Fractions", "Decimals"} <= set(answers)


def test_a_syntax_error_ends_neither_the_studio_nor_the_other_programs(studio: Studio) -> None:
    studio.start().is_ready()
    studio.write_lesson("TITLE = \n")
    studio.says("SyntaxError")
    studio.says("web has ended (exit code 1); it starts again in 0.5 s.")
    studio.write_lesson("TITLE = 'Mended'\n")
    studio.says("Ready again")
    assert studio.get()[1] == "Mended"


def test_what_keeps_dying_waits_for_a_change_of_the_code(studio: Studio) -> None:
    studio.start().is_ready()
    studio.write_lesson("raise SystemExit(3)\n")
    studio.says("web has ended (exit code 3), again and again", within=20)
    studio.write_lesson("TITLE = 'Mended'\n")
    studio.says("Ready again")
    assert studio.get()[1] == "Mended"


def test_a_program_that_is_killed_is_started_again(studio: Studio) -> None:
    studio.start().is_ready()
    before, _ = studio.get()
    os.kill(before, signal.SIGKILL)
    studio.says("web has ended (killed by SIGKILL)")
    assert studio.get()[0] != before


@pytest.mark.parametrize(("name", "title"), [("postgres", "PostgreSQL"), ("valkey", "Valkey")])
def test_a_server_that_is_killed_is_started_again(studio: Studio, name: str, title: str) -> None:
    studio.start().is_ready()
    before, _ = studio.get()
    os.kill(number_in((studio.var / name / "server.lock").read_text()), signal.SIGKILL)
    studio.says(f"{title} is back")
    assert studio.get()[0] == before


def test_a_database_that_cannot_be_brought_up_ends_the_start(studio: Studio) -> None:
    studio.start(PGOPTIONS="-c default_transaction_read_only=on")
    assert studio.ends() == 1
    assert "cannot execute CREATE TABLE" in studio.output
    assert studio.lines[-1].startswith("The database could not be brought up to date")

"""What does not go into the log as it came."""

import io
import json
import logging

import pytest

from config import logs

LINK = "/media/WyJhYmMiLCJmaWxlcy8xIl0:1xUqRD:2qGWFRSBumez-oYG_6U7A/"


class Log:
    """With the filters and the formatter of production."""

    def __init__(self) -> None:
        configuration = logs.configuration(level="INFO", as_json=True)
        self.written = io.StringIO()
        self.handler = logging.StreamHandler(self.written)
        self.handler.setFormatter(logs.JsonFormatter())
        for name in configuration["handlers"]["stderr"]["filters"]:
            self.handler.addFilter(configuration["filters"][name]["()"]())

    def named(self, name: str) -> logging.Logger:
        logger = logging.Logger(name)  # noqa: LOG001 - of nobody else
        logger.addHandler(self.handler)
        return logger

    def only_line(self) -> dict[str, object]:
        (line,) = self.written.getvalue().splitlines()
        fields: dict[str, object] = json.loads(line)
        return fields


@pytest.fixture
def log() -> Log:
    return Log()


def test_links_that_open_a_file_are_cut(log: Log) -> None:
    log.named("lectern.request").info("GET %s %d", LINK, 200, extra={"path": LINK})
    line = log.only_line()
    assert (line["message"], line["path"]) == ("GET /media/…/ 200", "/media/…/")


def test_other_paths_are_not(log: Log) -> None:
    path = "/srv/media/files/01a1ff81-f7a9-7c71-8cb1-a0c9df89b5c8/x"
    log.named("lectern.request").info("%s", path)
    assert log.only_line()["message"] == path


def test_a_reader_who_stands_still_is_no_error(log: Log) -> None:
    try:
        raise TimeoutError("timed out")
    except TimeoutError:
        log.named("gunicorn.error").exception("Socket error processing request.")
    line = log.only_line()
    assert (line["level"], line["message"]) == ("INFO", "Left a reader who took nothing.")
    assert "exception" not in line


def test_any_other_error_of_the_web_server_is_one(log: Log) -> None:
    try:
        raise OSError(5, "I/O error")
    except OSError:
        log.named("gunicorn.error").exception("Socket error.")
    line = log.only_line()
    assert line["level"] == "ERROR"
    assert "I/O error" in str(line["exception"])

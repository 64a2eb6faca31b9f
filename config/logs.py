"""Logs: one line per event, with the id of the request that caused it, also inside tasks."""

from __future__ import annotations

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="-")

_PLAIN = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "request_id", "request"}


class AddRequestId(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class CutSignedLinks(logging.Filter):
    """Whoever read one could open the file."""

    _LINK = re.compile(r"(/media/)[\w:-]{20,}")

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(map(self._cut, record.args))
        if "path" in vars(record):
            vars(record)["path"] = self._cut(vars(record)["path"])
        return True

    def _cut(self, value: object) -> object:
        return self._LINK.sub(r"\1…", value) if isinstance(value, str) else value


class ReadersThatStandStill(logging.Filter):
    """A paused player that we left (media_library/views/playback.py) is no error of the web server."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if record.name == "gunicorn.error" and isinstance(error, TimeoutError):
            record.levelno, record.levelname = logging.INFO, "INFO"
            record.msg, record.args = "Left a reader who took nothing.", ()
            record.exc_info = record.exc_text = None
        return True


class JsonFormatter(logging.Formatter):
    """For machines: whatever was passed as `extra` becomes a field of its own."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": getattr(record, "request_id", "-"),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _PLAIN}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


class ReadableFormatter(logging.Formatter):
    """For the terminal of bin/dev."""

    default_format = "%(levelname)-7s %(name)s: %(message)s [%(request_id)s]"

    def __init__(self) -> None:
        super().__init__(self.default_format)


def configuration(*, level: str, as_json: bool) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "request_id": {"()": AddRequestId},
            "signed_links": {"()": CutSignedLinks},
            "readers": {"()": ReadersThatStandStill},
        },
        "formatters": {"line": {"()": JsonFormatter if as_json else ReadableFormatter}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "filters": ["request_id", "signed_links", "readers"],
                "formatter": "line",
            }
        },
        "root": {"level": level, "handlers": ["stderr"]},
        "loggers": {
            # Its own lines say "Not Found: /x" a second time; lectern.request says it with more.
            "django.request": {"level": "ERROR"},
            "django.server": {"level": "WARNING"},
            # Its own handler, which it has by now, is replaced by the studio's.
            "gunicorn.error": {"handlers": [], "propagate": True},
        },
    }

"""Calling workers. A call may be lost: what is to be done stands in PostgreSQL, and the sweeper looks."""

import logging
from collections.abc import Callable, Sequence
from functools import cache
from uuid import UUID

import redis
from django.conf import settings
from django.db import transaction
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from config.celery import app

_log = logging.getLogger("lectern.wake_ups")

CallFor = Callable[[Sequence[UUID]], None]


class BrokerSilent(Exception):
    """The call did not get through; Redis is away, hangs or is full."""


def wake(task: str, *arguments: object) -> None:
    try:
        app.send_task(task, arguments)
    except (KombuError, RedisError, OSError) as error:
        raise BrokerSilent(str(error)) from error


def queue_is_empty() -> bool:
    """Asked of Redis itself: kombu would try for 6 s to reach one that refuses."""
    try:
        return not _redis().llen(app.conf.task_default_queue)
    except RedisError as error:
        raise BrokerSilent(str(error)) from error


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=1)


def after_commit(call: CallFor, ids: Sequence[UUID]) -> None:
    """Without Redis it costs the request a line in the log and no more."""

    def try_to_call() -> None:
        try:
            call(ids)
        except BrokerSilent as error:
            _log.warning("Redis does not answer; the sweeper will call again for this: %s", error)

    if ids:
        transaction.on_commit(try_to_call, robust=True)

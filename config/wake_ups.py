"""Calling workers. A call may be lost: what is to be done stands in PostgreSQL, and the sweeper looks."""

import logging
from collections.abc import Callable
from functools import cache, partial

import redis
from django.conf import settings
from django.db import transaction
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from config.celery import app

_log = logging.getLogger("lectern.wake_ups")


class BrokerSilent(Exception):
    """The call did not get through; Redis is away, hangs or is full."""


def wake(task: str, *arguments: object, times: int = 1) -> None:
    try:
        with app.producer_or_acquire() as producer:
            for _ in range(times):
                app.send_task(task, arguments, producer=producer)
    except (KombuError, RedisError, OSError) as error:
        raise BrokerSilent(str(error)) from error


def calls_waiting(queue: str) -> int:
    """Asked of Redis itself: kombu would try for 6 s to reach one that refuses."""
    try:
        return _redis().llen(queue)
    except RedisError as error:
        raise BrokerSilent(str(error)) from error


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=1)


def attempt(call: Callable[[], None]) -> None:
    """Without Redis it costs a line in the log and no more."""
    try:
        call()
    except BrokerSilent as error:
        _log.warning("Redis does not answer; the sweeper will call again for this: %s", error)


def after_commit(call: Callable[[], None]) -> None:
    transaction.on_commit(partial(attempt, call), robust=True)

"""The Celery app. Its messages are wake-up calls: what must not be lost stands in PostgreSQL."""

import os
from typing import Any

# Before anything is imported that reads the settings.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("STATEMENT_TIMEOUT", "30s")

from celery import Celery, signals
from celery.schedules import crontab
from django.conf import settings
from kombu import Queue

from config import logs

app = Celery("lectern")
app.conf.update(
    broker_url=settings.BROKER_URL,
    broker_transport_options={
        # Without these a publish to a hung Redis never returns. More than the 1 s of kombu's BRPOP.
        "socket_timeout": 2,
        "socket_connect_timeout": 1,
        "socket_keepalive": True,
        "health_check_interval": 10,
    },
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # the default gives up after 100
    broker_pool_limit=settings.LINK_CONCURRENCY + 3,
    # One attempt: 1 ms when Redis refuses, 2 s when it hangs. `task_publish_retry=False` would be 6 s,
    # for then kombu retries the connection by its own rules.
    task_publish_retry_policy={"max_retries": 0},
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    # Acknowledged early: with late acks a Celery 5.7.0 worker stops consuming when Redis refuses
    # connections. Prefetched as much as it runs at once: with `worker_disable_prefetch` a full worker
    # looks for more only once a second, and 500 links took 29 s instead of 10. What a restart of Redis
    # leaves parked, and what is lost with a worker, the sweeper finds.
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    # Threads wait together for slow storage; what costs CPU runs in processes of its own, with limits.
    worker_pool="threads",
    # A few threads more than one person's links may hold.
    worker_concurrency=1
    if settings.LINKING_MODE == "sequential"
    else settings.LINK_CONCURRENCY + 2,
    # A queue of its own, read in turn with the other: 500 files that were just uploaded keep no link waiting.
    task_queues=[Queue(name, routing_key=name) for name in ("celery", "library")],
    task_routes={"media_library.*": {"queue": "library"}},
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    worker_send_task_events=False,
    timezone="UTC",
    beat_schedule={
        "forget-old-sign-in-attempts": {
            "task": "accounts.forget_old_sign_in_attempts",
            "schedule": crontab(minute="7"),
        },
        "clear-expired-sessions": {
            "task": "accounts.clear_expired_sessions",
            "schedule": crontab(hour="3", minute="17"),
        },
        "forget-old-files": {
            "task": "media_library.forget_what_is_old",
            "schedule": crontab(minute="27"),
        },
        # It asks the storage once for each file, which some let themselves be paid for.
        "tidy-up-storage": {
            "task": "media_library.tidy_up",
            "schedule": crontab(day_of_week="0", hour="4", minute="7"),
        },
        "empty-trash": {"task": "courses.empty_trash", "schedule": crontab(hour="3", minute="37")},
    },
)
app.autodiscover_tasks()


@signals.setup_logging.connect
def keep_the_studios_logging(**_: Any) -> None:
    """Connected, so that Celery leaves the logging alone that Django's settings set up."""


@signals.before_task_publish.connect
def send_request_id(headers: dict[str, Any], **_: Any) -> None:
    headers["request_id"] = logs.request_id.get()


@signals.task_prerun.connect
def take_request_id(task: Any, **_: Any) -> None:
    logs.request_id.set(task.request.get("request_id") or task.request.id)


@signals.task_postrun.connect
def drop_request_id(**_: Any) -> None:
    logs.request_id.set("-")

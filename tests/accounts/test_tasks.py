from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts import tasks, throttle
from accounts.models import Attempts
from config.celery import app


@pytest.mark.django_db
def test_attempts_are_forgotten_when_their_window_is_over() -> None:
    throttle.reserve_guess("ada", "192.0.2.1")
    Attempts.objects.update(window_ends=timezone.now() - timedelta(seconds=1))
    throttle.reserve_guess("grace", "192.0.2.2")
    tasks.forget_old_sign_in_attempts()
    assert {attempts.address for attempts in Attempts.objects.all()} == {"192.0.2.2"}


@pytest.mark.django_db
def test_sessions_that_are_over_are_removed() -> None:
    now = timezone.now()
    for key, days in (("over", -1), ("running", 1)):
        Session.objects.create(session_key=key, expire_date=now + timedelta(days=days))
    tasks.clear_expired_sessions()
    assert [session.session_key for session in Session.objects.all()] == ["running"]


def test_what_beat_calls_is_there() -> None:
    app.loader.import_default_modules()
    wanted = {entry["task"] for entry in app.conf.beat_schedule.values()}
    ours = {name for name in wanted if name.startswith("accounts.")}
    assert ours == {"accounts.forget_old_sign_in_attempts", "accounts.clear_expired_sessions"}
    assert ours <= set(app.tasks)

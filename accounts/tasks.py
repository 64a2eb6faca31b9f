from django.contrib.sessions.backends.db import SessionStore

from accounts import reset_mail
from accounts.models import Attempts
from config.celery import app


@app.task(name="accounts.send_reset_link")
def send_reset_link(email: str, origin: str) -> None:
    reset_mail.send(email, origin)


@app.task(name="accounts.forget_old_sign_in_attempts")
def forget_old_sign_in_attempts() -> None:
    Attempts.objects.over().delete()


@app.task(name="accounts.clear_expired_sessions")
def clear_expired_sessions() -> None:
    SessionStore.clear_expired()

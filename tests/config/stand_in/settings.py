"""The settings of production, with the studio's URLs and a few that do what no page of the studio does."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.config.stand_in.urls"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

"""The studio's settings as its tests want them; each pytest process has Redis and files of its own."""

import os
import re
from pathlib import Path

_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
# The process that spreads the tests has read these settings too, and hands on what it made of them.
_VAR_DIR = Path(os.environ.setdefault("TESTS_VAR_DIR", os.environ["VAR_DIR"]))

os.environ |= {
    "SECRET_KEY": "of the tests, long enough that nobody complains about its length: 0123456789",
    "HTTPS": "0",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "LOG_LEVEL": "WARNING",
    "VAR_DIR": str(_VAR_DIR / _WORKER),
    "REDIS_URL": re.sub(r"db=\d+", f"db={int(_WORKER[2:]) + 1}", os.environ["REDIS_URL"]),
}

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, STORAGES, VAR_DIR  # noqa: E402

# A test is one transaction, in which other processes may have much to do for a while.
_OPTIONS = DATABASES["default"]["OPTIONS"]
_OPTIONS["options"] = re.sub(
    r"(idle_in_transaction_session_timeout)=\S+", r"\1=0", _OPTIONS["options"]
)

# Hashed names want collectstatic first; tests/config/test_static_files.py does that.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
(VAR_DIR / "static").mkdir(parents=True, exist_ok=True)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

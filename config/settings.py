"""Settings, by environment only (`.env.example` lists all). Without DEBUG=1 they are production's."""

import re
from pathlib import Path
from typing import Any

import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured

from config import connections, env, logs
from config.static_files import keep_icons

django_stubs_ext.monkeypatch()

try:
    env.load_dotenv()
    BASE_DIR = env.BASE_DIR
    DEBUG = env.flag("DEBUG")
    VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var"))).absolute()
    if DEBUG:
        env.load_dotenv(VAR_DIR / "dev.env")  # where bin/dev says how to reach its servers

    SECRET_KEY = env.required("SECRET_KEY", "a long random text, the same for every process.")
    DATABASE_URL = env.required(
        "DATABASE_URL", "postgresql://…; bin/dev and bin/manage bring a server of their own."
    )
    REDIS_URL = env.required(
        "REDIS_URL", "redis://…; bin/dev and bin/manage bring a server of their own."
    )
    HOST = env.text("HOST", "127.0.0.1")
    PORT = env.whole("PORT", 8000, least=1, most=65535)
    ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
    CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
    # How many proxies of ours stand before the web process: 0 means that the peer's address is the
    # person's, and that nobody is believed who sends X-Forwarded-For or X-Forwarded-Proto.
    TRUSTED_PROXIES = env.whole("TRUSTED_PROXIES", 0)
    WEB_THREADS = env.whole("WEB_THREADS", 16 if DEBUG else 8, least=1)
    LINKING_MODE = env.one_of("LINKING_MODE", "parallel", "sequential")
    LINK_CONCURRENCY = env.whole("LINK_CONCURRENCY", 16, least=1)
    MEDIA_STORAGE = env.text("MEDIA_STORAGE", "django.core.files.storage.FileSystemStorage")
    MEDIA_ACCEL_PREFIX = env.text("MEDIA_ACCEL_PREFIX")
    MEDIA_HOST = env.text("MEDIA_HOST").lower()
    MEDIA_REDIRECT_TO_STORAGE = env.flag("MEDIA_REDIRECT_TO_STORAGE")
    MEDIA_STORAGE_ORIGIN = env.text("MEDIA_STORAGE_ORIGIN")
    MEDIA_FILE_LIMIT = env.size("MEDIA_FILE_LIMIT", "20G")
    MEDIA_SPACE_PER_PERSON = env.size("MEDIA_SPACE_PER_PERSON", "200G")
    # Given to staff, to import files from.
    IMPORT_FOLDER = env.text("IMPORT_FOLDER")
    IMPORT_STORAGE = env.text("IMPORT_STORAGE")
    UPLOAD_PIECE = env.size("UPLOAD_PIECE", "16M")
    UPLOADS_PER_PERSON = env.whole("UPLOADS_PER_PERSON", 1000, least=1)
    _HTTPS = env.flag("HTTPS", not DEBUG)
    BROKER_URL = connections.celery_broker(REDIS_URL)
    _DATABASE = connections.database(
        DATABASE_URL,
        connect_timeout=3,
        # gunicorn.py and celery.py say how long theirs may take; a migration may take as long as it needs.
        statement_timeout=env.text("STATEMENT_TIMEOUT", "0"),
        lock_timeout="2s",
        idle_in_transaction_session_timeout="10s",
        # What is asked for often is in memory, and the rest on no turning disk. By the default of 4, the
        # planner takes a walk over a whole library for cheaper than an index: 50 ms instead of 4.
        random_page_cost="1.1",
    )
    _LOG_LEVEL = env.text("LOG_LEVEL", "INFO").upper()
except env.EnvironmentVariableError as error:
    raise ImproperlyConfigured(str(error)) from None

if DEBUG and not ALLOWED_HOSTS:
    ALLOWED_HOSTS = [".localhost", "127.0.0.1", "[::1]", HOST]
    if HOST in ("0.0.0.0", "::"):  # noqa: S104 - the person asked for every address of this machine
        ALLOWED_HOSTS = ["*"]

if not re.fullmatch(r"(/[\w./-]*/)?", MEDIA_ACCEL_PREFIX):
    raise ImproperlyConfigured(
        f"MEDIA_ACCEL_PREFIX must be a path like /stored/, not {MEDIA_ACCEL_PREFIX!r}."
    )
if not re.fullmatch(r"([a-z0-9.-]+(:\d+)?)?", MEDIA_HOST):
    raise ImproperlyConfigured(
        f"MEDIA_HOST must be a host name like media.example, not {MEDIA_HOST!r}."
    )
if not re.fullmatch(r"(https?://[\w.:-]+)?", MEDIA_STORAGE_ORIGIN):
    raise ImproperlyConfigured(
        f"MEDIA_STORAGE_ORIGIN must be like https://bucket.example, not {MEDIA_STORAGE_ORIGIN!r}."
    )
MEDIA_ORIGIN = f"{'https' if _HTTPS else 'http'}://{MEDIA_HOST}" if MEDIA_HOST else ""
if MEDIA_HOST:
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, MEDIA_HOST.partition(":")[0]]

INSTALLED_APPS = [
    "accounts",
    "courses",
    "media_library",
    "accounts.staff_config.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
]

MIDDLEWARE = [
    "config.middleware.request_id",
    "config.health.middleware",  # before everything that looks at the host, the database or a session
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.content_security_policy",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.media_host.middleware",
    "config.middleware.designed_not_found",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.vary_on_htmx",
    "config.middleware.wait_for_database",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.bound_bodies",  # before any process_view: there CSRF's reads the whole body
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.SignedInMiddleware",  # a view is open to visitors only if it says so
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["django.templatetags.static", "config.template_tags"],
            "loaders": [
                "django.template.loaders.filesystem.Loader",
                "django.template.loaders.app_directories.Loader",
            ],
        },
    }
]
# Django's own default caches even under DEBUG, and then a changed template needs a restart.
if not DEBUG:
    _OPTIONS = TEMPLATES[0]["OPTIONS"]
    _OPTIONS["loaders"] = [("django.template.loaders.cached.Loader", _OPTIONS["loaders"])]

# A connection per web thread, kept, and checked before its first use in a request: with all server
# processes killed, 12 of 12 requests were answered; psycopg's pool gave an error page or a wait of 5 s.
# Threads bound their number: docs/deploy.md has the sum that must stay under max_connections.
DATABASES = {"default": _DATABASE | {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Sessions live in PostgreSQL: a flushed Redis signs nobody out.
SESSION_ENGINE = "config.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60
SESSION_COOKIE_NAME = "lectern_session"
CSRF_COOKIE_NAME = "lectern_csrf"
CSRF_COOKIE_HTTPONLY = True  # the page takes the token from its own form fields
CSRF_FAILURE_VIEW = "config.errors.csrf_failed"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "courses:list"
LOGOUT_REDIRECT_URL = "accounts:login"
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
_PACKAGES = BASE_DIR / "node_modules"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/htmx", _PACKAGES / "htmx.org" / "dist"),
    ("vendor/sortable", _PACKAGES / "sortablejs" / "modular"),
    ("vendor/tus", _PACKAGES / "tus-js-client" / "dist"),
    ("vendor/inter", _PACKAGES / "@fontsource-variable" / "inter" / "files"),
]
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "media": {"BACKEND": MEDIA_STORAGE},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "config.static_files.HashedStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
if DEBUG:
    WHITENOISE_ADD_HEADERS_FUNCTION = keep_icons
FILE_UPLOAD_PERMISSIONS = 0o600

# The largest form of the studio links 500 videos (two fields each). With many more, it is the view that
# says so in a sentence, and not Django with a 400.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = _HTTPS
SESSION_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_SECURE = _HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS
SECURE_HSTS_PRELOAD = _HTTPS
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = env.whole("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Lectern <lectern@localhost>")

LOGGING = logs.configuration(level=_LOG_LEVEL, as_json=not DEBUG)
LOGGING_CONFIG = "logging.config.dictConfig"

"""The web server: threads, for a request waits for PostgreSQL more than it computes."""

import gc
import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config import env

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("STATEMENT_TIMEOUT", "5s")

# Read before a process is forked, so that a mistake is told once, and not by each of them in turn.
try:
    _on_this_desk = settings.DEBUG
    _processes = env.whole("WEB_PROCESSES", 1 if _on_this_desk else 2, least=1)
except (ImproperlyConfigured, env.EnvironmentVariableError) as error:
    sys.exit(str(error))

wsgi_app = "config.wsgi"
bind = (
    f"[{settings.HOST}]:{settings.PORT}"
    if ":" in settings.HOST
    else f"{settings.HOST}:{settings.PORT}"
)
worker_class = "config.web_worker.Worker"
# Measured: 2 processes of 4 threads answer twice the polls of one of 8; one of 16 needs half the memory.
workers = _processes
threads = settings.WEB_THREADS
timeout = 30
graceful_timeout = 3 if _on_this_desk else 20
keepalive = (
    65  # longer than the proxies' 60 s, so that it is never we who close a connection in use
)
control_socket_disable = True  # it would lie in the home directory, shared by all studios of a user
accesslog = None  # the request's one line is logged by config.middleware, with its id
logconfig_dict = settings.LOGGING
max_requests = 0
forwarded_allow_ips = ""  # whom to believe X-Forwarded-Proto is for TRUSTED_PROXIES to say


def post_worker_init(_worker: object) -> None:
    """An editor of 1,000 rows makes 100,000 objects that die with the request.

    Looking through all of the code's own objects meanwhile doubled the time of one request in five
    (105 → 220 ms); set aside and looked at less often, of one in twenty (→ 174 ms).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)

"""The web server: threads, for a request waits for PostgreSQL more than it computes."""

import gc
import os

from config import env

env.load_dotenv()
os.environ.setdefault("STATEMENT_TIMEOUT", "5s")

_on_this_desk = env.flag("DEBUG")

wsgi_app = "config.wsgi"
worker_class = "gthread"
# Measured: 2 processes of 4 threads answer twice the polls of one of 8; one of 16 needs half the memory.
workers = env.whole("WEB_PROCESSES", 1 if _on_this_desk else 2, least=1)
threads = env.whole("WEB_THREADS", 16 if _on_this_desk else 8, least=1)
timeout = 30
graceful_timeout = 3 if _on_this_desk else 20
keepalive = 65  # longer than the proxies' 60 s, so that it is never we who close a connection in use
control_socket_disable = True  # it would lie in the home directory, shared by all studios of a user
accesslog = None  # the request's one line is logged by config.middleware, with its id
max_requests = 0
forwarded_allow_ips = "127.0.0.1"
proxy_allow_ips = "127.0.0.1"


def post_worker_init(_worker: object) -> None:
    """An editor of 1,000 rows makes 100,000 objects that die with the request.

    Looking through all of the code's own objects meanwhile doubled the time of one request in five
    (105 → 220 ms); set aside and looked at less often, of one in twenty (→ 174 ms).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)

"""A PostgreSQL that restarts while people work: who reads does not notice, who writes is told."""

import itertools
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from tests.config import production
from tests.config.production import Visitor, Web
from tests.config.servers import PrivateServers
from tests.dev.studios import wait_until

READERS = 2
BREATH = 0.02  # between two pages of one person: this test is about losing, not about load


@pytest.fixture(scope="module")
def web(
    private_servers: PrivateServers,
    static_var: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Web]:
    env = production.environment(
        DJANGO_SETTINGS_MODULE="tests.config.stand_in.settings",
        VAR_DIR=str(static_var),
        WEB_PROCESSES="2",
        WEB_THREADS="4",
        **private_servers.urls(),
    )
    with production.web(env, tmp_path_factory.mktemp("web") / "web.log") as running:
        yield running


@pytest.fixture(scope="module")
def ada(web: Web) -> Visitor:
    """Signed in once: passwords are slow on purpose."""
    return web.visitor().sign_in("ada")


@dataclass
class People:
    """Some who read page after page, one who makes chapter after chapter, until told to stop."""

    ada: Visitor
    course: str
    read: Counter[int] = field(default_factory=Counter)
    written: Counter[int] = field(default_factory=Counter)
    made: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    rounds: list[int] = field(default_factory=lambda: [0] * (READERS + 1))

    def another(self) -> Visitor:
        return Visitor(self.ada.port, cookies=dict(self.ada.cookies))

    def reader(self, number: int) -> None:
        visitor = self.another()
        pages = ("/", self.course, "/library/", "/accounts/", "/courses/new/")
        for path in itertools.cycle(pages):
            if self.over.wait(BREATH):
                return
            self.read[visitor.get(path).status] += 1
            self.rounds[number] += 1

    def writer(self) -> None:
        visitor = self.another()
        token = visitor.token_of(self.course)
        while not self.over.wait(BREATH):
            title = f"Chapter {self.rounds[READERS]}"
            fields = {"csrfmiddlewaretoken": token, "title": title}
            answer = visitor.post(f"{self.course}chapters/", fields)
            self.written[answer.status] += 1
            self.rounds[READERS] += 1
            if answer.status == 302:
                self.made.append(title)
            else:
                assert "Go back and send it again" in answer.text

    def everybody_gets_answers(self) -> None:
        """Two each: the first may have been on its way before."""
        before = list(self.rounds)
        wait_until(
            lambda: all(now >= then + 2 for now, then in zip(self.rounds, before, strict=True)),
            within=60,
            otherwise=lambda: f"stuck: {before} {self.rounds} {self.read} {self.written}",
        )


@pytest.fixture
def people(ada: Visitor) -> Iterator[People]:
    token = ada.token_of("/courses/new/")
    made = ada.post("/courses/new/", {"csrfmiddlewaretoken": token, "title": "Restarts"})
    assert made.status == 302
    people = People(ada, made.headers["Location"])
    threads = [
        *(threading.Thread(target=people.reader, args=[number]) for number in range(READERS)),
        threading.Thread(target=people.writer),
    ]
    for thread in threads:
        thread.start()
    try:
        people.everybody_gets_answers()
        yield people
    finally:
        people.over.set()
        for thread in threads:
            thread.join()


def stop_work(people: People) -> None:
    people.everybody_gets_answers()
    people.over.set()


def assert_nobody_saw_an_error(people: People, servers: PrivateServers, web: Web) -> None:
    stop_work(people)
    assert set(people.read) == {200}, web.log.read_text()
    assert set(people.written) <= {302, 503}, web.log.read_text()
    with psycopg.connect(servers.postgres.url) as own:
        rows = own.execute(
            "SELECT title FROM courses_chapter WHERE course_id = %s", [course_id(people)]
        ).fetchall()
    titles = Counter(title for (title,) in rows)
    assert set(people.made) <= set(titles), "told that it was made, and it is not there"
    assert max(titles.values()) == 1, "made twice"


def course_id(people: People) -> str:
    found = re.search(r"/courses/([0-9a-f-]{36})/", people.course)
    assert found
    return found[1]


@pytest.mark.parametrize(
    "way", [signal.SIGINT, signal.SIGQUIT], ids=["as systems do it", "as a crash does it"]
)
def test_a_restart(
    people: People, private_servers: PrivateServers, web: Web, way: signal.Signals
) -> None:
    server = private_servers.postgres
    for _ in range(2):
        assert server.process
        server.process.send_signal(way)
        server.process.wait(10)
        server.has_stopped()
        time.sleep(1.5)  # the outage, through which requests wait
        server.start()
        people.everybody_gets_answers()
    assert_nobody_saw_an_error(people, private_servers, web)


def test_connections_that_are_cut_again_and_again(
    people: People, private_servers: PrivateServers, web: Web
) -> None:
    cut = 0
    for _ in range(25):
        cut += private_servers.end_all_backends()
        people.everybody_gets_answers()
    assert cut > 25
    assert_nobody_saw_an_error(people, private_servers, web)


@pytest.mark.parametrize(
    "path", ["/stand-in/loses-the-database/", "/stand-in/loses-it-while-rendering/"]
)
def test_what_was_being_read_is_read_again(web: Web, path: str) -> None:
    answer = web.visitor().get(path)
    assert (answer.status, answer.text) == (200, "read")
    web.logged(level="WARNING", request_id=answer.headers["X-Request-ID"])


def test_what_was_being_written_is_not_written_again(ada: Visitor) -> None:
    token = ada.token_of("/courses/new/")
    answer = ada.post("/stand-in/loses-the-database/", {"csrfmiddlewaretoken": token})
    assert answer.status == 503
    assert "Go back and send it again" in answer.text


def test_who_has_sent_a_form_gets_its_message_all_the_same(ada: Visitor) -> None:
    token = ada.token_of("/courses/new/")
    path = "/stand-in/loses-it-before-the-session-is-saved/"
    answer = ada.post(path, {"csrfmiddlewaretoken": token})
    assert (answer.status, answer.headers["Location"]) == (302, "/")
    assert "The work is done." in ada.get("/").text


@contextmanager
def counting(ask: Callable[[], int]) -> Iterator[list[int]]:
    """The largest answer so far, asked again and again."""
    most = [0]
    done = threading.Event()

    def count() -> None:
        while not done.wait(0.005):
            most[0] = max(most[0], ask())

    counter = threading.Thread(target=count)
    counter.start()
    try:
        yield most
    finally:
        done.set()
        counter.join()


def test_more_requests_than_threads_need_no_more_connections(
    web: Web, private_servers: PrivateServers
) -> None:
    threads = int(web.env["WEB_PROCESSES"]) * int(web.env["WEB_THREADS"])
    answers: list[str] = []

    def ask() -> None:
        answer = web.visitor().get("/stand-in/takes/100/")
        assert answer.status == 200
        answers.append(answer.text)

    crowd = [threading.Thread(target=ask) for _ in range(10 * threads)]
    with psycopg.connect(private_servers.postgres.url, autocommit=True) as own:

        def connections() -> int:
            row = own.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchone()
            return int(row[0]) if row else 0

        with counting(connections) as most:
            for thread in crowd:
                thread.start()
            for thread in crowd:
                thread.join()
    assert len(answers) == len(crowd)
    # The kernel spreads connections over the processes as it likes; one at least had all it can do.
    assert int(web.env["WEB_THREADS"]) <= len(set(answers)) <= threads
    assert most[0] <= threads

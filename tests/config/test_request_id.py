"""One id for a request, its answer, its log lines and its tasks."""

import re
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import RequestFactory, override_settings

from config import middleware
from tests.config.production import Visitor, Web
from tests.conftest import CeleryWorker
from tests.dev.studios import wait_until

OF_OUR_OWN = re.compile(r"[0-9a-f]{32}")


def id_of(visitor: Visitor, **headers: str) -> str:
    answer = visitor.get("/accounts/login/", **headers)
    assert len(answer.headers.get_all("X-Request-ID", [])) == 1
    return str(answer.headers["X-Request-ID"])


def test_every_request_gets_one_of_its_own(visitor: Visitor) -> None:
    ids = {id_of(visitor) for _ in range(3)}
    assert len(ids) == 3
    assert all(OF_OUR_OWN.fullmatch(one) for one in ids)


@pytest.mark.parametrize("given", ["12345678", "of-a.proxy_1", "A" * 64])
def test_that_of_a_proxy_is_kept(visitor: Visitor, given: str) -> None:
    assert id_of(visitor, X_Request_ID=given) == given


@pytest.mark.parametrize("proxies", [0, 1])
def test_it_is_taken_from_nobody_else(proxies: int) -> None:
    request = RequestFactory(headers={"X-Request-ID": "said-by-somebody"}).get("/")
    with override_settings(TRUSTED_PROXIES=proxies):
        answer = middleware.request_id(lambda _: HttpResponse())(request)
    assert isinstance(answer, HttpResponse)
    assert (answer["X-Request-ID"] == "said-by-somebody") is bool(proxies)


@pytest.mark.parametrize(
    "given", ["1234567", "A" * 65, "two words", "<b>bold</b>", '"},{"level":1', "caf\xe9-caf\xe9"]
)
def test_what_is_no_id_is_replaced(visitor: Visitor, given: str) -> None:
    assert OF_OUR_OWN.fullmatch(id_of(visitor, X_Request_ID=given))


@pytest.mark.parametrize(
    "path", ["/nowhere/", "/stand-in/breaks/", "/static/nowhere.css", "/healthz"]
)
def test_every_kind_of_answer_has_it(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).headers["X-Request-ID"]


def test_the_request_is_one_line_of_json(web: Web) -> None:
    answer = web.visitor().get("/nowhere/%0Aat%20all/?secret=word", X_Request_ID="one-line-of-json")
    assert answer.status == 404
    line = web.logged(logger="lectern.request", request_id="one-line-of-json")
    assert line["level"] == "INFO"
    assert line["method"] == "GET"
    assert line["path"] == "/nowhere/\nat all/"
    assert line["status"] == 404
    assert 0 < line["milliseconds"] < 60_000
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["time"])
    assert "secret" not in web.log.read_text()


def test_what_broke_is_told_with_the_id_that_the_page_shows(web: Web) -> None:
    answer = web.visitor().get("/stand-in/breaks/")
    shown = answer.headers["X-Request-ID"]
    assert f"<code>{shown}</code>" in answer.text
    line = web.logged(level="ERROR", request_id=shown)
    assert line["exception"].endswith("RuntimeError: the word that must not be shown")


def test_the_web_server_logs_json_too(web: Web) -> None:
    assert "Booting worker" in web.logged(logger="gunicorn.error")["message"]


@pytest.fixture(scope="module")
def worker(
    studio: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CeleryWorker]:
    log = tmp_path_factory.mktemp("worker") / "worker.log"
    worker = CeleryWorker(studio | {"LINK_CONCURRENCY": "2"}, log)
    worker.start()
    yield worker
    worker.stop()


class TestInTasks:
    def test_it_travels_into_the_task(self, web: Web, worker: CeleryWorker) -> None:
        visitor = web.visitor()
        fields = {
            "csrfmiddlewaretoken": visitor.token_of("/accounts/reset/"),
            "email": "nobody@example.org",
        }
        answer = visitor.post("/accounts/reset/", fields, X_Request_ID="travels-into-the-task")
        assert answer.status == 302

        def said() -> list[str]:
            lines = worker.log.read_text().splitlines()
            return [line for line in lines if '"travels-into-the-task"' in line]

        wait_until(
            lambda: any("send_reset_link" in line and "succeeded" in line for line in said()),
            otherwise=worker.log.read_text,
        )

    def test_what_no_request_caused_has_the_id_of_the_task(self, worker: CeleryWorker) -> None:
        log = worker.log
        wait_until(lambda: "ready." in log.read_text(), otherwise=log.read_text)
        ready = next(line for line in log.read_text().splitlines() if "ready." in line)
        assert '"request_id": "-"' in ready

"""compose.yaml, as far as it can be judged without running it."""

import re
from typing import Any

import pytest
import yaml

from tests.config.test_env_example import example
from tests.dev.studios import ROOT

STUDIO = ("web", "worker", "beat", "sweeper", "migrate")
# compose.yaml knows these by itself, or they are not for a server.
NOT_FOR_COMPOSE = {
    "DATABASE_URL",
    "REDIS_URL",
    "VAR_DIR",
    "HOST",
    "DEBUG",
    "STATEMENT_TIMEOUT",
    "CHROMIUM",
}
TEXT = (ROOT / "compose.yaml").read_text()


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load(TEXT)["services"]
    return services


def number(services: dict[str, Any], name: str) -> int:
    """What the web process or the worker gets if .env says nothing."""
    found = re.fullmatch(r"\$\{\w+:-(\d+)\}", services["web"]["environment"][name])
    assert found, name
    return int(found[1])


def test_its_services_together_stay_below_the_connections_of_its_postgresql(
    services: dict[str, Any],
) -> None:
    """The sum of docs/deploy.md."""
    threads = number(services, "WEB_THREADS") + 1  # one asks for /readyz
    web = number(services, "WEB_PROCESSES") * threads
    worker = (number(services, "LINK_CONCURRENCY") + 2) * 2  # one renews the lease
    beat = sweeper = migrate = 1
    spare = 10  # a shell, a backup, a look by somebody
    kept_for_superusers = 3
    *_, most = services["postgres"]["command"]
    assert most.startswith("max_connections=")
    assert (
        web + worker + beat + sweeper + migrate + spare
        <= int(most.partition("=")[2]) - kept_for_superusers
    )


def test_the_settings_and_the_example_name_the_same_numbers(services: dict[str, Any]) -> None:
    for name in ("WEB_PROCESSES", "WEB_THREADS", "LINK_CONCURRENCY"):
        assert number(services, name) == int(example()[name])


def test_it_passes_on_every_variable_and_no_other() -> None:
    assert set(re.findall(r"\$\{(\w+)", TEXT)) == example().keys() - NOT_FOR_COMPOSE


@pytest.mark.parametrize("name", ["SECRET_KEY", "POSTGRES_PASSWORD", "ALLOWED_HOSTS"])
def test_there_is_no_default_for_what_must_be_chosen(name: str) -> None:
    uses = re.findall(rf"\$\{{{name}(.*?)\}}", TEXT)
    assert uses
    assert all(re.match(r":\?set it in \.env", use) for use in uses)


def test_every_service_comes_back_after_a_failure_but_the_one_that_has_an_end(
    services: dict[str, Any],
) -> None:
    assert {name: service["restart"] for name, service in services.items()} == dict.fromkeys(
        services, "unless-stopped"
    ) | {"migrate": "no"}


def test_nothing_starts_before_the_migrations_are_applied(services: dict[str, Any]) -> None:
    for name in set(STUDIO) - {"migrate"}:
        waits_for = services[name]["depends_on"]
        assert waits_for["migrate"] == {"condition": "service_completed_successfully"}, name
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


def test_only_the_web_process_has_a_port_and_only_for_this_machine(
    services: dict[str, Any],
) -> None:
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert ports == {"web": ["127.0.0.1:${PORT:-8000}:8000"]}


def test_files_outlive_containers(services: dict[str, Any]) -> None:
    volumes = yaml.safe_load(TEXT)["volumes"].keys()
    used = {name.partition(":")[0] for one in services.values() for name in one["volumes"]}
    assert used == volumes
    for name in STUDIO:
        assert services[name]["volumes"] == ["media:/lectern/var/media"]

"""What an operator gives by environment, and what is said if it cannot be understood."""

import json
import os
from pathlib import Path

import pytest

from config import env
from tests.config import production

_SHOW = """
import json, os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in %r.split()}, default=str))
"""


def settings_of(names: str, environment: dict[str, str]) -> list[object]:
    done = production.run("-c", _SHOW % names, env=environment)
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    return [shown[name] for name in names.split()]


MISTAKES = {
    "no key": ({"SECRET_KEY": ""}, "SECRET_KEY is not set: a long random text"),
    "no database": ({"DATABASE_URL": ""}, "DATABASE_URL is not set: postgresql://"),
    "no Redis": ({"REDIS_URL": ""}, "REDIS_URL is not set: redis://"),
    "a database of another kind": (
        {"DATABASE_URL": "mysql://localhost/lectern"},
        "DATABASE_URL cannot be understood:",
    ),
    "a Redis of another kind": (
        {"REDIS_URL": "amqp://localhost"},
        "REDIS_URL must begin with redis://, rediss:// or unix://",
    ),
    "a port in words": (
        {"PORT": "http"},
        "PORT must be a whole number from 1 to 65535, not 'http'.",
    ),
    "a port too high": (
        {"PORT": "80000"},
        "PORT must be a whole number from 1 to 65535, not '80000'.",
    ),
    "neither yes nor no": ({"HTTPS": "maybe"}, "HTTPS must be 1 or 0, not 'maybe'."),
    "no workers": (
        {"LINK_CONCURRENCY": "0"},
        "LINK_CONCURRENCY must be a whole number from 1, not '0'.",
    ),
    "a negative number": (
        {"TRUSTED_PROXIES": "-1"},
        "TRUSTED_PROXIES must be a whole number from 0, not '-1'.",
    ),
    "no path": (
        {"MEDIA_ACCEL_PREFIX": "stored"},
        "MEDIA_ACCEL_PREFIX must be a path like /stored/, not 'stored'.",
    ),
    "no host": (
        {"MEDIA_HOST": "https://media.example/"},
        "MEDIA_HOST must be a host name like media.example, not 'https://media.example/'.",
    ),
    "no origin": (
        {"MEDIA_STORAGE_ORIGIN": "bucket.example; script-src *"},
        "MEDIA_STORAGE_ORIGIN must be like https://bucket.example, "
        "not 'bucket.example; script-src *'.",
    ),
}


@pytest.mark.parametrize(("given", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_in_one_sentence(given: dict[str, str], sentence: str) -> None:
    done = production.run("manage.py", "check", env=production.environment(**given))
    assert done.returncode != 0
    last_line = done.stderr.strip().splitlines()[-1]
    assert last_line.removeprefix("django.core.exceptions.ImproperlyConfigured: ").startswith(
        sentence
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        *(MISTAKES[name] for name in ("no key", "a port too high")),
        ({"WEB_THREADS": "0"}, "WEB_THREADS must be a whole number from 1, not '0'."),
    ],
)
def test_the_web_server_says_no_more_than_the_sentence(
    given: dict[str, str], sentence: str
) -> None:
    environment = production.environment(**given)
    done = production.run("-m", "gunicorn", "-c", "config/gunicorn.py", env=environment)
    assert done.returncode != 0
    assert done.stderr.startswith(sentence)
    assert len(done.stderr.splitlines()) == 1


def test_production_is_the_default() -> None:
    names = (
        "DEBUG SECURE_SSL_REDIRECT SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SESSION_COOKIE_HTTPONLY"
        " SECURE_HSTS_INCLUDE_SUBDOMAINS SECURE_CONTENT_TYPE_NOSNIFF ALLOWED_HOSTS TRUSTED_PROXIES"
    )
    environment = production.environment(ALLOWED_HOSTS="", TRUSTED_PROXIES="")
    assert settings_of(names, environment) == [False, *(True,) * 6, [], 0]
    (hsts,) = settings_of("SECURE_HSTS_SECONDS", environment)
    assert hsts == 365 * 24 * 60 * 60


def test_https_is_one_decision() -> None:
    names = (
        "SECURE_SSL_REDIRECT SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SECURE_HSTS_SECONDS"
        " SECURE_HSTS_INCLUDE_SUBDOMAINS SECURE_HSTS_PRELOAD"
    )
    assert not any(settings_of(names, production.environment(HTTPS="0")))
    assert all(settings_of(names, production.environment()))


def test_lists_have_commas_between_their_items() -> None:
    environment = production.environment(ALLOWED_HOSTS=" a.example, b.example ,")
    assert settings_of("ALLOWED_HOSTS", environment) == [["a.example", "b.example"]]


def test_the_settings_of_production_have_nothing_to_complain_about() -> None:
    environment = production.environment()
    production.manage("check", "--deploy", "--fail-level", "WARNING", env=environment)


def test_the_demo_world_is_not_for_production() -> None:
    done = production.run("manage.py", "bring_up", "--demo", env=production.environment())
    assert done.returncode != 0
    assert "only under DEBUG=1" in done.stderr


class TestDotenv:
    @pytest.fixture(autouse=True)
    def names(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Undone after the test, as load_dotenv writes to the environment."""
        for name in ("LECTERN_A", "LECTERN_B"):
            monkeypatch.setenv(name, "")
            monkeypatch.delenv(name)

    def load(self, folder: Path, text: str) -> None:
        path = folder / ".env"
        path.write_text(text)
        env.load_dotenv(path)

    def test_it_is_read(self, tmp_path: Path) -> None:
        self.load(tmp_path, "# why\n\nLECTERN_A = a word \nexport LECTERN_B='quoted # = too'\n")
        assert (os.environ["LECTERN_A"], os.environ["LECTERN_B"]) == ("a word", "quoted # = too")

    def test_the_environment_wins(self, tmp_path: Path) -> None:
        os.environ["LECTERN_A"] = "of the environment"
        self.load(tmp_path, "LECTERN_A=of the file\n")
        assert os.environ["LECTERN_A"] == "of the environment"

    def test_an_empty_variable_hides_that_of_the_file(self, tmp_path: Path) -> None:
        os.environ["LECTERN_A"] = ""
        self.load(tmp_path, "LECTERN_A=of the file\n")
        assert env.text("LECTERN_A", "default") == "default"

    def test_there_need_not_be_one(self, tmp_path: Path) -> None:
        env.load_dotenv(tmp_path / "nowhere")

    def test_a_line_that_is_none_is_told_with_its_number(self, tmp_path: Path) -> None:
        with pytest.raises(env.EnvironmentVariableError, match=r"line 2: not of the form"):
            self.load(tmp_path, "LECTERN_A=1\nLECTERN_B\n")

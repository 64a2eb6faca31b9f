"""Static files as collectstatic makes them for production."""

import json
import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from django.conf import settings

from config.static_files import keep_icons
from tests.config.production import Visitor

HASHED = re.compile(r"\.[0-9a-f]{12}\.")
IMPORT = re.compile(r"""(?:\bimport|\bfrom)\s*\(?\s*["']([^"'\s]+)["']""")
CSS_URL = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)""")


@pytest.fixture(scope="session")
def static(static_var: Path) -> Path:
    return static_var / "static"


@pytest.fixture(scope="session")
def manifest(static: Path) -> dict[str, str]:
    paths: dict[str, str] = json.loads((static / "staticfiles.json").read_text())["paths"]
    return paths


def graph(static: Path, start: str, links: re.Pattern[str]) -> set[str]:
    """The file, and all that it loads, and so on."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        text = (static / name).read_text(errors="replace")
        for link in links.findall(text):
            if not link.startswith("data:"):
                waiting += [urljoin(name, link.partition("#")[0])]
    return found


def test_names_say_what_is_inside(static: Path, manifest: dict[str, str]) -> None:
    for name in ("js/app.js", "css/app.css", "favicon.svg", "icons.svg", "admin/css/base.css"):
        assert HASHED.search(manifest[name]), name
        assert (static / manifest[name]).exists()


def test_text_is_compressed_once(static: Path, manifest: dict[str, str]) -> None:
    for name in ("js/app.js", "css/app.css", "vendor/htmx/htmx.esm.min.js"):
        plain = static / manifest[name]
        for suffix in (".gz", ".br"):
            compressed = plain.with_name(plain.name + suffix)
            assert compressed.exists() or plain.stat().st_size < 200, compressed.name


def modules_of_pages(static: Path, manifest: dict[str, str]) -> set[str]:
    templates = (Path(settings.BASE_DIR) / "templates").rglob("*.html")
    tags = {
        name for page in templates for name in re.findall(r'{% script "([\w-]+)"', page.read_text())
    }
    return set().union(*(graph(static, manifest[f"js/{name}.js"], IMPORT) for name in tags))


def test_modules_import_hashed_modules_that_exist(static: Path, manifest: dict[str, str]) -> None:
    modules = modules_of_pages(static, manifest)
    assert all(HASHED.search(name) for name in modules)
    assert all((static / name).exists() for name in modules)
    ours = {manifest[name] for name in manifest if re.fullmatch(r"js/[\w-]+\.js", name)}
    assert ours <= modules, "a module that no page loads"
    assert manifest["vendor/htmx/htmx.esm.min.js"] in modules


def test_stylesheets_load_hashed_files_that_exist(static: Path, manifest: dict[str, str]) -> None:
    imported = re.compile(r"""(?:@import\s+(?:url\()?|url\()\s*["']?([^"')]+)["']?""")
    files = graph(static, manifest["css/app.css"], imported)
    assert len(files) > 10
    assert all(HASHED.search(name) for name in files)
    assert all((static / name).exists() for name in files)
    ours = {manifest[name] for name in manifest if re.fullmatch(r"css/[\w-]+\.css", name)}
    assert {name for name in files if name.endswith(".css")} == ours


def test_source_maps_that_are_named_are_there(static: Path, manifest: dict[str, str]) -> None:
    """collectstatic fails for one that is missing; this is for those in the graph of our pages."""
    for name in modules_of_pages(static, manifest):
        for source_map in re.findall(r"//# sourceMappingURL=(\S+)", (static / name).read_text()):
            assert json.loads((static / urljoin(name, source_map)).read_text())["mappings"]


@pytest.mark.parametrize("path", ["/accounts/login/", "/", "/library/", "/accounts/"])
def test_pages_name_hashed_files_that_exist(
    ada: Visitor, visitor: Visitor, static: Path, path: str
) -> None:
    page = (visitor if path == "/accounts/login/" else ada).get(path)
    assert page.status == 200
    names = re.findall(r'(?:href|src)="/static/([^"#]+)', page.text)
    assert len(names) >= 4
    for name in names:
        assert HASHED.search(name), name
        assert (static / name).exists(), name


@pytest.mark.parametrize(
    ("accepts", "encoding"), [("br, gzip", "br"), ("gzip", "gzip"), ("identity", None)]
)
def test_they_are_served_compressed_and_for_ever(
    visitor: Visitor, manifest: dict[str, str], accepts: str, encoding: str | None
) -> None:
    name = manifest["vendor/htmx/htmx.esm.min.js"]
    answer = visitor.get(f"/static/{name}", Accept_Encoding=accepts)
    assert answer.status == 200
    assert answer.headers["Content-Encoding"] == encoding
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_unhashed_names_are_not_kept_for_ever(visitor: Visitor) -> None:
    answer = visitor.get("/static/favicon.svg")
    assert answer.status in (200, 404)
    assert "immutable" not in answer.headers.get("Cache-Control", "")


def test_icons_are_kept_for_a_while_where_nothing_else_is() -> None:
    """A button that appears without a network has its icon, on a desk, too."""
    for path, kept in [("/static/icons.svg", "max-age=300"), ("/static/css/app.css", "max-age=0")]:
        headers = {"Cache-Control": "max-age=0"}
        keep_icons(headers, "", path)
        assert headers["Cache-Control"] == kept

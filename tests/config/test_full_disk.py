"""A disk that is full: who sends a file is told so, and nothing of it stays."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.config import production
from tests.config.production import Answer, Visitor, Web

SIZE = 3 << 20  # larger than Django keeps in memory
TUS = {"Tus-Resumable": "1.0.0"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("disk")


@pytest.fixture(scope="module")
def web(
    studio: dict[str, str], folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Web]:
    env = studio | {
        "DJANGO_SETTINGS_MODULE": "tests.config.stand_in.full",
        "MEDIA_STORAGE": "tests.config.stand_in.full.Storage",
        "TMPDIR": str(folder),
    }
    with production.web(env, tmp_path_factory.mktemp("web") / "web.log") as server:
        yield server


@pytest.fixture(scope="module")
def staff(web: Web) -> Visitor:
    return web.visitor().sign_in("admin")


@pytest.fixture
def full(folder: Path) -> Iterator[Path]:
    mark = folder / "full"
    mark.touch()
    yield mark
    mark.unlink(missing_ok=True)


def files_in(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file() and path.name != "full"}


def send(staff: Visitor, path: str, token: str, **headers: str) -> Answer:
    head = 'Content-Disposition: form-data; name="{}"'
    parts = [
        f"{head.format('csrfmiddlewaretoken')}\r\n\r\n{token}",
        f'{head.format("videos")}; filename="1.mp4"\r\n\r\n{"x" * SIZE}',
    ]
    body = "".join(f"--limit\r\n{part}\r\n" for part in parts) + "--limit--\r\n"
    kind = {"Content-Type": "multipart/form-data; boundary=limit"}
    return staff.ask("POST", path, body, headers=kind | headers)


@pytest.mark.parametrize("path", ["/library/uploads/form/", "/admin/media_library/mediafile/add/"])
def test_a_form_with_files_is_507_and_leaves_nothing(
    web: Web, staff: Visitor, folder: Path, full: Path, path: str
) -> None:
    token = staff.token_of("/library/")
    before = files_in(folder)
    answer = send(staff, path, token)
    assert answer.status == 507
    assert "<h1>The studio has no space for this</h1>" in answer.text
    assert files_in(folder) == before
    toast = send(staff, path, token, HX_Request="true")
    assert (toast.status, "#toasts" in toast.text) == (507, True)
    web.logged(level="ERROR", logger="lectern.request", request_id=answer.headers["X-Request-ID"])

    full.unlink()
    assert send(staff, path, token).status == (302 if "uploads" in path else 200)


def test_a_piece_of_a_file_is_507_and_the_upload_goes_on_when_there_is_space(
    staff: Visitor, folder: Path, full: Path
) -> None:
    announced = staff.get("/library/uploads/", method="POST", **TUS, **{"Upload-Length": str(SIZE)})
    address = announced.headers["Location"]
    before = files_in(folder)

    def bring() -> Answer:
        given = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        return staff.ask("PATCH", address, "x" * SIZE, headers=TUS | given)

    answer = bring()
    assert (answer.status, answer.text) == (507, "The storage of the studio is full.\n")
    assert files_in(folder) == before
    there = staff.get(address, method="HEAD", **TUS)
    assert (there.status, there.headers["Upload-Offset"]) == (200, "0")

    full.unlink()
    assert bring().status == 204
    assert files_in(folder) - before

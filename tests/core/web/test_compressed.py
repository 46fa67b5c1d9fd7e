import gzip
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from core.web.compressed import CompressedStatic


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "main.js").write_text("console.log(1);" * 500)
    (tmp_path / "static" / "font.woff2").write_bytes(b"already compressed")
    (tmp_path / "secret.js").write_text("secret")
    fall_through = Route("/{rest:path}", lambda request: PlainTextResponse("fell through"))
    compressed = Middleware(CompressedStatic, directory=tmp_path / "static", prefix="/static/")
    return TestClient(Starlette(routes=[fall_through], middleware=[compressed]))


def test_script_arrives_compressed_and_whole(client: TestClient) -> None:
    response = client.get("/static/main.js")
    assert response.headers["content-encoding"] == "gzip"
    assert response.text == "console.log(1);" * 500
    assert int(response.headers["content-length"]) < 200
    assert response.headers["content-type"].startswith("text/javascript")


def test_compressed_once(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    original = gzip.compress
    monkeypatch.setattr(gzip, "compress", lambda *arguments: calls.append(1) or original(*arguments))
    with client:
        for _ in range(3):
            client.get("/static/main.js")
    assert len(calls) == 1


def test_other_spellings_of_a_path_are_no_other_files(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    original = gzip.compress
    monkeypatch.setattr(gzip, "compress", lambda *arguments: calls.append(1) or original(*arguments))
    with client:
        for path in ("/static/main.js", "/static/%2E/main.js", "/static/%2E%2E/static/main.js"):
            assert client.get(path).headers["content-encoding"] == "gzip"
    assert len(calls) == 1


@pytest.mark.parametrize("path", ["/static/%00", "/static/a%00.js", f"/static/{'a' * 300}.js"])
def test_impossible_names_fall_through(client: TestClient, path: str) -> None:
    assert client.get(path).text == "fell through"


@pytest.mark.parametrize(
    "path", ["/static/font.woff2", "/static/missing.js", "/static/../secret.js", "/static/%2e%2e/secret.js", "/"]
)
def test_everything_else_falls_through(client: TestClient, path: str) -> None:
    assert client.get(path).text == "fell through"


def test_browser_that_cannot_unpack_gets_the_plain_file(client: TestClient) -> None:
    assert client.get("/static/main.js", headers={"accept-encoding": "identity"}).text == "fell through"

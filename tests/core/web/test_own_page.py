import gzip
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient

from core.web.own_page import OwnPage

ASKED = '<link\n      rel="preload"\n      href="./other.woff2"\n      as="font"\n      crossorigin\n    />\n'
PAGE = "<html><head><title>é</title></head><body>" + "text </head> " * 100 + "</body></html>"


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    (tmp_path / "index.html").write_text(PAGE, "utf-8")
    routes = [
        Route("/", lambda request: HTMLResponse(PAGE.replace("<title>", f"{ASKED}<title>"))),
        Route("/missing", lambda request: HTMLResponse("<head></head>", 404)),
        Route("/data", lambda request: PlainTextResponse("<head></head>")),
        Mount("/file", StaticFiles(directory=tmp_path, html=True)),
        Route("/host", lambda request: JSONResponse({"blockErrorDialogs": False})),
    ]
    own = Middleware(
        OwnPage,
        script="./own.js",
        styles=["p { color: red }\n", "b { color: blue }\n"],
        fonts=["./own.woff2", "./bold.woff2"],
        needed=["./a.js", "./b.js"],
        host_config="/host",
    )
    return TestClient(Starlette(routes=routes, middleware=[own, Middleware(GZipMiddleware, minimum_size=10)]))


def test_page_gets_script_style_and_typeface_once_and_stays_whole(client: TestClient) -> None:
    response = client.get("/", headers={"accept": "text/html,*/*", "accept-encoding": "gzip", "range": "bytes=0-3"})
    link = '<link rel="preload" href="./{}.woff2" as="font" type="font/woff2" crossorigin>'
    early = link.format("own") + link.format("bold")
    early += "".join(f'<link rel="modulepreload" crossorigin href="./{name}.js">' for name in "ab")
    tag = f'{early}<script type="module" src="./own.js"></script></head>'
    style = "<style>\np { color: red }\n</style><style>\nb { color: blue }\n</style></body>"
    assert response.text == PAGE.replace("</head>", tag, 1).replace("</body>", style)
    assert int(response.headers["content-length"]) == len(response.content)


def test_a_browser_that_has_the_page_gets_what_is_added_to_it_now(client: TestClient) -> None:
    """Streamlit's file stays as it was when Convscope is updated, or when a visitor has deleted the cookies."""
    file = client.get("/file/", headers={"accept": "*/*"}).headers
    asked = {"accept": "text/html", "if-none-match": file["etag"], "if-modified-since": file["last-modified"]}
    answer = client.get("/file/", headers=asked)
    assert answer.status_code == 200
    assert "own.js" in answer.text
    assert {"etag", "last-modified"} & set(answer.headers) == set()


@pytest.mark.parametrize(("path", "accept"), [("/", "*/*"), ("/data", "text/html"), ("/missing", "text/html")])
def test_everything_else_passes_as_it_is(client: TestClient, path: str, accept: str) -> None:
    assert "own.js" not in client.get(path, headers={"accept": accept}).text


def test_what_is_no_navigation_stays_compressed(client: TestClient) -> None:
    response = client.get("/", headers={"accept": "*/*", "accept-encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    assert int(response.headers["content-length"]) < len(gzip.compress(f"{ASKED}{PAGE}".encode())) + 50


def test_streamlits_page_shows_no_dialogs_and_obeys_no_other_page(client: TestClient) -> None:
    answer = client.get("/host").json()
    assert answer["blockErrorDialogs"] is True
    assert answer["allowedOrigins"] == []

"""How the server is, for the lecturer: who opened the lecturer's link in this browser; all others are answered 404.

GET /status
"""

from collections.abc import Callable, Sequence
from html import escape

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from core.charts.numbers import counted
from core.config import VERSION
from core.web.figures import Figures

PATH = "/status"

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>How the server is · Convscope</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root {{ color-scheme: light dark; --quiet: light-dark(#55605e, #a8b2b0); --line: light-dark(#dcdfde, #33383a) }}
@font-face {{ font-family: Plex; font-weight: 400; src: url("fonts/ibm-plex-sans-400.woff2") }}
@font-face {{ font-family: Plex; font-weight: 600; src: url("fonts/ibm-plex-sans-600.woff2") }}
body {{ margin: 3rem auto; padding: 0 1.5rem; max-width: 44rem; font: 1.1rem/1.5 Plex, system-ui, sans-serif;
  background: light-dark(#fff, #101213); color: light-dark(#17191a, #eceeed) }}
h1 {{ font-size: 1.75rem; font-weight: 600 }} dl {{ display: grid; grid-template-columns: 10rem 1fr; margin: 2rem 0 }}
dt, dd {{ margin: 0; padding: .6rem 0; border-top: 1px solid var(--line) }} dt, footer {{ color: var(--quiet) }}
dd {{ font-variant-numeric: tabular-nums; overflow-wrap: anywhere }} ol {{ margin: 0; padding-left: 1.2rem }}
a {{ color: light-dark(#0f6e66, #4fc4b8); display: inline-block; padding: .2rem 0 }}
@media (max-width: 30rem) {{ dl {{ display: block }} dd {{ border: 0; padding-top: 0 }} dt {{ padding-bottom: 0 }} }}
</style>
<main><h1>How the server is</h1><dl>{rows}</dl>
<p><a href="status">Refresh</a> · <a href="./">Back to the lesson</a></p></main>
<footer>Convscope {version}. Windows, memory and refusals are this server's, since its start; runs and disk are the
home's.</footer></html>"""


def route(knows: Callable[[str], bool], figures: Callable[[], Figures], *, cookie: str) -> Route:
    """Return the route for the server.

    Args:
        knows: whether a screen's secret is a lecturer's.
        figures: tells how the server is now.
        cookie: that holds the secret.
    """

    async def status(request: Request) -> Response:
        if not knows(request.cookies.get(cookie, "")):
            return PlainTextResponse("Not found", 404, {"cache-control": "no-store"})
        return HTMLResponse(page(await run_in_threadpool(figures)), headers={"cache-control": "no-store"})

    return Route(PATH, status, methods=["GET"])


def page(figures: Figures) -> str:
    """Return the page."""
    rows = {
        "Windows open": f"{figures.windows:,}, of {counted(figures.visitors, 'browser')}",
        "In training": _listed(figures.trains, "nobody"),
        "Waiting": _listed(figures.waits, "nobody"),
        "Memory": f"{_size(figures.memory_bytes)}, and {_size(figures.worker_bytes)} for training",
        "Disk": f"runs {_size(figures.runs_bytes)} of {_size(figures.quota_bytes)}; {_size(figures.free_bytes)} free",
        "Refused": ", ".join(f"{by} {count:,}" for by, count in figures.refusals.items() if count) or "nothing",
    }
    body = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows.items())
    return _PAGE.format(rows=body, version=escape(VERSION))


def _listed(titles: Sequence[str], none: str) -> str:
    return f"<ol>{''.join(f'<li>{escape(title)}</li>' for title in titles)}</ol>" if titles else none


def _size(count: float) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= 1e9 else f"{count / 1e6:,.0f} MB"

"""The server's measurements for whoever runs it, in Prometheus' text exposition format 0.0.4.

GET /metrics with "Authorization: Bearer TOKEN"    TOKEN as in CONVSCOPE_METRICS_TOKEN; all others are answered 404
"""

import hmac
from collections.abc import Callable, Iterator, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core.config import VERSION, Settings
from core.observing import BOUNDS_S, Histogram
from core.web.figures import Figures

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def route(figures: Callable[[], Figures]) -> Route:
    """Return the route for the server; `figures` tells how it is now."""

    async def metrics(request: Request) -> Response:
        if not _is_owner(request.headers.get("authorization", "")):
            return PlainTextResponse("Not found", 404)
        text = exposition(await run_in_threadpool(figures))
        return Response(text, headers={"content-type": CONTENT_TYPE, "cache-control": "no-store"})

    return Route("/metrics", metrics, methods=["GET"])


def _is_owner(authorization: str) -> bool:
    token = Settings.from_environ().metrics_token
    return bool(token) and hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode())


def exposition(figures: Figures) -> str:
    """Return the figures as Prometheus reads them."""
    return "\n".join([*_lines(figures), ""])


def _lines(figures: Figures) -> Iterator[str]:
    yield from _family("convscope_info", "gauge", "Version of Convscope.", {f'version="{VERSION}"': 1})
    gauges: dict[str, tuple[str, float]] = {
        "convscope_windows_open": ("Open windows of visitors.", figures.windows),
        "convscope_visitors": ("Browsers with an open window.", figures.visitors),
        "convscope_runs_training": ("Runs in training.", len(figures.trains)),
        "convscope_runs_waiting": ("Runs in line for training.", len(figures.waits)),
        "convscope_memory_bytes": ("Memory of the server's process, without mapped files.", figures.memory_bytes),
        "convscope_training_memory_bytes": ("The same of its training process, 0 without.", figures.worker_bytes),
        "convscope_home_runs_bytes": ("Size of all runs in the home, deleted ones included.", figures.runs_bytes),
        "convscope_home_quota_bytes": ("What they may take.", figures.quota_bytes),
        "convscope_home_free_bytes": ("Free space on the disk of the home.", figures.free_bytes),
    }
    for name, (text, value) in gauges.items():
        yield from _family(name, "gauge", text, {"": value})
    refusals = {f'by="{by}"': count for by, count in figures.refusals.items()}
    yield from _family("convscope_refusals_total", "counter", "What was refused since the start.", refusals)
    name = "convscope_page_run_seconds"
    yield from _head(name, "histogram", "Time of a run of a page's script.")
    for page, times in figures.page_runs.items():
        yield from _histogram(name, f'page="{page}"', times)


def _head(name: str, kind: str, text: str) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {kind}"


def _family(name: str, kind: str, text: str, values: Mapping[str, float]) -> Iterator[str]:
    yield from _head(name, kind, text)
    for labels, value in values.items():
        yield f"{name}{{{labels}}} {value}" if labels else f"{name} {value}"


def _histogram(name: str, labels: str, times: Histogram) -> Iterator[str]:
    total = 0
    for bound, count in zip((*BOUNDS_S, float("inf")), times.counts, strict=True):
        total += count
        yield f'{name}_bucket{{{labels},le="{"+Inf" if bound == float("inf") else f"{bound:g}"}"}} {total}'
    yield f"{name}_sum{{{labels}}} {times.sum_s!r}"
    yield f"{name}_count{{{labels}}} {total}"

"""What Prometheus reads, and who may."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.config import VERSION
from core.observing import Histogram
from core.web import metrics
from core.web.figures import Figures

FIGURES = Figures(
    windows=3,
    visitors=2,
    trains=("One",),
    waits=("Two", "Three"),
    memory_bytes=123_456_789,
    worker_bytes=0,
    runs_bytes=10,
    quota_bytes=2e10,
    free_bytes=5,
    refusals={"windows": 0, "uploads": 4},
    page_runs={"kernels": Histogram([0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 1], 12.5)},
)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("CONVSCOPE_METRICS_TOKEN", "right")
    return TestClient(Starlette(routes=[metrics.route(lambda: FIGURES)]))


def test_the_owner_reads_what_the_format_prescribes(client: TestClient) -> None:
    answer = client.get("/metrics", headers={"authorization": "Bearer right"})
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    lines = answer.text.split("\n")
    assert lines[-1] == ""  # the last line has to end too
    assert lines[:3] == [
        "# HELP convscope_info Version of Convscope.",
        "# TYPE convscope_info gauge",
        f'convscope_info{{version="{VERSION}"}} 1',
    ]
    for line in (
        "convscope_windows_open 3",
        "convscope_visitors 2",
        "convscope_runs_training 1",
        "convscope_runs_waiting 2",
        "convscope_memory_bytes 123456789",
        "convscope_home_quota_bytes 20000000000.0",
        "# TYPE convscope_refusals_total counter",
        'convscope_refusals_total{by="uploads"} 4',
    ):
        assert line in lines
    begin = lines.index("# TYPE convscope_page_run_seconds histogram")
    bounds = ("0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf")
    totals = (0, 2, 2, 3, 3, 3, 3, 3, 3, 3, 4)
    assert lines[begin + 1 : begin + 14] == [
        *(
            f'convscope_page_run_seconds_bucket{{page="kernels",le="{bound}"}} {total}'
            for bound, total in zip(bounds, totals, strict=True)
        ),
        'convscope_page_run_seconds_sum{page="kernels"} 12.5',
        'convscope_page_run_seconds_count{page="kernels"} 4',
    ]


@pytest.mark.parametrize(
    "header", ["", "Bearer wrong", "Bearer ", "right", "bearer right", "Bearer rightly", "Bearer é"]
)
def test_others_are_told_that_there_is_nothing(client: TestClient, header: str) -> None:
    answer = client.get("/metrics?token=right", headers={"authorization": header.encode("latin-1")})
    assert (answer.status_code, answer.text) == (404, "Not found")


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer None"])
def test_without_a_token_nobody_is_the_owner(client: TestClient, monkeypatch: pytest.MonkeyPatch, header: str) -> None:
    monkeypatch.delenv("CONVSCOPE_METRICS_TOKEN")
    assert client.get("/metrics", headers={"authorization": header}).status_code == 404

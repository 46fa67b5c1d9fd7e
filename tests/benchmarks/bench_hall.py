"""A hall of visitors on one server: how soon they are answered, what a page run, a visitor and an hour of use cost.

Visitors speak Streamlit's protocol (`tests/visitors.py`): what a browser fetches besides, static files and live data,
is not in these figures. They run beside the server on the same machine.
"""

import asyncio
import json
import os
import random
import statistics
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.config import SHIPPED_RUNS
from core.training.runs.files import read_json
from tests.benchmarks.bench_training import images_per_cpu_second, serving
from tests.benchmarks.conftest import Record
from tests.browser.server import end, free_port, start
from tests.conftest import CIFAR10
from tests.loop import run
from tests.visitors import PAGES, Hall, Visitor, hall, link

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads processor time and memory in /proc")

GOALS = {1: (0.08, 0.3, 0.4), 20: (0.08, 0.3, 0.4), 50: (0.08, 0.3, 0.4), 100: (0.15, 0.5, 2.0)}
"""Visitors -> seconds: median answer, its 95th percentile, median first page."""
SECONDS = 50
USED = 5000
IN_USE = 2000
"""Page runs after which a server counts as used."""
ROUNDS = 20
SESSION_KEPT_S = 150.0
"""Streamlit keeps the session of a visitor who left for two minutes."""
RUNS = ("tutorial", "fast") if CIFAR10 else ("digits",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A real server and what its process takes."""

    process: subprocess.Popen[bytes]
    url: str

    @classmethod
    def begin(cls, home: Path, script: str = "app.py") -> "Server":
        """Serve `script` with `home` as its data folder."""
        port, data = free_port(), {"CONVSCOPE_CIFAR10": CIFAR10} if CIFAR10 else {}
        return cls(process=start(home, port, script=script, **data), url=f"http://127.0.0.1:{port}")

    def processor_s(self) -> float:
        """Seconds of processor time so far, all threads."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self, kind: str = "VmRSS") -> float:
        """Memory in millions of bytes: all that is resident, or "RssAnon", without files.

        Pages of mapped files, TensorFlow's own and the images of CIFAR-10, are the system's: it takes them back when
        it needs memory, and all processes share them.
        """
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) * 1024 / 1e6 for line in status.splitlines() if line.startswith(kind))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with TensorFlow loaded and every page seen once."""
    running = Server.begin(tmp_path_factory.mktemp("bench-hall"))
    run(warm(running.url))
    yield running
    end(running.process)


async def warm(url: str) -> None:
    """See every page until TensorFlow is loaded and the networks of the links have answered once."""
    async with Visitor(url) as visitor:
        for _ in range(2):
            for page in PAGES:
                await visitor.open(page)
            await asyncio.sleep(12)
        for run in RUNS:
            for epoch in range(11):
                await visitor.open("activations", f"run={run}&epoch={epoch}")


async def page_cost_s(server: Server, page: str, linked: bool) -> float:
    """Return the processor time of one run of a page, until the server is idle again."""
    chance = random.Random(page)
    async with Visitor(server.url) as visitor:
        await visitor.open(page)
        await asyncio.sleep(0.5)
        before = server.processor_s()
        for _ in range(ROUNDS):
            await visitor.open(page, link(page, chance, RUNS) if linked else "")
        await asyncio.sleep(1)
        return (server.processor_s() - before) / ROUNDS


async def median_answer_s(server: Server, rounds: int) -> float:
    """Return the median answer to one visitor who opens the pages in turn."""
    async with Visitor(server.url) as visitor:
        await visitor.open("")
        return statistics.median([await visitor.open(page) for _ in range(rounds) for page in PAGES])


async def use(server: Server, runs: int) -> None:
    """Let four visitors at a time run pages, each time with a link of its own."""

    async def one(number: int) -> None:
        chance = random.Random(number)
        async with Visitor(server.url) as visitor:
            for _ in range(runs // 4):
                page = chance.choice(PAGES)
                await visitor.open(page, link(page, chance, RUNS))

    await asyncio.gather(*(one(number) for number in range(4)))


def record_hall(record: Record, name: str, seen: Hall, goals: tuple[float, float, float]) -> None:
    """Record what a hall saw, and print it beside the goals."""
    assert not seen.faults, seen.faults[:3]
    answers = sorted(seen.answers)
    p95 = answers[min(len(answers) - 1, int(0.95 * len(answers)))]
    record(f"hall: answer, {name}", "ms", [1000 * answer for answer in answers])
    record(f"hall: first page, {name}", "ms", [1000 * first for first in seen.first_pages])
    found = statistics.median(answers), p95, statistics.median(seen.first_pages)
    print("  median / 95th percentile / first page:", " / ".join(f"{1000 * value:.0f} ms" for value in found), end="")
    print(", goal", " / ".join(f"{1000 * value:.0f} ms" for value in goals))


@pytest.mark.parametrize("page", PAGES)
def test_processor_time_of_a_page(server: Server, record: Record, page: str) -> None:
    costs = [1000 * run(page_cost_s(server, page, linked)) for linked in (False, True)]
    name = page or "overview"
    record(f"hall: processor time of a run of {name}, seen before", "ms", costs[:1])
    record(f"hall: processor time of a run of {name}, half of them links of their own", "ms", costs[1:])


def test_floor(tmp_path: Path, record: Record) -> None:
    """What Streamlit itself takes for a page with three widgets in the sidebar and eight texts."""
    lines = ["import streamlit as st"]
    lines += ["st.sidebar.selectbox('Data set', ['a', 'b'])", "st.sidebar.selectbox('Run', ['a', 'b'])"]
    lines += ["st.sidebar.select_slider('Epoch', range(11))", "for k in range(8): st.html(f'<p>{k}</p>')"]
    (tmp_path / "minimal.py").write_text("\n".join(lines))
    server = Server.begin(tmp_path / "home", str(tmp_path / "minimal.py"))
    try:
        record("hall: processor time of a minimal page", "ms", [1000 * run(page_cost_s(server, "", False))])
    finally:
        end(server.process)


@pytest.mark.parametrize("visitors", GOALS)
def test_answers(server: Server, record: Record, visitors: int) -> None:
    seen = run(hall(server.url, visitors, seconds=SECONDS, runs=RUNS))
    record_hall(record, f"{visitors} visitors", seen, GOALS[visitors])


def record_memory(server: Server, record: Record, of: str) -> None:
    """Record what a hundred visitors with pictures of their own choice add, and what stays of it.

    Sessions are kept for two minutes. What is remembered for all visitors stays, up to its bounds (`core.bounded`).
    """
    kinds = {"memory": "VmRSS", "memory without files": "RssAnon"}
    before = {name: server.memory_mb(kind) for name, kind in kinds.items()}
    there: dict[str, float] = {}

    def look() -> None:
        there.update({name: server.memory_mb(kind) for name, kind in kinds.items()})

    seen = run(hall(server.url, 100, seconds=30, runs=RUNS, meanwhile=look))
    assert not seen.faults, seen.faults[:3]
    time.sleep(SESSION_KEPT_S)
    for name, kind in kinds.items():
        record(f"hall: {name} of one visitor, {of} server", "MB", [(there[name] - before[name]) / 100], goal=2)
        after = server.memory_mb(kind) / before[name]
        record(f"hall: {name} after a hundred left, {of} server, share of before", "times", [after], goal=1.1)


def test_memory_of_a_visitor(tmp_path: Path, record: Record) -> None:
    """On a server that has just been started, and on one in use: what a hall first fills is there for the next."""
    server = Server.begin(tmp_path)
    try:
        run(warm(server.url))
        record_memory(server, record, "fresh")
        run(use(server, IN_USE))
        record_memory(server, record, "used")
    finally:
        end(server.process)


def test_growing_old(server: Server, tmp_path: Path, record: Record) -> None:
    """Answers to one visitor after thousands of page runs, as a share of those of a server just started, in turn."""
    run(use(server, USED))
    fresh = Server.begin(tmp_path)
    try:
        run(warm(fresh.url))
        answers = [[run(median_answer_s(each, 8)) for each in (fresh, server)] for _ in range(5)]
    finally:
        end(fresh.process)
    names = "a server just started", f"one of {USED} page runs"
    for name, found in zip(names, zip(*answers, strict=True), strict=True):
        record(f"hall: median answer to one visitor, {name}", "ms", [1000 * seconds for seconds in found])
    shares = [old / new for new, old in answers]
    record(f"hall: median answer after {USED} page runs, share of a fresh server's", "times", shares, goal=1.1)


def test_a_hundred_on_a_used_server(server: Server, record: Record) -> None:
    seen = run(hall(server.url, 100, seconds=SECONDS, runs=RUNS))
    record_hall(record, f"100 visitors after {USED} page runs", seen, GOALS[100])


def test_a_thousand_runs_in_the_home(tmp_path: Path, record: Record) -> None:
    """What pages cost with a thousand runs in the home, and with none."""
    costs: dict[int, list[float]] = {0: [], 1000: []}
    for count, found in costs.items():
        home = tmp_path / str(count)
        fill(home, count)
        server = Server.begin(home)
        try:
            run(warm(server.url))
            found += [1000 * run(page_cost_s(server, page, False)) for page in PAGES]
        finally:
            end(server.process)
    more = [many - none for many, none in zip(costs[1000], costs[0], strict=True)]
    record("hall: what a thousand runs in the home add to a run of a page", "ms", more)


def fill(home: Path, count: int) -> None:
    """Write `count` finished runs of many visitors into a data folder."""
    source = SHIPPED_RUNS / RUNS[0]
    config, epochs = json.loads((source / "config.json").read_text()), (source / "epochs.csv").read_bytes()
    for number in range(count):
        folder = home / "runs" / f"run-{number:04d}"
        folder.mkdir(parents=True)
        (folder / "config.json").write_text(
            json.dumps(config | {"id": folder.name, "owner": f"visitor {number % 300}"})
        )
        (folder / "status.json").write_text(json.dumps({"state": "finished", "epoch": 10, "serial": 1}))
        (folder / "epochs.csv").write_bytes(epochs)


def test_training_beside_a_hall(server: Server, tmp_path: Path, record: Record) -> None:
    """Images a worker-CPU-second with nobody browsing and with a hundred, in turn."""
    alone, browsed, window = [], [], 15.0
    with serving(tmp_path, free_port()) as run, ThreadPoolExecutor(1) as background:
        while run.status().epoch < 2:
            time.sleep(0.2)
        pid = int((read_json(run.folder / "status.json") or {})["pid"])
        for _ in range(3):
            alone.append(images_per_cpu_second(run, pid, window))
            browsing = background.submit(asyncio.run, hall(server.url, 100, seconds=window + 10, runs=RUNS))
            time.sleep(10)  # until all have arrived
            browsed.append(images_per_cpu_second(run, pid, window))
            assert not browsing.result().faults
        assert run.status().active
    shares = [100 * with_them / without for with_them, without in zip(browsed, alone, strict=True)]
    print("\n  in turn:", ", ".join(f"{share:.0f} %" for share in shares))
    share = statistics.median(browsed) / statistics.median(alone)
    record("training, share of images per CPU-second kept with a hundred browsing", "%", [100 * share])
    print("  goal 90 %")

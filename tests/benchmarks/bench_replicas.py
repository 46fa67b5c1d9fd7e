"""Two hundred visitors on two replicas that share one home, behind nginx as in deploy/, beside one replica.

Visitors, replicas and nginx share the machine, so two replicas can win no more here than what one leaves of it.
"""

import asyncio
import statistics
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.benchmarks.bench_hall import RUNS, Server, warm
from tests.benchmarks.conftest import Record
from tests.browser.nginx import NGINX, deployed, running_nginx
from tests.browser.server import end, free_port
from tests.loop import run
from tests.visitors import Hall, hall

pytestmark = pytest.mark.skipif(NGINX is None or not Path("/proc/self/stat").exists(), reason="needs nginx and /proc")

VISITORS, SECONDS = 200, 30


async def _warm(servers: list[Server]) -> None:
    await asyncio.gather(*(warm(server.url) for server in servers))


def serve(folder: Path, replicas: int) -> tuple[Hall, float, list[float]]:
    """Return what a hall saw on so many replicas, their processor time together in seconds, and the memory of each in
    millions of bytes."""
    with ExitStack() as ends:
        servers = [Server.begin(folder / "home") for _ in range(replicas)]
        for server in servers:
            ends.callback(end, server.process)
        run(_warm(servers))
        ports = [int(server.url.rpartition(":")[2]) for server in servers]
        port, plain = free_port(), free_port()
        site = deployed(port, plain, (ports[0], ports[-1]))
        ends.enter_context(running_nginx(folder / f"nginx-{replicas}", site, port=port))
        before = sum(server.processor_s() for server in servers)
        seen = run(hall(f"http://127.0.0.1:{port}", VISITORS, seconds=SECONDS, runs=RUNS))
        processor_s = sum(server.processor_s() for server in servers) - before
        return seen, processor_s, [server.memory_mb() for server in servers]


@pytest.fixture(scope="module")
def medians() -> dict[int, float]:
    """Number of replicas to the median answer in milliseconds."""
    return {}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the home is, so that images are converted once."""
    return tmp_path_factory.mktemp("replicas")


@pytest.mark.parametrize("replicas", [1, 2])
def test_two_hundred_visitors(folder: Path, record: Record, medians: dict[int, float], replicas: int) -> None:
    """The same hall on one replica and on two."""
    seen, processor_s, memory_mb = serve(folder, replicas)
    assert not seen.faults, seen.faults[:3]
    answers = [1000 * answer for answer in seen.answers]
    medians[replicas] = statistics.median(answers)
    name = f"{VISITORS} visitors on {replicas} replica{'s' if replicas > 1 else ''}"
    record(f"hall: answer, {name}", "ms", answers)
    record(f"hall: first page, {name}", "ms", [1000 * first for first in seen.first_pages])
    record(f"hall: memory of a replica, {name}", "MB", memory_mb)
    record(f"hall: processor time of a page run, {name}", "ms", [1000 * processor_s / (len(answers) + VISITORS)])
    if len(medians) == 2:
        share = medians[2] / medians[1]
        record(f"hall: median answer to {VISITORS} on two replicas, share of one", "times", [share])

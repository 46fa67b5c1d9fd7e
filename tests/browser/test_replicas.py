"""Two replicas that share one home, behind nginx as deploy/nginx.conf sets it up."""

import asyncio
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from core.data import registry
from core.model.structure.architecture import Architecture
from core.training.dispatch.desk import Desk
from core.training.recipe import Recipe
from core.training.routes.weights import path as path_of_weights
from core.training.runs.catalogue import find_run
from core.training.runs.run_config import new_config
from core.training.runs.snapshot import Snapshot
from tests.browser.conftest import open_page
from tests.browser.nginx import certificate, deployed, running_nginx
from tests.browser.server import end, free_port, start
from tests.browser.test_frames import send_picture
from tests.core.training.waiting import ByHand, steps_are_whole, worker_pid
from tests.loop import run
from tests.visitors import Visitor
from tests.waiting import wait_for

pytestmark = pytest.mark.nginx

ENVIRONMENT = {
    "STREAMLIT_SERVER_COOKIE_SECRET": "the same on both",
    "CONVSCOPE_LECTURER_TOKEN": "the lecturer's",
    "CONVSCOPE_METRICS_TOKEN": "the owner's",
}


@dataclass(slots=True)
class Replicas:
    """Two servers on one home.

    Attributes:
        url: what visitors see.
        plain: where http leads to https.
        home: what both share.
        ports: of the replicas, by name.
        servers: those that run.
    """

    url: str
    plain: str
    home: Path
    ports: dict[str, int]
    servers: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start(self, name: str) -> None:
        self.servers[name] = start(self.home, self.ports[name], **ENVIRONMENT)

    def kill(self, name: str) -> None:
        """End a replica as a machine ends that loses its power."""
        server = self.servers.pop(name)
        server.send_signal(signal.SIGKILL)
        server.wait()

    def answers(self, name: str) -> bool:
        """Return whether nginx leads a visitor of this replica to it, and not to the other one."""
        headers = {"accept": "text/html", "cookie": f"convscope_replica={name}"}
        answer = httpx2.get(self.url, headers=headers, verify=False)
        return answer.status_code == 200 and "convscope_replica" not in answer.cookies

    def measured(self, name: str) -> list[float]:
        """Return one of the measurements of both."""
        texts = [
            httpx2.get(f"http://127.0.0.1:{port}/metrics", headers={"authorization": "Bearer the owner's"}).text
            for port in self.ports.values()
        ]
        return [float(text.partition(f"\n{name} ")[2].split("\n")[0] or 0) for text in texts]

    def each(self, path: str) -> list[httpx2.Response]:
        """Ask both replicas, past nginx."""
        return [httpx2.get(f"http://127.0.0.1:{port}{path}", timeout=60) for port in self.ports.values()]


@contextmanager
def running(folder: Path, *, tls: bool = False) -> Iterator[Replicas]:
    """Run two replicas behind nginx."""
    port, plain, *ports = (free_port() for _ in range(4))
    scheme, keys = ("https", certificate(folder)) if tls else ("http", None)
    names = dict(zip(("one", "two"), ports, strict=True))
    both = Replicas(f"{scheme}://127.0.0.1:{port}", f"http://127.0.0.1:{plain}", folder / "home", names)
    with ExitStack() as ends:
        for name in both.ports:
            both.start(name)
        ends.callback(lambda: [end(server) for server in both.servers.values()])
        ends.enter_context(
            running_nginx(folder / "nginx", deployed(port, plain, (ports[0], ports[1]), tls=keys), port=port)
        )
        yield both


@pytest.fixture(scope="module")
def running_replicas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replicas]:
    with running(tmp_path_factory.mktemp("replicas")) as both:
        yield both


@pytest.fixture
def replicas(running_replicas: Replicas, monkeypatch: pytest.MonkeyPatch) -> Replicas:
    """Both of them, whichever the test before has killed."""
    for name in running_replicas.ports.keys() - running_replicas.servers.keys():
        running_replicas.start(name)
    wait_for(lambda: all(map(running_replicas.answers, running_replicas.ports)))
    monkeypatch.setenv("CONVSCOPE_HOME", str(running_replicas.home))
    return running_replicas


def replica_of(context: BrowserContext) -> str:
    found = [cookie["value"] for cookie in context.cookies() if cookie["name"] == "convscope_replica"]
    return found[0] if found else ""


def test_a_visitor_stays_and_a_killed_replica_costs_a_reload(browser: Browser, tmp_path: Path) -> None:
    with running(tmp_path, tls=True) as both, browser.new_context(ignore_https_errors=True) as visitor:
        page = visitor.new_page()
        open_page(page, f"{both.url}/classify")
        first = replica_of(visitor)
        owner = [cookie["value"] for cookie in visitor.cookies() if cookie["name"] == "convscope_owner"]
        for _ in range(4):
            open_page(page, f"{both.url}/classify")
            assert replica_of(visitor) == first
        send_picture(page)
        both.kill(first)
        other = "two" if first == "one" else "one"
        open_page(page, f"{both.url}/classify")
        assert replica_of(visitor) == other
        send_picture(page)
        both.start(first)
        wait_for(lambda: both.answers(first))
        open_page(page, f"{both.url}/classify")
        assert replica_of(visitor) == other  # whoever has moved does not move back
        send_picture(page)
        assert owner == [cookie["value"] for cookie in visitor.cookies() if cookie["name"] == "convscope_owner"]
        assert httpx2.get(f"{both.plain}/kernels?a=b").headers["location"] == "https://127.0.0.1/kernels?a=b"
        assert all(cookie["secure"] for cookie in visitor.cookies() if cookie["name"].startswith("convscope"))


def test_an_open_page_comes_back_at_the_other_replica(browser: Browser, replicas: Replicas) -> None:
    with browser.new_context() as visitor:
        page = visitor.new_page()
        open_page(page, f"{replicas.url}/kernels")
        replicas.kill(first := replica_of(visitor))
        wait_for(lambda: replica_of(visitor) not in ("", first))
        expect(page.locator('.stApp[data-test-connection-state="CONNECTED"]')).to_be_visible(timeout=60_000)
        page.get_by_role("link", name="Dataset").first.click()
        expect(page.locator("h1").first).to_have_text("Dataset", timeout=60_000)
        assert replica_of(visitor) != first


def test_the_lecturers_link_is_good_wherever_it_leads(replicas: Replicas) -> None:
    for _ in range(6):
        with httpx2.Client(base_url=replicas.url, follow_redirects=True, timeout=60) as lecturer:
            assert lecturer.get("/status").status_code == 404
            assert lecturer.get("/lecturer?token=the lecturer's").status_code == 200
            assert "How the server is" in lecturer.get("/status").text


def _submit(epochs: int, owner: str) -> str:
    """Ask for training as a server does that does not lead the line: this process."""
    recipe = Recipe(epochs=epochs, batch_size=20)
    config = new_config(registry.load("digits"), Architecture.tutorial(classes=10), recipe)
    return Desk(ByHand()).submit(config, owner).id


def test_both_replicas_show_one_line_and_one_of_them_trains(replicas: Replicas) -> None:
    first, second = _submit(30, "one"), _submit(1, "two")
    wait_for(lambda: find_run(first).status().step)
    wait_for(lambda: [answer.json()["queue"] for answer in replicas.each("/live/queue")].count([]) == 0)
    queues = [[place["id"] for place in answer.json()["queue"]] for answer in replicas.each("/live/queue")]
    assert queues[0] == queues[1] and set(queues[0]) <= {first, second}
    for path in (
        f"/live/runs/{first}",
        "/" + path_of_weights(Snapshot(find_run(first), 0)),
        f"/runs/{first}/script.py",
    ):
        answers = replicas.each(path)
        assert [answer.status_code for answer in answers] == [200, 200]
        assert {answer.headers["content-security-policy"] for answer in answers} != {""}
    assert len({answer.content for answer in replicas.each("/" + path_of_weights(Snapshot(find_run(first), 0)))}) == 1
    Desk(ByHand()).stop(first, "one")
    wait_for(lambda: find_run(first).status().state == "stopped")
    wait_for(lambda: find_run(second).status().state == "finished")
    workers = replicas.measured("convscope_training_memory_bytes")
    assert workers.count(0) == 1  # the other one has never started a training process


def test_what_a_killed_replica_trained_and_had_in_line_goes_on_at_the_other(replicas: Replicas) -> None:
    trains, waits = _submit(8, "one"), _submit(1, "two")
    wait_for(lambda: find_run(trains).status().epoch >= 1)
    worker = worker_pid(find_run(trains))
    leads, stays = replicas.ports
    if not replicas.measured("convscope_training_memory_bytes")[0]:
        leads, stays = stays, leads
    replicas.kill(leads)
    wait_for(lambda: find_run(trains).status().state == find_run(waits).status().state == "finished")
    assert worker_pid(find_run(trains)) != worker
    steps_are_whole(find_run(trains))
    answer = httpx2.get(f"http://127.0.0.1:{replicas.ports[stays]}/live/runs/{trains}")
    assert answer.json()["status"]["state"] == "finished"


async def _everybody(url: str, visitors: int) -> list[str]:
    faults: list[str] = []

    async def one() -> None:
        async with Visitor(url, keeps_cookies=True) as visitor:
            for page in ("", "kernels"):
                await visitor.open(page)
            faults.extend(visitor.exceptions)

    await asyncio.gather(*(one() for _ in range(visitors)))
    return faults


def test_both_replicas_have_visitors(replicas: Replicas) -> None:
    name = 'convscope_page_run_seconds_count{page="kernels"}'
    before = replicas.measured(name)
    assert run(_everybody(replicas.url, 20)) == []
    runs = [now - then for now, then in zip(replicas.measured(name), before, strict=True)]
    assert sum(runs) == 20 and all(runs)

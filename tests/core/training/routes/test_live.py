import asyncio
import base64
import json
import math
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.training.dispatch.queue import TrainingQueue
from core.training.routes import live
from core.training.runs.catalogue import runs_folder
from core.training.runs.files import write_json
from core.training.runs.run import EPOCH_COLUMNS, STEP_COLUMNS, Run
from core.training.runs.run_config import RunConfig
from core.training.runs.tables import Table
from tests.loop import run


@pytest.fixture
def views() -> live.LiveViews:
    return live.LiveViews(TrainingQueue(ThreadPoolExecutor(1)))


@pytest.fixture
def client(views: live.LiveViews) -> TestClient:
    return TestClient(Starlette(routes=live.routes(lambda: views)))


@pytest.fixture
def growing(quick_config: RunConfig, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run that this process "trains" by writing its files."""
    monkeypatch.setattr(live, "FRESH_S", 0.0)
    run = Run(runs_folder() / quick_config.id)
    run.folder.mkdir(parents=True)
    write_json(run.folder / "config.json", replace(quick_config, owner="anna").to_json())
    write_json(run.folder / "control.json", {"wish": "run", "serial": 1})
    write_json(run.folder / "status.json", {"state": "paused", "serial": 1, "epoch": 0, "step": 0, "steps": 30})
    return run


def ask(client: TestClient, run_id: str, since: int = 0) -> dict[str, Any]:
    response = client.get(f"/live/runs/{run_id}?since={since}")
    assert response.status_code == 200
    return response.json()


def test_a_shipped_run_whole(client: TestClient) -> None:
    answer = ask(client, "tutorial")
    assert answer["status"]["state"] == "finished"
    assert not answer["status"]["active"]
    assert answer["steps"]["step"] == list(range(1, 1001))
    assert len(answer["epochs"]["val_accuracy"]) == 11
    assert answer["epochs"]["loss"][0] is None
    assert answer["snapshots"] == list(range(11))
    assert answer["position"] is None
    assert answer["poll_s"] >= 1


def test_only_what_is_new(client: TestClient, growing: Run) -> None:
    table = Table(growing.folder / "steps.csv", STEP_COLUMNS)
    for step in range(1, 6):
        table.append(step=step, epoch=1, loss=2.0, accuracy=0.1, learning_rate=1e-3, elapsed_s=step)
    assert ask(client, growing.id)["steps"]["step"] == [1, 2, 3, 4, 5]
    table.append(step=6, epoch=1, loss=math.nan, accuracy=0.2, learning_rate=1e-3, elapsed_s=6)
    answer = ask(client, growing.id, since=5)
    assert answer["steps"]["step"] == [6]
    assert answer["steps"]["loss"] == [None]
    assert ask(client, growing.id, since=6)["steps"]["step"] == []


def test_a_table_cut_back_by_a_resumed_run_is_read_anew(client: TestClient, growing: Run) -> None:
    table = Table(growing.folder / "steps.csv", STEP_COLUMNS)
    for step in range(1, 9):
        table.append(step=step, epoch=1, loss=2.0)
    ask(client, growing.id)
    table.close()
    Table(growing.folder / "steps.csv", STEP_COLUMNS, until=4).append(step=5, loss=1.0)
    assert ask(client, growing.id)["steps"]["step"] == [1, 2, 3, 4, 5]


def test_long_runs_are_thinned_to_the_newest(client: TestClient, growing: Run) -> None:
    table = Table(growing.folder / "steps.csv", STEP_COLUMNS)
    for step in range(1, 5002):
        table.append(step=step, loss=1.0)
    steps = ask(client, growing.id)["steps"]
    assert len(steps["step"]) <= live.MAX_STEPS
    assert steps["step"][-1] == 5001
    assert steps["every"] == 3
    assert set(np.diff(steps["step"])) == {3}


def test_who_asks_for_every_step_fills_no_memory(
    client: TestClient, views: live.LiveViews, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each question that nobody asked before has an answer of its own, of some 60 kB."""
    monkeypatch.setattr(live, "FRESH_S", 600.0)  # one look: only the bound empties what is kept
    sizes = []
    for since in range(60):
        ask(client, "fast-short", since)
        (watched,) = views._runs.values()
        sizes.append(sum(map(len, watched._answers.values())))
    assert max(sizes) > 1_500_000
    assert max(sizes) < 2_500_000


def test_kernels_travel_as_bytes(client: TestClient, growing: Run) -> None:
    kernels = np.random.default_rng(0).normal(size=(3, 3, 3, 8)).astype(np.float32)
    with (growing.folder / "live.npz").open("wb") as file:
        np.savez(file, kernels=kernels, probabilities=np.full((2, 10), 0.1, np.float32), epoch=1, step=7)
    found = ask(client, growing.id)["live"]
    values = np.frombuffer(base64.b64decode(found["kernels"]["int8"]), np.int8) / 127 * found["kernels"]["limit"]
    assert np.allclose(
        values.reshape(found["kernels"]["shape"]), kernels, atol=found["kernels"]["limit"] / 253
    )  # half a step of 127
    assert found["probabilities"][0][0] == pytest.approx(0.1)
    (growing.folder / "live.npz").unlink()
    assert ask(client, growing.id)["live"] is None


def test_what_is_said_of_filters_goes_with_what_was_watched(client: TestClient, growing: Run) -> None:
    """Else it would depend on whether this server has seen the run while it trained."""
    with (growing.folder / "live.npz").open("wb") as file:
        kernels, probabilities = np.ones((3, 3, 3, 2), np.float32), np.full((2, 10), 0.1, np.float32)
        np.savez(file, kernels=kernels, probabilities=probabilities, peaks=np.float32([0, 1]), epoch=1, step=7)
    assert [note["kind"] for note in ask(client, growing.id)["notes"]] == ["dead-filters"]
    (growing.folder / "live.npz").unlink()
    assert ask(client, growing.id)["notes"] == []


def test_notes_and_state_follow(client: TestClient, growing: Run) -> None:
    Table(growing.folder / "epochs.csv", EPOCH_COLUMNS).append(epoch=0, val_loss=2.3, val_accuracy=0.1)
    Table(growing.folder / "steps.csv", STEP_COLUMNS).append(step=1, loss=math.inf)
    write_json(growing.folder / "status.json", {"state": "failed", "serial": 1, "message": "The loss became infinite."})
    answer = ask(client, growing.id)
    assert answer["status"]["message"] == "The loss became infinite."
    assert [note["kind"] for note in answer["notes"]] == ["diverged"]


@pytest.mark.parametrize("since", ["", "x", "-3", "1e9", "9" * 30])
def test_nonsense_is_answered_from_the_start(client: TestClient, since: str) -> None:
    assert len(client.get(f"/live/runs/tutorial?since={since}").json()["steps"]["step"]) == 1000


def test_an_unknown_or_deleted_run_is_a_sentence(client: TestClient, growing: Run, tmp_path: Path) -> None:
    assert ask(client, growing.id)
    growing.folder.rename(tmp_path / "gone")
    for name in (growing.id, "nothing"):
        response = client.get(f"/live/runs/{name}")
        assert response.status_code == 404
        assert response.json()["error"].startswith("Expected the name of a run")


def test_the_queue_names_no_owner(client: TestClient) -> None:
    assert client.get("/live/queue").json()["queue"] == []


def test_owners_are_not_told(client: TestClient, growing: Run) -> None:
    assert "anna" not in json.dumps(ask(client, growing.id))


def test_many_watchers_are_asked_to_come_by_less_often() -> None:
    few, many = live._Pace(), live._Pace()
    for _ in range(10):
        few.count()
    for _ in range(2000):
        many.count()
    assert few.advice() == live.POLL_S
    assert live.POLL_S < [many.advice() for _ in range(30)][-1] <= live.SLOWEST_POLL_S


def test_a_run_of_a_million_steps_keeps_no_other_request_waiting(views: live.LiveViews, growing: Run) -> None:
    """While its table is read for the first time, the event loop answers others, and what it answers is thinned."""
    with (growing.folder / "steps.csv").open("w") as file:
        file.write(",".join(STEP_COLUMNS) + "\n")
        for begin in range(1, 1_500_001, 10_000):
            file.write("".join(f"{step},1,2.5,.1,.001,{step}\n" for step in range(begin, begin + 10_000)))

    async def ask_while_others_wait() -> tuple[Any, float, float]:
        transport = httpx2.ASGITransport(app=Starlette(routes=live.routes(lambda: views)))
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as visitor:
            asked = asyncio.create_task(visitor.get(f"/live/runs/{growing.id}"))
            began = last = time.monotonic()
            longest = 0.0
            while not asked.done():
                await asyncio.sleep(0.001)
                now = time.monotonic()
                longest, last = max(longest, now - last), now
            return (await asked).json()["steps"], longest, last - began

    steps, longest, took = run(ask_while_others_wait())
    assert longest < 0.25 * took
    assert len(steps["step"]) <= live.MAX_STEPS
    assert steps["last"] == steps["step"][-1] == 1_500_000
    assert np.diff(steps["step"]).max() < 2 * steps["every"]

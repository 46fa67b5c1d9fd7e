"""What tests of training share: a long run, and waiting for what a worker does."""

import os
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

from core.training.dispatch.desk import Desk
from core.training.recipe import Recipe
from core.training.runs.mail import Status
from core.training.runs.run import Run
from tests.waiting import wait_for

ROOT = Path(__file__).parents[3]
LONG = Recipe(name="long", epochs=20, batch_size=20, training_images=600, validation="test")


def reaches(run: Run, *states: str) -> None:
    wait_for(lambda: run.status().state in states)


def trained(run: Run, epoch: int) -> None:
    wait_for(lambda: run.status().epoch >= epoch)


def worker_pid(run: Run) -> int:
    status = Status.read(run.folder)
    assert status is not None
    return status.pid


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def steps_are_whole(run: Run) -> None:
    assert run.steps()["step"].tolist() == list(range(1, run.status().step + 1))


class ByHand(Executor):
    """Keeps jobs until the test ends them."""

    def __init__(self) -> None:
        self.futures: list[Future[Any]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> "Future[Any]":
        self.futures.append(Future())
        return self.futures[-1]


ByHandDesk = tuple[Desk, list["Future[Any]"]]

"""What the worker is asked to do, in this process."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.data.dataset import Dataset
from core.training.dispatch.line import TURN_S
from core.training.runs import flag
from core.training.runs.files import write_json
from core.training.runs.flag import Flag
from core.training.runs.mail import Control, State, Wish
from core.training.runs.run import Run
from core.training.runs.run_config import RunConfig
from core.training.worker import jobs
from tests.core.training.conftest import SMALL, MakeRun
from tests.core.training.waiting import LONG


def test_what_a_run_prepares_is_told_before_its_first_step(
    config: Callable[..., RunConfig], digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    run = Run(tmp_path / "told")
    run.folder.mkdir()
    write_json(run.folder / "config.json", config(replace(LONG, epochs=1)).to_json())
    write_json(run.folder / "control.json", {"wish": "run", "serial": 1})

    def tell(*_arguments: object, **_options: object) -> str:
        status = run.status()
        told.append(f"{status.state}: {status.phase}")
        return "finished"

    monkeypatch.setattr("core.training.worker.session.train_run", tell)
    before = time.time()
    jobs.train(str(run.folder), turn_s=TURN_S)
    assert told == ["queued: Preparing images and network"]
    assert before <= run.status().phase_since <= time.time()


def test_a_run_is_not_trained_on_other_data_than_it_was_made_for(
    config: Callable[..., RunConfig], tmp_path: Path
) -> None:
    changed = {"images": {"fingerprint": "0123456789abcdef"}, "classes": {"class_names": tuple("abcdefghij")}}
    for name, change in changed.items():
        run = Run(tmp_path / name)
        run.folder.mkdir()
        write_json(run.folder / "config.json", replace(config(), **change).to_json())
        write_json(run.folder / "control.json", {"wish": "run", "serial": 1})
        assert jobs.train(str(run.folder), turn_s=TURN_S) == State.FAILED
        assert "Received others: Handwritten digits changed since." in run.status().message
        assert not run.epochs


def test_time_is_up_for_a_measurement_that_goes_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ended = threading.Event()
    monkeypatch.setattr(jobs, "MEASURE_S", 0.05)
    monkeypatch.setattr(jobs, "MAKE_WAY_S", 0.05)
    monkeypatch.setattr("os._exit", lambda code: ended.set())
    hurry = Flag(tmp_path / "hurry")
    jobs._make_way(hurry, threading.Event())
    assert ended.is_set()
    ended.clear()
    done = threading.Event()
    done.set()
    jobs._make_way(hurry, done)
    assert not ended.is_set()


def test_a_turn_is_over_after_its_time_if_others_wait() -> None:
    waiting = [False]
    turn = jobs.Turn(0.0, lambda: waiting[0])
    assert not turn.is_over()
    waiting[0] = True
    assert turn.is_over()
    assert not jobs.Turn(600.0, lambda: True).is_over()


def test_a_run_leaves_at_the_end_of_its_turn_where_others_wait(make_run: MakeRun) -> None:
    run = make_run()
    Control().send(run.folder)
    flag.others_wait(run.folder).set(True)
    assert jobs.train(str(run.folder), turn_s=0.0) == "queued"
    assert run.status().state == "queued" and 0 in run.epochs
    flag.others_wait(run.folder).set(False)
    assert jobs.train(str(run.folder), turn_s=0.0) == "finished"


def test_a_run_whose_owner_no_longer_wants_it_is_not_begun(make_run: MakeRun) -> None:
    run = make_run()
    Control(wish=Wish.PAUSE).send(run.folder)
    assert jobs.train(str(run.folder), turn_s=TURN_S) == "paused"
    assert run.status().phase == "" and run.epochs == ()


def test_what_goes_wrong_ends_in_a_sentence(make_run: MakeRun) -> None:
    run = make_run()
    Control().send(run.folder)
    (run.folder / "snapshots").write_text("a file where a folder belongs")
    assert jobs.train(str(run.folder), turn_s=TURN_S) == "failed"
    assert run.status().message.startswith("A file could not be written (")


def test_a_measurement_makes_way_before_its_first_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    hurry = Flag(tmp_path / "hurry")
    hurry.set(True)
    assert jobs.measure(SMALL.to_text(), 8, "adam", "float32", str(hurry.path)) == 0.0
    hurry.set(False)
    assert jobs.measure(SMALL.to_text(), 8, "adam", "float32", str(hurry.path)) > 0

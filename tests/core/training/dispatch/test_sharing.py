"""Several servers on one home: one leads the line of runs, and another takes it up when that one is gone."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.training.dispatch import sharing
from core.training.dispatch.desk import Desk
from core.training.runs.catalogue import own_runs
from core.training.runs.files import write_json
from core.training.runs.flag import Flag
from core.training.runs.mail import Control, State, Status, Wish
from core.training.runs.run_config import RunConfig
from tests.core.training.waiting import ROOT, ByHandDesk

_LEADS = """
import sys, time
from pathlib import Path
from core.training.runs.lock import FolderLock
held = FolderLock(Path(sys.argv[1]))
print("leads", flush=True)
time.sleep(600)
"""


@pytest.fixture
def other(by_hand: ByHandDesk, tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Another process that leads the line of the home of `by_hand`."""
    (tmp_path / "line").mkdir()
    process = subprocess.Popen([sys.executable, "-c", _LEADS, str(tmp_path / "line")], cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == b"leads\n"
    yield process
    process.kill()
    process.wait()


def _ends(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()


def test_one_server_leads_and_the_other_only_calls_it(
    by_hand: ByHandDesk, other: "subprocess.Popen[bytes]", config: Callable[..., RunConfig], tmp_path: Path
) -> None:
    desk, futures = by_hand
    desk.recover()
    run = desk.submit(config(), "me")
    assert not futures and sharing.called().up
    assert desk.queue.order() == []  # the leading one has not told of it yet
    write_json(tmp_path / "line" / "order.json", {"order": ["somebody", run.id]})
    assert desk.queue.position(run.id) == 1
    assert "one other run has its turn before this one" in desk.queue.why_waiting(run.id)
    assert not desk.estimate(run.config.architecture, run.config.recipe, _digits()).measuring
    desk.queue.look()
    assert not futures


def test_another_server_takes_the_line_up_when_the_leading_one_is_gone(
    by_hand: ByHandDesk, other: "subprocess.Popen[bytes]", config: Callable[..., RunConfig], tmp_path: Path
) -> None:
    """What waited waits on; what trained goes on once its worker has saved it; what somebody had paused stays so."""
    desk, futures = by_hand
    desk.recover()
    waits, trains, paused = (desk.submit(config(), owner) for owner in ("one", "two", "three"))
    write_json(tmp_path / "line" / "order.json", {"order": [trains.id, waits.id, paused.id]})
    Status(state=State.RUNNING, epoch=3, serial=1).write(trains.folder)
    Control(wish=Wish.PAUSE).send(paused.folder)
    held = subprocess.Popen(
        [sys.executable, "-c", _LEADS, str(trains.folder)], cwd=ROOT, stdout=subprocess.PIPE
    )  # its worker, which outlives its server by a moment
    try:
        assert held.stdout is not None and held.stdout.readline()
        desk.queue.look()
        _ends(other)
        desk.queue.look()
        assert desk.queue.order() == [waits.id] and len(futures) == 1
        assert trains.status().state == State.RUNNING
    finally:
        _ends(held)
    desk.queue.look()
    assert desk.queue.order() == [waits.id, trains.id] == sharing.published()
    assert trains.status().state == State.QUEUED and paused.status().state == State.PAUSED


def test_a_server_that_starts_alone_leaves_what_was_interrupted_to_its_owner(
    by_hand: ByHandDesk, config: Callable[..., RunConfig]
) -> None:
    desk, _ = by_hand
    run = desk.submit(config(), "me")
    Status(state=State.RUNNING, epoch=3, serial=1).write(run.folder)
    fresh = Desk(type(desk._executor)())
    fresh.recover()
    fresh.queue.look()
    assert fresh.queue.order() == [] and run.status().state == State.INTERRUPTED


def test_the_leading_server_takes_what_others_put_in_line_or_out_of_it(
    by_hand: ByHandDesk, config: Callable[..., RunConfig], tmp_path: Path
) -> None:
    desk, futures = by_hand
    desk.recover()
    first, second = desk.submit(config(), "one"), desk.submit(config(), "two")
    theirs = replace(config(), owner="three")
    folder = tmp_path / "runs" / theirs.id
    folder.mkdir()
    Control().send(folder)
    write_json(folder / "config.json", theirs.to_json())
    Control(wish=Wish.PAUSE).send(second.folder)
    desk.queue.look()
    assert desk.queue.order() == [first.id, second.id]  # nobody has called
    Flag(tmp_path / "line" / "called").set(True)
    desk.queue.look()
    assert desk.queue.order() == [first.id, theirs.id] == sharing.published()
    assert not sharing.called().up and len(futures) == 1 and len(own_runs()) == 3


def test_a_run_paused_here_and_resumed_there_is_in_line_again(
    by_hand: ByHandDesk, config: Callable[..., RunConfig]
) -> None:
    """The other server's wish came after the worker's last look at control.json."""
    desk, futures = by_hand
    run = desk.submit(config(), "me")
    Status(state=State.PAUSED, serial=2).write(run.folder)
    Control(wish=Wish.RUN, serial=2).send(run.folder)
    futures[0].set_result(State.PAUSED)
    assert desk.queue.order() == [run.id] and len(futures) == 2


def test_a_server_that_may_not_train_never_leads(by_hand: ByHandDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_TRAINING", "off")
    assert not sharing.lead()


@pytest.mark.parametrize("text", ["", "[", '{"order": 3}', '{"order": [1, null]}', "[" * 100_000])
def test_a_damaged_order_is_none(by_hand: ByHandDesk, tmp_path: Path, text: str) -> None:
    (tmp_path / "line").mkdir()
    (tmp_path / "line" / "order.json").write_text(text)
    assert sharing.published() == []


def _digits():
    from core.data import registry

    return registry.load("digits")

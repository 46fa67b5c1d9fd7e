from pathlib import Path

import numpy as np
import pytest

from core.askers import NOBODY
from core.config import SHIPPED_RUNS
from core.data import registry
from core.errors import RunError
from core.model.quality.evaluation import evaluate, logits_of
from core.page_runs import PageRuns
from core.training.runs import snapshot
from core.training.runs.catalogue import list_runs
from core.training.runs.run import Run
from core.training.runs.snapshot import Snapshot
from tests.core.training.conftest import assert_answers

SHIPPED = sorted(path.parent.name for path in SHIPPED_RUNS.glob("*/config.json") if not (path.parent / "lock").exists())
ASKING = (Snapshot.network, Snapshot.keras_model, Snapshot.first_layer_kernels)


def test_first_kernels_without_tensorflow_are_the_networks() -> None:
    run = Run(SHIPPED_RUNS / "digits")
    kernels = Snapshot(run, 10).first_layer_kernels()
    assert kernels.shape == (3, 3, 3, 32)
    assert np.array_equal(kernels, Snapshot(run, 10).keras_model().get_layer("conv2d").kernel)


def test_other_pages_are_drawn_while_weights_are_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = PageRuns(places=1)
    monkeypatch.setattr(snapshot, "page_runs", runs)
    runs.begin(NOBODY)
    Snapshot(Run(SHIPPED_RUNS / "digits"), 10).weights()
    runs.end()
    assert runs._came == 2  # it has left its place and come back


def test_a_missing_snapshot_is_explained() -> None:
    run = Run(SHIPPED_RUNS / "digits")
    with pytest.raises(RunError, match="after epoch 999"):
        Snapshot(run, 999).network()
    with pytest.raises(RunError, match="after epoch 999"):
        Snapshot(run, 999).first_layer_kernels()


def test_a_run_that_waits_has_no_snapshot_yet(tmp_path: Path) -> None:
    (tmp_path / "digits").mkdir()
    (tmp_path / "digits" / "config.json").write_bytes((SHIPPED_RUNS / "digits" / "config.json").read_bytes())
    for ask in ASKING:
        with pytest.raises(RunError, match="none yet"):
            ask(Snapshot(Run(tmp_path / "digits"), 0))


def test_a_damaged_snapshot_is_explained(tmp_path: Path) -> None:
    (tmp_path / "digits" / "snapshots").mkdir(parents=True)
    shipped = SHIPPED_RUNS / "digits"
    (tmp_path / "digits" / "config.json").write_bytes((shipped / "config.json").read_bytes())
    whole = (shipped / "snapshots" / "epoch-001.weights.h5").read_bytes()
    (tmp_path / "digits" / "snapshots" / "epoch-001.weights.h5").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(RunError):
        Snapshot(Run(tmp_path / "digits"), 1).network()
    bytes_of = bytearray(whole)
    bytes_of[8::97] = b"\x5a" * len(bytes_of[8::97])
    (tmp_path / "digits" / "snapshots" / "epoch-001.weights.h5").write_bytes(bytes_of)
    for ask in ASKING:
        with pytest.raises(RunError):
            ask(Snapshot(Run(tmp_path / "digits"), 1))


def _agree(run: Run, epoch: int, images: np.ndarray) -> None:
    stored = Snapshot(run, epoch).logits()
    assert stored is not None
    fresh = logits_of(Snapshot(run, epoch).network(), images)
    assert_answers(stored[: len(fresh)], fresh)


def test_shipped_digits_logits_equal_the_shipped_weights() -> None:
    run, dataset = Run(SHIPPED_RUNS / "digits"), registry.load("digits")
    assert run.fingerprint == dataset.fingerprint
    for epoch in run.epochs:
        _agree(run, epoch, dataset.test.images)


@pytest.mark.cifar10
@pytest.mark.usefixtures("cifar10_environment")
@pytest.mark.parametrize("name", [name for name in SHIPPED if name != "digits"])
def test_shipped_logits_equal_the_shipped_weights(name: str) -> None:
    run, dataset = Run(SHIPPED_RUNS / name), registry.load("cifar10")
    last = run.epochs[-1]
    for epoch in (0, last):
        _agree(run, epoch, dataset.test.images[:1000])
    logits, evaluation = Snapshot(run, last).logits(), Snapshot(run, last).evaluation()
    assert logits is not None
    assert evaluation is not None
    if dataset.fingerprint == run.fingerprint:
        assert evaluation.n == 10_000
        assert evaluate(logits, dataset.test.labels).accuracy == pytest.approx(evaluation.accuracy)


def test_shipped_runs_are_whole_and_small() -> None:
    runs = [run for family in ("cifar10", "digits") for run in list_runs(family) if run.shipped]
    assert {"tutorial", "digits"} <= {run.id for run in runs}
    total = 0
    for run in runs:
        assert run.epochs == run.config.snapshot_epochs
        assert run.epochs[0] == 0
        assert run.epochs[-1] == run.config.recipe.epochs
        assert run.epoch_table()["epoch"].tolist() == list(range(run.config.recipe.epochs + 1))
        assert run.config.command
        for epoch in run.epochs:
            evaluation = Snapshot(run, epoch).evaluation()
            assert evaluation is not None
            assert evaluation.fingerprint == run.fingerprint
        total += sum(path.stat().st_size for path in run.folder.rglob("*") if path.is_file())
    assert total < 60e6

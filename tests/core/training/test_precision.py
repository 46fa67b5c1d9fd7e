from dataclasses import replace

import keras
import numpy as np
import pytest

from core.data.dataset import Dataset
from core.model.construction import processor
from core.training.runs.mail import Control, State, Wish
from core.training.runs.run_config import new_config
from core.training.worker import session
from core.training.worker.session import train_run

from .conftest import QUICK, SMALL, MakeRun

HALF = replace(QUICK, precision="mixed_bfloat16")


def test_half_precision_needs_a_processor_that_has_it(digits: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", "AVX2")
    assert not processor.computes_half()
    assert new_config(digits, SMALL, HALF).recipe == QUICK
    assert new_config(digits, SMALL, QUICK).recipe == QUICK
    monkeypatch.delenv("ONEDNN_MAX_CPU_ISA")
    monkeypatch.delenv(processor.ONEDNN, raising=False)
    assert processor.computes_half() == bool(processor.flags() & {"avx512_bf16", "amx_bf16"})


def test_half_precision_needs_the_kernels_that_use_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processor, "flags", lambda: frozenset({"avx2", "avx512f", "avx512_bf16"}))
    monkeypatch.delenv("ONEDNN_MAX_CPU_ISA", raising=False)
    for chosen, half in (("1", True), ("0", False)):
        monkeypatch.setenv(processor.ONEDNN, chosen)
        assert processor.computes_half() == half


def test_a_run_begun_at_half_precision_goes_on_at_single(
    digits: Dataset, make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a machine without half precision: weights, optimizer and count of steps are those that were saved."""
    run = make_run(HALF)
    asked = iter(range(1000))
    train_run(run.folder, digits, order=lambda: Control(wish=Wish.PAUSE if next(asked) > 5 else Wish.RUN))
    saved = keras.saving.load_model(run.folder / "resume.keras")
    done = int(saved.optimizer.iterations.numpy())
    assert 0 < done < 30
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", "AVX2")
    again = session._at_single_precision(keras.saving.load_model(run.folder / "resume.keras"), SMALL)
    assert {layer.compute_dtype for layer in again.layers} == {"float32"}
    for a, b in zip(again.weights + again.optimizer.variables, saved.weights + saved.optimizer.variables, strict=True):
        assert np.array_equal(a, b)
    assert train_run(run.folder, digits) is State.FINISHED
    finished = keras.saving.load_model(run.folder / "resume.keras")
    assert {layer.compute_dtype for layer in finished.layers} == {"float32"}
    assert int(finished.optimizer.iterations.numpy()) == 30

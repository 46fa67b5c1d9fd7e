from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.data.dataset import Dataset
from core.model.evaluation import logits_of
from core.model.snapshots import load_network
from core.training import ship
from core.training.recipes import RECIPES
from core.training.runs import Run

from .conftest import SMALL


def test_a_shipped_run_is_made_by_one_command(tmp_path: Path, digits: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half precision while training, full precision in what is kept."""
    short = replace(RECIPES["digits"], epochs=1, training_images=200, precision="mixed_bfloat16")
    monkeypatch.setitem(RECIPES, "digits", short)
    monkeypatch.setattr(ship, "architecture_for", lambda name: SMALL)
    ship.main(["digits", "--seed", "3", "--into", str(tmp_path)])
    run = Run(tmp_path / "digits")
    assert sorted(path.name for path in run.folder.iterdir()) == ["config.json", "epochs.csv", "snapshots", "steps.csv"]
    assert run.config.command == "python -m core.training.ship digits --seed 3"
    assert run.config.seed == 3
    for epoch in (0, 1):
        logits, evaluation = run.logits(epoch), run.evaluation(epoch)
        assert logits is not None
        assert evaluation is not None
        assert np.allclose(logits, logits_of(load_network(run, epoch), digits.test.images), atol=0.01, rtol=0.002)
        assert evaluation.fingerprint == digits.fingerprint
        assert run.epoch_table()["val_accuracy"][epoch] == pytest.approx(evaluation.accuracy, abs=1e-4)

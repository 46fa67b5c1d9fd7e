import numpy as np
import pytest

from core.config import SHIPPED_RUNS
from core.data import registry
from core.training.runs.run import Run
from core.training.studies import robustness


def test_accuracies_are_those_of_the_run() -> None:
    run = Run(SHIPPED_RUNS / "digits")
    test = registry.load("digits").test
    whole, wrong = robustness.accuracies(run, [(test.images, test.labels), (test.images, (test.labels + 1) % 10)])
    assert whole == pytest.approx(run.epoch_table()["val_accuracy"][-1], abs=1e-6)  # tables keep six digits
    assert wrong <= 1 - whole + 1e-12  # a picture is right under one label at most


def test_the_table_says_how_many_images() -> None:
    text = robustness.table(["a", "b"], {"all": 2000, "few": 8}, [[0.5, 0.25], [0.1234, 1.0]])
    assert text.splitlines() == [
        "| images | number | a | b |",
        "|---|---|---|---|",
        "| all | 2,000 | 50.0 % | 12.3 % |",
        "| few | 8 | 2 of 8 | 8 of 8 |",
    ]


@pytest.mark.cifar10
@pytest.mark.usefixtures("cifar10_environment")
def test_the_command_prints_what_the_run_says(capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(SHIPPED_RUNS / "fast-short")
    robustness.main([str(run.folder)])
    first = next(line for line in capsys.readouterr().out.splitlines() if "as they are" in line)
    assert first.split("|")[2].strip() == "10,000"
    accuracy = float(first.split("|")[3].strip(" %"))
    assert np.isclose(accuracy, 100 * run.epoch_table()["val_accuracy"][-1], atol=0.0501)  # one decimal is printed

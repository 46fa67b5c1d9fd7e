"""Every file is opened and every line of code is run, and held against the answers."""

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from sklearn.metrics import precision_recall_fscore_support

from core import cached
from core.charts.contact_sheet import CAPTION, GAP
from core.charts.reliability import PLOT
from core.data import registry
from core.model.quality.answers import Answers
from core.training.export.keras_file import as_keras, keras_name
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot
from core.training.studies.layout import stored
from pages.predictions import takehome
from pages.predictions.answers import Answered
from pages.shared.takehome import File
from tests.pages.conftest import executed, pixels_of, table_of

SHOWN = [7, 2, 300, 0, 1, 358]
DIGITS = registry.load("digits")
SNAPSHOT = Snapshot(find_run("digits"), 10)


def answers() -> Answers:
    found = cached.stored_answers("digits", SNAPSHOT)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def files() -> dict[str, File]:
    answered = Answered.of(DIGITS, SNAPSHOT, answers())
    return {file.name: file for file in takehome.offer(answered, SHOWN).files}


@pytest.mark.parametrize(("name", "places"), [("shown", SHOWN), ("", list(range(359)))])
def test_answers_are_those_of_the_page(files: dict[str, File], name: str, places: list[int]) -> None:
    table = table_of(files[f"digits-10-answers{'-' * bool(name)}{name}.csv"])
    found, names = answers(), np.array(DIGITS.class_names)
    assert list(map(int, table["test image"])) == DIGITS.test.indices[places].tolist()
    assert table["true"] == names[DIGITS.test.labels[places]].tolist()
    assert table["predicted"] == names[found.logits[places].argmax(axis=1)].tolist()
    probabilities = np.array([table[f"p({each})"] for each in names], float).T
    np.testing.assert_array_equal(probabilities, found.probabilities[places])


def test_confusion_and_calibration_are_those_of_the_page(files: dict[str, File]) -> None:
    evaluation, names = cached.evaluation("digits", SNAPSHOT), DIGITS.class_names
    table = table_of(files["digits-10-confusion.csv"])
    assert table["true"] == list(names)
    counts = np.array([table[f"predicted {name}"] for name in names], int).T
    np.testing.assert_array_equal(counts, evaluation.confusion)
    assert counts.sum() == 359
    scores = table_of(files["digits-10-classes.csv"])
    predicted, true = answers().logits.argmax(axis=1), DIGITS.test.labels
    expected = precision_recall_fscore_support(true, predicted)
    for column, values in zip(("precision", "recall", "F1", "images"), expected, strict=True):
        np.testing.assert_allclose([float(each) for each in scores[column]], values)
    bins = table_of(files["digits-10-calibration.csv"])
    assert list(map(int, bins["answers"])) == evaluation.bin_count.tolist()
    for column, expected in (("mean confidence", evaluation.bin_confidence), ("accuracy", evaluation.bin_accuracy)):
        np.testing.assert_array_equal([float(each or "nan") for each in bins[column]], expected)


def test_the_reliability_diagram_shows_every_filled_bin(files: dict[str, File]) -> None:
    evaluation = cached.evaluation("digits", SNAPSHOT)
    drawn = ElementTree.fromstring(str(files["digits-10-reliability.svg"].make()))
    dots = drawn.findall("{http://www.w3.org/2000/svg}circle")
    filled = np.flatnonzero(evaluation.bin_count)
    expected = [PLOT.place(evaluation.bin_confidence[bin], evaluation.bin_accuracy[bin]) for bin in filled]
    np.testing.assert_allclose(
        [(float(dot.attrib["cx"]), float(dot.attrib["cy"])) for dot in dots], expected, atol=0.06
    )
    assert pixels_of(files["digits-10-reliability.png"]).shape == (1000, 1000, 3)


def test_the_map_is_the_one_of_the_page(files: dict[str, File]) -> None:
    table, places = table_of(files["digits-map.csv"]), stored(SNAPSHOT.run)
    for way, each in places.items():
        found = np.array([table[f"{way}, x"], table[f"{way}, y"]], float).T
        np.testing.assert_array_equal(found, each)
        assert pixels_of(files[f"digits-map-{way}.png"]).shape == (1200, 1200, 3)


def test_the_grid_shows_the_images(files: dict[str, File]) -> None:
    grid = pixels_of(files["digits-10-grid.png"])
    for place, position in enumerate(SHOWN):
        y, x = place // 5 * (160 + CAPTION + GAP), place % 5 * (160 + GAP)
        np.testing.assert_array_equal(grid[y : y + 160 : 5, x : x + 160 : 5], DIGITS.test.images[position])
    assert pixels_of(files["digits-10-confusion.png"]).shape == (670, 670, 3)


@pytest.mark.usefixtures("official_arrays")
@pytest.mark.parametrize(
    ("run", "data", "shown"), [("digits", "digits", SHOWN), ("tutorial", "cifar10-sample", [2, 0])]
)
def test_the_code_gives_the_answers(
    run: str, data: str, shown: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    dataset, snapshot = registry.load(data), Snapshot(find_run(run), 10)
    (tmp_path / keras_name(snapshot.run, 10)).write_bytes(as_keras(snapshot.run, 10))
    names = executed(takehome.code(dataset, snapshot, shown))
    cached.test_scoring(data, snapshot).wait(120)
    computed = cached.computed_answers(data, snapshot)
    np.testing.assert_array_equal(names["predicted"], computed.predicted[shown])
    np.testing.assert_allclose(names["logits"], computed.logits[shown], rtol=1e-4, atol=1e-4)  # float32, another order

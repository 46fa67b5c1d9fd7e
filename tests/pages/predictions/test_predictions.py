import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from pytest import MonkeyPatch
from streamlit.testing.v1 import AppTest

from core.data.sets import digits
from core.model.inference import warm
from core.model.quality.answers import Answers
from core.model.quality.evaluation import softmax
from core.model.quality.temperature import fitted, halves
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot
from pages.predictions.comparison import Pair
from tests.pages.conftest import Visit, assert_calm


def texts(app: AppTest) -> str:
    return " ".join(block.proto.body for block in app.get("html"))


@pytest.fixture
def on_digits(visit: Visit) -> AppTest:
    app = visit("predictions")
    app.selectbox(key="sidebar.data").set_value("digits").run()
    assert_calm(app)
    return app


def test_accuracy_is_that_of_the_stored_logits(on_digits: AppTest) -> None:
    labels = digits.load().test.labels
    right = int((np.asarray(Snapshot(find_run("digits"), 10).logits()).argmax(axis=1) == labels).sum())
    assert f"{right:,} of {len(labels):,} test images right" in texts(on_digits)


def test_the_snapshot_of_the_sidebar_answers(on_digits: AppTest) -> None:
    before = texts(on_digits)
    on_digits.select_slider(key="sidebar.epoch").set_value(0).run()
    assert_calm(on_digits)
    assert texts(on_digits) != before


def test_mistakes_begin_with_the_most_confident_one(on_digits: AppTest) -> None:
    on_digits.button_group(key="predictions.show").set_value("wrong").run()
    assert_calm(on_digits)
    assert on_digits.selectbox(key="predictions.order").value == "most confident first"
    data = digits.load()
    logits = np.asarray(Snapshot(find_run("digits"), 10).logits(), np.float64)
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    wrong = np.flatnonzero(logits.argmax(axis=1) != data.test.labels)
    expected = wrong[shares[wrong].max(axis=1).argmax()]
    assert f"<dt>test image</dt><dd>{data.test.indices[expected]:,}</dd>" in texts(on_digits)


def test_filters_that_fit_nothing_say_so(on_digits: AppTest) -> None:
    on_digits.button_group(key="predictions.show").set_value("wrong").run()
    on_digits.selectbox(key="predictions.true").set_value("two").run()
    on_digits.selectbox(key="predictions.answer").set_value("two").run()
    assert_calm(on_digits)
    assert "No test image fits these choices" in on_digits.info[0].value


def test_on_other_images_the_answers_are_computed_anew(visit: Visit) -> None:
    app = visit("predictions")  # the 20 sample images are not those of the stored logits
    warm.begin()
    assert warm.wait(120)
    for _ in range(60):  # the page waits a moment for the answers, and looks again when it is drawn again
        app.run()
        if "of 20 test images right" in texts(app):
            break
    assert_calm(app)
    assert "of 20 test images right" in texts(app)
    assert "of 10,000 test images right" not in texts(app)
    app.button_group(key="predictions.view").set_value("Confusion").run()
    assert_calm(app)
    assert "Of the 10,000 images the run was validated on, on re-encoded CIFAR-10" in texts(app)


def test_a_run_without_stored_logits_is_asked_again(visit: Visit, tmp_path: Path, monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    stored = find_run("digits")
    shutil.copytree(stored.folder, tmp_path / "runs" / "copy", ignore=shutil.ignore_patterns("*.logits.npy"))
    warm.begin()
    assert warm.wait(120)
    app = visit("predictions")
    app.selectbox(key="sidebar.data").set_value("digits").run()
    app.selectbox(key="sidebar.run").set_value("copy").run()
    deadline = time.monotonic() + 120  # a graph is compiled first, on a machine that may be busy
    while "test images right" not in texts(app) and time.monotonic() < deadline:
        app.run()
    evaluation = Snapshot(stored, 10).evaluation()
    assert evaluation is not None
    assert f"{round(evaluation.accuracy * evaluation.n)} of {evaluation.n} test images right" in texts(app)


@pytest.mark.cifar10
def test_cifar10_figures_name_their_data_and_number(cifar10_environment: object, visit: Visit) -> None:
    text = texts(visit("predictions"))
    stored = Snapshot(find_run("tutorial"), 10).evaluation()
    assert stored is not None
    assert f"{round(stored.accuracy * 10_000):,} of 10,000 test images right" in text
    assert "On re-encoded CIFAR-10" in text


def in_view(app: AppTest, view: str) -> str:
    """Change the view; return the sentence to take away."""
    app.button_group(key="predictions.view").set_value(view).run()
    assert_calm(app)
    return texts(app).split('lesson-insight">')[1].split("</p>")[0]


def stored(epoch: int) -> tuple[np.ndarray, np.ndarray]:
    """Return logits and labels of the digits' run."""
    return np.asarray(Snapshot(find_run("digits"), epoch).logits(), np.float64), digits.load().test.labels


def test_a_cell_is_told_both_ways(on_digits: AppTest) -> None:
    logits, labels = stored(10)
    predicted = logits.argmax(axis=1)
    wrong = np.flatnonzero(predicted != labels)[0]
    true, answer, names = int(labels[wrong]), int(predicted[wrong]), digits.load().class_names
    in_view(on_digits, "Confusion")
    on_digits.session_state["predictions.true"] = names[true]
    on_digits.session_state["predictions.answer"] = names[answer]
    on_digits.run()
    count = int(((labels == true) & (predicted == answer)).sum())
    back = int(((labels == answer) & (predicted == true)).sum())
    said = texts(on_digits)
    are, back_are = ("is" if each == 1 else "are" for each in (count, back))
    assert f"{(labels == true).sum()} images of class {names[true]}, {count} {are} taken for {names[answer]}" in said
    assert f"{(labels == answer).sum()} of class {names[answer]}, {back} {back_are} taken for {names[true]}" in said


def test_figures_of_confidence_are_those_of_the_half_that_reports(on_digits: AppTest) -> None:
    sentence = in_view(on_digits, "Confidence")
    assert len(on_digits.get("plotly_chart")) == 1
    logits, labels = stored(10)
    fit, report = halves(len(labels))
    right = (logits[report].argmax(axis=1) == labels[report]).mean()
    assert f"is right {100 * right:.1f} % of the time" in sentence
    best = fitted(logits[fit], labels[fit])
    assert on_digits.button[0].label == f"Fitted: {best:.2f}"
    on_digits.button[0].click().run()
    assert_calm(on_digits)
    step = on_digits.select_slider(key="predictions.temperature").value
    assert step == pytest.approx(best, abs=0.026)
    claimed = softmax(logits[report] / step).max(axis=1).mean()
    assert f"claims {100 * claimed:.1f} %" in texts(on_digits)


def test_two_epochs_are_compared_on_the_same_images(on_digits: AppTest) -> None:
    sentence = in_view(on_digits, "Compare")  # the digits have one run: B is its start
    (trained, labels), (fresh, _) = stored(10), stored(0)
    ours, theirs = trained.argmax(axis=1) == labels, fresh.argmax(axis=1) == labels
    assert f"gets {(theirs & ~ours).sum()} right that A gets wrong, and A {(ours & ~theirs).sum()}" in sentence
    assert "fewer than 1 of 1,000" in sentence
    on_digits.button_group(key="predictions.right").set_value("only A").run()
    assert_calm(on_digits)
    first = np.flatnonzero(ours & ~theirs)[0]
    assert f"<dt>test image</dt><dd>{digits.load().test.indices[first]:,}</dd>" in texts(on_digits)


def test_chance_is_told_as_a_share_of_a_hundred() -> None:
    labels = np.zeros(4, np.uint8)
    one, other = (Answers.from_logits(np.eye(2)[predicted], labels) for predicted in ([0, 1, 0, 0], [1, 0, 0, 0]))
    assert "as unevenly in about 100 of 100 cases" in Pair(one=one, other=other).sentence("another")

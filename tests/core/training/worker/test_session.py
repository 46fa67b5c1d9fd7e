from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from core.data import registry
from core.data.dataset import Dataset
from core.errors import RunError, TrainingError
from core.model.quality.evaluation import evaluate, logits_of
from core.model.structure.architecture import Architecture
from core.training.data import divide
from core.training.recipes import RECIPES, architecture_for
from core.training.runs.files import read_json, write_json
from core.training.runs.mail import Control, Wish
from core.training.runs.run import Run
from core.training.runs.snapshot import Snapshot
from core.training.worker import session
from core.training.worker.session import Terms, train_run
from tests.core.model.layers.examples import everything
from tests.core.training.conftest import QUICK, MakeRun, assert_answers
from tests.damage import DAMAGES


def orders(*after_steps: tuple[int, Wish]) -> Callable[[], Control]:
    """Return a function that wishes to run for so many questions, then something else."""
    counter = iter(range(10**9))

    def order() -> Control:
        asked = next(counter)
        for step, wish in reversed(after_steps):
            if asked >= step:
                return Control(wish=wish)
        return Control()

    return order


def test_a_whole_run_is_a_whole_folder(make_run: MakeRun, digits: Dataset) -> None:
    run = make_run()
    assert train_run(run.folder, digits, live_interval_s=0) == "finished"
    assert run.status().state == "finished"
    assert run.epochs == (0, 1, 2, 3)
    steps, epochs = run.steps(), run.epoch_table()
    assert steps["step"].tolist() == list(range(1, 31))
    assert epochs["epoch"].tolist() == [0, 1, 2, 3]
    assert epochs["loss"][1] == pytest.approx(steps["loss"][:10].mean(), rel=1e-5)  # tables keep six digits
    assert epochs["accuracy"][3] == pytest.approx(steps["accuracy"][20:].mean(), rel=1e-5)
    assert epochs["val_accuracy"][3] > epochs["val_accuracy"][0]
    data = divide(digits, QUICK, 0)
    for epoch in run.epochs:
        logits, kept = Snapshot(run, epoch).logits(), Snapshot(run, epoch).evaluation()
        assert logits is not None
        assert kept is not None
        fresh = logits_of(Snapshot(run, epoch).network(), data.validation_images)
        assert_answers(logits, fresh)
        again = evaluate(logits, data.validation_labels)
        assert (kept.loss, kept.accuracy, kept.fingerprint) == (again.loss, again.accuracy, data.fingerprint)
        assert kept.accuracy == pytest.approx(epochs["val_accuracy"][epoch], abs=1e-6)  # six digits
    assert not np.array_equal(Snapshot(run, 0).first_layer_kernels(), Snapshot(run, 3).first_layer_kernels())
    assert not (run.folder / "live.npz").exists()


def test_turns_end_in_mid_epoch_and_change_nothing(make_run: MakeRun, digits: Dataset) -> None:
    whole, shared = make_run(name="whole"), make_run(name="shared")
    train_run(whole.folder, digits)
    states = []
    while not states or states[-1] == "queued":
        asked = iter(range(8))  # a turn of seven steps or so
        states.append(train_run(shared.folder, digits, terms=Terms(turn_over=lambda asked=asked: next(asked, 7) == 7)))
    assert len(states) > 3 and states[-1] == "finished"
    assert np.allclose(shared.steps()["loss"], whole.steps()["loss"], rtol=1e-5)
    assert shared.steps()["step"].tolist() == list(range(1, 31))


def test_between_turns_a_run_waits(make_run: MakeRun, digits: Dataset) -> None:
    run = make_run()
    assert train_run(run.folder, digits, terms=Terms(turn_over=lambda: True)) == "queued"
    assert run.status().state == "queued" and (run.folder / "snapshots" / "epoch-000.weights.h5").exists()


def test_it_trains_no_longer_than_it_may(make_run: MakeRun, digits: Dataset) -> None:
    run = make_run()
    assert train_run(run.folder, digits, terms=Terms(longest_s=0.0)) == "stopped"
    assert "the longest a run may on this server" in run.status().message


def test_an_epoch_without_room_is_not_saved(make_run: MakeRun, digits: Dataset) -> None:
    run, looks = make_run(), []

    def check_room() -> None:
        looks.append(run.epochs)
        if len(looks) == 3:
            raise TrainingError("No room.")

    with pytest.raises(TrainingError, match="No room"):
        train_run(run.folder, digits, terms=Terms(check_room=check_room))
    assert looks[-1] == (0, 1) and run.epochs == (0, 1)


def test_paused_in_mid_epoch_it_resumes_to_the_same_end(make_run: MakeRun, digits: Dataset) -> None:
    whole, halted = make_run(name="whole"), make_run(name="halted")
    train_run(whole.folder, digits)
    assert train_run(halted.folder, digits, order=orders((17, Wish.PAUSE))) == "paused"
    assert 0 < halted.status().step < 30
    status = read_json(halted.folder / "status.json")
    assert status is not None and status["epoch_seconds"] > 0 and status["epoch_cpu_seconds"] > 0
    write_json(halted.folder / "status.json", status | {"epoch_seconds": 1000.0, "epoch_cpu_seconds": 2000.0})
    assert halted.live() == {} or halted.live()["probabilities"].shape[1] == 10
    assert train_run(halted.folder, digits) == "finished"
    assert np.allclose(halted.steps()["loss"], whole.steps()["loss"], rtol=1e-5)
    assert halted.steps()["step"].tolist() == whole.steps()["step"].tolist()
    for name in ("loss", "val_loss", "val_accuracy"):
        assert np.allclose(halted.epoch_table()[name], whole.epoch_table()[name], rtol=1e-5, equal_nan=True)
    table = halted.epoch_table()
    assert (table["seconds"] > 1000).tolist() == (table["cpu_seconds"] > 2000).tolist() == [False, False, True, False]
    assert table["images_per_s"][2] == pytest.approx(400 / table["seconds"][2], rel=1e-4)


@pytest.mark.parametrize("architecture", everything(), ids=Architecture.to_text)
def test_every_kind_of_layer_trains_and_resumes_to_the_same_end(
    make_run: MakeRun, digits: Dataset, architecture: Architecture
) -> None:
    recipe = replace(QUICK, epochs=2, training_images=200)
    whole, halted = (make_run(recipe, architecture, name) for name in ("whole", "halted"))
    assert train_run(whole.folder, digits) == "finished"
    assert train_run(halted.folder, digits, order=orders((7, Wish.PAUSE))) == "paused"
    assert train_run(halted.folder, digits) == "finished"
    assert np.allclose(halted.steps()["loss"], whole.steps()["loss"], rtol=1e-4)
    data, last = divide(digits, recipe, 0), Snapshot(whole, 2)
    logits = last.logits()
    assert logits is not None
    assert_answers(logits, logits_of(last.network(), data.validation_images))


def test_one_epoch_at_a_time(make_run: MakeRun, digits: Dataset) -> None:
    run = make_run()
    for epoch in (1, 2):
        state = train_run(run.folder, digits, order=lambda epoch=epoch: Control(until_epoch=epoch))
        assert (state, run.status().epoch) == ("paused", epoch)
    assert train_run(run.folder, digits) == "finished"


def test_stop_keeps_what_was_learned(make_run: MakeRun, digits: Dataset) -> None:
    run = make_run()
    assert train_run(run.folder, digits, order=orders((16, Wish.STOP))) == "stopped"
    assert run.status().state == "stopped"
    assert 1 in run.epochs


def test_divergence_is_said_in_a_sentence(make_run: MakeRun, digits: Dataset) -> None:
    recipe = replace(QUICK, optimizer="sgd", learning_rate=100.0, momentum=0.99, epochs=30)
    run = make_run(recipe, architecture=Architecture.from_text("u-c8s2l-f-d32l-d10l"))
    assert train_run(run.folder, digits) == "failed"
    assert "diverged" in run.status().message
    assert not np.isfinite(run.steps()["loss"][-1])


def test_the_same_seed_starts_from_the_same_weights(make_run: MakeRun, digits: Dataset) -> None:
    first, second = make_run(name="first"), make_run(name="second")
    other = make_run(name="other", seed=1)
    for run in (first, second, other):
        train_run(run.folder, digits, order=lambda: Control(wish=Wish.STOP))
    assert np.array_equal(Snapshot(first, 0).first_layer_kernels(), Snapshot(second, 0).first_layer_kernels())
    assert not np.array_equal(Snapshot(first, 0).first_layer_kernels(), Snapshot(other, 0).first_layer_kernels())


def test_live_data_show_kernels_and_pinned_images(make_run: MakeRun, digits: Dataset) -> None:
    run = make_run()

    seen: list[dict] = []

    def order() -> Control:
        if live := run.live():
            seen.append(live)
        return Control()

    train_run(run.folder, digits, order=order, live_interval_s=0)
    assert seen[0]["kernels"].shape == (3, 3, 3, 8)
    assert seen[0]["peaks"].shape == (8,)
    assert (seen[0]["peaks"] >= 0).all()
    assert np.allclose(seen[-1]["probabilities"].sum(axis=1), 1, atol=1e-5)
    assert int(seen[-1]["step"]) > int(seen[0]["step"])


@pytest.mark.cifar10
@pytest.mark.usefixtures("cifar10_environment")
def test_first_epoch_of_the_tutorials_recipe(make_run: MakeRun) -> None:
    recipe = replace(RECIPES["tutorial"], epochs=1)
    run: Run = make_run(recipe, architecture=architecture_for("tutorial", 10))
    train_run(run.folder, registry.load("cifar10"))
    assert 0.35 < run.epoch_table()["val_accuracy"][1] < 0.47


def test_the_rate_counts_neither_the_first_step_nor_validation(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(session, "time", SimpleNamespace(monotonic=lambda: clock.now))
    rate = session.Rate()
    rate.begin_epoch()
    assert rate.per_s() == 0
    clock.now += 8  # TensorFlow compiles
    rate.count(500)
    assert rate.per_s() == 0
    for _ in range(100):
        clock.now += 0.5
        rate.count(500)
        assert rate.per_s() == pytest.approx(1000)
    clock.now += 30  # validation
    rate.begin_epoch()
    for _ in range(25):
        clock.now += 1
        rate.count(500)
    assert rate.per_s() == pytest.approx(500)


@pytest.mark.parametrize("damage", [each for each in DAMAGES if each != "gone"])
def test_a_damaged_saved_state_is_a_sentence(damage: str, make_run: MakeRun, digits: Dataset) -> None:
    run = make_run()
    train_run(run.folder, digits, order=lambda: Control(until_epoch=1))
    DAMAGES[damage](run.folder / "resume.keras")
    with pytest.raises(RunError, match=r"a resume\.keras that cannot be read"):
        train_run(run.folder, digits)
    assert run.epochs == (0, 1)

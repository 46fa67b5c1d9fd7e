"""A home that an earlier version wrote: its runs list, open, go on and can be taken home in this one.

homes/7895431.tar.gz was written by the code of that commit: a small network on the digits, two epochs; one run
finished, one paused after its first epoch, one deleted, one still in line. It is a backup as deploy/README.md makes it.
"""

import subprocess
import tarfile
import zipfile
from io import BytesIO
from pathlib import Path

import keras
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.config import WHITE
from core.data import registry
from core.training.data import divide
from core.training.dispatch.desk import Desk
from core.training.routes.downloads import FILES, _make
from core.training.runs.catalogue import damaged_runs, find_run, own_runs
from core.training.runs.run_config import new_config
from core.training.runs.snapshot import Snapshot
from core.training.worker.executor import WorkerExecutor

from .waiting import LONG, ROOT, reaches, trained

HOMES = sorted(Path(__file__).parent.glob("homes/*.tar.gz"))
FINISHED, PAUSED, DELETED, QUEUED = (
    f"custom-1126-{rest}" for rest in ("132150-bd57", "132217-05fa", "132218-f7ad", "132221-ae87")
)


@pytest.fixture(params=HOMES, ids=lambda path: path.name.partition(".")[0])
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of an earlier version, restored."""
    with tarfile.open(request.param) as backup:
        backup.extractall(tmp_path, filter="data")
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_all_its_runs_are_listed_as_they_were_left(home: Path) -> None:
    assert damaged_runs() == {}
    found = {run.id: (run.title, str(run.status().state), run.epochs) for run in own_runs()}
    assert found == {
        FINISHED: ("Finished", "finished", (0, 1, 2)),
        PAUSED: ("Paused", "paused", (0, 1)),
        QUEUED: ("Queued", "queued", ()),
    }


def test_every_snapshot_answers_as_its_version_wrote_down(home: Path) -> None:
    for run in (find_run(FINISHED), find_run(PAUSED)):
        data = divide(registry.load("digits"), run.config.recipe, run.config.seed)
        assert data.fingerprint == run.fingerprint
        for epoch in run.epochs:
            snapshot = Snapshot(run, epoch)
            logits, evaluation = snapshot.logits(), snapshot.evaluation()
            assert logits is not None and evaluation is not None
            answers = snapshot.keras_model().predict(data.validation_images.astype(np.float32) / WHITE, verbose=0)
            np.testing.assert_allclose(answers, logits, atol=0.02)  # stored at half precision
            accuracy = (answers.argmax(1) == data.validation_labels).mean()
            assert accuracy == pytest.approx(evaluation.accuracy, abs=1e-6)


def test_paused_and_waiting_runs_go_on_to_their_end(home: Path) -> None:
    executor = WorkerExecutor()
    desk = Desk(executor)
    try:
        desk.undo(DELETED, "d" * 32)
        desk.recover()
        desk.resume(PAUSED, "b" * 32)
        for name in (QUEUED, PAUSED):
            reaches(find_run(name), "finished")
            assert find_run(name).epochs == (0, 1, 2)
    finally:
        executor.shutdown()
    assert str(find_run(DELETED).status().state) == "finished"


@pytest.mark.parametrize("page", ["training", "predictions", "activations"])
def test_pages_open_on_it(home: Path, page: str) -> None:
    app = AppTest.from_file(str(ROOT / "pages" / "navigation.py"), default_timeout=120)
    app.query_params.update({"data": "digits", "run": FINISHED, "epoch": "1"})
    app.switch_page(f"{page}/{page}.py").run()
    assert app.session_state["sidebar.selection"].snapshot == Snapshot(find_run(FINISHED), 1)
    assert not app.exception and not app.error


def test_everything_of_it_can_be_taken_home(home: Path, tmp_path: Path) -> None:
    made = {file: _make(find_run(FINISHED), file, "")[0] for file in FILES}
    (tmp_path / "network.keras").write_bytes(bytes(made["network.keras"]))  # type: ignore[arg-type]
    assert keras.saving.load_model(tmp_path / "network.keras").output_shape == (None, 10)
    assert compile(str(made["script.py"]), "script.py", "exec")
    assert "epochs.csv" in str(zipfile.ZipFile(BytesIO(made["numbers.zip"])).namelist())  # type: ignore[arg-type]
    assert zipfile.ZipFile(BytesIO(made["tensorboard.zip"])).namelist()  # type: ignore[arg-type]


def test_a_backup_taken_while_a_run_trains_is_a_home_again(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The two commands of deploy/README.md, beside a worker that replaces files and appends to them all the time."""
    executor = WorkerExecutor()
    try:
        run = Desk(executor).submit(
            new_config(registry.load("digits"), find_run(FINISHED).config.architecture, LONG), "e"
        )
        trained(run, 2)
        done = subprocess.run(f"tar --exclude=.* -C {tmp_path} -czf {tmp_path}/backup.tar.gz home".split(), check=False)
        assert done.returncode in (0, 1)  # 1: a file changed while it was read
        assert run.status().state == "running"
    finally:
        executor.shutdown()
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path / "again" / "home"))
    (tmp_path / "again").mkdir()
    subprocess.run(f"tar -C {tmp_path}/again -xzf {tmp_path}/backup.tar.gz".split(), check=True)
    assert find_run(run.id).status().state == "interrupted"
    executor = WorkerExecutor()
    try:
        desk = Desk(executor)
        desk.step(run.id, "e")
        reaches(find_run(run.id), "paused")
    finally:
        executor.shutdown()
    epochs = find_run(run.id).epoch_table()["epoch"]
    assert list(epochs) == list(range(len(epochs))) and len(epochs) >= 4

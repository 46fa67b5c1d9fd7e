"""The weights a browser is sent: what the address holds, for how long, and whoever asks for what there is not."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.config import SHIPPED_RUNS
from core.errors import RunError
from core.model.structure.architecture import Architecture
from core.training.routes import weights
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot

TUTORIAL = Snapshot(find_run("tutorial"), 10)


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=weights.routes()))


def test_all_weights_arrive_in_keras_order_and_may_be_kept_for_good(client: TestClient) -> None:
    answer = client.get(f"/{weights.path(TUTORIAL)}")
    wanted = np.concatenate([np.ravel(each) for each in TUTORIAL.keras_model().get_weights()])
    np.testing.assert_array_equal(np.frombuffer(answer.content, "<f4"), wanted)
    assert answer.headers["content-length"] == str(4 * TUTORIAL.architecture.parameter_count)
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"


def test_weights_that_are_stored_at_half_precision_are_sent_so_and_lose_nothing(client: TestClient) -> None:
    strong = find_run("strong")
    snapshot = Snapshot(strong, strong.epochs[-1])
    assert weights.path(snapshot).endswith(".f2") and weights.path(TUTORIAL).endswith(".f4")
    answer = client.get(f"/{weights.path(snapshot)}")
    wanted = np.concatenate([np.ravel(each) for each in snapshot.keras_model().get_weights()])
    np.testing.assert_array_equal(np.frombuffer(answer.content, "<f2"), wanted)
    assert answer.headers["content-length"] == str(2 * snapshot.architecture.parameter_count)


def test_an_epoch_alone_leads_to_its_weights(client: TestClient) -> None:
    answer = client.get("/runs/tutorial/weights/3", follow_redirects=False)
    assert answer.status_code == 307 and answer.headers["cache-control"] == "no-cache"
    found = client.get("/runs/tutorial/weights/3")
    assert str(found.url).endswith(weights.path(Snapshot(TUTORIAL.run, 3)))
    assert found.content == weights.packed(Snapshot(TUTORIAL.run, 3)).data


def test_every_snapshot_has_an_address_of_its_own() -> None:
    assert len({weights.path(Snapshot(TUTORIAL.run, epoch)) for epoch in TUTORIAL.run.epochs}) == 11


@pytest.mark.parametrize("epoch", ["99", "-1", "ten", "9" * 5000])
def test_an_epoch_there_is_not(client: TestClient, epoch: str) -> None:
    answer = client.get(f"/runs/tutorial/weights/{epoch}/0")
    assert answer.status_code == 404 and answer.text.startswith("Expected an epoch of the run tutorial.")
    assert answer.headers["cache-control"] == "no-store" and len(answer.text) < 200


def test_a_run_there_is_not(client: TestClient) -> None:
    assert client.get("/runs/nobody/weights/1/0").status_code == 404


def test_weights_that_have_changed_are_not_sent_under_the_old_address(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    folder = tmp_path / "runs" / "digits-again"
    shutil.copytree(SHIPPED_RUNS / "digits", folder)
    snapshot = Snapshot(find_run("digits-again"), 3)
    address = f"/{weights.path(snapshot)}"
    assert client.get(address).status_code == 200
    shutil.copy(folder / "snapshots/epoch-004.weights.h5", snapshot.weights_path)
    answer = client.get(address)
    assert answer.status_code == 404 and "trained anew" in answer.text
    snapshot.weights_path.write_bytes(b"damage")
    assert client.get(address).status_code == 404


def test_a_network_too_large_for_browsers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert weights.fits(Architecture.airbench())
    monkeypatch.setattr(weights, "MOST_PARAMETERS", 94_889)
    assert not weights.fits(TUTORIAL.architecture)
    with pytest.raises(RunError, match="94,890"):
        weights.packed(Snapshot(find_run("fast-short"), 1))

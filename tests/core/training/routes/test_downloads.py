import asyncio
import io
import shutil
import zipfile
from pathlib import Path
from typing import cast

import keras
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.testclient import TestClient

from core.askers import NOBODY, Asker
from core.training.routes import downloads
from core.training.runs.catalogue import find_run, runs_folder
from core.training.runs.files import write_json
from core.training.runs.run import Run
from core.training.runs.run_config import RunConfig
from tests import loop


@pytest.fixture
def client() -> TestClient:
    files = downloads.RunFiles()
    return TestClient(Starlette(routes=downloads.routes(lambda: files, cookie="browser")))


def test_every_file_arrives_under_a_name_that_says_what_it_is(client: TestClient, tmp_path: Path) -> None:
    run = find_run("digits")
    got = {file: client.get(f"/{downloads.path(run, file)}") for file in downloads.FILES}
    names = [response.headers["content-disposition"] for response in got.values()]
    assert names == [
        'attachment; filename="digits-10.keras"',
        'attachment; filename="digits.py"',
        'attachment; filename="digits.zip"',
        'attachment; filename="digits-tensorboard.zip"',
    ]
    (tmp_path / "network.keras").write_bytes(got["network.keras"].content)
    assert keras.saving.load_model(tmp_path / "network.keras").count_params() == run.config.architecture.parameter_count
    compile(got["script.py"].text, "digits.py", "exec")
    for file in ("numbers.zip", "tensorboard.zip"):
        assert zipfile.ZipFile(io.BytesIO(got[file].content)).testzip() is None


def test_the_epoch_asked_for_is_the_one_that_arrives(client: TestClient) -> None:
    run = find_run("digits")
    first = client.get(f"/{downloads.path(run, 'network.keras', 0)}")
    assert "digits-0.keras" in first.headers["content-disposition"]
    assert first.content != client.get(f"/{downloads.path(run, 'network.keras', 10)}").content


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("runs/digits/network.keras?epoch=99", "after epoch 99"),
        ("runs/digits/network.keras?epoch=999999999", "after epoch 999999999"),
        ("runs/digits/network.keras?epoch=-1", "after epoch -1"),
        ("runs/digits/config.json", "Expected one of network.keras"),
        ("runs/nobody/network.keras", "Expected the name of a run"),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(client: TestClient, path: str, says: str) -> None:
    response = client.get(f"/{path}")
    assert response.status_code == 404
    assert says in response.text


def test_a_run_without_a_snapshot_has_no_network_yet(
    client: TestClient, quick_config: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))  # a queue elsewhere would train a run that waits
    run = Run(runs_folder() / quick_config.id)
    run.folder.mkdir(parents=True)
    write_json(run.folder / "config.json", quick_config.to_json())
    assert "Wait for its first epoch" in client.get(f"/{downloads.path(run, 'network.keras')}").text
    assert client.get(f"/{downloads.path(run, 'script.py')}").status_code == 200


def test_a_file_asked_for_again_is_not_made_again(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty questions for the longest logs held everybody's downloads for a minute."""
    run = find_run("fast-short")
    for file in ("numbers.zip", "tensorboard.zip", "network.keras"):
        first = client.get(f"/{downloads.path(run, file)}").content
        with monkeypatch.context() as gone:
            gone.delattr(downloads.csv, "as_csv")
            gone.delattr(downloads.tensorboard, "as_tensorboard")
            gone.delattr(downloads.keras_file, "as_keras")
            assert client.get(f"/{downloads.path(run, file)}").content == first


def test_a_run_that_went_on_is_written_anew(client: TestClient, tmp_path: Path) -> None:
    run = find_run("digits")
    folder = runs_folder() / "going-on"
    shutil.copytree(run.folder, folder)
    write_json(folder / "status.json", {"state": "finished", "epoch": 10, "serial": 1})  # else a queue takes it up
    first = client.get("/runs/going-on/numbers.zip").content
    with (folder / "epochs.csv").open("a") as table:
        table.write((folder / "epochs.csv").read_text().splitlines()[-1] + "\n")
    assert client.get("/runs/going-on/numbers.zip").content != first


class _Request:
    """A request, as far as the line looks at it."""

    def __init__(self, *, gone: bool) -> None:
        self._gone = gone

    async def is_disconnected(self) -> bool:
        return self._gone


def test_nothing_is_made_for_who_has_left_and_a_line_has_an_end() -> None:
    run = find_run("digits")

    async def ask() -> tuple[object, list[object]]:
        line = downloads.Line()
        left = await line.make(cast(Request, _Request(gone=True)), NOBODY, run, "script.py", "")
        return left, await _many(line, [NOBODY] * (downloads.LONGEST_LINE + 5))

    left, many = loop.run(ask())
    assert left is None
    assert sum("Expected at most" in str(each) for each in many) == 5


def test_one_browser_does_not_fill_the_line_and_others_still_get_in() -> None:
    hall = [Asker(f"browser {number}", "hall") for number in range(20)]

    async def ask() -> tuple[list[object], list[object]]:
        one = asyncio.create_task(_many(line, [Asker("one", "hall")] * 500))
        await asyncio.sleep(0)
        others = await _many(line, hall)
        return await one, others

    line = downloads.Line()
    one, others = loop.run(ask())
    assert sum("Expected a browser to ask for at most 8" in str(each) for each in one) == 500 - downloads.SHARE
    assert [name for _, name in others] == ["digits.py"] * len(hall)  # type: ignore[misc]


async def _many(line: downloads.Line, askers: list[Asker]) -> list[object]:
    """Let all of them ask at once for a script; return each one's file, or why it was refused."""
    request, run = cast(Request, _Request(gone=False)), find_run("digits")
    asked = [line.make(request, asker, run, "script.py", "") for asker in askers]
    return list(await asyncio.gather(*asked, return_exceptions=True))

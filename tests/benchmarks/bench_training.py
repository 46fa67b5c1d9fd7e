"""What training costs, what watching costs the training, and how fast the fast recipe is."""

import asyncio
import contextlib
import itertools
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.data import registry
from core.data.dataset import Dataset, Split
from core.model.inference.networks import Network
from core.model.quality.evaluation import evaluate, logits_of
from core.training.data import divide
from core.training.recipes import RECIPES, architecture_for
from core.training.runs.files import read_json, write_json
from core.training.runs.run import Run
from core.training.runs.run_config import new_config
from core.training.steps.loop import Trainer
from core.training.steps.start import initial_network
from core.training.worker import session
from tests.benchmarks.conftest import Record

ROOT = Path(__file__).parents[2]
WATCHERS = 20
MOST_EPOCHS = 1000


def images_like_cifar10(n: int) -> Dataset:
    """Noise in the shape of CIFAR-10: as much work an image, no data needed."""
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (n, 32, 32, 3), np.uint8)
    split = Split(images=images, labels=(np.arange(n) % 10).astype(np.uint8), indices=np.arange(n))
    return replace(
        registry.load("digits"), train=split, test=replace(split, images=images[:500], labels=split.labels[:500])
    )


def test_writing_live_data(tmp_path: Path, record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    """Images a worker-CPU-second of the tutorial's recipe, with steps.csv, status.json and live.npz against without."""
    dataset = images_like_cifar10(5000)
    recipe = replace(RECIPES["tutorial"], epochs=1000, batch_size=500)
    config = replace(new_config(dataset, architecture_for("tutorial", 10), recipe), snapshot_epochs=())
    (tmp_path / "run").mkdir()
    write_json(tmp_path / "run" / "config.json", config.to_json())
    made = session._Session(tmp_path / "run", dataset, session.Control, session.LIVE_INTERVAL_S, lambda: False)
    write_step = made.recorder.step
    monkeypatch.setattr(made, "_finish_epoch", lambda *a, **k: None)
    rates: dict[bool, list[float]] = {True: [], False: []}
    for round_, live in itertools.product(range(9), (True, False)):
        made.live_interval_s = session.LIVE_INTERVAL_S if live else float("inf")
        made.recorder.step = write_step if live else (lambda *a: None)  # type: ignore[method-assign]
        began = time.process_time()
        made._train_epoch()
        if round_:  # the first round compiles
            rates[live].append(5000 / (time.process_time() - began))
    record("training, images per CPU-second, live data written", "images/CPU-s", rates[True])
    record("training, images per CPU-second, nothing written", "images/CPU-s", rates[False])
    ratio = statistics.median(rates[True]) / statistics.median(rates[False])
    record("training, cost of writing live data", "% of images per CPU-second", [100 * (1 - ratio)])


SERVER = f"""
import sys
from dataclasses import replace
import uvicorn
from starlette.applications import Starlette
from core.data import registry
from core.services import services
from core.training.routes import live
from core.training.recipes import RECIPES, architecture_for
from core.training.runs.run_config import new_config
recipe = replace(RECIPES["digits"], epochs={MOST_EPOCHS}, flip="random")
run = services().training.submit(new_config(registry.load("digits"), architecture_for("tutorial", 10), recipe), "bench")
print(run.folder, flush=True)
uvicorn.run(Starlette(routes=live.routes(lambda: services().live)), port=int(sys.argv[1]), log_level="error")
"""


@contextlib.contextmanager
def serving(home: Path, port: int) -> Iterator[Run]:
    """A server of the real routes with a real worker that trains the digits."""
    environment = os.environ | {"CONVSCOPE_HOME": str(home), "PYTHONPATH": str(ROOT)}
    environment |= {"CONVSCOPE_MAX_EPOCHS": f"{MOST_EPOCHS}"}
    command = [sys.executable, "-c", SERVER, str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield Run(Path(process.stdout.readline().decode().strip()))
        process.terminate()


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def images_per_cpu_second(run: Run, pid: int, seconds: float) -> float:
    steps, cpu = len(run.steps()["step"]), cpu_seconds(pid)
    time.sleep(seconds)
    return (len(run.steps()["step"]) - steps) * run.config.recipe.batch_size / (cpu_seconds(pid) - cpu)


async def watch(url: str, until: float, answers: list[float]) -> None:
    """Poll as the page's component does: what is new since the last answer, as often as the server advises."""
    import json

    since, wait = 0, 1.0
    while time.monotonic() < until:
        began = time.perf_counter()
        body = await asyncio.to_thread(lambda since=since: urllib.request.urlopen(f"{url}?since={since}").read())
        answers.append(1000 * (time.perf_counter() - began))
        answer = json.loads(body)
        since, wait = max([since, *answer["steps"]["step"]]), answer["poll_s"]
        await asyncio.sleep(wait)


async def watch_all(url: str, seconds: float) -> list[float]:
    answers: list[float] = []
    until = time.monotonic() + seconds
    await asyncio.gather(*(watch(url, until, answers) for _ in range(WATCHERS)))
    return answers


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux' /proc to read a process's CPU time")
def test_twenty_watchers(tmp_path: Path, record: Record) -> None:
    """Images a worker-CPU-second with nobody and with twenty watching, in turn; and how soon they are answered."""
    from concurrent.futures import ThreadPoolExecutor

    port, window = 8599, 6.0
    alone, watched, answers = [], [], []
    with serving(tmp_path, port) as run, ThreadPoolExecutor(1) as background:
        while run.status().epoch < 2:
            time.sleep(0.2)
        pid = int((read_json(run.folder / "status.json") or {})["pid"])
        for _ in range(3):
            alone.append(images_per_cpu_second(run, pid, window))
            polling = background.submit(asyncio.run, watch_all(f"http://127.0.0.1:{port}/live/runs/{run.id}", window))
            watched.append(images_per_cpu_second(run, pid, window))
            answers += polling.result()
    record("training, images per CPU-second, nobody watching", "images/CPU-s", alone)
    record("training, images per CPU-second, 20 watchers", "images/CPU-s", watched)
    ratio = statistics.median(watched) / statistics.median(alone)
    record("training, share of images per CPU-second kept with 20 watchers", "%", [100 * ratio])
    record("training, answer to one of 20 watchers", "ms", answers)


def cpu_and_accuracy(name: str, dataset: Dataset, seed: int) -> tuple[float, float]:
    """Train by the named recipe; return CPU seconds of this process and test accuracy, looked at once, at the end."""
    recipe = RECIPES[name]
    data = divide(dataset, recipe, seed)
    architecture = architecture_for(name, 10)
    network = initial_network(architecture, recipe, data, seed)
    trainer = Trainer(network, recipe, data.images, data.labels, data.train, seed=seed)
    began = time.process_time()
    for _ in range(recipe.epochs):
        for _ in trainer.run_epoch():
            pass
    cpu = time.process_time() - began
    logits = logits_of(Network.of(network, architecture), dataset.test.images)
    return cpu, evaluate(logits, dataset.test.labels).accuracy


@pytest.mark.cifar10
def test_fast_recipe_beside_the_tutorials(cifar10_environment: Path, record: Record) -> None:
    """The short fast recipe, 3 seeds, and the tutorial's recipe on the same network size, in one process."""
    dataset = registry.load("cifar10")
    fast = [cpu_and_accuracy("fast-short", dataset, seed) for seed in range(3)]
    tutorial_cpu, tutorial_accuracy = cpu_and_accuracy("tutorial", dataset, 0)
    note = f" {dataset.figures_note}".rstrip()
    record("tutorial recipe, CPU time of 10 epochs", "CPU-s", [tutorial_cpu])
    record(f"tutorial recipe, test accuracy{note}", "%", [100 * tutorial_accuracy])
    record("short fast recipe, CPU time", "CPU-s", [cpu for cpu, _ in fast])
    record(f"short fast recipe, test accuracy of each of 3 seeds{note}", "%", [100 * accuracy for _, accuracy in fast])
    mean = statistics.mean(accuracy for _, accuracy in fast)
    record(f"short fast recipe, mean test accuracy of 3 seeds{note}", "%", [100 * mean])
    share = statistics.mean(cpu for cpu, _ in fast) / tutorial_cpu
    record("short fast recipe, share of the tutorial recipe's CPU time", "%", [100 * share])

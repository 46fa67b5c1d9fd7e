"""The training process ends itself over its memory, with a sentence; the next job finds a new one."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.config import Settings
from core.training.worker import limits
from core.training.worker.executor import WorkerExecutor
from core.training.worker.jobs import TrainingFailed

ROOT = Path(__file__).parents[4]


def test_a_job_that_outgrows_its_memory_is_ended_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_TRAINING_MEMORY_GB", "0.3")
    executor = WorkerExecutor()
    try:
        first = executor.submit(os.getpid).result(60)
        lost = executor.submit(np.ones, 2_000_000_000)  # 16 GB, written one after the other
        following = executor.submit(os.getpid)
        with pytest.raises(TrainingFailed, match=r"needed more than the 0\.3 GB of memory"):
            lost.result(60)
        assert following.result(60) != first
    finally:
        executor.shutdown()


def test_memory_beyond_the_bound_is_hardly_touched() -> None:
    """Whoever fills memory as fast as it goes is stopped before it has filled a gigabyte more."""
    script = """
import sys
import numpy as np
from core.training.worker import limits

def exceeded():
    print(limits.filled_bytes() / 1e6)
    sys.stdout.flush()
    limits.end()

limits.watch(limits.filled_bytes() + 200e6, exceeded)
held = [np.ones(1_000_000) for _ in range(1000)]
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == limits.EXIT_CODE, done.stderr
    assert float(done.stdout) < 1300


def test_what_is_filled_is_seen() -> None:
    before = limits.filled_bytes()
    held = np.ones(25_000_000)
    assert limits.filled_bytes() - before >= 0.9 * held.nbytes


def test_the_bound_is_a_choice_of_whoever_starts_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 0 < Settings.from_environ().training_memory_bytes <= 3e9
    monkeypatch.setenv("CONVSCOPE_TRAINING_MEMORY_GB", "8")
    assert limits.step_bytes() == 7_000_000_000

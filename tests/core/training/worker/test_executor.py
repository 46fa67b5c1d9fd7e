"""One worker process behind the standard interface."""

import os
import signal
import time
from concurrent.futures.process import BrokenProcessPool
from pickle import PicklingError

import pytest

from core.training.worker.executor import WorkerExecutor
from tests.core.training.waiting import alive
from tests.waiting import PATIENCE_S, wait_for


def test_a_job_that_kills_its_worker_breaks_only_itself(executor: WorkerExecutor) -> None:
    with pytest.raises(BrokenProcessPool):
        executor.submit(os._exit, 1).result(PATIENCE_S)
    assert executor.submit(pow, 2, 5).result(PATIENCE_S) == 32
    with pytest.raises(ZeroDivisionError):
        executor.submit(divmod, 1, 0).result(PATIENCE_S)


def test_jobs_run_one_after_the_other_in_one_process(executor: WorkerExecutor) -> None:
    pids = [executor.submit(os.getpid) for _ in range(3)]
    assert {future.result(PATIENCE_S) for future in pids} == {executor.pid}
    assert executor.pid != os.getpid()


def test_what_cannot_be_sent_is_an_error_of_its_job_alone(executor: WorkerExecutor) -> None:
    with pytest.raises((PicklingError, AttributeError, TypeError)):
        executor.submit(lambda: 1).result(PATIENCE_S)
    assert executor.submit(pow, 2, 3).result(PATIENCE_S) == 8


def test_an_idle_worker_ends_and_the_next_job_finds_another() -> None:
    executor = WorkerExecutor(idle_s=0.2)
    try:
        first = executor.submit(os.getpid).result(PATIENCE_S)
        wait_for(lambda: executor.pid is None and not alive(first))
        assert executor.submit(os.getpid).result(PATIENCE_S) != first
    finally:
        executor.shutdown()


def test_shut_down_it_ends_its_worker_cancels_what_waits_and_takes_nothing_more() -> None:
    executor = WorkerExecutor()
    pid = executor.submit(os.getpid).result(PATIENCE_S)
    busy, waits = executor.submit(time.sleep, 600), executor.submit(os.getpid)
    wait_for(busy.running)
    executor.shutdown(wait=False, cancel_futures=True)
    assert waits.cancelled()
    with pytest.raises(RuntimeError, match="shut down"):
        executor.submit(os.getpid)
    os.kill(pid, signal.SIGKILL)  # it sleeps; a run would save its state and leave
    with pytest.raises(BrokenProcessPool):
        busy.result(PATIENCE_S)

"""A `concurrent.futures.Executor` with one worker process that outlives no server and survives every crash.

The standard `ProcessPoolExecutor` re-imports the server's main script in its children, leaves an orphan behind when the
server is killed, and is broken for good once a child dies. This one starts `python -m core.training.worker`, whose
standard input closes with the server, and starts another when it was lost.
"""

import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from core.model.construction import processor
from core.training.worker import jobs, limits, pipe

IDLE_S = 300.0
"""How long an idle worker is kept warm."""

SHUTDOWN_S = 15.0
"""How long a worker may take to save its state when the server shuts down."""


class WorkerExecutor(Executor):
    """Runs one job at a time, in order, in a process of its own."""

    def __init__(self, *, idle_s: float = IDLE_S) -> None:
        self._idle_s = idle_s
        self._jobs: deque[tuple[Future[Any], Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = deque()
        self._changed = threading.Condition()
        self._process: subprocess.Popen[bytes] | None = None
        self._closing = False
        self._thread: threading.Thread | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the worker, None while there is none."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Queue `fn(*args, **kwargs)`; all of them must be picklable."""
        future: Future[Any] = Future()
        with self._changed:
            if self._closing:
                raise RuntimeError("The executor was shut down.")
            self._jobs.append((future, fn, args, kwargs))
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="training-queue", daemon=True)
                self._thread.start()
            self._changed.notify()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ask the job in hand to save and leave, cancel the others, and end the worker."""
        with self._changed:
            self._closing = True
            for future, *_ in self._jobs:
                future.cancel()
            self._jobs.clear()
            self._changed.notify()
            process, thread = self._process, self._thread
        if process is not None:
            _end(process, wait_s=SHUTDOWN_S if wait else 0)
        if wait and thread is not None and thread is not threading.current_thread():
            thread.join(SHUTDOWN_S)

    def _serve(self) -> None:
        while True:
            with self._changed:
                while not self._jobs and not self._closing:
                    if not self._changed.wait(self._idle_s) and not self._jobs and self._process is not None:
                        _end(self._process, wait_s=SHUTDOWN_S)
                        self._process = None
                if self._closing:
                    return
                future, function, arguments, options = self._jobs.popleft()
            if future.set_running_or_notify_cancel():
                self._run(future, function, arguments, options)

    def _run(self, future: "Future[Any]", function: Callable[..., Any], arguments: Any, options: Any) -> None:
        try:
            process = self._worker()
            assert process.stdin is not None and process.stdout is not None
            pipe.send(process.stdin, (function, arguments, options))  # type: ignore[arg-type]
            done, value = pipe.receive(process.stdout)  # type: ignore[arg-type]
        except (EOFError, OSError) as error:
            lost, self._process = self._process, None
            if lost is not None:
                _end(lost, wait_s=1)
            if lost is not None and lost.returncode == limits.EXIT_CODE:
                future.set_exception(jobs.TrainingFailed(limits.sentence()))
            else:
                future.set_exception(BrokenProcessPool(f"The worker process was lost ({error or 'it ended'})."))
            return
        except BaseException as error:
            future.set_exception(error)
            return
        if done:
            future.set_result(value)
        else:
            future.set_exception(value)

    def _worker(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            root = Path(__file__).parents[3]
            paths = [str(root), *filter(None, [os.environ.get("PYTHONPATH")])]
            with self._changed:
                if self._closing:
                    raise OSError("the server is shutting down")
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "core.training.worker"],
                    cwd=root,
                    env=os.environ | processor.environment() | {"PYTHONPATH": os.pathsep.join(paths)},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    # Ctrl-C in the server's terminal must not cut a save in two. Not a session of its own: Linux
                    # shares processor time between sessions first, so that niceness would count for nothing.
                    process_group=0 if os.name == "posix" else None,
                )
        return self._process


def _end(process: "subprocess.Popen[bytes]", *, wait_s: float) -> None:
    try:
        if process.stdin is not None:
            process.stdin.close()
    except OSError:
        pass
    try:
        process.wait(wait_s)
    except subprocess.TimeoutExpired:
        if wait_s:
            process.kill()
            process.wait()

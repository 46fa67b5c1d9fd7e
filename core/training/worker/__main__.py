"""The worker process: `python -m core.training.worker`, started by `executor.WorkerExecutor`.

Jobs come in over standard input as pickled (function, arguments), results go out over standard output. When the server
ends, however it ends, standard input closes: the job in hand saves its state, and the process is gone.
"""

import logging
import os
import pickle
import queue
import sys
import threading
from typing import Any

from core.config import Settings
from core.training.worker import jobs, limits
from core.training.worker.pipe import receive, send

NICENESS = 10
GRACE_S = 30.0
"""How long the job in hand may take to save its state once the server is gone."""


def main() -> None:
    """Serve jobs until standard input closes."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s worker: %(message)s")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    limits.go_first()
    limits.watch(Settings.from_environ().training_memory_bytes, limits.end)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints must not end up among the answers
    waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(waiting,), daemon=True).start()
    while (job := waiting.get()) is not None:
        function, arguments, options = job
        try:
            answer = (True, function(*arguments, **options))
        except BaseException as error:
            answer = (False, error)
        try:
            send(answers, answer)
        except (OSError, pickle.PicklingError, TypeError):
            break
    os._exit(0)  # TensorFlow's threads would take their time


def _listen(waiting: "queue.SimpleQueue[Any]") -> None:
    try:
        while True:
            waiting.put(receive(sys.stdin.buffer))
    except (EOFError, OSError):
        jobs.leaving.set()
        waiting.put(None)
        threading.Timer(GRACE_S, os._exit, (1,)).start()


if __name__ == "__main__":
    main()

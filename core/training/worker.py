"""The worker process: `python -m core.training.worker`, started by `executor.WorkerExecutor`.

Jobs come in over standard input as pickled (function, arguments), results go out over standard output. When the server
ends, however it ends, standard input closes: the job in hand saves its state, and the process is gone.
"""

import logging
import os
import pickle
import queue
import struct
import sys
import threading
from typing import Any, BinaryIO

from core.config import Settings
from core.training import jobs, limits

NICENESS = 10
GRACE_S = 30.0
"""How long the job in hand may take to save its state once the server is gone."""

_LENGTH = struct.Struct("<Q")


def send(stream: BinaryIO, value: Any) -> None:
    """Write one value, preceded by its length."""
    data = pickle.dumps(value)
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    """Read one value; EOFError when the other side is gone."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return pickle.loads(data)


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

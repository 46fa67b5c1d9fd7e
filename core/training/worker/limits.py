"""The training process's bound on memory: a run that outgrows it ends with a sentence, and everybody else goes on.

The process looks at its own resident memory. A limit of the system's was tried instead: where an allocation fails,
TensorFlow ended the process without a word three times of four (`RLIMIT_DATA` twice, `RLIMIT_AS` once), and raised an
error once. Such limits also count what is only reserved, which grows with the number of threads; macOS has none.
"""

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from core.config import Settings

if sys.platform != "win32":
    import resource

EXIT_CODE = 77
"""Of a training process that ended itself over its memory."""

BASE_BYTES = 1_000_000_000
"""What TensorFlow, the images and a validation batch take beside a step of training."""

_LOOK_EVERY_S = 0.05
_STATUS = Path("/proc/self/status")


def step_bytes() -> int:
    """Return what one step of training may fill on this server."""
    limit = Settings.from_environ().training_memory_bytes
    return round(max(limit - BASE_BYTES, limit / 4))


def sentence() -> str:
    """Say why a run was ended over its memory."""
    limit = Settings.from_environ().training_memory_bytes
    return (
        f"It needed more than the {limit / 1e9:.1f} GB of memory that training has on this server, and was ended. "
        "Train a new run with smaller batches or a smaller network."
    )


def filled_bytes(pid: int | None = None) -> int:
    """Return how much memory a process fills, without mapped files where the system tells them apart.

    Where it does not (macOS), the most this process has ever filled; 0 where nothing is known (Windows; another one).

    Args:
        pid: of the process; None for this one.
    """
    with contextlib.suppress(OSError, StopIteration):
        lines = (_STATUS if pid is None else Path(f"/proc/{pid}/status")).read_text().splitlines()
        return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))
    if pid is not None or sys.platform == "win32":
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def watch(limit_bytes: float, exceeded: Callable[[], object]) -> None:
    """From now on, look at this process's memory, and call `exceeded` once it is more than `limit_bytes`."""

    def look() -> None:
        while filled_bytes() <= limit_bytes:
            time.sleep(_LOOK_EVERY_S)
        exceeded()

    threading.Thread(target=look, name="memory-limit", daemon=True).start()


def go_first() -> None:
    """Where a machine runs out of memory, let the system end this process, not the server."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("800")


def end() -> None:
    """End this process at once, over its memory."""
    os._exit(EXIT_CODE)

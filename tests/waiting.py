"""Waiting for what happens in another thread or process."""

import time
from collections.abc import Callable

PATIENCE_S = 180.0


def wait_for(condition: Callable[[], object], most_s: float = PATIENCE_S) -> None:
    end = time.monotonic() + most_s
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.01)

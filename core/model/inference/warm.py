"""Loads TensorFlow in the background, so that no visitor waits for its import."""

import gc
import logging
import threading
import time
from typing import Literal

RETRY_S = 60.0
"""So long after it has failed loading is not tried again: each try may take seconds of processor time."""

_LOG = logging.getLogger(__name__)
_changed = threading.Condition()
_state: Literal["unasked", "loading", "warm", "failed"] = "unasked"
_failed_at, _reason = 0.0, ""  # when it failed last, in seconds of `time.monotonic`, and why


def is_warm() -> bool:
    """Whether TensorFlow is loaded and has computed once."""
    return _state == "warm"


def has_failed() -> bool:
    """Whether TensorFlow could not be loaded, and is not being tried again."""
    return _state == "failed"


def begin(delay_s: float = 0.0) -> None:
    """Start loading TensorFlow in a thread, `delay_s` seconds from now; later calls do nothing.

    Where it has failed, a call that comes `RETRY_S` later tries again.
    """
    with _changed:
        if _state == "unasked" or (_state == "failed" and time.monotonic() - _failed_at >= RETRY_S):
            _stand("loading")
            threading.Thread(target=_warm, args=(delay_s,), name="warm-tensorflow", daemon=True).start()


def wait(timeout_s: float) -> bool:
    """Wait until TensorFlow is warm or has failed, at most `timeout_s` seconds; return whether it is warm."""
    with _changed:
        _changed.wait_for(lambda: is_warm() or has_failed(), timeout_s)
        return is_warm()


def _stand(state: Literal["loading", "warm", "failed"]) -> None:
    global _state
    with _changed:
        _state = state
        _changed.notify_all()


def _warm(delay_s: float) -> None:
    time.sleep(delay_s)
    try:
        import numpy as np

        from core.config import IMAGE_SHAPE
        from core.model.construction.network import build
        from core.model.inference.networks import Network
        from core.model.structure.architecture import Architecture

        tutorial = Architecture.tutorial()
        network = Network.of(build(tutorial, seed=0), tutorial)
        image = np.zeros(IMAGE_SHAPE, np.uint8)
        network.logits(image[np.newaxis])
    except BaseException as error:  # whatever it was, nobody may wait for it any longer
        _fail(error)
        return
    gc.collect()
    gc.freeze()  # TensorFlow's million objects stay; a later collection need not look at them again
    _stand("warm")
    network.inside(image)  # compiled for whoever looks inside first


def _fail(error: BaseException) -> None:
    """Log why, the same reason once with its traceback."""
    global _failed_at, _reason
    reason = repr(error)
    _LOG.error("TensorFlow could not be loaded: %s", reason, exc_info=error if reason != _reason else None)
    _failed_at, _reason = time.monotonic(), reason
    _stand("failed")

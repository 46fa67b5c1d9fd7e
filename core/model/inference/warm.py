"""Loads TensorFlow in the background, so that no visitor waits for its import."""

import gc
import logging
import threading
import time

_LOG = logging.getLogger(__name__)
_start = threading.Lock()
_begun = False
_done = threading.Event()


def is_warm() -> bool:
    """Whether TensorFlow is loaded and has computed once."""
    return _done.is_set()


def begin(delay_s: float = 0.0) -> None:
    """Start loading TensorFlow in a thread, `delay_s` seconds from now; later calls do nothing."""
    global _begun
    with _start:
        if _begun:
            return
        _begun = True
    threading.Thread(target=_warm, args=(delay_s,), name="warm-tensorflow", daemon=True).start()


def wait(timeout_s: float) -> bool:
    """Wait until TensorFlow is warm, at most `timeout_s` seconds; return whether it is."""
    return _done.wait(timeout_s)


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
    except Exception:
        _LOG.exception("TensorFlow could not be loaded")
        raise
    gc.collect()
    gc.freeze()  # TensorFlow's million objects stay; a later collection need not look at them again
    _done.set()
    network.inside(image)  # compiled for whoever looks inside first

"""Keeps the C library and TensorFlow from keeping what was freed.

Linux' library (glibc) keeps it in up to eight pools a core, 64 MB each. A hall's pictures and batches pass through many
threads, each with a pool of its own, and glibc learns from the largest blocks to give back less and less. The end of a
pool, where most of it lies, is returned only when something is freed there; `malloc_trim` leaves it (glibc 2.36,
`malloc.c`: `mtrim` and `heap_trim`).

Where TensorFlow computes with oneDNN it takes regions of its own, each twice as large as the one before, and returns
none (`mkl_cpu_allocator.h`); it can be told to ask the library for every tensor instead.
"""

import ctypes
import os
import sys
import threading
import time
from functools import cache

_ARENA_MAX, _TRIM_THRESHOLD, _MMAP_THRESHOLD = -8, -1, -3  # of mallopt, in glibc's malloc.h
_POOLS = 4
_KEPT_BYTES = 16 * 2**20
_TENSORS = "TF_ONEDNN_USE_SYSTEM_ALLOCATOR"
_EVERY_S = 5.0
"""How often what was freed is returned: that takes some milliseconds, and what is taken again is emptied anew."""


def keep_little() -> None:
    """Let all threads share a few pools, each of which keeps little of what is freed; larger blocks none.

    Call it before many threads run, as pools that exist already stay, and before TensorFlow is imported. Processes that
    train do without: they take the same blocks again at every step. Whoever has tuned the library is obeyed.
    """
    library = _c_library()
    if library is not None and "GLIBC_TUNABLES" not in os.environ:
        library.mallopt(_ARENA_MAX, _POOLS)
        library.mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)
        library.mallopt(_MMAP_THRESHOLD, _KEPT_BYTES)
        if _TENSORS not in os.environ:
            os.putenv(_TENSORS, "1")  # of this process alone: `os.environ`, which others are started with, stays
        threading.Thread(target=_return_often, name="return-freed", daemon=True).start()


def return_freed() -> None:
    """Hand memory that was freed between blocks in use back to the system."""
    library = _c_library()
    if library is not None:
        library.malloc_trim(0)


def _return_often() -> None:
    while True:
        time.sleep(_EVERY_S)
        return_freed()


@cache
def _c_library() -> ctypes.CDLL | None:
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    return library if hasattr(library, "malloc_trim") else None

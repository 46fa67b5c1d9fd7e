"""Keeps the C library from keeping what was freed: Linux' (glibc) does so in up to eight pools a core, 64 MB each.

A hall's pictures and batches pass through many threads, each with a pool of its own, and glibc learns from the largest
blocks to give back less and less. The end of a pool, where most of it lies, is returned only when something is freed
there; `malloc_trim` leaves it (glibc 2.36, `malloc.c`: `mtrim` and `heap_trim`).
"""

import ctypes
import os
import sys
from functools import cache

_ARENA_MAX, _TRIM_THRESHOLD, _MMAP_THRESHOLD = -8, -1, -3  # of mallopt, in glibc's malloc.h
_POOLS = 4
_KEPT_BYTES = 16 * 2**20


def keep_little() -> None:
    """Let all threads share a few pools, each of which keeps little of what is freed at its end; larger blocks none.

    Best before many threads run: pools that exist already stay. Whoever has tuned the library is obeyed.
    """
    library = _c_library()
    if library is not None and "GLIBC_TUNABLES" not in os.environ:
        library.mallopt(_ARENA_MAX, _POOLS)
        library.mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)
        library.mallopt(_MMAP_THRESHOLD, _KEPT_BYTES)


def return_freed() -> None:
    """Hand memory that was freed between blocks in use back to the system."""
    library = _c_library()
    if library is not None:
        library.malloc_trim(0)


@cache
def _c_library() -> ctypes.CDLL | None:
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    return library if hasattr(library, "malloc_trim") else None

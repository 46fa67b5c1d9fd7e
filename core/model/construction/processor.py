"""What this processor does fast, and what TensorFlow is told of it before it starts. Standard library only."""

import functools
import os
import platform
import re
from collections.abc import Set
from pathlib import Path

ONEDNN = "TF_ENABLE_ONEDNN_OPTS"
_OFF = ("0", "false", "False")
_CHOSEN_BY_TENSORFLOW = {"avx512_vnni", "avx512_bf16", "avx_vnni", "amx_tile", "amx_int8", "amx_bf16"}
"""Where a processor has one of these, TensorFlow takes oneDNN's kernels by itself (its `util/util.cc`)."""

TUNABLES = "GLIBC_TUNABLES"
_MEMORY = "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=268435456:glibc.malloc.trim_threshold=1073741824"
"""For Linux' C library: large pages, and up to 1 GB of freed memory kept instead of fetched and emptied anew."""

_WITHOUT_AVX512 = {"SSE41", "AVX", "AVX2", "AVX2_VNNI", "AVX2_VNNI_2"}
_HALF = {"avx512_bf16", "amx_bf16"}
_WITHOUT_HALF = _WITHOUT_AVX512 | {"AVX512_CORE", "AVX512_CORE_VNNI"}
"""Values of `ONEDNN_MAX_CPU_ISA`, oneDNN's own setting that makes it do as if the processor could no more."""


@functools.cache
def flags() -> Set[str]:
    """Return what the processor says it can, in Linux' words; nothing on other systems."""
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return frozenset()
    found = re.search(r"^flags\s*:(.*)$", text, re.MULTILINE)
    return frozenset(found[1].split()) if found else frozenset()


def environment() -> dict[str, str]:
    """Return what to add to the environment of a process that trains, before it starts.

    oneDNN's kernels take about a third of the processor time of TensorFlow's others from AVX2 on; by itself TensorFlow
    takes them only on newer processors. A step of training fills and frees maps of tens of megabytes, which in pages of
    4 kB costs up to a quarter of its processor time. Whoever has set either is obeyed.
    """
    added = {TUNABLES: _MEMORY} if platform.system() == "Linux" and TUNABLES not in os.environ else {}
    return added | ({ONEDNN: "1"} if "avx2" in flags() and ONEDNN not in os.environ else {})


def onednn() -> bool:
    """Whether TensorFlow uses oneDNN's kernels in a process with this environment, as far as can be told."""
    if ONEDNN in os.environ:
        return os.environ[ONEDNN] not in _OFF
    return not flags() or bool(flags() & _CHOSEN_BY_TENSORFLOW)


def compiles() -> bool:
    """Whether XLA is known to compile well here; elsewhere (macOS, Windows) it was not tried."""
    return platform.system() == "Linux" and "avx2" in flags()


def pools_fast() -> bool:
    """Whether TensorFlow's gradient of max pooling is fast here: oneDNN's is, with AVX-512 or where none is known."""
    return onednn() and (not flags() or "avx512f" in flags()) and _allowed() not in _WITHOUT_AVX512


def computes_half() -> bool:
    """Whether half precision (bfloat16) is faster here than single: without instructions of its own it is slower.

    oneDNN refuses it altogether on AVX2, and TensorFlow's other kernels know no such instructions.
    """
    return onednn() and _allowed() not in _WITHOUT_HALF and bool(flags() & _HALF)


def _allowed() -> str:
    return os.environ.get("ONEDNN_MAX_CPU_ISA", "").upper()


def usable(dtype: str) -> str:
    """Return `dtype`, or "float32" where this processor does not compute in it.

    >>> usable("float32")
    'float32'
    """
    return dtype if dtype == "float32" or computes_half() else "float32"

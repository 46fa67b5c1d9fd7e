"""Read one CIFAR-10 batch file without trusting it.

A batch is a Python pickle, and a pickle can call any function. Here nothing but the few instructions that the real
batches use is read, and the four names they mention are answered by stand-ins that only carry bytes: no code of NumPy,
let alone of anybody else, runs while a batch is read.
"""

import io
import pickle
import pickletools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.config import IMAGE_SHAPE
from core.errors import DataError

CLASSES = 10
"""CIFAR-10's labels are 0 to 9."""

ROW_BYTES = int(np.prod(IMAGE_SHAPE))
"""Bytes of one image in a batch: 1,024 red, then 1,024 green, then 1,024 blue ones, each row by row."""

_CONSTANTS = (
    "NONE",
    "NEWTRUE",
    "NEWFALSE",
    "BININT",
    "BININT1",
    "BININT2",
    "BINSTRING",
    "SHORT_BINSTRING",
    "BINUNICODE",
)
_CONTAINERS = ("EMPTY_DICT", "SETITEM", "SETITEMS", "EMPTY_LIST", "APPEND", "APPENDS")
_TUPLES = ("EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3")
_MEMO = ("BINPUT", "LONG_BINPUT", "BINGET", "LONG_BINGET")
_OBJECTS = ("GLOBAL", "REDUCE", "BUILD")
_INSTRUCTIONS = frozenset(("PROTO", "STOP", "MARK", *_CONSTANTS, *_CONTAINERS, *_TUPLES, *_MEMO, *_OBJECTS))
_MEMO_LIMIT = 1_000_000


def read_batch(content: bytes, *, images: int, name: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the pixels and labels of one batch file.

    Args:
        content: the whole file, a pickled dict with the keys `b"data"` and `b"labels"`.
        images: how many images the batch must hold (10,000 in CIFAR-10).
        name: the file's name, for the error message.

    Returns:
        Pixels uint8 (images, 32, 32, 3), red, green, blue, range 0..255, and labels uint8 (images,), range 0..9.

    Raises:
        DataError: the file is damaged, holds something else, or asks for anything that a batch has no use for.

    Source: https://www.cs.toronto.edu/~kriz/cifar.html, "Dataset layout / Python".
    """
    batch = _unpickle(content, name)
    if not isinstance(batch, dict) or not {b"data", b"labels"} <= batch.keys():
        raise _damaged(name, "something other than a batch with data and labels")
    rows, labels = batch[b"data"], batch[b"labels"]
    if not isinstance(rows, _Array) or rows.array.shape != (images, ROW_BYTES):
        shape = rows.array.shape if isinstance(rows, _Array) else type(rows).__name__
        raise _damaged(name, f"pixels of shape {shape} instead of {(images, ROW_BYTES)}")
    if not _are_labels(labels, images):
        raise _damaged(name, f"labels that are not {images:,} whole numbers from 0 to {CLASSES - 1}")
    height, width, channels = IMAGE_SHAPE
    planes = rows.array.reshape(images, channels, height, width)
    return np.ascontiguousarray(planes.transpose(0, 2, 3, 1)), np.array(labels, np.uint8)


def _are_labels(labels: object, images: int) -> bool:
    if not isinstance(labels, list) or len(labels) != images:
        return False
    return all(type(label) is int and 0 <= label < CLASSES for label in labels)


def _unpickle(content: bytes, name: str) -> Any:
    try:
        _check_instructions(content)
        return _BatchUnpickler(io.BytesIO(content), encoding="bytes").load()
    except DataError:
        raise
    except Exception as error:  # A damaged pickle can fail in any way; the reason interests only the log.
        raise _damaged(name, f"a file that cannot be read ({type(error).__name__})") from error


def _check_instructions(content: bytes) -> None:
    """Refuse every instruction that CIFAR-10's batches do not use, before one is carried out."""
    for opcode, argument, _ in pickletools.genops(content):
        if opcode.name not in _INSTRUCTIONS:
            raise pickle.UnpicklingError(f"instruction {opcode.name} is not admitted")
        if opcode.name == "LONG_BINPUT" and int(argument or 0) > _MEMO_LIMIT:  # The memo grows to the position named.
            raise pickle.UnpicklingError(f"memo position {argument} is not admitted")


class _BatchUnpickler(pickle.Unpickler):
    """An unpickler that knows four names, each answered by a stand-in."""

    def find_class(self, module: str, name: str) -> Any:
        stand_in = _STAND_INS.get((module, name))
        if stand_in is None:
            raise pickle.UnpicklingError(f"{module}.{name} is not admitted")
        return stand_in


class _Dtype:
    """Stands in for `numpy.dtype`; the only one admitted is unsigned bytes."""

    def __init__(self, code: object, *_flags: object) -> None:
        if code not in ("u1", b"u1"):
            raise pickle.UnpicklingError(f"dtype {code!r} is not admitted")

    def __setstate__(self, state: object) -> None:
        """Accept byte order and the like, which mean nothing for single bytes."""


class _Array:
    """Stands in for `numpy.ndarray`: takes shape and bytes, and keeps a read-only array only where they agree."""

    array: NDArray[np.uint8] = np.empty((0,), np.uint8)

    def __setstate__(self, state: tuple[object, ...]) -> None:
        _version, shape, dtype, fortran_order, content = state
        if not isinstance(dtype, _Dtype) or not isinstance(content, bytes) or not isinstance(shape, tuple):
            raise pickle.UnpicklingError("an array must be made of bytes")
        array = np.frombuffer(content, np.uint8)
        self.array = array.reshape(shape, order="F" if fortran_order else "C")


def _reconstruct(kind: object, *_shape_and_code: object) -> _Array:
    """Stand in for NumPy's function of that name, which makes the empty array that `__setstate__` then fills."""
    if kind is not _Array:
        raise pickle.UnpicklingError("only arrays are admitted")
    return _Array()


def _encode(text: object, encoding: object) -> bytes:
    """Stand in for `_codecs.encode`, which Python 3 uses to write bytes into a pickle of the old protocol."""
    if not isinstance(text, str) or encoding != "latin1":
        raise pickle.UnpicklingError("only Latin-1 text stands for bytes")
    return text.encode("latin1")


_STAND_INS = {
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Dtype,
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,  # as the official batches name it
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,  # as NumPy 2 names it
    ("_codecs", "encode"): _encode,
}


def _damaged(name: str, received: str) -> DataError:
    return DataError(
        f"Expected {name} to be one of CIFAR-10's batches. Received {received}. "
        "Replace it with the file of the official archive."
    )

"""What is kept of visitors' pictures while they look at them: their files where there is room, else small copies."""

import io
import threading
import weakref
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.data.pictures import decoding, jpeg
from core.data.pictures.parts import Parts, Size

VISITOR_BYTES = 10 * 2**20
"""What one visitor may have kept: the largest picture, or a few of a phone's."""

TOTAL_BYTES = 256 * 2**20
"""What all visitors together may have kept."""

_COPY_QUALITY = 95


class Room:
    """Bytes that are taken by objects and free again once these are gone.

    Args:
        total: in bytes.
    """

    def __init__(self, total: int) -> None:
        self.free = total
        """Bytes that are free now."""
        self._lock = threading.RLock()  # a finalizer may run in the thread that holds it

    def take(self, owner: object, amount: int) -> bool:
        """Take `amount` bytes for as long as `owner` lives; return False, and take none, where they are not free."""
        with self._lock:
            if amount > self.free:
                return False
            self.free -= amount
        weakref.finalize(owner, self._give_back, amount).atexit = False
        return True

    def _give_back(self, amount: int) -> None:
        with self._lock:
            self.free += amount


ROOM = Room(TOTAL_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, weakref_slot=True)
class Kept:
    """A picture that can be cropped as long as somebody holds it.

    Attributes:
        parts: the visitor's file, or a small copy.
        is_original: whether it is the visitor's file.
    """

    parts: Parts
    is_original: bool

    @property
    def size(self) -> Size:
        """Width and height in pixels, upright."""
        return decoding.upright_size(self.parts)


def keep(parts: Parts, shown: NDArray[np.uint8], *, taken: int) -> Kept:
    """Keep a picture, its own file where there is room.

    Args:
        parts: the visitor's file.
        shown: the same, uint8 (height, width, 3), upright and small: what is kept where there is no room.
        taken: bytes of the files that this visitor has kept already.
    """
    kept = Kept(parts=parts, is_original=True)
    if taken + len(parts.content) <= VISITOR_BYTES and ROOM.take(kept, len(parts.content)):
        return kept
    stream = io.BytesIO()
    Image.fromarray(shown).save(stream, "JPEG", quality=_COPY_QUALITY, subsampling=0)
    return Kept(parts=jpeg.read(stream.getvalue()), is_original=False)

"""Read the batches out of CIFAR-10's archive, member by member, without unpacking it to disk."""

import gzip
import hashlib
import io
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from core.errors import DataError

FOLDER = "cifar-10-batches-py"
"""The folder inside the archive, and the name it keeps wherever somebody unpacks it."""

TRAIN_BATCHES = tuple(f"data_batch_{number}" for number in range(1, 6))
TEST_BATCH = "test_batch"
BATCHES = (*TRAIN_BATCHES, TEST_BATCH)

_OTHER_MEMBERS = ("batches.meta", "readme.html")
_MEMBERS = frozenset(f"{FOLDER}/{name}" for name in (*BATCHES, *_OTHER_MEMBERS))

BATCH_LIMIT = 64 * 2**20
"""The most bytes one batch file may have; the official ones have 31 million, those written by Python 3 44 million."""
_ARCHIVE_LIMIT = 512 * 2**20
_BLOCK = 2**20


def verify(path: Path, md5: str) -> None:
    """Check an archive's MD5 checksum, the one that CIFAR-10's page states.

    Raises:
        DataError: the checksum is another one, or the file cannot be read.
    """
    received = hashlib.md5(usedforsecurity=False)
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                received.update(block)
    except OSError as error:
        raise _unreadable(path, error.strerror or "an error") from error
    if received.hexdigest() != md5:
        raise DataError(
            f"Expected the official archive with MD5 {md5}. Received {path} with MD5 {received.hexdigest()}, "
            "so it is incomplete or another file. Fetch it again."
        )


def batches(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each of the six batches, in the order in which the archive holds them.

    Only the eight regular files of CIFAR-10 are admitted, each once: a link, a device, a path that leads elsewhere,
    a file too many or one too large ends the reading. Nothing is written anywhere.

    Args:
        path: a gzip-compressed tar file.

    Raises:
        DataError: the archive holds anything else, lacks a batch, or is damaged.
    """
    missing = set(BATCHES)
    try:
        with gzip.open(path) as unpacked:
            limited = _Limited(unpacked)
            yield from _batches(limited, path, missing)
            while limited.read(_BLOCK):  # The compressed stream's own checksum stands at its end.
                pass
    except (OSError, EOFError, zlib.error, tarfile.TarError, ValueError, OverflowError) as error:
        raise _unreadable(path, type(error).__name__) from error
    if missing:
        raise DataError(
            f"Expected six batches in {path}. Received an archive without {', '.join(sorted(missing))}. "
            "Fetch the official archive again."
        )


def _batches(content: "_Limited", path: Path, missing: set[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the batches of an uncompressed archive and strike them off `missing`."""
    seen = set[str]()
    with tarfile.open(fileobj=content, mode="r|") as archive:
        for member in archive:
            if member.isdir() and member.name.strip("/") == FOLDER:
                continue
            _check_member(member, path, seen)
            name = member.name.removeprefix(f"{FOLDER}/")
            if name in missing:
                missing.remove(name)
                yield name, _read(archive, member)


def _check_member(member: tarfile.TarInfo, path: Path, seen: set[str]) -> None:
    regular = member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and not member.issparse()
    if not regular or member.name not in _MEMBERS or member.name in seen or not 0 <= member.size <= BATCH_LIMIT:
        raise DataError(
            f"Expected only the eight files of CIFAR-10 in {path}. Received the member {member.name[:100]!r}. "
            "Fetch the official archive again."
        )
    seen.add(member.name)


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    content = file.read(BATCH_LIMIT) if file else b""
    if len(content) != member.size:
        raise EOFError
    return content


class _Limited(io.RawIOBase):
    """Passes on a decompressed stream until it exceeds what CIFAR-10 could need; tar headers can ask for any amount."""

    def __init__(self, source: gzip.GzipFile) -> None:
        super().__init__()
        self._source = source
        self._left = _ARCHIVE_LIMIT

    def read(self, size: int = -1) -> bytes:
        content = self._source.read(min(size, _BLOCK) if size >= 0 else _BLOCK)
        self._left -= len(content)
        if self._left < 0:
            raise EOFError
        return content


def _unreadable(path: Path, reason: str) -> DataError:
    return DataError(
        f"Expected a whole archive in {path}. Received one that cannot be read to its end ({reason}). "
        "Fetch the official archive again."
    )

"""A CIFAR-10 of 120 images, in the layouts and forms of the real one."""

import hashlib
import io
import pickle
import struct
import tarfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray

from core.config import Settings
from core.data.archive import BATCHES, FOLDER
from core.data.sets.cifar10 import Edition

BATCH_IMAGES = 20


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with an empty home and no source of CIFAR-10."""
    return replace(Settings.from_environ(), home=tmp_path / "home", cifar10=None, download=True)


@pytest.fixture
def pictures() -> dict[str, NDArray[np.uint8]]:
    """Pixels of each batch, uint8 (20, 32, 32, 3)."""
    generator = np.random.default_rng(7)
    return {name: generator.integers(0, 256, (BATCH_IMAGES, 32, 32, 3), np.uint8) for name in BATCHES}


@pytest.fixture
def batch_files(pictures: dict[str, NDArray[np.uint8]]) -> dict[str, bytes]:
    """Content of the six batch files; the test batch has NumPy's present form, the others that of 2009."""
    files = {name: official_batch(pictures[name]) for name in BATCHES}
    files["test_batch"] = modern_batch(pictures["test_batch"])
    return files


@pytest.fixture
def folder(tmp_path: Path, batch_files: dict[str, bytes]) -> Path:
    """A folder that holds cifar-10-batches-py/."""
    batches = tmp_path / "unpacked" / FOLDER
    batches.mkdir(parents=True)
    for name, content in batch_files.items():
        (batches / name).write_bytes(content)
    return batches.parent


@pytest.fixture
def archive_file(tmp_path: Path, batch_files: dict[str, bytes]) -> Path:
    """An archive like the official one."""
    path = tmp_path / "small.tar.gz"
    path.write_bytes(pack({**batch_files, "batches.meta": b"meta", "readme.html": b"<html>"}))
    return path


@pytest.fixture
def edition(archive_file: Path) -> Edition:
    """What the small archive and folder must contain."""
    md5 = hashlib.md5(archive_file.read_bytes(), usedforsecurity=False).hexdigest()
    return Edition(md5=md5, batch_images=BATCH_IMAGES)


@pytest.fixture
def make() -> SimpleNamespace:
    """The functions below, for tests that make files of their own."""
    return SimpleNamespace(
        regular=regular, archive=archive_of, pack=pack, rows=rows_of, labels=labels_of, modern=modern_batch,
        official=official_batch,
    )  # fmt: skip


def regular(name: str, content: bytes) -> tuple[tarfile.TarInfo, bytes]:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    return member, content


def archive_of(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for member, content in members:
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def pack(files: dict[str, bytes]) -> bytes:
    top = tarfile.TarInfo(FOLDER)
    top.type = tarfile.DIRTYPE
    return archive_of((top, b""), *(regular(f"{FOLDER}/{name}", content) for name, content in files.items()))


def rows_of(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return CIFAR-10's rows: (n, 3072), all red, then all green, then all blue values of an image."""
    return np.concatenate([pixels[..., channel].reshape(len(pixels), -1) for channel in range(3)], axis=1)


def labels_of(images: int) -> list[int]:
    return [index % 10 for index in range(images)]


def modern_batch(pixels: NDArray[np.uint8]) -> bytes:
    """A batch as today's Python and NumPy write it."""
    return pickle.dumps({b"labels": labels_of(len(pixels)), b"data": rows_of(pixels)}, protocol=2)


def official_batch(pixels: NDArray[np.uint8]) -> bytes:
    """A batch as Python 2 and the NumPy of 2009 wrote it, instruction by instruction."""
    rows = rows_of(pixels)
    labels = b"".join(b"K" + bytes([label]) for label in labels_of(len(pixels)))
    array = (
        b"cnumpy.core.multiarray\n_reconstruct\nq\x04cnumpy\nndarray\nq\x05K\x00\x85U\x01b\x87Rq\x06"
        + b"(K\x01K" + bytes([len(rows)]) + b"M\x00\x0c\x86"
        + b"cnumpy\ndtype\nq\x07U\x02u1K\x00K\x01\x87Rq\x08(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
        + b"\x89T" + struct.pack("<I", rows.nbytes) + rows.tobytes() + b"tb"
    )  # fmt: skip
    return (
        b"\x80\x02}q\x01(U\x0bbatch_labelq\x02U\x15training batch 1 of 5"
        + b"U\x06labels](" + labels + b"eU\x04data" + array + b"u."
    )  # fmt: skip

"""All 60,000 images of CIFAR-10: found on this machine, converted once, mapped into memory ever after.

The official files are pickles inside a compressed archive: slow to read, and 180 MB of memory for every process. They
are converted once below the home folder (`core.data.conversion`).

Source of the data: Alex Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from core.config import IMAGE_SHAPE, Settings
from core.data import archive, batches, conversion
from core.data.about import CUSTOM, About
from core.data.dataset import Dataset, whole_split
from core.data.sets import sample
from core.errors import DataError

ABOUT = About(
    name="cifar10",
    title="CIFAR-10",
    class_names=sample.ABOUT.class_names,
    recipes=("tutorial", "fast", "fast-short", "strong", "strong-short", "muon", CUSTOM),
    source=sample.ABOUT.source,
    image_code=sample.ABOUT.image_code,
    tutorial_note="float64 only follows from dividing by 255 in NumPy. The tutorial calls channel 0 blue: it is red.",
    remark=sample.ABOUT.remark,
    is_tutorials=True,
    absent="This link shows all of CIFAR-10, which is not on this machine yet: here are its 20 bundled images.",
)

ARCHIVE_NAME = "cifar-10-python.tar.gz"

_DOWNLOADED = "downloaded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What a whole CIFAR-10 consists of. There is one official edition; tests make smaller ones.

    Attributes:
        md5: checksum of the archive.
        batch_images: images in each of the five training batches and in the test batch.
    """

    md5: str
    batch_images: int

    @property
    def train_images(self) -> int:
        """Images in the five training batches together."""
        return self.batch_images * len(archive.TRAIN_BATCHES)

    @property
    def bytes_converted(self) -> int:
        """About as many bytes as a conversion needs on disk."""
        return (self.train_images + self.batch_images) * (batches.ROW_BYTES + 1)


OFFICIAL = Edition(md5="c58f30108f718f92721af3d95e74349a", batch_images=10_000)


def find(settings: Settings, edition: Edition = OFFICIAL) -> Path | None:
    """Return where all of CIFAR-10 lies on this machine, or None where it does not.

    Searched in this order: `CONVSCOPE_CIFAR10`, the Keras cache, our own earlier download. Quick: looks at names and
    sizes only, the content is checked when it is converted.

    Returns:
        A folder with the six batches, an archive, or the folder of our own converted download.

    Raises:
        DataError: `CONVSCOPE_CIFAR10` is set and names nothing usable. Nothing else is searched then: whoever chose a
            source should hear that it failed, not see other pixels.
    """
    if settings.cifar10 is not None:
        try:
            return _chosen(settings.cifar10, edition)
        except OSError as error:
            raise DataError(
                f"Expected CONVSCOPE_CIFAR10 to name a folder or an archive. Received {settings.cifar10}, which cannot "
                f"be looked at: {error.strerror or error}. Grant this user access to it."
            ) from error
    for folder in _keras_folders():
        if not _missing_batches(folder, edition):
            return folder
    downloaded = conversion.folder(settings, ABOUT.name) / _DOWNLOADED
    return downloaded if _is_whole(downloaded, edition) else None


def load(settings: Settings, edition: Edition = OFFICIAL) -> Dataset:
    """Return CIFAR-10, memory-mapped and read-only; converts it first where that has not happened yet.

    Returns:
        Train images uint8 (50000, 32, 32, 3) and test images uint8 (10000, 32, 32, 3), red, green, blue, range 0..255.

    Raises:
        DataError: CIFAR-10 is not at hand, incomplete or damaged, or cannot be converted.
    """
    source = find(settings, edition)
    if source is None:
        raise DataError(
            "Expected all 60,000 images of CIFAR-10. Received none, they are not on this machine yet. "
            "Let Convscope download them, or point CONVSCOPE_CIFAR10 at the archive or the folder it unpacks to."
        )
    return _open(convert(source, settings, edition), edition)


def is_converted(source: Path, settings: Settings, edition: Edition = OFFICIAL) -> bool:
    """Return whether `source`, as it is now, has been converted, so that loading it takes milliseconds."""
    return _is_whole(source, edition) or _is_whole(_target(source, settings), edition)


def signature(source: Path) -> str:
    """Return a digest of the source's file names, sizes and times: it changes whenever the source does."""
    parts = [source] if source.is_file() else [source / name for name in archive.BATCHES]
    lines = []
    for part in parts:
        state = part.stat()
        lines.append(f"{part.name} {state.st_size} {state.st_mtime_ns}")
    return conversion.digest("\n".join(lines))


def convert(
    source: Path,
    settings: Settings,
    edition: Edition = OFFICIAL,
    *,
    downloaded: bool = False,
    on_batch: Callable[[int], None] = lambda done: None,
) -> Path:
    """Convert a folder of batches or an archive into memory-mappable files, unless that was done before.

    Args:
        source: what `find` returned, or an archive that was just downloaded.
        downloaded: keep the result as our own download, which no longer needs the archive.
        on_batch: called after each of the six batches with the number done; what it raises ends the conversion.

    Returns:
        The folder of the conversion.

    Raises:
        DataError: the source is incomplete or damaged, or the disk is full or read-only.
    """
    if _is_whole(source, edition):
        return source
    try:
        target = conversion.folder(settings, ABOUT.name) / _DOWNLOADED if downloaded else _target(source, settings)
        if _is_whole(target, edition):
            return target
        return conversion.make(
            target, lambda folder: _write(source, folder, edition, on_batch), lambda folder: _is_whole(folder, edition)
        )
    except OSError as error:
        raise conversion.disk_error(error, source, settings, edition.bytes_converted) from error


def _chosen(path: Path, edition: Edition) -> Path:
    if path.is_file():
        return path
    folder = path / archive.FOLDER if (path / archive.FOLDER).is_dir() else path
    missing = _missing_batches(folder, edition)
    if not missing:
        return folder
    if len(missing) == len(archive.BATCHES):
        if (path / ARCHIVE_NAME).is_file():
            return path / ARCHIVE_NAME
        received = f"{path}, which does not exist" if not path.exists() else f"{path}, which holds neither"
        raise DataError(
            f"Expected CONVSCOPE_CIFAR10 to name a folder with {archive.FOLDER} or the official archive. "
            f"Received {received}. Correct the path, or leave CONVSCOPE_CIFAR10 unset."
        )
    raise DataError(
        f"Expected six batches of CIFAR-10 in {folder}. Received a folder where {', '.join(missing)} "
        f"{'is' if len(missing) == 1 else 'are'} missing or cut short. Unpack the official archive again."
    )


def _missing_batches(folder: Path, edition: Edition) -> list[str]:
    smallest = edition.batch_images * batches.ROW_BYTES
    return [name for name in archive.BATCHES if conversion.size(folder / name) < smallest]


def _keras_folders() -> tuple[Path, ...]:
    keras = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "datasets"
    return keras / f"{archive.FOLDER}-target" / archive.FOLDER, keras / archive.FOLDER


def _write(source: Path, folder: Path, edition: Edition, on_batch: Callable[[int], None]) -> None:
    """Write the four arrays and the manifest into `folder`."""
    is_archive = source.is_file()
    if is_archive:
        archive.verify(source, edition.md5)
    if shutil.disk_usage(folder).free < edition.bytes_converted:
        raise OSError(f"less than {edition.bytes_converted / 1e6:.0f} MB of disk space is left")
    contents = archive.batches(source) if is_archive else _folder_batches(source)
    labels: dict[str, NDArray[np.uint8]] = {}
    with (
        (folder / conversion.FILES[0]).open("wb") as train_images,
        (folder / conversion.FILES[2]).open("wb") as test_images,
    ):
        _write_header(train_images, edition.train_images)
        _write_header(test_images, edition.batch_images)
        start = train_images.tell()
        for done, (name, content) in enumerate(contents, start=1):
            pixels, labels[name] = batches.read_batch(content, images=edition.batch_images, name=name)
            if name in archive.TRAIN_BATCHES:
                train_images.seek(start + archive.TRAIN_BATCHES.index(name) * pixels.nbytes)
            _write_array(train_images if name in archive.TRAIN_BATCHES else test_images, pixels)
            on_batch(done)
    train_labels = np.concatenate([labels[name] for name in archive.TRAIN_BATCHES])
    _check_balance(train_labels, source)
    _check_balance(labels[archive.TEST_BATCH], source)
    np.save(folder / conversion.FILES[1], train_labels)
    np.save(folder / conversion.FILES[3], labels[archive.TEST_BATCH])
    first = np.load(folder / conversion.FILES[2], mmap_mode="r", allow_pickle=False)
    conversion.write_manifest(folder, reencoded=not is_archive and not _has_official_pixels(first))


def _folder_batches(folder: Path) -> Iterator[tuple[str, bytes]]:
    for name in archive.BATCHES:
        path = folder / name
        if (size := conversion.size(path)) > archive.BATCH_LIMIT:
            raise DataError(
                f"Expected {path} to be one of CIFAR-10's batches. Received a file of {size / 1e6:.0f} MB. "
                "Replace it with the file of the official archive."
            )
        try:
            content = path.read_bytes()
        except OSError as error:
            raise DataError(
                f"Expected to read {path}. Received: {error.strerror or error}. Grant this user access to it."
            ) from error
        yield name, content


def _write_header(file: BinaryIO, images: int) -> None:
    header = {"descr": "|u1", "fortran_order": False, "shape": (images, *IMAGE_SHAPE)}
    np.lib.format.write_array_header_1_0(file, header)


def _write_array(file: BinaryIO, pixels: NDArray[np.uint8]) -> None:
    """Write through the file, not through a memory map: on a full disk that raises instead of killing the process."""
    file.write(pixels.data)


def _check_balance(labels: NDArray[np.uint8], source: Path) -> None:
    counts = np.bincount(labels, minlength=batches.CLASSES)
    if (counts * batches.CLASSES != len(labels)).any():
        raise DataError(
            f"Expected {len(labels) // batches.CLASSES:,} images of each class in {source}. "
            f"Received {', '.join(str(count) for count in counts)}. Unpack the official archive again."
        )


def _has_official_pixels(test_images: NDArray[np.uint8]) -> bool:
    """Compare the first test images with their official pixels, which the bundled sample holds."""
    official = sample.load().test
    first = test_images[: len(official)]
    return first.shape == official.images.shape and bool((first == official.images).all())


def _open(folder: Path, edition: Edition) -> Dataset:
    manifest, arrays = conversion.manifest(folder), conversion.arrays(folder)
    reencoded = bool(manifest["reencoded"])
    return Dataset(
        about=ABOUT,
        family=ABOUT.name,
        origin=_origin(edition, reencoded),
        class_names=ABOUT.class_names,
        train=whole_split(arrays.train_images, arrays.train_labels),
        test=whole_split(arrays.test_images, arrays.test_labels),
        fingerprint=str(manifest["fingerprint"]),
        figures_note=f"on re-encoded {ABOUT.title}" if reencoded else "",
    )


def _origin(edition: Edition, reencoded: bool) -> str:
    count = edition.train_images + edition.batch_images
    if reencoded:
        return f"All {count:,} images of CIFAR-10 (Krizhevsky 2009), re-encoded: close to the official pixels."
    return f"All {count:,} images of CIFAR-10 (Krizhevsky 2009), with the official pixels."


def _is_whole(folder: Path, edition: Edition) -> bool:
    smallest = edition.train_images * batches.ROW_BYTES
    return conversion.is_whole(folder, "reencoded") and conversion.size(folder / conversion.FILES[0]) > smallest


def _target(source: Path, settings: Settings) -> Path:
    return conversion.target(settings, ABOUT.name, source, signature(source))

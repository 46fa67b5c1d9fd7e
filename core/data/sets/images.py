"""Pictures of one's own: a folder of class folders, which whoever starts the server names in `CONVSCOPE_IMAGES`.

Every file is read as if a visitor had sent it (`core.data.uploads`), and converted once (`core.data.conversion`). The
folder is read when the server starts; what changes in it later is another conversion of the next start.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.config import IMAGE_SHAPE, Settings
from core.data import conversion
from core.data.about import CUSTOM, About, Source
from core.data.dataset import FEWEST_CLASSES, MOST_CLASSES, Dataset, whole_split
from core.data.uploads import BYTES_LIMIT, one_line, read_square
from core.errors import DataError, UploadError

FEWEST_IMAGES = 10
"""Different pictures a class must have, two of them for testing."""

MOST_IMAGES = 20_000
"""Files of all classes together."""

_NAMED = 5

ABOUT = About(
    name="images",
    title="Own images",
    recipes=("tutorial", "fast", "strong", CUSTOM),
    largest_batch=64,
    source=Source(
        code="""folder = Path(os.environ.get("CONVSCOPE_IMAGES", "images"))  # of class folders with pictures
classes = []
for paths in class_files(folder).values():
    pictures = {}
    for path in paths:
        try:
            picture = keras.utils.load_img(path, target_size=(32, 32), interpolation="box", keep_aspect_ratio=True)
        except OSError:
            continue  # no picture
        pictures[sha256(path.read_bytes()).hexdigest()] = np.asarray(picture, np.uint8)
    classes.append(pictures)
images, labels, test_images, test_labels = divided(classes)""",
        functions=((__name__, "class_files"), (__name__, "divided")),
        imports=("import os", "from hashlib import sha256", "from pathlib import Path"),
        packages=("pillow",),
    ),
    image_code="from core.data import registry  # in Convscope's folder\n\n"
    'image = registry.load("images").{split}.images[{index}] / 255.0',
    tutorial_note="The tutorial prints (50000, 32, 32, 3) and (10000, 32, 32, 3): that is CIFAR-10. These are pictures "
    "of this server's own.",
    absent="This link shows a folder of pictures that this server does not have. Choose other data in the sidebar.",
)

_converted: dict[tuple[Path, Path], Path] = {}
"""Source and home to the conversion that this process shows, whatever becomes of the source while that is there."""


def find(settings: Settings) -> Path | None:
    """Return the folder of class folders; None where `CONVSCOPE_IMAGES` is not set.

    Raises:
        DataError: it names no folder.
    """
    if settings.images is None or settings.images.is_dir():
        return settings.images
    raise DataError(
        f"Expected CONVSCOPE_IMAGES to name a folder of class folders. Received {settings.images}, which is none. "
        "Correct the path, or leave CONVSCOPE_IMAGES unset."
    )


def load(settings: Settings) -> Dataset:
    """Return the pictures, memory-mapped and read-only; converts them first where that has not happened yet.

    Of each class the fifth whose files have the smallest SHA-256 digests is for testing: the same files are divided
    alike everywhere, and another picture moves few of them. Both splits are in the order of these digests, which mixes
    the classes.

    Returns:
        Images uint8 (n, 32, 32, 3): of every picture the largest square in its middle, reduced by averaging.

    Raises:
        DataError: the folder is missing, has too few or too many classes or pictures, or cannot be converted.
    """
    source = find(settings)
    if source is None:
        raise DataError(
            "Expected a folder of class folders. Received none. Start the server with its path in CONVSCOPE_IMAGES."
        )
    folder = convert(source, settings)
    manifest, arrays = conversion.manifest(folder), conversion.arrays(folder)
    train = whole_split(arrays.train_images, arrays.train_labels)
    test = whole_split(arrays.test_images, arrays.test_labels)
    return Dataset(
        about=ABOUT,
        family=ABOUT.name,
        origin=f"{len(train) + len(test):,} pictures from this server's folder “{_name(source.resolve().name)}”, of "
        "each the middle square, reduced to 32 × 32 pixels. A fifth of each class, chosen by digests of the files, "
        "is for testing.",
        class_names=tuple(map(str, manifest["class_names"])),
        train=train,
        test=test,
        fingerprint=str(manifest["fingerprint"]),
        left_out=tuple(map(str, manifest["left_out"])),
    )


def is_converted(source: Path, settings: Settings) -> bool:
    """Return whether the pictures, as they are now or were when this process began, have been converted."""
    key = source, settings.home
    if key in _converted and _is_whole(_converted[key]):
        return True
    target = _converted[key] = _target(source, settings)  # another process may have replaced what this one showed
    return _is_whole(target)


def signature(source: Path) -> str:
    """Return a digest of the files' names, sizes and times: it changes whenever one of them does."""
    states = [(path, path.stat()) for paths in _listed(source).values() for path in paths]
    return conversion.digest("\n".join(f"{path} {state.st_size} {state.st_mtime_ns}" for path, state in states))


def convert(source: Path, settings: Settings) -> Path:
    """Convert the pictures into memory-mappable files, unless that was done before; return their folder.

    Raises:
        DataError: there are too few or too many classes or pictures, or the disk is full or read-only.
    """
    if is_converted(source, settings):
        return _converted[source, settings.home]
    classes = _checked(source)
    try:
        target = conversion.make(_target(source, settings), lambda folder: _write(classes, folder), _is_whole)
    except OSError as error:
        needed = sum(map(len, classes.values())) * (1 + int(np.prod(IMAGE_SHAPE)))
        raise conversion.disk_error(error, source, settings, needed) from error
    _converted[source, settings.home] = target
    return target


def class_files(folder: Path) -> dict[str, list[Path]]:
    """Return the files in each class folder, all in the order of their names; what begins with a dot is left out."""
    folders = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    return {
        each.name: sorted(path for path in each.iterdir() if path.is_file() and not path.name.startswith("."))
        for each in folders
    }


def divided(
    classes: Sequence[Mapping[str, NDArray[np.uint8]]],
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
    """Divide pictures into those to learn from and those to test with.

    Args:
        classes: for each class its pictures, uint8 (32, 32, 3), by the digests of their files.

    Returns:
        Training images and labels, test images and labels. Of each class the fifth with the smallest digests is for
        testing; all are in the order of their digests, which mixes the classes.
    """
    train: list[tuple[str, int]] = []
    test: list[tuple[str, int]] = []
    for label, pictures in enumerate(classes):
        places = [(digest, label) for digest in sorted(pictures)]
        fifth = max(1, round(len(places) / 5))
        test += places[:fifth]
        train += places[fifth:]
    images = [np.stack([classes[label][digest] for digest, label in sorted(part)]) for part in (train, test)]
    labels = [np.array([label for _, label in sorted(part)], np.uint8) for part in (train, test)]
    return images[0], labels[0], images[1], labels[1]


def _listed(source: Path) -> dict[str, list[Path]]:
    try:
        return class_files(source)
    except OSError as error:
        raise DataError(
            f"Expected to read the class folders in {source}. Received: {error.strerror or error}. "
            "Grant this user access to them."
        ) from error


def _checked(source: Path) -> dict[str, list[Path]]:
    """Return the files of each class; a DataError where there are too few or too many."""
    classes = _listed(source)
    names = {_name(name) for name in classes}
    if not FEWEST_CLASSES <= len(classes) <= MOST_CLASSES or len(names) < len(classes):
        raise DataError(
            f"Expected {FEWEST_CLASSES} to {MOST_CLASSES} folders of different names in {source}, each with the "
            f"pictures of one class. Received {len(names)}. Add, rename or remove folders."
        )
    count = sum(map(len, classes.values()))
    if count > MOST_IMAGES:
        raise DataError(
            f"Expected at most {MOST_IMAGES:,} pictures in {source}. Received {count:,} files. Keep fewer there."
        )
    return classes


def _write(classes: Mapping[str, Sequence[Path]], folder: Path) -> None:
    """Write the arrays and the manifest into `folder`."""
    unreadable: list[Path] = []
    found = [_pictures(paths, unreadable) for paths in classes.values()]
    for name, pictures in zip(classes, found, strict=True):
        if len(pictures) < FEWEST_IMAGES:
            raise DataError(
                f"Expected at least {FEWEST_IMAGES} different pictures of each class. Received {len(pictures)} that "
                f"can be read in the folder “{_name(name)}”. Add more, or take that folder away."
            )
    for file, array in zip(conversion.FILES, divided(found), strict=True):
        np.save(folder / file, array)
    left_out = _left_out(sum(map(len, classes.values())), sum(map(len, found)), unreadable)
    conversion.write_manifest(folder, class_names=[_name(name) for name in classes], left_out=left_out)


def _pictures(paths: Sequence[Path], unreadable: list[Path]) -> dict[str, NDArray[np.uint8]]:
    """Return the pictures of one class by the digests of their files, and add to `unreadable` what is none."""
    pictures = {}
    for path in paths:
        try:
            with path.open("rb") as file:
                content = file.read(BYTES_LIMIT + 1)
            pictures[sha256(content).hexdigest()] = read_square(content)
        except (UploadError, OSError):
            unreadable.append(path)
    return pictures


def _left_out(files: int, pictures: int, unreadable: Sequence[Path]) -> list[str]:
    """Return a sentence each on the files that hold no picture, and on those that are there twice."""
    sentences = []
    if unreadable:
        names = [f"{_name(path.parent.name)}/{_name(path.name)}" for path in unreadable[:_NAMED]]
        more = f" and {len(unreadable) - _NAMED:,} more" if len(unreadable) > _NAMED else ""
        sentences.append(
            f"{_some(len(unreadable), files)} left out, because no picture could be read: {', '.join(names)}{more}."
        )
    if again := files - len(unreadable) - pictures:
        sentences.append(f"{_some(again, files)} left out, because the class holds the same file again.")
    return sentences


def _some(count: int, files: int) -> str:
    return f"{count:,} of {files:,} files {'is' if count == 1 else 'are'}"


def _name(name: str) -> str:
    return one_line(name) or "unnamed"


def _is_whole(folder: Path) -> bool:
    return conversion.is_whole(folder, "class_names", "left_out")


def _target(source: Path, settings: Settings) -> Path:
    return conversion.target(settings, ABOUT.name, source, signature(source))

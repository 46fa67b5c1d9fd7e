"""From a data set's name to its images. A data set is a file in `core/data/sets` and a row here."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from core.config import Settings
from core.data.about import About
from core.data.dataset import Dataset
from core.data.preparation import Preparation
from core.data.sets import cifar10, digits, images, sample
from core.errors import DataError


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A data set that there is, or may be.

    Attributes:
        about: what is known of it without its images.
        load: returns it, or raises a DataError.
        preparation: keeps it converted, where that takes seconds; without one it is always at hand.
    """

    about: About
    load: Callable[[], Dataset]
    preparation: Preparation | None = None

    @property
    def is_at_hand(self) -> bool:
        """Whether it loads, without waiting."""
        return self.preparation is None or self.preparation.state() is True

    @property
    def is_preparing(self) -> bool:
        """Whether it is being converted just now."""
        return self.preparation is not None and self.preparation.is_under_way

    @property
    def problem(self) -> str | None:
        """Why it cannot be used though somebody named it; None where nothing is wrong or nobody named it."""
        state = self.preparation.state() if self.preparation else True
        return state if isinstance(state, str) else None


ROWS = (
    Row(
        about=cifar10.ABOUT,
        load=lambda: cifar10.load(Settings.from_environ()),
        preparation=Preparation(
            find=cifar10.find,
            is_converted=cifar10.is_converted,
            signature=cifar10.signature,
            convert=cifar10.convert,
        ),
    ),
    Row(about=sample.ABOUT, load=sample.load),
    Row(about=digits.ABOUT, load=digits.load),
    Row(
        about=images.ABOUT,
        load=lambda: images.load(Settings.from_environ()),
        preparation=Preparation(
            find=images.find,
            is_converted=images.is_converted,
            signature=images.signature,
            convert=images.convert,
        ),
    ),
)
"""All data sets, best first."""

DATASET_NAMES = tuple(row.about.name for row in ROWS)


def row(name: str) -> Row:
    """Return the row of a data set.

    Raises:
        DataError: there is no such data set.
    """
    for each in ROWS:
        if each.about.name == name:
            return each
    raise DataError(f"Expected one of {', '.join(DATASET_NAMES)}. Received {name[:40]!r}. Choose one from the list.")


def load(name: str) -> Dataset:
    """Return a data set. Cheap where it was converted before: it is mapped, not read.

    Args:
        name: one of `DATASET_NAMES`.

    Raises:
        DataError: there is no such data set, or its images are missing or damaged.
    """
    found = row(name)
    if reason := found.problem:
        raise DataError(reason)
    return found.load()


def available(also: Collection[str | None] = ()) -> tuple[str, ...]:
    """Return the names of the data sets that load, best first; never raises.

    Where images lie on this machine but were never converted, the first call converts them, which takes some seconds,
    once: the server makes that call in a thread when it starts. Calls meanwhile do not wait, they name what else is
    there.

    Args:
        also: name these, if they load, even if what they stand in for is there too.
    """
    at_hand = [row.about for row in ROWS if row.is_at_hand]
    names = {about.name for about in at_hand}
    return tuple(about.name for about in at_hand if about.stands_in_for not in names or about.name in also)


def made_for(recipe: str) -> About:
    """Return what is known of the data set that a named recipe was made for: the first that it suits."""
    return next(row.about for row in ROWS if recipe in row.about.recipes)

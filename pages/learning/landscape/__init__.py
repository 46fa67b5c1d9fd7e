"""The landscape around the way a run took: a map and a hill, and three ways down it, walked in the browser."""

from functools import partial

from core import addressed, cached
from core.bounded import remembered
from core.data.dataset import Dataset
from core.data.examples import Batch
from core.model.structure.memory import images_to_learn_from
from core.training.runs.run import Run
from core.training.studies import landscape as landscapes
from core.training.studies.landscape import LEAST_EPOCHS, MOST_PARAMETERS, Landscape
from pages.learning.weight import short
from pages.shared.choices import Coded, Whole
from pages.shared.component import component, packed
from pages.shared.told import items, number, told, whole

KEY = "learning.landscape"
NOT_MEASURED = (
    f"Expected a run of at least {LEAST_EPOCHS} snapshots and at most {MOST_PARAMETERS:,} parameters, or one that "
    "comes with its landscape. Received another. Choose one in the sidebar."
)
PACES = 100
_FAR = 99_999
"""In hundredths of a unit: further than any picture goes."""

_component = component(__file__)


def landscape(run: Run, found: Landscape, epoch: int) -> None:
    """Draw a run's landscape with the chosen epoch marked on its path."""
    pace, start = Whole("learning.stride", 0, PACES, usual=30), start_choice(found)
    data = packed({"pace": pace.value(), "start": list(start.value()), "epoch": epoch}, beside=_packed(run, found))
    _component(
        key=KEY,
        data=data,
        on_pace_change=lambda: pace.choose(whole(told(KEY, "pace"), below=PACES + 1)),
        on_start_change=lambda: _begin(found, start),
    )


@remembered(1)
def stored(run: Run) -> Landscape | None:
    """Return the landscape that lies with a run."""
    return landscapes.stored(run)


def start_choice(found: Landscape) -> Coded:
    """Return the choice of where the ways begin, in hundredths of a unit; the usual start is the run's own."""

    def read(text: str) -> tuple[int, int]:
        x, _, y = text.partition("_")
        try:
            place = addressed.whole(x, -_FAR, _FAR), addressed.whole(y, -_FAR, _FAR)
        except ValueError:
            place = _FAR, _FAR
        if not _holds(found, place):
            raise ValueError("Expected a place within the picture, in hundredths.")
        return place

    usual = round(100 * float(found.path[0, 0])), round(100 * float(found.path[0, 1]))
    return Coded("learning.start", read, writes="{0[0]}_{0[1]}".format, fits=partial(_holds, found), usual=usual)


def _holds(found: Landscape, place: tuple[int, int]) -> bool:
    sides = zip((found.across, found.along), place, strict=True)
    return all(float(side[0]) <= at / 100 <= float(side[-1]) for side, at in sides)


def _begin(found: Landscape, choice: Coded) -> None:
    x, y = (number(value, -1e4, 1e4) for value in items(told(KEY, "start"), 2))
    if x is not None and y is not None and _holds(found, place := (round(x), round(y))):
        choice.choose(place)


def measured(run: Run, dataset: Dataset) -> Landscape | None:
    """Return a run's landscape: as it was stored, or measured now, which takes some seconds; None where it is too much.

    Raises:
        RunError: a snapshot is missing or damaged.
        TooLargeError: its layers' outputs fill too much memory.
        BusyError: too many others ask at this moment.
    """
    found, network = stored(run), run.config.architecture
    if found or len(run.epochs) < LEAST_EPOCHS or network.parameter_count > MOST_PARAMETERS:
        return found
    batch = Batch(dataset=dataset.name, split=dataset.split_names[0], position=0, count=images_to_learn_from(network))
    return cached.landscape(run, landscapes.some(run.epochs), batch)


@remembered(2, key=lambda run, found: (run, tuple(found.epochs.tolist()), found.losses.tobytes()))
def _packed(run: Run, found: Landscape) -> bytes:
    """Return the heights and the path as the component takes them."""
    return packed({
        "id": f"{run.id} {found.epochs.tolist()}",
        "title": run.title,
        "across": [float(found.across[0]), float(found.across[-1]), len(found.across)],
        "along": [float(found.along[0]), float(found.along[-1]), len(found.along)],
        "losses": [short(round(loss, 4)) for loss in found.losses.ravel().tolist()],
        "epochs": found.epochs.tolist(),
        "path": found.path.round(4).tolist(),
        "pathLosses": [short(loss) for loss in found.path_losses],
        "images": found.images,
    })  # fmt: skip

"""Data, networks and their answers once per process, for all visitors, each kind up to a number of bytes.

Everybody gets the same read-only objects. Nothing here goes through Streamlit's caches: they count entries instead of
bytes, copy or hash arrays on every call, and any visitor may ask for them to be emptied.
"""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.bounded import remembered
from core.config import IMAGE_SHAPE, WHITE, SplitName
from core.data import browsing, registry, strangers
from core.data import duplicates as data_duplicates
from core.data.dataset import Dataset
from core.data.duplicates import Pair
from core.data.examples import Batch, Examples
from core.model.experiments import sanity
from core.model.experiments import survey as surveys
from core.model.experiments.adversarial import WAYS, Fooling
from core.model.experiments.ascent import Ascent
from core.model.experiments.comparison import Comparison
from core.model.explanations import METHODS, Explanation
from core.model.inference.background import shared
from core.model.inference.scoring import Scoring
from core.model.inference.steepness import Steepness
from core.model.quality import temperature as model_temperature
from core.model.quality.answers import Answers
from core.model.quality.doubts import Doubts, doubts
from core.model.quality.evaluation import Evaluation, evaluate
from core.model.structure.architecture import Architecture
from core.model.structure.weights import Variable, Weight
from core.page_runs import page_runs
from core.training.runs.run import Run
from core.training.runs.snapshot import Snapshot
from core.training.studies import layout as training_layout
from core.training.studies import probes as training_probes
from core.training.studies.frames import Frames
from core.training.studies.probes import Probes

if TYPE_CHECKING:
    from core.model.inference.descent import Course, Section, Slopes, WayBack
    from core.model.inference.networks import Network
    from core.training.studies.landscape import Landscape


@remembered(1, size=lambda dataset: 1)  # a handful; its arrays are mapped or small
def dataset(name: str) -> Dataset:
    """Return the data set called `name`, read-only; see `core.data.registry.load`."""
    return registry.load(name)


@remembered(1)
def channel_statistics(name: str, split: SplitName) -> browsing.ChannelStatistics:
    """Return mean and spread of red, green and blue; see `core.data.browsing.channel_statistics`."""
    return browsing.channel_statistics(dataset(name).split(split))


@remembered(256, size=lambda network: network.nbytes)
def network(snapshot: Snapshot) -> "Network":
    """Return the network of a snapshot, ready to be asked."""
    return snapshot.network()


@remembered(2)
def summary(architecture: Architecture) -> str:
    """Return what Keras prints of a network; see `core.model.construction.network.summary`."""
    from core.model.construction import network as model_network

    return model_network.summary(architecture)


@remembered(8)
def random_features(image: bytes, seed: int) -> NDArray[np.float32]:
    """Return the feature maps of a fresh `Conv2D` for the bytes of uint8 (32, 32, 3); see `inference.handmade`."""
    from core.model.inference.handmade import random_features

    return random_features(np.frombuffer(image, np.uint8).reshape(IMAGE_SHAPE) / WHITE, seed=seed)


@shared(24)
def test_scoring(name: str, snapshot: Snapshot) -> Scoring:
    """Return the computation of a snapshot's logits on a data set's test images; the first call starts it."""
    from core.model.quality.evaluation import logits_of

    images, classes = dataset(name).test.images, snapshot.architecture.classes
    return Scoring(lambda: partial(logits_of, network(snapshot)), images, classes)


@remembered(48)
def stored_answers(name: str, snapshot: Snapshot) -> Answers | None:
    """Return what a snapshot answers to a data set's test images as it was stored with the run.

    None where the run stored nothing, or something on other images: then the network has to be asked.
    """
    data = dataset(name)
    stored = snapshot.logits() if snapshot.run.fingerprint == data.fingerprint else None
    return None if stored is None or len(stored) != len(data.test) else Answers.from_logits(stored, data.test.labels)


@remembered(32)
def computed_answers(name: str, snapshot: Snapshot) -> Answers:
    """Return what `test_scoring` found, once it is finished."""
    return Answers.from_logits(test_scoring(name, snapshot).result(), dataset(name).test.labels)


@remembered(4)
def evaluation(name: str, snapshot: Snapshot) -> Evaluation:
    """Return how good a snapshot's answers to a data set's test images are; they have to be stored or computed."""
    answers = stored_answers(name, snapshot) or computed_answers(name, snapshot)
    return evaluate(answers.logits, answers.labels)


@remembered(1)
def temperature(name: str, snapshot: Snapshot) -> float:
    """Return the temperature that fits one half of a snapshot's answers best; see `core.model.quality.temperature`."""
    answers = stored_answers(name, snapshot) or computed_answers(name, snapshot)
    fit, _ = model_temperature.halves(len(answers.labels))
    return model_temperature.fitted(answers.logits[fit], answers.labels[fit])


@remembered(4)
def layout(run: Run) -> dict[str, NDArray[np.float32]]:
    """Return where the test images of a run's data lie in a plane; see `core.training.studies.layout.stored`."""
    return training_layout.stored(run)


@remembered(1)
def purity(name: str, run: Run, way: str) -> float:
    """Return which part of an image's neighbors on a map of its data shows its class; see `studies.layout`."""
    test = dataset(name).test
    return training_layout.purity(layout(run)[way][test.indices], test.labels)


@remembered(1)
def duplicates(family: str) -> tuple[Pair, ...]:
    """Return which test images of a family of data are nearly training images too; see `core.data.duplicates`."""
    return data_duplicates.stored(family)


@remembered(1)
def doubtful(name: str, snapshots: tuple[Snapshot, ...]) -> Doubts | None:
    """Return which labels of test images all of these snapshots doubt; None where the answers of one are not stored."""
    answers = [stored_answers(name, snapshot) for snapshot in snapshots]
    found = [each for each in answers if each is not None]
    return doubts(found) if found and len(found) == len(answers) else None


@remembered(1)
def strangers_logits(family: str, snapshot: Snapshot) -> dict[str, NDArray[np.float64]]:
    """Return a snapshot's logits (n, classes) for what its family of data does not show; see `core.data.strangers`."""
    from core.model.quality.evaluation import logits_of

    of = network(snapshot)
    return {name: np.asarray(logits_of(of, images), np.float64) for name, images in strangers.of(family).items()}


@remembered(48, key=lambda snapshots, layer, image: (snapshots, layer, image.tobytes()))
def frames(snapshots: tuple[Snapshot, ...], layer: str, image: NDArray[np.uint8]) -> Frames:
    """Return what the snapshots of a run make of an image; see `core.training.studies.frames.frames`."""
    from core.training.studies import frames as training_frames

    return training_frames.frames(snapshots, image, layer=layer)


@remembered(64)
def maps_and_logits(
    snapshot: Snapshot, pixels: bytes, before_activation: bool
) -> tuple[dict[str, NDArray[np.float32]], NDArray[np.float32]]:
    """Return a snapshot's feature maps and logits for the bytes of uint8 (32, 32, 3); see `inference.inspection`."""
    from core.model.inference import inspection

    image = np.frombuffer(pixels, np.uint8).reshape(IMAGE_SHAPE)
    return inspection.maps_and_logits(network(snapshot), image, before_activation=before_activation)


def feature_maps(snapshot: Snapshot, pixels: bytes, before_activation: bool) -> dict[str, NDArray[np.float32]]:
    """Return the maps of `maps_and_logits`."""
    return maps_and_logits(snapshot, pixels, before_activation)[0]


@remembered(4)
def probabilities(snapshot: Snapshot, pixels: bytes) -> NDArray[np.float64]:
    """Return a snapshot's probabilities (n, classes) for images given as the bytes of uint8 (n, 32, 32, 3)."""
    from core.model.quality.answers import probabilities_of

    return probabilities_of(network(snapshot), np.frombuffer(pixels, np.uint8).reshape(-1, *IMAGE_SHAPE))


@remembered(4)
def explanation(method: str, snapshot: Snapshot, pixels: bytes, class_index: int) -> Explanation:
    """Return where a snapshot's answer rests in one image, given as the bytes of uint8 (32, 32, 3)."""
    image = np.frombuffer(pixels, np.uint8).reshape(IMAGE_SHAPE)
    with page_runs.aside():  # once around many turns
        return METHODS[method].explain(network(snapshot), image, class_index)


@remembered(16, size=lambda network: network.nbytes)
def untrained(architecture: Architecture) -> "Network":
    """Return a network of an architecture that has learned nothing; see `core.model.experiments.sanity`."""
    return sanity.untrained(architecture)


@shared(4)
def comparison(snapshot: Snapshot, pixels: bytes, class_index: int) -> Comparison:
    """Return the computation of what all methods say of an answer; see `core.model.experiments.comparison`."""
    return Comparison(
        lambda method: explanation(method, snapshot, pixels, class_index),
        lambda method: untrained_explanation(method, snapshot.architecture, pixels, class_index),
    )


@remembered(4)
def untrained_explanation(method: str, architecture: Architecture, pixels: bytes, class_index: int) -> Explanation:
    """Return what `explanation` does, of a network that has learned nothing."""
    image = np.frombuffer(pixels, np.uint8).reshape(IMAGE_SHAPE)
    return METHODS[method].explain(untrained(architecture), image, class_index)


@shared(16)
def survey(name: str, snapshot: Snapshot) -> surveys.Survey:
    """Return the computation of what a data set's test images excite in a snapshot; see `experiments.survey`."""
    test = dataset(name).test
    return surveys.Survey(lambda: network(snapshot), snapshot.architecture, test.images, surveys.chosen(len(test)))


@shared(8)
def ascent(snapshot: Snapshot, layer: str, feature: int, smooth: bool) -> Ascent:
    """Return the computation of the picture that excites a filter most; see `core.model.experiments.ascent`."""
    row = next(row for row in snapshot.architecture.rows() if row.name == layer)
    return Ascent(lambda: network(snapshot), row, feature, smooth=smooth)


@remembered(1)
def alive(snapshot: Snapshot, pixels: bytes) -> dict[str, NDArray[np.bool_]]:
    """Return by layer which of its maps, (maps,), are anywhere else than zero for an image, uint8 (32, 32, 3)."""
    image = np.frombuffer(pixels, np.uint8).reshape(1, *IMAGE_SHAPE)
    return {name: surveys.alive(peaks)[0] for name, peaks in network(snapshot).peaks(image).items()}


@remembered(1)
def probes(run: Run) -> Probes | None:
    """Return what linear classifiers read off a run's blocks; see `core.training.studies.probes`."""
    return training_probes.stored(run)


@shared(4)
def fooling(way: str, snapshot: Snapshot, pixels: bytes) -> Fooling:
    """Return the search for the smallest change of an image by a way to change a snapshot's answer."""
    image = np.frombuffer(pixels, np.uint8).reshape(IMAGE_SHAPE)
    return Fooling(lambda: WAYS[way](network(snapshot), image))


def examples(batch: Batch) -> Examples:
    """Return the images and labels of a batch."""
    return batch.of(dataset(batch.dataset).split(batch.split))


@remembered(1)
def variables(snapshot: Snapshot) -> tuple[Variable, ...]:
    """Return what a snapshot's weights are; see `core.model.inference.descent`."""
    from core.model.inference import descent

    return descent.variables(network(snapshot))


@remembered(18)
def slopes(snapshot: Snapshot, batch: Batch) -> "Slopes":
    """Return the loss of a batch and its slope by every weight; see `core.model.inference.descent`."""
    from core.model.inference import descent

    return descent.slopes(network(snapshot), examples(batch))


@remembered(6)
def steepness(snapshot: Snapshot, batch: Batch) -> Steepness:
    """Return what of `slopes` is looked at in every run of a page: of large networks few of those are remembered."""
    found = slopes(snapshot, batch)
    return Steepness.of(found.logits, found.gradients)


@remembered(4)
def course(snapshot: Snapshot, batch: Batch, rate: float, steps: int, weight: Weight) -> "Course":
    """Return what steps against the slope make of a snapshot; see `core.model.inference.descent`."""
    from core.model.inference import descent

    return descent.course(network(snapshot), examples(batch), rate=rate, steps=steps, weight=weight)


@remembered(2)
def section(snapshot: Snapshot, batch: Batch, weight: Weight, samples: int) -> "Section":
    """Return the loss along one weight; see `core.model.inference.descent`."""
    from core.model.inference import descent

    return descent.section(network(snapshot), examples(batch), weight, samples=samples)


@remembered(16)
def way_back(snapshot: Snapshot, batch: Batch) -> "WayBack":
    """Return the first image's way through a network and the slope's way back; see `core.model.inference.descent`."""
    from core.model.inference import descent

    first = examples(batch)
    return descent.way_back(network(snapshot), first.images[0], int(first.labels[0]))


@remembered(1)
def landscape(run: Run, epochs: tuple[int, ...], batch: Batch) -> "Landscape":
    """Return the loss around a run's way, measured now; see `core.training.studies.landscape`."""
    from core.training.studies import landscape as landscapes

    return landscapes.landscape(run, epochs, examples(batch), side=landscapes.SIDE)

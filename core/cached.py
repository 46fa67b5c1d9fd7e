"""Data and models once per process, for all visitors: every `st.cache_*` of Convscope is in this file.

Arrays and models go through `cache_resource`, which hands out the same read-only object to everybody;
`cache_data` would copy 180 MB on every hit.
"""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.config import IMAGE_SHAPE, SplitName
from core.data import browsing, registry
from core.data.dataset import Dataset
from core.model.explanation import Sensitivity, occlusion_sensitivity
from core.model.frames import Frames
from core.model.scoring import Scoring
from core.training.catalogue import find_run

if TYPE_CHECKING:
    import keras


@st.cache_resource(show_spinner=False)
def dataset(name: str) -> Dataset:
    """Return the data set called `name`, read-only; see `core.data.registry.load`."""
    return registry.load(name)


@st.cache_resource(show_spinner=False)
def channel_statistics(name: str, split: SplitName) -> browsing.ChannelStatistics:
    """Return mean and spread of red, green and blue; see `core.data.browsing.channel_statistics`."""
    return browsing.channel_statistics(dataset(name).split(split))


@st.cache_resource(show_spinner=False, max_entries=24)
def network(run_id: str, epoch: int) -> "keras.Model":
    """Return the network of a run with its weights after `epoch`; never train it or change its weights."""
    from core.model.snapshots import load_network

    return load_network(find_run(run_id), epoch)


@st.cache_resource(show_spinner=False, max_entries=24)
def test_scoring(name: str, run_id: str, epoch: int) -> Scoring:
    """Return the computation of a snapshot's logits on a data set's test images; the first call starts it."""
    from core.model.evaluation import logits_of

    return Scoring(lambda: partial(logits_of, network(run_id, epoch)), dataset(name).test.images)


@st.cache_resource(show_spinner=False, max_entries=24)
def frames(run_id: str, epochs: tuple[int, ...], layer: str, image_key: str, _image: NDArray[np.uint8]) -> Frames:
    """Return what the snapshots of a run make of an image; see `core.model.frames.frames`."""
    from core.model import frames as model_frames

    return model_frames.frames(find_run(run_id), epochs, _image, layer=layer)


@st.cache_resource(show_spinner=False, max_entries=32)
def feature_maps(run_id: str, epoch: int, pixels: bytes, before_activation: bool) -> dict[str, NDArray[np.float32]]:
    """Return a snapshot's feature maps of one image, given as the bytes of uint8 (32, 32, 3); see `inspection`."""
    from core.model import inspection

    image = np.frombuffer(pixels, np.uint8).reshape(IMAGE_SHAPE)
    return inspection.feature_maps(network(run_id, epoch), image, before_activation=before_activation)


@st.cache_resource(show_spinner=False, max_entries=256)
def probabilities(run_id: str, epoch: int, pixels: bytes) -> NDArray[np.float64]:
    """Return a snapshot's probabilities (n, 10) for images given as the bytes of uint8 (n, 32, 32, 3)."""
    from core.model.answers import probabilities_of

    return probabilities_of(network(run_id, epoch), np.frombuffer(pixels, np.uint8).reshape(-1, *IMAGE_SHAPE))


@st.cache_resource(show_spinner=False, max_entries=256)
def occlusion(run_id: str, epoch: int, pixels: bytes, class_index: int) -> Sensitivity:
    """Return where a snapshot's answer rests in one image, given as the bytes of uint8 (32, 32, 3)."""
    from core.model.evaluation import logits_of

    image = np.frombuffer(pixels, np.uint8).reshape(IMAGE_SHAPE)
    return occlusion_sensitivity(partial(logits_of, network(run_id, epoch)), image, class_index)

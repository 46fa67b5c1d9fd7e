"""What one takes home of Activations: the maps as picture and as numbers, the kernels, and code that gives the maps."""

import numpy as np
from numpy.typing import NDArray

from core.charts.maps import kernel_pictures
from core.data.dataset import Dataset
from core.model.inference.inspection import has_convolution
from core.training.export.keras_file import keras_name
from core.training.export.loading import loading_code
from core.training.runs.snapshot import Snapshot
from pages.activations.looking import Look
from pages.activations.map_grid import MapGrid
from pages.shared.takehome import File, Offer, as_npy, network_link, picture, sheet

KERNEL_COLUMNS = 8


def offer(dataset: Dataset, look: Look, grid: MapGrid, maps: NDArray[np.float32]) -> Offer:
    """Return what there is.

    Args:
        dataset: whose image it is.
        look: what the visitor looks at.
        grid: what is drawn of it.
        maps: float32 (h, w, count), the layer's feature maps.
    """
    snapshot, run = grid.snapshot, grid.snapshot.run
    stem = f"{run.id}-{snapshot.epoch}-{look.layer.name}{'-before' if look.before else ''}-{look.picker.index}"
    every = "The map" if maps.shape[-1] == 1 else f"All {maps.shape[-1]} maps"
    return Offer(
        files=[
            picture("The feature maps as shown", stem, lambda: grid.sheet(look.title)),
            File(f"{every} as numbers", f"{stem}.npy", lambda: as_npy(maps)),
            *(_kernels(snapshot) if has_convolution(snapshot.architecture) else []),
        ],
        links=network_link(snapshot),
        code=code(dataset, look, snapshot),
    )


def _kernels(snapshot: Snapshot) -> list[File]:
    stem = f"{snapshot.run.id}-{snapshot.epoch}-kernels"
    kernels = snapshot.first_layer_kernels  # read when they are asked for
    return [
        picture("The first layer’s kernels", stem, lambda: kernel_sheet(kernels())),
        File("The first layer’s kernels as numbers", f"{stem}.npy", lambda: as_npy(kernels())),
    ]


def kernel_sheet(kernels: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Draw the kernels (height, width, 3, filters), gray is zero, one range for all, each with its filter's number."""
    return sheet(kernel_pictures(kernels), [f"filter {n}" for n in range(1, kernels.shape[-1] + 1)], KERNEL_COLUMNS)


def code(dataset: Dataset, look: Look, snapshot: Snapshot) -> str:
    """Return Python that has the downloaded network make `maps`, float32 (h, w, count), of the image."""
    images = "images" if look.picker.split_name == "train" else "test_images"
    before = "layer.activation = keras.activations.linear  # what goes into the activation\n" if look.before else ""
    return f"""{loading_code(dataset.about)}

network = keras.models.load_model("{keras_name(snapshot.run, snapshot.epoch)}")
layer = network.get_layer("{look.layer.name}")
{before}image = {images}[{look.picker.index}] / 255  # pixels in 0..1
maps = keras.Model(network.inputs, layer.output).predict(image[None])[0]
print(maps.shape, maps.min(), maps.max())
"""

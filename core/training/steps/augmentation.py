"""Random changes of training images that keep their class: mirrored, shifted, lit otherwise, blanked, cropped. Pure."""

import numpy as np
from numpy.typing import NDArray

from core.config import WHITE
from core.training.recipe import Recipe

BLANK = 120
"""The gray that cutout leaves, about CIFAR-10's mean."""


def augment(
    images: NDArray[np.uint8], recipe: Recipe, random: np.random.Generator, mirrored: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """Return `images` (n, h, w, 3) changed as a recipe says: first mirrored where `mirrored` (n,), then shifted, ...

    They are smaller where the recipe crops them.
    """
    if recipe.flip != "none":
        images = flip(images, mirrored)
    if recipe.shift_pixels:
        images = shift(images, recipe.shift_pixels, random)
    if recipe.brightness:
        images = brighten(images, recipe.brightness, random)
    if recipe.cutout_pixels:
        images = cutout(images, recipe.cutout_pixels, random)
    if recipe.crop_pixels:
        images = crop(images, recipe.crop_pixels, random)
    return images


def flip(images: NDArray[np.uint8], mirrored: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return `images` (n, h, w, 3) with those mirrored left to right where `mirrored` (n,) is true."""
    return np.where(mirrored[:, None, None, None], images[:, :, ::-1], images)


def shift(images: NDArray[np.uint8], pixels: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """Return `images` (n, h, w, 3), each moved by -pixels..pixels both ways; what enters is mirrored at the edge."""
    padded = np.pad(images, ((0, 0), (pixels, pixels), (pixels, pixels), (0, 0)), mode="reflect")
    return windows(padded, images.shape[1], images.shape[2], random)


def crop(images: NDArray[np.uint8], side: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """Return a window (n, side, side, 3) of each of `images` (n, h, w, 3), somewhere wholly inside."""
    return windows(images, side, side, random)


def windows(images: NDArray[np.uint8], height: int, width: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """Return a window (n, height, width, 3) of each of `images` (n, h, w, 3), anywhere wholly inside."""
    n, whole_height, whole_width, _ = images.shape
    every = np.lib.stride_tricks.sliding_window_view(images, (height, width), axis=(1, 2))
    rows = random.integers(0, whole_height - height + 1, n)
    columns = random.integers(0, whole_width - width + 1, n)
    return np.ascontiguousarray(every[np.arange(n), rows, columns].transpose(0, 2, 3, 1))  # channels last


def brighten(images: NDArray[np.uint8], most: float, random: np.random.Generator) -> NDArray[np.uint8]:
    """Return `images` (n, h, w, 3), each multiplied by e to a power drawn evenly from -most..most, and cut at 255."""
    factors = np.exp(random.uniform(-most, most, len(images))).astype(np.float32)
    return np.rint(np.minimum(images * factors[:, None, None, None], WHITE)).astype(np.uint8)


def cutout(images: NDArray[np.uint8], side: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """Return `images` (n, h, w, 3) with a gray square of `side` pixels somewhere wholly inside each."""
    n, height, width, _ = images.shape
    top = random.integers(0, height - side + 1, n)[:, None]
    left = random.integers(0, width - side + 1, n)[:, None]
    y, x = np.arange(height)[None], np.arange(width)[None]
    inside_y = (y >= top) & (y < top + side)  # (n, h)
    inside_x = (x >= left) & (x < left + side)  # (n, w)
    square = inside_y[:, :, None] & inside_x[:, None, :]  # (n, h, w)
    return np.where(square[..., None], np.uint8(BLANK), images)

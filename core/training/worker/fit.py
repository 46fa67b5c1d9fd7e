"""Whether a network can be trained by a recipe, on this server."""

from core.errors import ArchitectureError
from core.model.structure.architecture import Architecture
from core.model.structure.memory import check_training
from core.training.recipe import Recipe
from core.training.worker import limits


def check_fit(architecture: Architecture, recipe: Recipe) -> None:
    """Make sure that `recipe` can train `architecture` in the memory that a step may fill here.

    Raises:
        ArchitectureError: the network cannot be built, or has other parameters for cropped images.
        TooLargeError: it or its batches are too large.
    """
    check_training(architecture, recipe.batch_size, limits.step_bytes(), half=recipe.half)
    side = recipe.crop_pixels
    if side and not architecture.takes(side):
        raise ArchitectureError(
            f"Expected a network with the same weights for images of {side} × {side} pixels. Received one whose dense "
            "layers count the places of its maps. Let it pool over the whole map before them, or crop nothing."
        )

from dataclasses import replace

import pytest

from core.errors import ArchitectureError, TooLargeError
from core.model.structure.architecture import Architecture
from core.training.recipe import Recipe
from core.training.worker.fit import check_fit


def test_cropped_images_are_for_networks_that_pool_over_the_whole_map() -> None:
    cropped = Recipe(crop_pixels=28)
    check_fit(Architecture.airbench(), cropped)
    check_fit(Architecture.tutorial(), replace(cropped, crop_pixels=0))
    with pytest.raises(ArchitectureError, match="28 × 28"):
        check_fit(Architecture.tutorial(), cropped)


def test_what_fills_too_much_memory_does_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_TRAINING_MEMORY_GB", "1.5")
    with pytest.raises(TooLargeError):
        check_fit(Architecture.airbench(), Recipe(batch_size=2000))

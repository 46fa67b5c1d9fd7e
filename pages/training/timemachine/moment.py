"""What the time machine shows: one image after one epoch, among all the epochs of a run."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.training.runs.run import Run
from core.training.studies.frames import Frames


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moment:
    """What the time machine shows of one image after one epoch.

    Attributes:
        run: the run.
        frames: what its snapshots make of the image.
        image, label: uint8 (32, 32, 3), and its true class.
        class_names: in the order of the logits.
        epoch: one of the frames'.
    """

    run: Run
    frames: Frames
    image: NDArray[np.uint8]
    label: int
    class_names: tuple[str, ...]
    epoch: int

    @property
    def at(self) -> int:
        """Which of the frames it is."""
        return self.frames.epochs.index(self.epoch)

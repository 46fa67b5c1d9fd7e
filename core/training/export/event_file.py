"""TensorBoard's event files: many values an event, a fraction of the time of one `tf.summary` call a value.

A file is a sequence of TFRecords, an `Event` each; the first tells the version. TensorBoard reads what a tag's values
are from the first value that names its plugin. Format: tensorflow/core/util/event.proto, summary.proto.
"""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras  # noqa: F401 (before TensorFlow: see CONTRIBUTING.md)
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

_FIRST = "brain.Event:2"
_FLOAT = tf.float32.as_datatype_enum


class EventFile:
    """Writes values of tags into a new file. Use it as a context manager.

    Args:
        folder: where TensorBoard looks for it; made where it is missing.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._now = time.time()
        self._writer = tf.io.TFRecordWriter(str(folder / f"events.out.tfevents.{self._now:.0f}.convscope"))
        self._known: set[str] = set()
        self._write(tf.compat.v1.Event(wall_time=self._now, file_version=_FIRST))

    def __enter__(self) -> "EventFile":
        return self

    def __exit__(self, *error: object) -> None:
        self._writer.close()

    def scalars(self, at: NDArray[np.float64], values: Mapping[str, NDArray[np.float64]]) -> None:
        """Write numbers, one event a step; what is not finite is left out.

        Args:
            at: float64 (n,), the steps, whole numbers.
            values: tag -> float64 (n,).
        """
        for place, step in enumerate(at):
            event = tf.compat.v1.Event(wall_time=self._now, step=int(step))
            for tag, column in values.items():
                if np.isfinite(column[place]):
                    self._value(event, tag, "scalars").tensor.float_val.append(column[place])
            if event.summary.value:
                self._write(event)

    def histogram(self, tag: str, step: int, values: NDArray[np.float32], *, buckets: int = 30) -> None:
        """Write how often values of any shape fall into buckets of equal width."""
        counts, edges = np.histogram(values, buckets)
        rows = np.stack([edges[:-1], edges[1:], counts], axis=1)  # left, right, count
        event = tf.compat.v1.Event(wall_time=self._now, step=step)
        tensor = self._value(event, tag, "histograms").tensor
        tensor.float_val.extend(rows.ravel())
        for size in rows.shape:
            tensor.tensor_shape.dim.add(size=size)
        self._write(event)

    def _value(self, event: Any, tag: str, plugin: str) -> Any:
        value = event.summary.value.add(tag=tag)
        value.tensor.dtype = _FLOAT
        if tag not in self._known:
            value.metadata.plugin_data.plugin_name = plugin
            self._known.add(tag)
        return value

    def _write(self, event: Any) -> None:
        self._writer.write(event.SerializeToString())

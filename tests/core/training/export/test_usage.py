from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.config import SHIPPED_RUNS
from core.data import registry
from core.training.export.keras_file import as_keras
from core.training.export.usage import asking_code
from core.training.runs.run import Run
from core.training.runs.snapshot import Snapshot
from tests.scripts import printed

LOADED = 'import keras\nnetwork = keras.models.load_model("network.keras")\n'


@pytest.mark.parametrize("name", ["tutorial", "fast", "strong", "digits"])
def test_the_lines_classify_a_picture_as_the_app_does(name: str, tmp_path: Path) -> None:
    run = Run(SHIPPED_RUNS / name)
    names, data = run.config.class_names, run.config.dataset
    image = registry.load({"cifar10": "cifar10-sample"}.get(data, data)).test.images[0]
    Image.fromarray(image).save(tmp_path / "own.png")
    (tmp_path / "network.keras").write_bytes(as_keras(run, run.epochs[-1]))
    code = asking_code(names, picture="own.png")
    assert len(code.splitlines()) == 3
    said = printed(LOADED + code, tmp_path).splitlines()[-1]
    logits = np.asarray(Snapshot(run, run.epochs[-1]).keras_model()(image[None].astype(np.float32) / 255))
    assert said == names[logits.argmax()]


def test_without_the_division_a_network_would_answer_otherwise() -> None:
    """What the words beside the link warn of: the tutorial's network on pixels in 0..255."""
    run = Run(SHIPPED_RUNS / "tutorial")
    images = registry.load("cifar10-sample").test.images.astype(np.float32)
    network = Snapshot(run, run.epochs[-1]).keras_model()
    right, wrong = np.asarray(network(images / 255)), np.asarray(network(images))
    assert np.abs(wrong).max() > 20 * np.abs(right).max()


def test_every_run_has_a_name_for_each_of_its_outputs() -> None:
    for folder in SHIPPED_RUNS.iterdir():
        if folder.is_dir():
            config = Run(folder).config
            assert (len(config.class_names),) == config.architecture.rows()[-1].output_shape

"""Every file is opened and the code is run, and held against what the page shows."""

import io
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from streamlit.testing.v1 import AppTest

from core import cached
from core.charts.contact_sheet import CAPTION, GAP
from core.charts.maps import heat_overlay
from core.data.sets import sample
from core.model.explanations import METHODS
from core.model.inference import warm
from core.training.export.keras_file import as_keras, keras_name
from core.training.runs.catalogue import find_run
from core.training.runs.snapshot import Snapshot
from pages.classify import methods, takehome
from pages.classify.question import Question
from tests.pages.conftest import Visit, assert_calm, executed, pixels_of, table_of
from tests.waiting import wait_for

SNAPSHOT = Snapshot(find_run("tutorial"), 10)
NAMES = sample.ABOUT.class_names
IMAGES = sample.load().test.images[:2]
HOSTILE = '../"); import os; ("=1+1\n.png'


@pytest.fixture(scope="module")
def values() -> NDArray[np.float64]:
    return cached.probabilities(SNAPSHOT, IMAGES.tobytes())


def asked(class_index: int) -> Question:
    return Question(snapshot=SNAPSHOT, pixels=IMAGES[1], class_names=NAMES, class_index=class_index, method="occlusion")


@pytest.mark.parametrize("name", ["my ship.jpg", HOSTILE, "...", "船" * 300])
def test_files_and_code_give_what_the_page_shows(
    name: str, values: NDArray[np.float64], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = int(values[1].argmax())
    offer = takehome.offer(asked(answer), ["=1+1", name], 1, values)
    seen, rests, _, table = offer.files
    np.testing.assert_array_equal(pixels_of(seen), IMAGES[1])
    heat = cached.explanation("occlusion", SNAPSHOT, IMAGES[1].tobytes(), answer).heat
    np.testing.assert_array_equal(pixels_of(rests)[::16, ::16], heat_overlay(IMAGES[1], heat))
    columns = table_of(table)
    assert columns["picture"] == ["'=1+1", name]
    np.testing.assert_array_equal(np.array([columns[f"p({each})"] for each in NAMES], float).T, values)
    assert columns["answer"] == [NAMES[place] for place in values.argmax(axis=1)]

    content = seen.make()
    assert isinstance(content, bytes)
    (tmp_path / seen.name).write_bytes(content)
    (tmp_path / keras_name(SNAPSHOT.run, 10)).write_bytes(as_keras(SNAPSHOT.run, 10))
    np.testing.assert_allclose(executed(offer.code)["probabilities"], values[1], atol=1e-5)  # float32


def test_the_page_offers_the_chosen_picture(visit: Visit) -> None:
    warm.begin()
    assert warm.wait(120)
    app: AppTest = visit("classify")
    stream = io.BytesIO()
    Image.fromarray(IMAGES[0]).save(stream, "PNG")
    app.file_uploader(key="classify.files").upload("my cat.png", stream.getvalue(), "image/png").run()
    app.session_state["classify.home"] = True
    app.run()
    assert_calm(app)
    assert 'load_img("my-cat-seen.png")' in app.code[0].value


def test_all_methods_and_the_picture_that_fools_it(visit: Visit) -> None:
    """One sheet of two rows: the first picture is the first method's overlay, the seventh that without learning."""
    pixels, whole = IMAGES[1], IMAGES[1].tobytes()
    every = methods.side_by_side(asked(3))
    drawn, first = pixels_of(every), next(iter(METHODS))
    side = (drawn.shape[1] - GAP * (len(METHODS) - 1)) // len(METHODS)
    step = side // 32
    learned = heat_overlay(pixels, cached.explanation(first, SNAPSHOT, whole, 3).heat)
    fresh = heat_overlay(pixels, cached.untrained_explanation(first, SNAPSHOT.architecture, whole, 3).heat)
    below = side + CAPTION + GAP
    np.testing.assert_array_equal(drawn[:side:step, :side:step], learned)
    np.testing.assert_array_equal(drawn[below : below + side : step, :side:step], fresh)
    app = visit("classify")
    app.session_state["classify.fool"] = True
    app.session_state["classify.home"] = True
    label = "The picture that fools it, 32 × 32 (.png)"
    wait_for(lambda: label in [each.proto.label for each in app.run().get("download_button")])
    assert_calm(app)

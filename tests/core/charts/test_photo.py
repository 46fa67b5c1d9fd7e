import base64
import io

import numpy as np
from PIL import Image

from core.charts import photo
from core.data import photographs


def test_a_photograph_survives_at_its_size_and_a_fraction_of_its_weight() -> None:
    pixels = photographs.load("flower")
    head, body = photo.data_uri(pixels).split(",")
    assert head == "data:image/jpeg;base64"
    decoded = np.asarray(Image.open(io.BytesIO(base64.b64decode(body))))
    assert decoded.shape == pixels.shape
    assert np.abs(decoded.astype(int) - pixels).mean() < 4
    assert len(body) < pixels.nbytes / 10

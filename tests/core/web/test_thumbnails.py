import io

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.data.sets import digits
from core.web import thumbnails


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=thumbnails.routes()))


def test_the_pixels_arrive(client: TestClient) -> None:
    answer = client.get(f"/{thumbnails.path(digits.load(), 'test')}17.png")
    assert answer.headers["cache-control"] == "private, max-age=86400"
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(answer.content))), digits.load().test.images[17])


@pytest.mark.parametrize(
    "path", ["digits/test/359", "digits/test/-1", "digits/test/one", "digits/none/0", "none/test/0"]
)
def test_what_there_is_not(client: TestClient, path: str) -> None:
    answer = client.get(f"/images/{path}.png")
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"


def test_a_number_without_end(client: TestClient) -> None:
    assert client.get(f"/images/digits/test/{'9' * 5000}.png").status_code == 404

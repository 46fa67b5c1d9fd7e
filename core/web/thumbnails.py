"""Single images over HTTP, for pictures that show more places than one can send images for.

GET /images/{data set}/{split}/{position}.png
"""

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core import cached
from core.addressed import whole
from core.charts import png
from core.data import registry
from core.data.dataset import Dataset

_A_DAY = {"cache-control": "private, max-age=86400"}


def path(dataset: Dataset, split: str) -> str:
    """Return the address of a split's images, relative to the pages; position and ".png" follow."""
    return f"images/{dataset.name}/{split}/"


def routes() -> list[Route]:
    """Return the route for the server."""

    async def image(request: Request) -> Response:
        return await run_in_threadpool(_answer, **request.path_params)

    return [Route("/images/{name}/{split}/{position}.png", image, methods=["GET"])]


def _answer(name: str, split: str, position: str) -> Response:
    dataset = cached.dataset(name) if name in registry.available() else None
    images = dataset.split(split).images if dataset and split in dataset.split_names else ()
    try:
        at = whole(position, 0, len(images) - 1)
    except ValueError:
        return PlainTextResponse("There is no such image.", 404, {"cache-control": "no-store"})
    return Response(png.encode(np.asarray(images[at])), media_type="image/png", headers=_A_DAY)

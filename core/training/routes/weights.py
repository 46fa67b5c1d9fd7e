"""The weights of a snapshot over HTTP, for browsers that compute its network themselves.

    GET /runs/{id}/weights/{epoch}            leads to the next
    GET /runs/{id}/weights/{epoch}/{digest}   all layers' weights one after the other, little endian

The address names what it holds by a digest, so a browser keeps it for good; once the run was trained anew under it, it
answers 404. It ends in .f2 where the weights are float16, and in .f4 where they are float32. Half precision is for runs
that are stored in it, which loses nothing: it would move the other shipped runs' logits by up to 0.006, where they are
to equal Keras' to 0.0001. Anybody may have any run's weights, as anybody may take its network home.
"""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from core.bounded import remembered
from core.errors import RunError
from core.model.layers import Layer
from core.model.layers.scaling import Rescaling
from core.model.structure.architecture import Architecture
from core.training.runs.catalogue import find_run
from core.training.runs.files import Stamp, stamp
from core.training.runs.snapshot import Snapshot

MOST_PARAMETERS = 2_000_000
"""8 MB at single precision: the networks of all recipes. Larger ones that a visitor builds stay with the server."""

_FOREVER = {"cache-control": "private, max-age=31536000, immutable"}
_PIECE = 2**16


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A snapshot's weights as a browser takes them.

    Attributes:
        digest: tells them from all others, and how each is written.
        data: their bytes.
        shapes: name of a layer to the shapes of its weights, in Keras' order.
    """

    digest: str
    data: bytes
    shapes: dict[str, list[list[int]]]


def fits(architecture: Architecture) -> bool:
    """Return whether a network is small enough for browsers."""
    return architecture.parameter_count <= MOST_PARAMETERS


def _state(snapshot: Snapshot) -> tuple[Snapshot, Stamp | None]:
    return snapshot, stamp(snapshot.weights_path)


@remembered(48, key=_state)
def packed(snapshot: Snapshot) -> Packed:
    """Return the weights of a snapshot.

    Raises:
        RunError: they are not there, damaged, or too many.
    """
    if not fits(snapshot.architecture):
        raise RunError(
            f"Expected a network of at most {MOST_PARAMETERS:,} parameters. Received one of "
            f"{snapshot.architecture.parameter_count:,}. The server computes it."
        )
    weights = snapshot.weights()
    shapes = {name: [list(each.shape) for each in layer] for name, layer in weights.items()}
    values = np.concatenate([np.ravel(each) for layer in weights.values() for each in layer], dtype="<f4")
    with np.errstate(over="ignore"):
        halves = values.astype("<f2")
    kind, data = ("f2", halves.tobytes()) if np.array_equal(halves, values) else ("f4", values.tobytes())
    return Packed(digest=f"{hashlib.sha256(data).hexdigest()[:20]}.{kind}", data=data, shapes=shapes)


def path(snapshot: Snapshot) -> str:
    """Return the address of a snapshot's weights, relative to the pages."""
    return f"runs/{snapshot.run.id}/weights/{snapshot.epoch}/{packed(snapshot).digest}"


def steps(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Return a snapshot's network as browsers take it; see `described`."""
    return described(snapshot.architecture, packed(snapshot).shapes)


def described(architecture: Architecture, shapes: dict[str, list[list[int]]]) -> list[dict[str, Any]]:
    """Return a network as pages/shared/network/layers.js takes it, one dict of JSON types a layer, in Keras' order.

    Of each layer: its name, kind and label; which values flow in (0 is the image, n what the n-th layer hands on); the
    shape of its output; its settings; the activation inside; its receptive field; the shapes of its weights.
    """
    return [
        {
            "name": row.name,
            "kind": row.kind,
            "label": row.layer.label,
            "inputs": list(step.inputs),
            "shape": list(row.output_shape),
            "settings": _settings(row.layer),
            "activation": row.layer.activation_inside,
            "field": row.receptive_field,
            "weights": shapes.get(row.name, []),
        }
        for row, step in zip(architecture.rows(), architecture.steps(), strict=True)
    ]


def _settings(layer: Layer) -> dict[str, Any]:
    if isinstance(layer, Rescaling):
        call = layer.call()
        return {"scale": call.positional[0], **call.named}
    return layer.to_json()


def routes() -> list[Route]:
    """Return the route for the server."""

    async def weights(request: Request) -> Response:
        return await run_in_threadpool(_answer, **request.path_params)

    address = "/runs/{run_id}/weights/{epoch}"
    return [Route(each, weights, methods=["GET"]) for each in (address, address + "/{digest}")]


def _answer(run_id: str, epoch: str, digest: str = "") -> Response:
    try:
        run = find_run(run_id)
        if epoch not in map(str, run.epochs):
            raise RunError(f"Expected an epoch of the run {run_id}. Received {epoch[:20]}. Reload the page.")
        found = packed(Snapshot(run, int(epoch)))
        if not digest:
            return RedirectResponse(f"{epoch}/{found.digest}", headers={"cache-control": "no-cache"})
        if found.digest != digest:
            raise RunError("Expected weights that are still there. They were trained anew since. Reload the page.")
    except RunError as error:
        return PlainTextResponse(str(error), 404, {"cache-control": "no-store"})
    headers = _FOREVER | {"content-length": str(len(found.data))}
    return StreamingResponse(_pieces(found.data), headers=headers, media_type="application/octet-stream")


async def _pieces(data: bytes) -> AsyncIterator[bytes]:
    """Yield the bytes as a slow reader takes them: all at once they would be copied for each."""
    for begin in range(0, len(data), _PIECE):
        yield data[begin : begin + _PIECE]

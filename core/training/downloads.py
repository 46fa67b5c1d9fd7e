"""A run to take away over HTTP: links that stay good while the page that shows them is drawn anew.

    GET /runs/{id}/network.keras?epoch=N   the network after epoch N; the newest snapshot without it
    GET /runs/{id}/script.py               a script that repeats the run
    GET /runs/{id}/numbers.zip             steps.csv and epochs.csv
    GET /runs/{id}/tensorboard.zip         TensorBoard logs

Anybody may take any run home, as anybody may watch it.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core.errors import RunError
from core.training import export
from core.training.catalogue import find_run
from core.training.runs import Run

FILES = ("network.keras", "script.py", "numbers.zip", "tensorboard.zip")

_one_at_a_time = ThreadPoolExecutor(1, "downloads")
"""A whole hall may ask at once: a network takes memory to write, and the server's own threads have other work."""


def routes() -> list[Route]:
    """Return the route for the server."""
    return [Route("/runs/{run_id}/{file}", download, methods=["GET"])]


def path(run: Run, file: str, epoch: int | None = None) -> str:
    """Return the address of one of `FILES` of a run, relative to the pages: nobody knows where a proxy has put them.

    >>> path(find_run("digits"), "network.keras", 10)
    'runs/digits/network.keras?epoch=10'
    """
    return f"runs/{run.id}/{file}" + ("" if epoch is None else f"?epoch={epoch}")


def keras_name(run: Run, epoch: int) -> str:
    """Return the name under which the network after `epoch` is saved."""
    return f"{run.id}-{epoch}.keras"


async def download(request: Request) -> Response:
    """Answer with one of `FILES`, made now."""
    file, asked = request.path_params["file"], request.query_params.get("epoch", "")
    try:
        if file not in FILES:
            raise RunError(f"Expected one of {', '.join(FILES)}. Received {file[:40]!r}. Ask for one of them.")
        run = find_run(request.path_params["run_id"])
        making = asyncio.get_running_loop().run_in_executor(_one_at_a_time, _make, run, file, asked)
        content, name = await making
    except RunError as error:
        return PlainTextResponse(str(error), 404)
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, headers=headers, media_type="application/octet-stream")


def _make(run: Run, file: str, asked: str) -> tuple[bytes | str, str]:
    """Return what the file holds, and the name it is saved under."""
    if file == "network.keras":
        if not run.epochs:
            raise RunError(f"Expected a run with a snapshot. {run.title!r} has none yet. Wait for its first epoch.")
        if asked and asked not in map(str, run.epochs):
            raise RunError(
                f"Expected a snapshot after one of the epochs {', '.join(map(str, run.epochs))}. "
                f"Received a link to the one after epoch {asked[:20]}. Choose one of them in the sidebar."
            )
        epoch = int(asked or run.epochs[-1])
        return export.as_keras(run, epoch), keras_name(run, epoch)
    if file == "script.py":
        return export.as_script(run), f"{run.id}.py"
    if file == "numbers.zip":
        return export.as_csv(run), f"{run.id}.zip"
    return export.as_tensorboard(run), f"{run.id}-tensorboard.zip"

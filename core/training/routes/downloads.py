"""A run to take away over HTTP: links that stay good while the page that shows them is drawn anew.

    GET /runs/{id}/network.keras?epoch=N   the network after epoch N; the newest snapshot without it
    GET /runs/{id}/script.py               a script that repeats the run
    GET /runs/{id}/numbers.zip             steps.csv and epochs.csv
    GET /runs/{id}/tensorboard.zip         TensorBoard logs

Anybody may take any run home, as anybody may watch it. One of a kind is made at a time, and kept for whoever asks next:
whoever asks a hundred times costs the others in line little, one browser has a share of the line, and a script never
waits behind TensorBoard's logs.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core.askers import Asker, refused
from core.bounded import remembered
from core.errors import RunError
from core.observing import counts
from core.training.export import csv, keras_file, script, tensorboard
from core.training.runs.catalogue import find_run
from core.training.runs.files import Stamp, stamp
from core.training.runs.run import Run

FILES = ("network.keras", "script.py", "numbers.zip", "tensorboard.zip")

LONGEST_LINE = 200
"""How many may wait for their files; whoever comes then is asked to come again."""

SHARE = 8
"""How many files of one kind a browser may wait for."""


class Busy(Exception):
    """There is no place in line; the text says why, to whoever asked."""


class Line:
    """Lets one at a time make a file, first come, first served: a network takes memory to write, and time."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._waiting: list[Asker] = []

    async def make(
        self, request: Request, asker: Asker, run: Run, file: str, asked: str
    ) -> tuple[bytes | str, str] | None:
        """Return a file and its name; None where the asker has left meanwhile.

        Raises:
            Busy: the line is too long, or holds as much of this browser as it may.
        """
        full = refused(asker, self._waiting, most=LONGEST_LINE, share=SHARE)
        if full == "line":
            raise Busy(
                f"Expected at most {LONGEST_LINE} files of runs to be asked for at once. Received one more. "
                "Try again in a minute."
            )
        if full == "browser":
            raise Busy(
                f"Expected a browser to ask for at most {SHARE} such files at once. Received one more. Wait for the "
                "earlier ones."
            )
        self._waiting.append(asker)
        try:
            async with self._turn:
                if await request.is_disconnected():
                    return None
                return await asyncio.to_thread(_make, run, file, asked)
        finally:
            self._waiting.remove(asker)


class RunFiles:
    """Makes runs' files for those who ask, one of a kind at a time."""

    def __init__(self) -> None:
        self._lines = {file: Line() for file in FILES}

    async def answer(self, request: Request, asker: Asker) -> Response:
        """Answer with one of `FILES`, as the run is now."""
        file, asked = request.path_params["file"], request.query_params.get("epoch", "")
        try:
            if file not in FILES:
                raise RunError(f"Expected one of {', '.join(FILES)}. Received {file[:40]!r}. Ask for one of them.")
            run = find_run(request.path_params["run_id"])
            made = await self._lines[file].make(request, asker, run, file, asked)
        except RunError as error:
            return PlainTextResponse(str(error), 404)
        except Busy as error:
            counts.refused("files")
            return PlainTextResponse(str(error), 503)
        if made is None:
            return Response(status_code=499)  # nobody reads it
        content, name = made
        headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
        return Response(content, headers=headers, media_type="application/octet-stream")


def routes(files: Callable[[], RunFiles], *, cookie: str) -> list[Route]:
    """Return the route for the server; `files` tells who answers, `cookie` tells browsers apart."""

    async def download(request: Request) -> Response:
        address = request.client.host if request.client else ""
        return await files().answer(request, Asker(browser=request.cookies.get(cookie, ""), address=address))

    return [Route("/runs/{run_id}/{file}", download, methods=["GET"])]


def path(run: Run, file: str, epoch: int | None = None) -> str:
    """Return the address of one of `FILES` of a run, relative to the pages: nobody knows where a proxy has put them.

    >>> path(find_run("digits"), "network.keras", 10)
    'runs/digits/network.keras?epoch=10'
    """
    return f"runs/{run.id}/{file}" + ("" if epoch is None else f"?epoch={epoch}")


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
        return _written(run, file, epoch), keras_file.keras_name(run, epoch)
    if file == "script.py":
        return script.as_script(run), f"{run.id}.py"
    name = f"{run.id}.zip" if file == "numbers.zip" else f"{run.id}-tensorboard.zip"
    return _written(run, file, None), name


def _state(run: Run, file: str, epoch: int | None) -> tuple[Path, str, int | None, tuple[Stamp | None, ...]]:
    """Return what tells a file from all others, and from itself once the run has gone on."""
    parts = ("config.json", "steps.csv", "epochs.csv", "snapshots")
    return run.folder, file, epoch, tuple(stamp(run.folder / part) for part in parts)


@remembered(64, key=_state)
def _written(run: Run, file: str, epoch: int | None) -> bytes:
    if epoch is not None:
        return keras_file.as_keras(run, epoch)
    return csv.as_csv(run) if file == "numbers.zip" else tensorboard.as_tensorboard(run)

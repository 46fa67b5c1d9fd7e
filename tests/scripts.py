"""Runs a script as a visitor's own Python does, in a process of its own; TensorFlow is loaded once for all of them."""

import contextlib
import multiprocessing
import os
import runpy
import sys
from pathlib import Path
from types import ModuleType

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["keras"])
_ROOT = str(Path(__file__).parents[1])


def printed(script: str, folder: Path, *, with_convscope: bool = False) -> str:
    """Run a script that has `folder` to itself; return what it prints.

    Args:
        script: its text.
        folder: where it runs.
        with_convscope: whether it may import this project.
    """
    (folder / "script.py").write_text(script)
    said = folder / "script.txt"
    process = _PROCESSES.Process(target=_run, args=(folder, said, dict(os.environ), with_convscope))
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")  # Streamlit's tests of pages leave one there, to be run again
    try:
        process.start()
    finally:
        sys.modules["__main__"] = main
    process.join()
    assert process.exitcode == 0, said.read_text() if said.exists() else "It did not begin."
    return said.read_text()


def _run(folder: Path, said: Path, environment: dict[str, str], with_convscope: bool) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.path[:] = [str(folder), *(path for path in sys.path if path != _ROOT), *([_ROOT] if with_convscope else [])]
    assert "core" not in sys.modules
    with said.open("w") as out, contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        runpy.run_path("script.py", run_name="__main__")

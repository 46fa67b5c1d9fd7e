"""The worker process, spoken to as the executor does."""

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from core.training.worker.__main__ import NICENESS
from core.training.worker.pipe import receive, send
from tests.core.training.waiting import ROOT
from tests.waiting import PATIENCE_S


@contextlib.contextmanager
def working() -> Iterator["subprocess.Popen[bytes]"]:
    pipe = subprocess.PIPE
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "core.training.worker"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe) as process:
        try:
            yield process
        finally:
            process.kill()


def ask(process: "subprocess.Popen[bytes]", function: Any, *arguments: Any) -> Any:
    assert process.stdin is not None and process.stdout is not None
    send(process.stdin, (function, arguments, {}))
    return receive(process.stdout)


def test_values_travel_whole() -> None:
    stream = io.BytesIO()
    send(stream, {"a": np.arange(3).tolist()})
    send(stream, None)
    stream.seek(0)
    assert receive(stream) == {"a": [0, 1, 2]}
    assert receive(stream) is None
    with pytest.raises(EOFError):
        receive(stream)
    with pytest.raises(EOFError):
        receive(io.BytesIO(b"\x09"))


def test_answers_and_errors_come_back_and_what_is_printed_does_not_disturb_them() -> None:
    with working() as process:
        assert ask(process, print, "noise") == (True, None)
        assert ask(process, pow, 2, 5) == (True, 32)
        done, error = ask(process, divmod, 1, 0)
        assert not done and isinstance(error, ZeroDivisionError)
        if hasattr(os, "nice"):
            assert ask(process, os.nice, 0) == (True, min(os.nice(0) + NICENESS, 19))


def test_it_ends_with_its_server() -> None:
    with working() as process:
        assert ask(process, os.getpid) == (True, process.pid)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(PATIENCE_S) == 0

"""Starts the real server in a process of its own, as `make run` does."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(home: Path, port: int, *, script: str = "app.py", **environment: str) -> subprocess.Popen[bytes]:
    """Serve the app, or another `script`, with `home` as its data folder; return its process once it answers."""
    home.mkdir(parents=True, exist_ok=True)
    variables = {key: value for key, value in os.environ.items() if not key.startswith("CONVSCOPE_")}
    variables |= {"CONVSCOPE_HOME": str(home), "CONVSCOPE_DOWNLOAD": "off", "KERAS_HOME": str(home / "keras")}
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)]
    with (home / "server.log").open("ab") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=variables | environment, stdout=log, stderr=log)
    try:
        _wait_until_healthy(_address(port, environment), server)
    except BaseException:
        server.kill()
        raise
    return server


def end(server: subprocess.Popen[bytes]) -> None:
    """End the server as Ctrl-C does."""
    server.send_signal(signal.SIGINT)
    try:
        server.wait(15)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


@contextmanager
def running_app(home: Path, *, port: int | None = None, **environment: str) -> Iterator[str]:
    """Serve the app with `home` as its data folder; yield its address once it answers.

    `environment` sets further variables, for example CONVSCOPE_CIFAR10. What the server logs is in home/server.log.
    """
    port = port or free_port()
    server = start(home, port, **environment)
    try:
        yield _address(port, environment)
    finally:
        end(server)


def _address(port: int, environment: dict[str, str]) -> str:
    base = environment.get("STREAMLIT_SERVER_BASE_URL_PATH", "").strip("/")
    return f"http://127.0.0.1:{port}/{base}".rstrip("/")


def _wait_until_healthy(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with exit code {server.returncode}")
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError("the server did not answer within 60 s")

"""A real cluster on this machine: a scheduler and workers, each a process of its own on the loopback interface."""

import os
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


class Cluster:
    """Its address is chosen at once; processes start when asked, and `end` ends them all."""

    def __init__(self, home: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        self.home = home
        self.workers: list[subprocess.Popen[bytes]] = []
        self.scheduler: subprocess.Popen[bytes] | None = None

    def schedule(self) -> None:
        self.scheduler = self._start("scheduler", self.address)

    def work(self, code: Path = ROOT, **environment: str) -> "subprocess.Popen[bytes]":
        process = self._start("worker", self.address, "--host", "127.0.0.1", code=code, **environment)
        self.workers.append(process)
        return process

    def repair(self, workers: int) -> None:
        """Start what is missing of a scheduler and so many workers."""
        if self.scheduler is None or self.scheduler.poll() is not None:
            self.schedule()
        self.workers = [each for each in self.workers if each.poll() is None]
        while len(self.workers) < workers:
            self.work()

    def end(self) -> None:
        processes = [*self.workers, *([self.scheduler] if self.scheduler else [])]
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()

    def _start(self, *arguments: str, code: Path = ROOT, **environment: str) -> "subprocess.Popen[bytes]":
        quiet = {"DASK_LOGGING__DISTRIBUTED": "error", "DASK_TEMPORARY_DIRECTORY": str(self.home / "dask")}
        usual = os.environ | quiet | {"CONVSCOPE_HOME": str(self.home), "PYTHONPATH": str(code)}
        command = [sys.executable, "-m", "core.training.cluster", *arguments]
        return subprocess.Popen(command, cwd=code, env=usual | environment)

"""Training on a Dask cluster, in place of the worker process on this machine. The one file that knows Dask.

    python -m core.training.cluster scheduler tcp://0.0.0.0:8786
    python -m core.training.cluster worker tcp://host:8786          one on every machine that trains

On each machine a worker has a `WorkerExecutor` of its own: what bounds training on one machine does so on all of them.
Their data folder is the server's, at the same path. A worker whose scheduler is gone lets its run save its state, and
waits for the scheduler; a run whose worker is gone ends here as `jobs.Moved`.
"""

import argparse
import asyncio
import contextlib
import functools
import hashlib
import logging
import os
import pickle
import secrets
import signal
import socket
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError, Executor, Future, wait
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from distributed import Client, KilledWorker, Scheduler, Worker, get_worker

from core.config import Settings
from core.training.dispatch.desk import Desk
from core.training.worker import jobs
from core.training.worker.executor import WorkerExecutor

logger = logging.getLogger(__name__)

LOOK_S = 0.5
"""How often it is looked which workers there are, and a worker looks whether its job is still wanted."""

ANSWER_S = 5.0
"""How long the scheduler may take to answer before it counts as gone."""

HELD_S = 120.0
"""How long a run may be held by whoever trained it before: so long a lost machine keeps a lock on a network's disk."""

_LIMITS = ("CONVSCOPE_EXECUTOR", "CONVSCOPE_MAX_RUN_HOURS", "CONVSCOPE_QUOTA_GB", "CONVSCOPE_FREE_GB")
"""What a job brings along from the server; memory is each machine's own."""

_QUIET: dict[str, Any] = {"dashboard": False, "dashboard_address": "127.0.0.1:0"}
"""No pages of Dask's own for others to read."""

_BY_ITSELF = "This run waits, and goes on by itself as soon as one can."
UNREACHED = f"No machine that trains can be reached. {_BY_ITSELF}"
OTHERS = f"The machines that train have another version of Convscope or another data folder. {_BY_ITSELF}"


@dataclass(frozen=True, slots=True)
class _Job:
    future: "Future[Any]"
    call: bytes


class ClusterExecutor(Executor):
    """Runs as many jobs at a time as the cluster has workers that suit this server; the others wait here.

    Everything that concerns the cluster happens in one thread. It tries again for ever to reach the scheduler.

    Args:
        address: of the scheduler, such as "tcp://host:8786".
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._waiting: deque[_Job] = deque()
        self._busy: dict[str, asyncio.Task[None]] = {}  # by the worker's address
        self._judged: dict[str, str] = {}  # every worker's address, and why it cannot be used
        self._closing, self._wake = threading.Event(), asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="training-cluster", daemon=True)
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # a line of our own tells of a lost cluster
        self._thread.start()

    def at_once(self) -> int:
        """Return how many jobs the cluster does for this server at a time; 0 while it is out of reach."""
        return list(self._judged.values()).count("")

    def problem(self) -> str:
        """Return why it does none now, in a sentence for whoever waits; "" where it does."""
        found = list(self._judged.values())
        return "" if "" in found else OTHERS if OTHERS in found else UNREACHED

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Have `fn(*args, **kwargs)` done by a worker; `jobs.Moved` where that is lost."""
        if self._closing.is_set():
            raise RuntimeError("The executor was shut down.")
        future: Future[Any] = Future()
        try:
            self._waiting.append(_Job(future, pickle.dumps((fn, args, kwargs))))
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            future.set_exception(error)
        self._look_now()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster; jobs in hand are let go by their workers, which first save their state."""
        self._closing.set()
        while self._waiting:
            self._waiting.popleft().future.cancel()
        self._look_now()
        if wait and self._thread.is_alive():
            self._thread.join(2 * ANSWER_S)

    def _look_now(self) -> None:
        with contextlib.suppress(RuntimeError):  # its thread has ended
            self._loop.call_soon_threadsafe(self._wake.set)

    def _serve(self) -> None:
        with contextlib.closing(self._loop):
            self._loop.run_until_complete(self._stay())

    async def _stay(self) -> None:
        told = False
        while not self._closing.is_set():
            client = Client(self._address, asynchronous=True, timeout=ANSWER_S, set_as_default=False)
            try:
                await client
                told = False
                await self._work_with(client)
            except Exception as error:
                if not told:
                    seen = isinstance(error, OSError)
                    logger.warning("The cluster at %s is out of reach: %s", self._address, error, exc_info=not seen)
                told = True
            self._judged.clear()
            for following in self._busy.values():
                following.cancel()
            await asyncio.gather(*self._busy.values())
            with contextlib.suppress(OSError):
                await client.close(timeout=ANSWER_S)
            await self._pause()

    async def _work_with(self, client: Client) -> None:
        while not self._closing.is_set():
            if client.status != "running":
                raise OSError("the connection was lost")
            found = (await asyncio.wait_for(client.scheduler.identity(n_workers=-1), ANSWER_S))["workers"]
            await self._judge(client, found)
            for address in self._busy.keys() - found.keys():
                self._busy[address].cancel()
            sound = [address for address, wrong in self._judged.items() if not wrong]
            self._hand_out(client, [address for address in sound if address not in self._busy])
            await self._pause()

    async def _judge(self, client: Client, found: dict[str, dict[str, Any]]) -> None:
        """Find out of every new worker whether it has this server's code and data folder."""
        self._judged = {address: wrong for address, wrong in self._judged.items() if address in found}
        for address in found.keys() - self._judged.keys():
            theirs, home = found[address].get("convscope"), Settings.from_environ().home
            wrong = ""
            if theirs != code():
                wrong = f"the code {code()}. Received {theirs}. Install the same version there"
            else:
                try:
                    if not await _shares(client, address, home):
                        wrong = f"the data folder {home}. Received another. Mount the server's there, at the same path"
                except OSError:
                    continue  # it does not answer; it is asked again
            if wrong:
                logger.warning("Expected of the worker at %s %s.", address, wrong)
            self._judged[address] = OTHERS if wrong else ""

    def _hand_out(self, client: Client, free: Iterable[str]) -> None:
        limits = {name: os.environ[name] for name in _LIMITS if name in os.environ}
        for address in free:
            while self._waiting:
                job = self._waiting.popleft()
                if job.future.set_running_or_notify_cancel():
                    key = f"convscope-{secrets.token_hex(8)}"
                    result = client.submit(_do, limits, job.call, key=key, workers=[address])
                    self._busy[address] = self._loop.create_task(self._follow(job, address, result))
                    break

    async def _follow(self, job: _Job, address: str, result: Any) -> None:
        value: Any = None
        problem: BaseException | None = None
        try:
            value = await result
        except (asyncio.CancelledError, CancelledError, KilledWorker):
            problem = jobs.Moved(f"The worker at {address} is gone.")
        except Exception as error:
            problem = error
        if isinstance(problem, jobs.Moved) and address in self._judged:
            self._judged[address] = UNREACHED  # whatever waits must not be handed to it
        if result.cancelled():
            self._judged.clear()  # the scheduler is gone, and all of them with it
        result.release()
        del self._busy[address]
        self._wake.set()
        if problem is None:
            job.future.set_result(value)
        elif not self._closing.is_set():  # else the next server finds the run as its worker left it
            job.future.set_exception(problem)

    async def _pause(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), LOOK_S)
        self._wake.clear()


def desk(address: str) -> Desk:
    """Return a desk whose runs the cluster at `address` trains."""
    executor = ClusterExecutor(address)
    return Desk(executor, at_once=executor.at_once, problem=executor.problem)


@functools.cache
def code() -> str:
    """Return what tells this code, and the packages that write runs, from others: 16 hexadecimal digits."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256(" ".join(version(name) for name in ("tensorflow", "keras", "numpy")).encode())
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


async def _shares(client: Client, address: str, folder: Path) -> bool:
    """Return whether a file that is made in `folder`, this server's data folder, is in the worker's now."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(prefix=".cluster-", dir=folder) as file:
        asked = client.run(holds, file.name, workers=[address], on_error="return")
        return (await asyncio.wait_for(asked, ANSWER_S)).get(address) is True


# On the machines that train


def holds(path: str) -> bool:
    """Return whether a file is in this machine's data folder."""
    return Path(path).parent == Settings.from_environ().home and Path(path).exists()


class TrainingWorker(Worker):
    """One job at a time, each in the training process of this machine."""

    def __init__(self, address: str, **options: Any) -> None:
        announced = {"convscope": lambda _worker: code()}
        super().__init__(address, nthreads=1, memory_limit=0, **_QUIET, startup_information=announced, **options)
        self.training, self.leaving = WorkerExecutor(), False

    async def close(self, *args: Any, **kwargs: Any) -> Any:
        """Let the job in hand save its state, then leave the cluster."""
        self.leaving = True
        await asyncio.to_thread(self.training.shutdown)
        return await super().close(*args, **kwargs)

    def wants(self, key: Any) -> bool:
        """Return whether somebody still waits for a job."""
        task = self.state.tasks.get(key)
        return task is not None and task.state != "cancelled"

    def let_go(self) -> None:
        """Let the job in hand save its state and end."""
        before, self.training = self.training, WorkerExecutor()
        before.shutdown()


def _do(limits: dict[str, str], call: bytes) -> Any:
    """Do one job on the worker this runs on.

    Args:
        limits: the server's.
        call: pickled (function, arguments, options); Dask would look into them for work of its own.
    """
    function, arguments, options = pickle.loads(call)
    worker = get_worker()
    assert isinstance(worker, TrainingWorker)
    key, until = worker.get_current_task(), time.monotonic() + HELD_S
    while True:
        try:
            future = worker.training.submit(jobs.within, limits, function, *arguments, **options)
            while wait([future], LOOK_S).not_done:
                if not worker.wants(key):
                    worker.let_go()
            return future.result()
        except BlockingIOError:
            if time.monotonic() > until:
                raise
        finally:
            if worker.leaving:
                raise jobs.Moved(f"The worker at {worker.address} left.")


async def _work(address: str, host: str | None, ended: asyncio.Event) -> None:
    """Train for whoever asks the scheduler, and wait for it where it is gone."""
    stop = asyncio.ensure_future(ended.wait())
    while not ended.is_set():
        worker = TrainingWorker(address, host=host, name=f"{socket.gethostname()}-{os.getpid()}")
        stay = asyncio.ensure_future(_stay(worker))
        await asyncio.wait([stay, stop], return_when=asyncio.FIRST_COMPLETED)
        stay.cancel()
        await worker.close()
        if not ended.is_set():
            logger.warning("the scheduler at %s is gone; waiting for it", address)
            await asyncio.sleep(LOOK_S)


async def _stay(worker: TrainingWorker) -> None:
    await worker
    await worker.finished()


async def _schedule(address: str, ended: asyncio.Event) -> None:
    where = urlsplit(address)
    async with Scheduler(protocol=where.scheme, host=where.hostname, port=where.port or 0, **_QUIET):
        await ended.wait()


async def _serve(role: str, address: str, host: str | None) -> None:
    ended = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows
            asyncio.get_running_loop().add_signal_handler(name, ended.set)
    await (_schedule(address, ended) if role == "scheduler" else _work(address, host, ended))


def main() -> None:
    """Be the scheduler, or a worker, of a cluster."""
    parser = argparse.ArgumentParser(prog="python -m core.training.cluster", description=__doc__)
    parser.add_argument("role", choices=["scheduler", "worker"])
    parser.add_argument("address", help="of the scheduler, such as tcp://host:8786")
    parser.add_argument("--host", help="address of this machine under which a worker can be reached")
    asked = parser.parse_args()
    asyncio.run(_serve(asked.role, asked.address, asked.host))


if __name__ == "__main__":
    from core.training import cluster  # not this module's own copy, which nobody else could name

    cluster.main()

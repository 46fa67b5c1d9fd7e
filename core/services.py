"""What runs once per server for all visitors, in one place: built when it starts, replaceable as a whole.

Pages ask `services()`. The server says at its start which ones those are; where pages run without it, as in tests, the
usual ones are made when somebody asks first.
"""

import atexit
import threading
from dataclasses import dataclass

from core.config import Settings
from core.data.download import Downloader
from core.training.dispatch.desk import Desk
from core.training.dispatch.permission import Permission
from core.training.routes.downloads import RunFiles
from core.training.routes.live import LiveViews


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The services of one server.

    Attributes:
        permission: who may control which run.
        training: where visitors ask for training.
        live: what those who watch runs are answered.
        files: makes what can be taken home of a run.
        download: fetches CIFAR-10.
    """

    permission: Permission
    training: Desk
    live: LiveViews
    files: RunFiles
    download: Downloader

    def shutdown(self) -> None:
        """End downloads and training, and let what is in hand be saved."""
        self.download.shutdown()
        self.training.shutdown()


def usual(training: Desk | None = None) -> Services:
    """Return new services as the environment asks for them, but for what is given."""
    desk = training or _desk()
    return Services(
        permission=desk.permission,
        training=desk,
        live=LiveViews(desk.queue),
        files=RunFiles(),
        download=Downloader(),
    )


def _desk() -> Desk:
    """Return the desk of this server: runs are trained on this machine, or by the cluster it was told of."""
    address = Settings.from_environ().executor
    if address is None:
        return Desk()
    try:
        from core.training import cluster
    except ModuleNotFoundError as error:
        raise RuntimeError(
            f"Expected the package {error.name}, for CONVSCOPE_EXECUTOR is set. Received none. "
            "Install them: pip install --require-hashes -r requirements-cluster.lock"
        ) from error
    return cluster.desk(address)


_current: Services | None = None
_changing = threading.Lock()


def services() -> Services:
    """Return this process's services."""
    global _current
    with _changing:
        if _current is None:
            _current = usual()
            _current.training.recover()
        return _current


def use(chosen: Services | None) -> Services | None:
    """Let these be this process's services from now on; return those that were."""
    global _current
    with _changing:
        before, _current = _current, chosen
        return before


@atexit.register
def _end() -> None:
    if last := use(None):
        last.shutdown()

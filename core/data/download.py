"""Fetch CIFAR-10 in the background while the app is already in use.

One download per process, in a daemon thread: whoever asks gets an answer at once, and pages only read `progress()`.
The archive arrives under a temporary name and gets its own only when its checksum is right; it is then converted and
removed. What breaks off goes on from there where the server can do so, at once, after a cancel or after a restart; the
checksum decides, and what does not fit together is fetched once more from its beginning.
"""

import logging
import os
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from core.config import Settings
from core.data.sets import cifar10
from core.errors import DataError, DownloadError

if TYPE_CHECKING:
    import requests

State = Literal["idle", "downloading", "verifying", "converting", "done", "failed", "cancelled"]

_CHUNK = 16 * 1024
_SIZE_LIMIT = 512 * 2**20
_TIMEOUT_S = (10.0, 30.0)
_SPEED_WINDOW_S = 10.0
_ABANDONED_AFTER_S = 7 * 24 * 3600.0
_STALLED_AFTER_S = 2 * _TIMEOUT_S[1]  # a download that lives writes, or gives up, sooner
_TRIES = 5
_PART = f"{cifar10.ARCHIVE_NAME}.part"
_UNFINISHED = ".unfinished-"
_OTHERWISE = "set CONVSCOPE_CIFAR10 to a copy of the archive"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the download is.

    Attributes:
        state: "idle" before it starts and where none is needed or allowed; "downloading", "verifying" and "converting"
            while it runs; "done", "failed" or "cancelled" at its end.
        bytes_done: bytes received.
        bytes_total: bytes to receive, 0 while the server has not told.
        seconds_left: time left at the present speed, None while unknown.
        message: one sentence for the visitor: why it failed or why there is none.
    """

    state: State = "idle"
    bytes_done: int = 0
    bytes_total: int = 0
    seconds_left: float | None = None
    message: str | None = None

    @property
    def is_running(self) -> bool:
        """Whether it is still under way."""
        return self.state in ("downloading", "verifying", "converting")

    @property
    def fraction(self) -> float | None:
        """Share of the bytes received, 0..1; None while the total is unknown."""
        return min(self.bytes_done / self.bytes_total, 1.0) if self.bytes_total else None


class _Cancelled(Exception):
    """Ends the thread of a download that nobody wants any more."""


class Downloader:
    """Fetches and converts one edition of CIFAR-10, at most once at a time. Every method may be called by any thread.

    Args:
        read_settings: returns where to fetch from and where to keep it; called at each start.
        edition: what the archive must contain.
    """

    def __init__(
        self,
        read_settings: Callable[[], Settings] = Settings.from_environ,
        edition: cifar10.Edition = cifar10.OFFICIAL,
    ) -> None:
        self._read_settings = read_settings
        self._edition = edition
        self._lock = threading.Lock()
        self._progress = Progress()
        self._thread: threading.Thread | None = None

    def progress(self) -> Progress:
        """Return how far the download is; never waits."""
        return self._progress

    def start(self) -> None:
        """Start fetching CIFAR-10, unless it is on this machine, under way, or switched off. Returns at once."""
        settings = self._read_settings()
        with self._lock:
            if self._progress.is_running:
                return
            try:
                found = cifar10.find(settings, self._edition) is not None
            except DataError as error:
                self._progress = Progress(state="failed", message=str(error))
                return
            if found:
                self._progress = self._progress if self._progress.state == "done" else Progress()
            elif not settings.download:
                self._progress = Progress(
                    message=f"CIFAR-10 is not on this machine, and CONVSCOPE_DOWNLOAD=off keeps it from being fetched: "
                    f"{_OTHERWISE}."
                )
            else:
                self._progress = Progress(state="downloading")
                self._thread = threading.Thread(
                    target=self._run, args=(settings,), name="cifar10-download", daemon=True
                )
                self._thread.start()

    def cancel(self) -> None:
        """Stop a download under way; what was received is kept for another start. Returns at once."""
        with self._lock:
            if self._progress.is_running:
                self._progress = Progress(state="cancelled")
                self._thread = None

    def shutdown(self, timeout_s: float = 2.0) -> None:
        """Cancel, and wait a moment for the thread to tidy up; for the end of the server."""
        thread = self._thread
        self.cancel()
        if thread is not None:
            thread.join(timeout_s)

    def _run(self, settings: Settings) -> None:
        try:
            path = _fetch(settings, self._edition, self._report)
            self._report(state="converting", seconds_left=None)
            cifar10.convert(
                path, settings, self._edition, downloaded=True, on_batch=lambda _: self._report(state="converting")
            )
            path.unlink(missing_ok=True)
            self._report(state="done")
        except _Cancelled:
            return
        except DataError as error:
            self._finish_failed(str(error))
        except Exception:
            _log.exception("CIFAR-10 could not be fetched")
            self._finish_failed(f"CIFAR-10 could not be fetched, the server's log says why; {_OTHERWISE}.")

    def _report(self, **changes: object) -> None:
        """Take over news from the thread that is in charge; end every other thread."""
        with self._lock:
            if threading.current_thread() is not self._thread:
                raise _Cancelled
            self._progress = replace(self._progress, **changes)  # type: ignore[arg-type]

    def _finish_failed(self, message: str) -> None:
        try:
            self._report(state="failed", seconds_left=None, message=message)
        except _Cancelled:
            return
        _log.warning(message)


class _Meter:
    """Counts received bytes and reports them."""

    def __init__(self, report: Callable[..., None]) -> None:
        self.total = 0
        self.done = 0
        self.furthest = 0
        self._report = report
        self._history: deque[tuple[float, int]] = deque()

    def begin(self, done: int, total: int) -> None:
        """Take note that `done` bytes are here already and `total` are to come in all; 0 is unknown."""
        self.done, self.total = done, total
        self._history = deque([(time.monotonic(), done)])
        self.add(0)

    def add(self, count: int) -> None:
        """Take note of `count` more bytes; whoever is no longer in charge ends here."""
        self.done += count
        self.furthest = max(self.furthest, self.done)
        if self.done > _SIZE_LIMIT:
            raise DownloadError(
                f"CIFAR-10 could not be fetched: the server sends more than {_SIZE_LIMIT // 10**6} MB, so it is "
                f"another file; correct CONVSCOPE_CIFAR10_URL or {_OTHERWISE}."
            )
        done = min(self.done, self.total) if self.total else self.done
        self._report(
            state="downloading", bytes_done=done, bytes_total=self.total, seconds_left=self._seconds_left(done)
        )

    def end(self) -> None:
        """Take note that the checksum comes next."""
        self._report(state="verifying", seconds_left=None)

    def _seconds_left(self, done: int) -> float | None:
        now = time.monotonic()
        self._history.append((now, done))
        while now - self._history[0][0] > _SPEED_WINDOW_S and len(self._history) > 2:
            self._history.popleft()
        then, before = self._history[0]
        elapsed = now - then
        if not self.total or elapsed <= 0 or done <= before:
            return None
        return (self.total - done) * elapsed / (done - before)


class _Resuming:
    """Fetches a file for pooch, from where an earlier try broke off.

    A try writes to a file of its own, so that threads and servers never write to the same one. What it leaves behind
    is `_PART`, which the next try takes over by renaming it.
    """

    def __init__(self, meter: _Meter) -> None:
        self._meter = meter
        self.resumed = False

    def __call__(self, url: str, output_file: str, pooch: object) -> None:
        """Write what is at `url` to `output_file`."""
        import requests

        part = _take_over(Path(output_file).parent)
        try:
            self._receive(url, part)
            self._meter.end()
            part.replace(output_file)
        except (requests.RequestException, _Cancelled):
            if part.stat().st_size:
                part.replace(part.with_name(_PART))
            raise
        finally:
            part.unlink(missing_ok=True)

    def _receive(self, url: str, part: Path) -> None:
        """Append to `part` what is missing of it, or write it anew where the server sends all of it."""
        here = part.stat().st_size
        response = _get(url, here)
        self.resumed = response.headers.get("Content-Range", "").startswith(f"bytes {here}-")
        if here and not self.resumed and response.status_code in (206, 416):  # another part, or nothing to add
            response.close()
            response = _get(url, 0)
        response.raise_for_status()
        here = here if self.resumed else 0
        length = int(response.headers.get("Content-Length", 0))
        with response, part.open("ab" if here else "wb") as file:
            self._meter.begin(here, here + length if length else 0)
            for chunk in response.iter_content(_CHUNK):
                self._meter.add(len(chunk))
                file.write(chunk)


def _get(url: str, start: int) -> "requests.Response":
    """Ask for a file from byte `start` on. A mirror may else declare the .gz an encoding and have it unpacked."""
    import requests

    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
    return requests.get(url, stream=True, timeout=_TIMEOUT_S, headers=headers)


def _take_over(folder: Path) -> Path:
    """Return a file of this try's own: what an earlier one left, also one that died, else an empty one."""
    descriptor, name = tempfile.mkstemp(prefix=_UNFINISHED, dir=folder)
    os.close(descriptor)
    for left in (folder / _PART, *folder.glob(f"{_UNFINISHED}*")):
        try:
            if left.name == _PART or time.time() - left.stat().st_mtime > _STALLED_AFTER_S:
                return left.replace(name)
        except OSError:  # There is none, or another try was faster.
            continue
    return Path(name)


def _fetch(settings: Settings, edition: cifar10.Edition, report: Callable[..., None]) -> Path:
    """Return the path of the verified archive.

    Raises:
        DownloadError: it could not be fetched; the message is one sentence.
    """
    import pooch  # together with requests, which it needs, too slow to import where nothing is fetched
    import requests

    pooch.get_logger().setLevel(logging.WARNING)  # It would log the whole address, which may hold a password.
    folder = settings.home / "data" / "downloads"
    meter = _Meter(report)
    fetch = _Resuming(meter)
    for tries_left in reversed(range(_TRIES)):
        before = meter.furthest
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _remove_abandoned(folder)
            pooch.retrieve(
                settings.cifar10_url,
                known_hash=f"md5:{edition.md5}",
                fname=cifar10.ARCHIVE_NAME,
                path=folder,
                downloader=fetch,
            )
            break
        except (requests.RequestException, ValueError, OSError) as error:
            if isinstance(error, requests.RequestException):  # some of these are ValueErrors too
                worth_another = meter.furthest > before
            else:
                worth_another = isinstance(error, ValueError) and fetch.resumed
            if not (tries_left and worth_another):
                raise DownloadError(_sentence(error, settings, meter)) from error
    return folder / cifar10.ARCHIVE_NAME


def _sentence(error: Exception, settings: Settings, meter: _Meter) -> str:
    """Say in one sentence what kept the archive from arriving, and what to do about it."""
    import requests

    host = _host(settings.cifar10_url)
    if isinstance(error, requests.HTTPError) and error.response is not None:
        reason = f"{host} answered with error {error.response.status_code}; try again later"
    elif isinstance(error, requests.RequestException) and isinstance(error, ValueError):  # for example no scheme
        reason = "CONVSCOPE_CIFAR10_URL is not an http address; correct it"
    elif isinstance(error, requests.exceptions.SSLError):
        reason = f"{host} has no valid certificate; check this machine's clock and network"
    elif isinstance(error, requests.RequestException) and meter.done:
        reason = f"the connection to {host} broke off after {meter.done / 1e6:.0f} MB; try again"
    elif isinstance(error, requests.RequestException):
        reason = f"{host} cannot be reached from this machine; go online and try again"
    elif isinstance(error, OSError):
        reason = f"it cannot be saved below {settings.home} ({error.strerror or error}); make room there and try again"
    else:
        reason = f"what {host} sent has the wrong checksum, so it is incomplete or another file; try again"
    return f"CIFAR-10 could not be fetched: {reason}, or {_OTHERWISE}."


def _host(url: str) -> str:
    """Return the name of the server; the rest of an address may hold a password."""
    try:
        return urlsplit(url).hostname or "the server"
    except ValueError:
        return "the server"


def _remove_abandoned(folder: Path) -> None:
    """Remove what processes that died while downloading left behind."""
    for path in folder.iterdir():
        try:
            if path.name != cifar10.ARCHIVE_NAME and time.time() - path.stat().st_mtime > _ABANDONED_AFTER_S:
                path.unlink()
        except OSError:  # Another process removed it first.
            continue

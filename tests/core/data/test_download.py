"""The background download, against a server on this machine that behaves well or badly."""

import os
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from core.data import download
from core.data.archive import FOLDER
from core.data.download import Downloader, Progress
from core.data.sets import cifar10
from tests.waiting import wait_for

PART = f"{cifar10.ARCHIVE_NAME}.part"
RANGES = ("ranges", "ranges-broken", "ranges-elsewhere")
"""Paths that can be fetched from the middle; "ranges-broken" sends half of what is asked for, then hangs up."""

ENDED = ("done", "failed", "cancelled", "idle")


class _Handler(BaseHTTPRequestHandler):
    """Serves the archive; the path says what goes wrong on the way."""

    def do_GET(self):
        content, path = self.server.content, self.path.strip("/")
        self.server.requests.append(path)
        self.server.asked.append(self.headers["Range"])
        if path.isdecimal():
            self.send_error(int(path))
            return
        if path == "redirect":
            self.send_response(302)
            self.send_header("Location", "/good")
            self.end_headers()
            return
        if path == "wrong":
            content = content[:-1] + bytes([content[-1] ^ 1])
        if path == "cut":
            content = content[: len(content) // 2]
        first = int((self.headers["Range"] or "bytes=0-")[len("bytes=") : -1])
        if path in RANGES and first >= len(content):
            self.send_error(416)
            return
        if path in RANGES and first:
            whole = len(content)
            if path == "ranges-elsewhere":
                first -= 100
            content = content[first:]
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{whole - 1}/{whole}")
        else:
            self.send_response(200)
        if path == "mislabeled":  # A gzip file is sent as if the server had compressed it on the way.
            self.send_header("Content-Encoding", "gzip" if "gzip" in self.headers["Accept-Encoding"] else "identity")
        if path != "untold":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        try:
            self._send(content, path)
        except OSError:  # The client went away.
            self.server.disconnected.set()

    def _send(self, content, path):
        half = len(content) // 2
        if path in ("breaks", "ranges-broken"):
            self.wfile.write(content[:half])
        elif path == "stalls":
            self.wfile.write(content[:half])
            self.wfile.flush()
            self.server.go_on.wait(20)
            self.wfile.write(content[half:])
        else:
            self.wfile.write(content)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server(archive_file, monkeypatch) -> Iterator[SimpleNamespace]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    http.daemon_threads = True
    http.content, http.requests, http.asked = archive_file.read_bytes(), [], []
    http.go_on, http.disconnected = threading.Event(), threading.Event()
    threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield http
    http.go_on.set()
    http.shutdown()
    http.server_close()


@pytest.fixture
def downloader(server, settings, edition):
    """Make a downloader that fetches from a path of the server."""
    made = []

    def make(path, **changes):
        url = f"http://127.0.0.1:{server.server_port}/{path}"
        chosen = replace(settings, **{"cifar10_url": url, **changes})
        made.append(Downloader(lambda: chosen, edition))
        return made[-1]

    yield make
    for each in made:
        each.shutdown()


def reaches(downloader, *states, most_s=20.0) -> Progress:
    wait_for(lambda: downloader.progress().state in states, most_s)
    return downloader.progress()


def left_behind(settings):
    """Return the files of downloads, finished or not."""
    folder = settings.home / "data" / "downloads"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def failure(downloader) -> str:
    downloader.start()
    progress = reaches(downloader, *ENDED)
    assert progress.state == "failed", progress
    assert progress.message.startswith("CIFAR-10 could not be fetched: ")
    assert progress.message.endswith(", or set CONVSCOPE_CIFAR10 to a copy of the archive.")
    assert "Traceback" not in progress.message
    return progress.message


@pytest.mark.parametrize("path", ["good", "redirect", "untold", "mislabeled"])
def test_a_download_ends_with_cifar10_at_hand(downloader, settings, edition, server, path):
    fetching = downloader(path)
    assert fetching.progress() == Progress()

    fetching.start()
    progress = reaches(fetching, *ENDED)

    assert progress.state == "done", progress
    assert progress.bytes_done == pytest.approx(len(server.content), abs=16 * 1024 if path == "untold" else 0)
    assert progress.bytes_total == (0 if path == "untold" else len(server.content))
    dataset = cifar10.load(settings, edition)
    assert (len(dataset.train), len(dataset.test), dataset.figures_note) == (100, 20, "")
    assert left_behind(settings) == [], "the archive is not needed twice"


def test_progress_on_the_way(downloader, server):
    fetching = downloader("stalls")
    fetching.start()
    assert fetching.progress().is_running
    wait_for(lambda: fetching.progress().bytes_done > len(server.content) * 0.4)
    progress = fetching.progress()

    assert progress.state == "downloading"
    assert progress.bytes_total == len(server.content)
    assert 0.4 < progress.fraction < 0.6
    assert progress.seconds_left > 0
    server.go_on.set()
    assert reaches(fetching, *ENDED).state == "done"
    assert fetching.progress().fraction == 1.0
    assert fetching.progress().seconds_left is None


def test_start_and_cancel_never_wait_for_the_server(downloader, server):
    fetching = downloader("stalls")
    began = time.monotonic()
    fetching.start()
    fetching.start()
    fetching.cancel()

    assert fetching.progress().state == "cancelled"
    assert time.monotonic() - began < 5, "the server would stall for 20 s"


def test_start_twice_fetches_once(downloader, server):
    fetching = downloader("stalls")
    for _ in range(5):
        fetching.start()
    wait_for(lambda: fetching.progress().bytes_done)
    server.go_on.set()
    reaches(fetching, "done")

    assert server.requests == ["stalls"]


def test_cancel_midway_then_start_again(downloader, server, settings, edition):
    fetching = downloader("stalls")
    fetching.start()
    wait_for(lambda: fetching.progress().bytes_done)
    fetching.cancel()

    assert fetching.progress() == Progress(state="cancelled")
    assert cifar10.find(settings, edition) is None
    server.go_on.set()
    wait_for(lambda: left_behind(settings) == [PART])
    assert fetching.progress().state == "cancelled", "a thread given up must not report any more"

    fetching.start()
    assert reaches(fetching, *ENDED).state == "done"
    assert cifar10.find(settings, edition) is not None
    assert left_behind(settings) == []


def test_restart_while_the_canceled_thread_still_waits(downloader, server, settings):
    fetching = downloader("stalls")
    fetching.start()
    wait_for(lambda: fetching.progress().bytes_done)
    fetching.cancel()
    fetching.start()
    server.go_on.set()

    assert reaches(fetching, *ENDED).state == "done"
    wait_for(lambda: left_behind(settings) in ([], [PART]))


def test_cancel_before_and_after_does_nothing(downloader):
    fetching = downloader("good")
    fetching.cancel()
    assert fetching.progress() == Progress()
    fetching.start()
    reaches(fetching, "done")
    fetching.cancel()
    assert fetching.progress().state == "done"
    fetching.start()
    assert fetching.progress().state == "done"


def test_shutdown_ends_the_thread(downloader, server):
    fetching = downloader("stalls")
    fetching.start()
    wait_for(lambda: fetching.progress().bytes_done)
    threads = [thread for thread in threading.enumerate() if thread.name == "cifar10-download"]
    server.go_on.set()
    fetching.shutdown(timeout_s=10)

    assert threads
    assert all(thread.daemon for thread in threads)
    assert not any(thread.is_alive() for thread in threads)


@pytest.mark.parametrize(
    "path, reason",
    [
        ("wrong", "has the wrong checksum, so it is incomplete or another file"),
        ("cut", "has the wrong checksum, so it is incomplete or another file"),
        ("404", "127.0.0.1 answered with error 404"),
        ("500", "127.0.0.1 answered with error 500"),
        ("503", "127.0.0.1 answered with error 503"),
    ],
)
def test_what_goes_wrong_is_one_sentence_and_leaves_nothing(downloader, settings, edition, path, reason):
    assert reason in failure(downloader(path))
    assert left_behind(settings) == []
    assert cifar10.find(settings, edition) is None


def test_a_connection_that_breaks_where_the_server_knows_no_ranges(downloader, settings, server):
    """It is asked to go on, sends all of it from the beginning, breaks at the same place, and is believed."""
    assert "the connection to 127.0.0.1 broke off after" in failure(downloader("breaks"))
    assert server.requests == ["breaks"] * 2
    assert left_behind(settings) == [PART]


def test_a_connection_that_breaks_is_taken_up_where_it_broke(downloader, settings, edition, server):
    """Each answer is half of what is missing: five of them are not enough, the next start goes on from there."""
    fetching = downloader("ranges-broken")
    failure(fetching)
    starts = [int(asked[len("bytes=") : -1]) for asked in server.asked if asked]
    assert len(starts) == 4
    assert starts == sorted(set(starts)), "each begins further on"
    assert len(server.content) / 2 - 16 * 1024 <= starts[0] <= len(server.content) / 2

    server.requests.clear()
    last = (settings.home / "data" / "downloads" / PART).stat().st_size
    assert last > starts[-1]
    fetching = downloader("ranges")
    fetching.start()
    progress = reaches(fetching, *ENDED)
    assert (progress.state, progress.bytes_done, progress.bytes_total) == (
        "done", len(server.content), len(server.content)
    )  # fmt: skip
    assert server.asked[-1] == f"bytes={last}-"
    assert server.requests == ["ranges"]
    assert cifar10.find(settings, edition) is not None
    assert left_behind(settings) == []


@pytest.mark.parametrize("path", ["ranges", "ranges-elsewhere", "good"])
@pytest.mark.parametrize("kept", [b"of another file", b"longer than the file is", None])
def test_what_does_not_fit_is_fetched_from_the_beginning(downloader, settings, server, path, kept):
    """The file changed since, or the server sends another part than was asked for, or all of it."""
    folder = settings.home / "data" / "downloads"
    folder.mkdir(parents=True)
    longer = kept is not None and kept.startswith(b"longer")
    content = server.content[:1000] if kept is None else kept * (len(server.content) if longer else 10)
    (folder / PART).write_bytes(content)
    fetching = downloader(path)
    fetching.start()

    assert reaches(fetching, *ENDED).state == "done"
    assert server.asked[0] == f"bytes={len(content)}-"
    assert left_behind(settings) == []


def test_what_a_killed_server_left_is_taken_up(downloader, settings, server):
    folder = settings.home / "data" / "downloads"
    folder.mkdir(parents=True)
    for name, age_s in ((".unfinished-dead", 600), (".unfinished-alive", 1)):
        (folder / name).write_bytes(server.content[:3000])
        os.utime(folder / name, (time.time() - age_s,) * 2)
    fetching = downloader("ranges")
    fetching.start()

    assert reaches(fetching, *ENDED).state == "done"
    assert server.asked == ["bytes=3000-"]
    assert left_behind(settings) == [".unfinished-alive"]


def test_a_failed_download_can_be_tried_again(server, settings, edition):
    urls = iter(["404", "breaks", "good"])
    fetching = Downloader(
        lambda: replace(settings, cifar10_url=f"http://127.0.0.1:{server.server_port}/{next(urls)}"), edition
    )
    failure(fetching)
    failure(fetching)
    fetching.start()

    assert reaches(fetching, *ENDED).state == "done"
    assert fetching.progress().message is None


def test_no_network(settings, edition):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"  # bound, but nobody listens
        fetching = Downloader(lambda: replace(settings, cifar10_url=url), edition)

        assert "127.0.0.1 cannot be reached from this machine; go online and try again" in failure(fetching)


def test_no_such_host(settings, edition):
    fetching = Downloader(lambda: replace(settings, cifar10_url="http://convscope.invalid/archive"), edition)

    assert "convscope.invalid cannot be reached from this machine" in failure(fetching)


@pytest.mark.parametrize("url", ["", "nonsense", "ftp://127.0.0.1/x", "file:///etc/passwd", "http://", "http://[::1"])
def test_a_nonsense_address(settings, edition, url):
    assert "CONVSCOPE_CIFAR10_URL" in failure(Downloader(lambda: replace(settings, cifar10_url=url), edition))


def test_credentials_in_the_address_are_not_shown(server, settings, edition, capfd):
    url = f"http://user:secret@127.0.0.1:{server.server_port}/404"

    assert "secret" not in failure(Downloader(lambda: replace(settings, cifar10_url=url), edition))
    assert "secret" not in "".join(capfd.readouterr())


def test_an_archive_with_the_right_checksum_and_wrong_content(settings, server, downloader, edition, make):
    import hashlib

    server.content = make.pack({"data_batch_1": b"nothing"})
    md5 = hashlib.md5(server.content, usedforsecurity=False).hexdigest()
    url = f"http://127.0.0.1:{server.server_port}/good"
    fetching = Downloader(lambda: replace(settings, cifar10_url=url), replace(edition, md5=md5))
    fetching.start()
    progress = reaches(fetching, *ENDED)

    assert progress.state == "failed"
    assert "Expected data_batch_1 to be one of CIFAR-10's batches" in progress.message


def test_a_home_that_cannot_be_written(downloader, tmp_path):
    (tmp_path / "file").write_text("")

    assert "it cannot be saved below" in failure(downloader("good", home=tmp_path / "file"))


def test_a_full_disk(server, settings, edition):
    """The operating system refuses to let files grow, as on a full disk; in a process of its own."""
    script = f"""
        import resource, time
        from dataclasses import replace
        from pathlib import Path
        from core.config import Settings
        from core.data.sets.cifar10 import Edition
        from core.data.download import Downloader
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
        url = "http://127.0.0.1:{server.server_port}/good"
        settings = replace(Settings.from_environ(), home=Path({str(settings.home)!r}), cifar10_url=url, download=True)
        downloader = Downloader(lambda: settings, Edition(md5={edition.md5!r}, batch_images=20))
        downloader.start()
        while downloader.progress().is_running:
            time.sleep(0.01)
        print(downloader.progress().message)
    """
    said = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True)

    assert "it cannot be saved below" in said.stdout, said.stderr
    assert "(File too large); make room there and try again" in said.stdout
    assert left_behind(settings) == []


def test_download_off(downloader, server):
    fetching = downloader("good", download=False)
    fetching.start()

    assert fetching.progress().state == "idle"
    assert "CONVSCOPE_DOWNLOAD=off" in fetching.progress().message
    assert server.requests == []


def test_nothing_is_fetched_where_cifar10_is_at_hand(downloader, server, folder):
    fetching = downloader("good", cifar10=folder)
    fetching.start()

    assert fetching.progress() == Progress()
    assert server.requests == []


def test_nothing_is_fetched_in_place_of_a_chosen_source_that_is_damaged(downloader, server, folder):
    (folder / FOLDER / "data_batch_2").unlink()
    fetching = downloader("good", cifar10=folder)
    fetching.start()

    assert fetching.progress().state == "failed"
    assert "data_batch_2 is missing" in fetching.progress().message
    assert server.requests == []


def test_what_a_dead_process_left_is_removed_after_a_week(downloader, settings):
    folder = settings.home / "data" / "downloads"
    folder.mkdir(parents=True)
    for name, age_s in (("tmp-old", 8 * 24 * 3600), ("tmp-new", 60)):
        (folder / name).write_bytes(b"half")
        os.utime(folder / name, (time.time() - age_s,) * 2)
    fetching = downloader("good")
    fetching.start()
    reaches(fetching, "done")

    assert left_behind(settings) == ["tmp-new"]


def test_a_half_archive_under_the_final_name_is_fetched_anew(downloader, settings, server):
    folder = settings.home / "data" / "downloads"
    folder.mkdir(parents=True)
    (folder / cifar10.ARCHIVE_NAME).write_bytes(server.content[:100])
    fetching = downloader("good")
    fetching.start()

    assert reaches(fetching, *ENDED).state == "done"


def test_many_threads_ask_at_once(downloader, server):
    fetching = downloader("good")
    threads = [threading.Thread(target=fetching.start) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert reaches(fetching, *ENDED).state == "done"
    assert server.requests == ["good"]


def test_as_the_environment_says():
    """Switched off by the tests' environment, so nothing is fetched."""
    fetching = download.Downloader()
    fetching.start()

    assert fetching.progress().state == "idle"
    assert "CONVSCOPE_DOWNLOAD=off" in fetching.progress().message
    fetching.cancel()
    fetching.shutdown()
    assert not fetching.progress().is_running

"""A server under attack: its memory stays within bounds and comes back, and others are answered meanwhile."""

import asyncio
import io
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from core.data.uploads import IN_WORDS
from tests.browser.server import end, free_port, start
from tests.loop import run
from tests.visitors import Visitor

MB = 2**20
ANSWER_S = 10.0
"""A generous ceiling: on a quiet machine it is a tenth of a second."""


@dataclass(slots=True)
class Server:
    """A server in a process of its own."""

    url: str
    process: int

    def memory(self) -> int:
        """Bytes of the server's process that lie in memory now."""
        shown = subprocess.run(["ps", "-o", "rss=", "-p", str(self.process)], capture_output=True, check=True)
        return int(shown.stdout) * 1024

    @contextmanager
    def growth_below(self, most: int, *, kept: int = 120 * MB) -> Iterator[None]:
        """Assert that the server's memory grows by less than `most` bytes inside the block, and is back soon after.

        Back is: but for `kept` bytes, or a quarter of what it had grown by. The sessions of those who left stay for two
        minutes, and the allocator returns no page that still holds a block.
        """
        before, seen, over = self.memory(), [0], threading.Event()

        def watch() -> None:
            while not over.wait(0.05):
                seen[0] = max(seen[0], self.memory())

        watching = threading.Thread(target=watch)
        watching.start()
        try:
            yield
        finally:
            over.set()
            watching.join()
        print(f"memory: {before / MB:.0f} MB before, {seen[0] / MB:.0f} MB at most")
        assert seen[0] - before < most
        deadline = time.monotonic() + 60
        while (left := self.memory() - before) > max(kept, (seen[0] - before) / 4):
            assert time.monotonic() < deadline, f"{left / MB:.0f} MB more than before after a minute"
            time.sleep(0.5)
        print(f"memory: {left / MB:.0f} MB more than before is kept")


@contextmanager
def attacked(home: Path) -> Iterator[Server]:
    """Start a server, and wait until TensorFlow is loaded and a first visitor's picture was answered."""
    port = free_port()
    process = start(home, port)
    served = Server(url=f"http://127.0.0.1:{port}", process=process.pid)
    try:
        run(_warm(served.url))
        yield served
    finally:
        end(process)


async def _warm(url: str) -> None:
    """Wait until TensorFlow is loaded and a first visitor's picture was answered."""
    picture = png_of(Image.linear_gradient("L"))
    async with asyncio.timeout(180), Visitor(url, keeps_cookies=True) as visitor:
        await visitor.open("classify")
        assert await visitor.put(picture, "warm") == 204
        await visitor.choose("classify", IN_WORDS, ["warm"])
        while "chart-bars" not in "".join(visitor.texts):
            await asyncio.sleep(1)
            await visitor.open("classify")


def png_of(image: Image.Image) -> bytes:
    """Return a picture as a PNG file."""
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()

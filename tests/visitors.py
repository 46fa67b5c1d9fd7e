"""Visitors by Streamlit's real protocol, without a browser: many of them cost the machine little beside the server."""

import asyncio
import random
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from pages import registry

PAGES = ("", *(page.name for page in registry.PAGES[1:]))
"""Addresses of all pages, in the order of the lesson; "" is the overview."""

IMAGES = {"": "image", "dataset": "image", "activations": "image"}
"""The parameter of a page's address that names an image."""


class Visitor:
    """One browser tab that is connected to the server.

    Use it as an asynchronous context manager.

    Args:
        url: the server's address, http://...
        keeps_cookies: whether it keeps the server's cookies, as sending files needs.
    """

    def __init__(self, url: str, *, keeps_cookies: bool = False) -> None:
        self._address = url
        self._url = url.replace("http", "ws", 1) + "/_stcore/stream"
        self._keeps_cookies = keeps_cookies
        self._cookies: dict[str, str] = {}
        self.exceptions: list[str] = []
        self.session = ""
        """Streamlit's name of this visitor's session."""
        self.texts: list[str] = []
        """The HTML that the last run of a page has drawn."""
        self.uploaders: dict[str, str] = {}
        """The label of every file uploader seen, to the name of its widget."""

    async def __aenter__(self) -> "Visitor":
        if self._keeps_cookies:
            await asyncio.to_thread(self._take_cookies)
        headers = {"Cookie": self._cookie()} if self._cookies else {}
        self._socket = await websockets.connect(
            self._url,
            additional_headers=headers,
            subprotocols=[websockets.Subprotocol("streamlit")],
            max_size=None,
            open_timeout=60,
        )
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._socket.close()

    async def open(self, page: str, query: str = "") -> float:
        """Open a page; return the seconds until its script has run to its end.

        Args:
            page: one of `PAGES`.
            query: what stands behind the question mark of the address.
        """
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.query_string = query
        began = time.perf_counter()
        await self.send(message)
        async with asyncio.timeout(60):
            await self.finished()
        return time.perf_counter() - began

    async def send(self, message: BackMsg) -> None:
        """Send any message, also one that no browser would send."""
        await self._socket.send(message.SerializeToString())

    async def put(self, content: bytes, file_id: str) -> int:
        """Send a file as Streamlit's uploader does; return the status of the answer."""
        return await asyncio.to_thread(self._put, content, file_id)

    async def choose(self, page: str, label: str, file_ids: list[str]) -> None:
        """Open a page with an uploader that lists these files."""
        await self.send(self.choice(page, label, file_ids))
        async with asyncio.timeout(120):
            await self.finished()

    def choice(self, page: str, label: str, file_ids: list[str]) -> BackMsg:
        """Return the message that asks for a page with an uploader that lists these files."""
        message = BackMsg()
        message.rerun_script.page_name = page
        widget = message.rerun_script.widget_states.widgets.add(id=self.uploaders[label])
        for file_id in file_ids:
            widget.file_uploader_state_value.uploaded_file_info.add(file_id=file_id, name=f"{file_id}.png")
        return message

    def _take_cookies(self) -> None:
        for path in ("/", "/_stcore/health"):
            with urllib.request.urlopen(self._address + path, timeout=60) as answer:
                for line in answer.headers.get_all("set-cookie", []):
                    self._cookies |= {name: cookie.value for name, cookie in SimpleCookie(line).items()}

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def _put(self, content: bytes, file_id: str) -> int:
        opening = b'--x\r\nContent-Disposition: form-data; name="file"; filename="file.png"\r\n\r\n'
        form = opening + content + b"\r\n--x--\r\n"
        headers = {
            "Content-Type": "multipart/form-data; boundary=x",
            "Cookie": self._cookie(),
            "X-Xsrftoken": self._cookies["_streamlit_xsrf"],
        }
        url = f"{self._address}/_stcore/upload_file/{self.session}/{file_id}"
        request = urllib.request.Request(url, form, headers, method="PUT")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:  # the server has answered and closed before the whole file was sent
            return 413

    def _look(self, element: Element) -> None:
        kind = element.WhichOneof("type")
        if kind == "html":
            self.texts.append(element.html.body)
        elif kind == "file_uploader":
            self.uploaders[element.file_uploader.label] = element.file_uploader.id

    async def finished(self) -> None:
        """Read until a run of the script has ended; runs cut short by a rerun do not count."""
        while True:
            message = ForwardMsg()
            message.ParseFromString(await self._socket.recv())
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.session, self.texts = message.new_session.initialize.session_id or self.session, []
            if kind == "delta":
                self._look(message.delta.new_element)
            if kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
                self.exceptions.append(message.delta.new_element.exception.message)
            if kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                return


@dataclass(slots=True)
class Hall:
    """What a hall of visitors saw: seconds of every answer, seconds of every first page, what went wrong."""

    answers: list[float] = field(default_factory=list)
    first_pages: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def link(page: str, chance: random.Random, runs: tuple[str, ...]) -> str:
    """Return the query of a link: every second time none, else a snapshot and an image of its own."""
    if chance.random() < 0.5:
        return ""
    query = f"run={chance.choice(runs)}&epoch={chance.randrange(11)}"
    return f"{query}&{IMAGES[page]}={chance.randrange(1000)}" if page in IMAGES else query


async def hall(
    url: str,
    visitors: int,
    *,
    seconds: float,
    think_s: float = 8.0,
    arrival_s: float = 10.0,
    runs: tuple[str, ...] = ("tutorial", "fast"),
    meanwhile: Callable[[], None] = lambda: None,
) -> Hall:
    """Let many visitors arrive, look at the first page, then open pages at random until the time is over.

    Args:
        url: the server's address.
        visitors: how many.
        seconds: how long, arrival included.
        think_s: mean of the exponential time between an answer and the next page.
        arrival_s: all arrive within so many seconds.
        runs: the runs that links name.
        meanwhile: called while all are still connected, after the last answer.
    """
    seen, until = Hall(), time.perf_counter() + seconds
    everybody = asyncio.Barrier(visitors + 1)

    async def visit(number: int) -> None:
        chance = random.Random(number)
        try:
            await asyncio.sleep(chance.random() * arrival_s)
            async with Visitor(url) as visitor:
                seen.first_pages.append(await visitor.open(""))
                while time.perf_counter() < until:
                    await asyncio.sleep(chance.expovariate(1 / think_s))
                    page = chance.choice(PAGES)
                    seen.answers.append(await visitor.open(page, link(page, chance, runs)))
                seen.faults += visitor.exceptions
                await everybody.wait()
                await everybody.wait()
        except asyncio.BrokenBarrierError:
            pass
        except Exception as error:
            seen.faults.append(f"{type(error).__name__}: {error}"[:200])
            await everybody.abort()

    async def look() -> None:
        try:
            await everybody.wait()
            await asyncio.to_thread(meanwhile)
            await everybody.wait()
        except asyncio.BrokenBarrierError:
            pass

    await asyncio.gather(look(), *(visit(number) for number in range(visitors)))
    return seen

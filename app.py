"""The server: what runs once per process, around the pages that run once per visitor.

Start it with `make run` or `streamlit run app.py`; the lesson itself begins in pages/navigation.py.
"""

import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from streamlit import runtime

from core import allocator
from core.askers import Asker
from core.config import Settings
from core.data import registry
from core.model.gate import between_turns, gate
from core.model.inference import warm
from core.services import services, use, usual
from core.training.routes import downloads, live, weights
from core.wanted import wanted
from core.web import (
    base_path,
    keras_state,
    lecturer,
    metrics,
    started,
    status,
    thumbnails,
    turns,
    unsent,
    whole_callbacks,
)
from core.web.bounded_uploads import BoundedUploads, Storage
from core.web.closed import OPERATORS_ONLY, Closed
from core.web.compressed import CompressedStatic
from core.web.element_scripts import element_scripts
from core.web.figures import Figures, gather
from core.web.framed_cookies import FramedCookies
from core.web.greeting import greeting
from core.web.headers import SecurityHeaders
from core.web.identity import AnonymousOwner
from core.web.messages import VisitorMessages
from core.web.origins import SameOrigin
from core.web.own_page import OwnPage
from core.web.promptness import Promptness
from core.web.proxy import TrustedProxies
from core.web.stuck import StuckConnections, permit_many_connections
from core.web.windows import BoundedWindows
from pages.shared.visitor import COOKIE, LECTURER, asker, leave_to_the_next, overtaking

_SHARED = Path(__file__).parent / "pages" / "shared"
_STREAMLIT = Path(st.__file__).parent / "static"  # what Streamlit serves
_INDEX = _STREAMLIT / "index.html"
_SCRIPTS = element_scripts(_STREAMLIT / "static" / "js", _INDEX.read_text("utf-8"))
try:
    _SETTINGS = Settings.from_environ()
except ValueError as error:  # one sentence for the server's owner, without the way to it
    raise SystemExit(str(error)) from None
_BASE = base_path.prefix(st.get_option("server.baseUrlPath"))
_LOG = logging.getLogger("convscope")
_WINDOWS: list[Asker] = []  # who has one open
_FIRST_PAINT_S = 5.0  # a first visitor's page is drawn before TensorFlow's import competes with it


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Build the services, fetch CIFAR-10 where it is missing, warm TensorFlow; end it all with the server."""
    allocator.keep_little()
    permit_many_connections()
    started.known()
    keras_state.keep()
    whole_callbacks.keep()
    unsent.keep()
    turns.keep(asker, asked=wanted.look_again)
    gate.who = between_turns.who = asker
    wanted.overtaking, wanted.leaving = overtaking, leave_to_the_next
    threading.Thread(target=registry.available, name="prepare-cifar10", daemon=True).start()
    serving = usual()
    use(serving)
    serving.download.start()
    serving.training.recover()
    serving.training.keep_looking()
    warm.begin(delay_s=_FIRST_PAINT_S)
    print(greeting(f"{lecturer.PATH}?token={serving.permission.link_secret}"), flush=True)
    yield
    use(None)
    serving.shutdown()


def uploaded_files() -> Storage:
    """Return where Streamlit keeps files that browsers have sent."""
    return cast(Storage, runtime.get_instance().uploaded_file_mgr)


def figures() -> Figures:
    """Return how this server is now."""
    return gather(services().training, tuple(_WINDOWS))


def explain(error: Exception) -> bool:
    """Log an error nobody foresaw, and show a calm sentence in place of its traceback."""
    _LOG.error("Unexpected error in a page", exc_info=error)
    st.error("Something went wrong here. Nothing you made is lost. Reload the page, or try another choice.")
    return True


app = st.App(
    "pages/navigation.py",
    lifespan=lifespan,
    routes=base_path.below(
        _BASE,
        [
            Mount("/fonts", StaticFiles(directory=_SHARED / "fonts")),
            Mount("/connection", StaticFiles(directory=_SHARED / "connection")),
            *live.routes(lambda: services().live),
            *weights.routes(),
            *thumbnails.routes(),
            *downloads.routes(lambda: services().files, cookie=COOKIE),
            lecturer.route(lambda secret: services().permission.admit(secret), cookie=LECTURER),
            status.route(lambda screen: services().permission.knows(screen), figures, cookie=LECTURER),
            metrics.route(figures),
        ],
    ),
    middleware=[
        Middleware(Promptness),
        Middleware(StuckConnections),
        Middleware(TrustedProxies, trusted=_SETTINGS.proxies),
        Middleware(SecurityHeaders, index=_INDEX, frame_ancestors=_SETTINGS.frame_ancestors),
        Middleware(Closed, paths=[_BASE + path for path in OPERATORS_ONLY]),
        Middleware(SameOrigin, others=_SETTINGS.origins),
        Middleware(BoundedWindows, cookie=COOKIE, open_=_WINDOWS),
        Middleware(VisitorMessages),
        Middleware(CompressedStatic, directory=_STREAMLIT / "static", prefix=f"{_BASE}/static/"),
        *([Middleware(FramedCookies)] if _SETTINGS.frame_ancestors else []),
        Middleware(AnonymousOwner, name=COOKIE),
        Middleware(
            OwnPage,
            script="./connection/connection.js",
            styles=[(_SHARED / f"{name}.css").read_text("utf-8") for name in ("typeface", "style", "paper")],
            fonts=[f"./fonts/ibm-plex-sans-{weight}.woff2" for weight in (400, 600)],
            needed=[f"./static/js/{each}" for each in _SCRIPTS],
            host_config=f"{_BASE}/_stcore/host-config",
        ),
        Middleware(BoundedUploads, storage=uploaded_files),
    ],
    on_script_error=explain,
)

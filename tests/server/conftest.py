"""A real server and what attacks it: programs that speak its protocols, no browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.server import running_app


@pytest.fixture(scope="session")
def server_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of `server_url`; what the server logs is in server.log."""
    return tmp_path_factory.mktemp("server-home")


@pytest.fixture(scope="session")
def server_url(server_home: Path) -> Iterator[str]:
    """The address of a server as it is started without any setting."""
    with running_app(server_home) as url:
        yield url

"""Constants and settings of the whole application. Standard library only."""

import ipaddress
import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.addressed import number, whole

VERSION = str(tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]["version"])
"""Of Convscope, from pyproject.toml; CHANGELOG.md says what is in it."""

SplitName = Literal["train", "test"]

IMAGE_SHAPE = (32, 32, 3)
"""Height, width and channels (red, green, blue) of every image the networks see."""

CHANNELS = ("red", "green", "blue")
"""What the channels of an image hold, in their order."""

WHITE = 255
"""The largest value of a pixel; divided by it, pixels lie in 0..1."""

SHIPPED_RUNS = Path(__file__).parent / "model" / "shipped"
"""The run folders that come with Convscope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the person who starts the server can choose, read from the environment.

    Attributes:
        home: folder for converted data and visitors' runs (`CONVSCOPE_HOME`, default: platformdirs' user data folder).
        cifar10: folder holding `cifar-10-batches-py/`, or the official archive (`CONVSCOPE_CIFAR10`).
        images: folder of class folders with pictures, a data set of this server's own (`CONVSCOPE_IMAGES`).
        cifar10_url: where the official archive is fetched from (`CONVSCOPE_CIFAR10_URL`).
        download: whether a missing CIFAR-10 may be fetched (`CONVSCOPE_DOWNLOAD`, "off" forbids it).
        training: whether visitors may train (`CONVSCOPE_TRAINING`, "off" forbids it).
        max_epochs: the most epochs one run of a visitor may ask for (`CONVSCOPE_MAX_EPOCHS`).
        training_memory_bytes: what the training process may fill (`CONVSCOPE_TRAINING_MEMORY_GB`, in billions; default:
            3, or half of the machine's where that is less).
        max_run_s: the longest one run may be forecast to take, and may take (`CONVSCOPE_MAX_RUN_HOURS`).
        quota_bytes: what all runs together may take of the disk, deleted ones included (`CONVSCOPE_QUOTA_GB`).
        free_bytes: what must stay free on the disk when a run starts (`CONVSCOPE_FREE_GB`).
        executor: the Dask scheduler whose workers train, "tcp://host:port" or "tls://host:port" (`CONVSCOPE_EXECUTOR`);
            default: a worker process on this machine.
        lecturer_token: whoever knows it controls every run (`CONVSCOPE_LECTURER_TOKEN`).
        metrics_token: whoever brings it may read the server's measurements; nobody may where it is unset
            (`CONVSCOPE_METRICS_TOKEN`).
        proxies: addresses or networks of proxies that are believed about scheme and host (`CONVSCOPE_PROXIES`,
            separated by commas or spaces; default: this machine).
        origins: further origins whose pages may connect, "scheme://host" or "scheme://host:port"
            (`CONVSCOPE_ORIGINS`, likewise).
        frame_ancestors: origins whose pages may show Convscope in a frame (`CONVSCOPE_FRAME_ANCESTORS`, likewise;
            "*.example.org" stands for all hosts below it).
    """

    home: Path
    cifar10: Path | None
    images: Path | None
    cifar10_url: str
    download: bool
    training: bool
    max_epochs: int
    training_memory_bytes: float
    max_run_s: float
    quota_bytes: float
    free_bytes: float
    executor: str | None
    lecturer_token: str | None
    metrics_token: str | None
    proxies: tuple[str, ...]
    origins: tuple[str, ...]
    frame_ancestors: tuple[str, ...]

    @classmethod
    def from_environ(cls) -> "Settings":
        """Read the settings from `os.environ`; called anew where needed, so tests can change the environment.

        Raises:
            ValueError: a variable says what it cannot; the sentence says what is expected.
        """
        environ = os.environ
        cifar10 = environ.get("CONVSCOPE_CIFAR10")
        home = environ.get("CONVSCOPE_HOME")
        images = environ.get("CONVSCOPE_IMAGES")
        return cls(
            home=Path(home).expanduser() if home else _default_home(),
            cifar10=Path(cifar10).expanduser() if cifar10 else None,
            images=Path(images).expanduser() if images else None,
            cifar10_url=environ.get("CONVSCOPE_CIFAR10_URL")
            or "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
            download=_on("CONVSCOPE_DOWNLOAD"),
            training=_on("CONVSCOPE_TRAINING"),
            max_epochs=_whole("CONVSCOPE_MAX_EPOCHS", default=30),
            training_memory_bytes=1e9 * _positive("CONVSCOPE_TRAINING_MEMORY_GB", default=_usual_training_memory_gb()),
            max_run_s=3600 * _positive("CONVSCOPE_MAX_RUN_HOURS", default=6),
            quota_bytes=1e9 * _positive("CONVSCOPE_QUOTA_GB", default=20),
            free_bytes=1e9 * _positive("CONVSCOPE_FREE_GB", default=1),
            executor=_scheduler("CONVSCOPE_EXECUTOR"),
            lecturer_token=environ.get("CONVSCOPE_LECTURER_TOKEN") or None,
            metrics_token=environ.get("CONVSCOPE_METRICS_TOKEN") or None,
            proxies=_networks("CONVSCOPE_PROXIES", default=("127.0.0.1", "::1")),
            origins=_origins("CONVSCOPE_ORIGINS"),
            frame_ancestors=_origins("CONVSCOPE_FRAME_ANCESTORS", wildcard=True),
        )


def _default_home() -> Path:
    from platformdirs import user_data_path

    return user_data_path("convscope", appauthor=False)


def _on(variable: str) -> bool:
    """Read a switch, which is on where nothing is said; another word would leave on what was meant to be off."""
    word = os.environ.get(variable) or "on"
    if word.lower() not in ("on", "off"):
        raise ValueError(f"Expected on or off in {variable}. Received {word!r}. Write one of these two words.")
    return word.lower() == "on"


def _positive(variable: str, *, default: float) -> float:
    """Read a number above 0; what is none ends the start."""
    text = os.environ.get(variable)
    try:
        value = number(text) if text else default
    except ValueError:
        value = 0.0
    if value <= 0:
        raise ValueError(f"Expected a number above 0 in {variable}. Received {text!r}. Write for example 0.5 or 8.")
    return value


def _whole(variable: str, *, default: int) -> int:
    """Read a whole number above 0; what is none ends the start."""
    text = os.environ.get(variable)
    try:
        return whole(text, 1, 10**6) if text else default
    except ValueError:
        raise ValueError(
            f"Expected a whole number above 0 in {variable}. Received {text!r}. Write for example {default}."
        ) from None


def _usual_training_memory_gb() -> float:
    try:
        machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows
        return 3.0
    return min(3.0, machine / 2e9)


_ORIGIN = r"https?://{wildcard}([A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:]+\])(:\d{{1,5}})?"


def _origins(variable: str, *, wildcard: bool = False) -> tuple[str, ...]:
    """Read a list of origins; what is none would open nothing, or more than meant, so it ends the start."""
    form = re.compile(_ORIGIN.format(wildcard=r"(\*\.)?" if wildcard else ""))
    origins = tuple(origin.rstrip("/") for origin in _listed(variable))
    for origin in origins:
        if not form.fullmatch(origin):
            raise ValueError(
                f"Expected origins in {variable}. Received {origin!r}. Write scheme and host, for example "
                "https://course.example.org, several of them separated by commas."
            )
    return origins


def _scheduler(variable: str) -> str | None:
    """Read a scheduler's address; what is none ends the start."""
    address = os.environ.get(variable) or None
    if address and not re.fullmatch(r"(tcp|tls)://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]):\d{1,5}", address):
        raise ValueError(
            f"Expected the address of a Dask scheduler in {variable}. Received {address!r}. Write for example "
            "tcp://host:8786."
        )
    return address


def _networks(variable: str, *, default: tuple[str, ...]) -> tuple[str, ...]:
    """Read a list of addresses and networks; what is none ends the start."""
    networks = tuple(_listed(variable)) or default
    for network in networks:
        try:
            ipaddress.ip_network(network)
        except ValueError as error:
            raise ValueError(
                f"Expected addresses or networks in {variable}. Received {network!r}: {error}. Write for example "
                "10.0.0.5 or 172.18.0.0/16, several of them separated by commas."
            ) from None
    return networks


def _listed(variable: str) -> list[str]:
    return os.environ.get(variable, "").replace(",", " ").split()

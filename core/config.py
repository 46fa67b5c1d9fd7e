"""Constants and settings of the whole application. Standard library only."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

SplitName = Literal["train", "test"]

IMAGE_SHAPE = (32, 32, 3)
"""Height, width and channels (red, green, blue) of every image the networks see."""

CIFAR10_CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
DIGITS_CLASSES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

SHIPPED_RUNS = Path(__file__).parent / "model" / "shipped"
"""The run folders that come with Convscope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the person who starts the server can choose, read from the environment.

    Attributes:
        home: folder for converted data and visitors' runs (`CONVSCOPE_HOME`, default: platformdirs' user data folder).
        cifar10: folder holding `cifar-10-batches-py/`, or the official archive (`CONVSCOPE_CIFAR10`).
        cifar10_url: where the official archive is fetched from (`CONVSCOPE_CIFAR10_URL`).
        download: whether a missing CIFAR-10 may be fetched (`CONVSCOPE_DOWNLOAD`, "off" forbids it).
        training: whether visitors may train (`CONVSCOPE_TRAINING`, "off" forbids it).
        max_epochs: the most epochs one run of a visitor may ask for (`CONVSCOPE_MAX_EPOCHS`).
        lecturer_token: whoever knows it controls every run (`CONVSCOPE_LECTURER_TOKEN`).
    """

    home: Path
    cifar10: Path | None
    cifar10_url: str
    download: bool
    training: bool
    max_epochs: int
    lecturer_token: str | None

    @classmethod
    def from_environ(cls) -> "Settings":
        """Read the settings from `os.environ`; called anew where needed, so tests can change the environment."""
        environ = os.environ
        cifar10 = environ.get("CONVSCOPE_CIFAR10")
        home = environ.get("CONVSCOPE_HOME")
        return cls(
            home=Path(home).expanduser() if home else _default_home(),
            cifar10=Path(cifar10).expanduser() if cifar10 else None,
            cifar10_url=environ.get("CONVSCOPE_CIFAR10_URL")
            or "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
            download=environ.get("CONVSCOPE_DOWNLOAD", "on").lower() != "off",
            training=environ.get("CONVSCOPE_TRAINING", "on").lower() != "off",
            max_epochs=_positive_int(environ.get("CONVSCOPE_MAX_EPOCHS"), default=30),
            lecturer_token=environ.get("CONVSCOPE_LECTURER_TOKEN") or None,
        )


def _default_home() -> Path:
    from platformdirs import user_data_path

    return user_data_path("convscope", appauthor=False)


def _positive_int(text: str | None, *, default: int) -> int:
    return int(text) if text and text.isdecimal() and int(text) > 0 else default

"""Every test runs in a house of its own: no data but the bundled one, no network, an empty data folder.

Tests marked `cifar10` ask for the fixture `cifar10_environment`, which brings back the 60,000 images.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

# Kept under a name that nothing else reads: a second process that runs tests starts with what the first one left.
CIFAR10 = os.environ.pop("CONVSCOPE_CIFAR10", None) or os.environ.get("TESTS_CIFAR10")
if CIFAR10:
    os.environ["TESTS_CIFAR10"] = CIFAR10
for name in [name for name in os.environ if name.startswith("CONVSCOPE_")]:
    del os.environ[name]
# Beside other processes of tests scikit-learn's threads, one a processor, wait in loops: ten times as long.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# The servers and workers that tests start keep what Python makes of their sources, as it does where nobody forbids it.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of all tests that do not need one of their own."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch, empty_home: Path) -> None:
    monkeypatch.setenv("CONVSCOPE_HOME", str(empty_home))
    monkeypatch.setenv("CONVSCOPE_DOWNLOAD", "off")
    monkeypatch.setenv("KERAS_HOME", str(empty_home / "keras"))


@pytest.fixture(scope="session")
def cifar10_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for all tests on the 60,000 images, so that they are converted once."""
    return tmp_path_factory.mktemp("cifar10-home")


@pytest.fixture
def cifar10_environment(_isolated: None, monkeypatch: pytest.MonkeyPatch, cifar10_home: Path) -> Iterator[Path]:
    """All of CIFAR-10 at hand, in this process; yields the folder it was found in."""
    assert CIFAR10, "tests marked cifar10 need the environment variable CONVSCOPE_CIFAR10"
    monkeypatch.setenv("CONVSCOPE_CIFAR10", CIFAR10)
    monkeypatch.setenv("CONVSCOPE_HOME", str(cifar10_home))
    yield Path(CIFAR10)

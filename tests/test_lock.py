"""The lock files name what is installed: all of it, once, with hashes, as requirements*.txt ask for it."""

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCKS = {
    "requirements.lock": ["requirements.txt"],
    "requirements-cluster.lock": ["requirements.txt", "requirements-cluster.txt"],
    "requirements-dev.lock": ["requirements.txt", "requirements-cluster.txt", "requirements-dev.txt"],
}


def _asked_for(*files: str) -> list[Requirement]:
    lines = [line for file in files for line in (ROOT / file).read_text().splitlines()]
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]


def _locked(lock: str) -> dict[str, tuple[Requirement, list[str]]]:
    """Return what a lock file holds: canonical name to requirement and hashes."""
    text = re.sub(r"^ *#.*\n", "", (ROOT / lock).read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    locked = {}
    for line in text.splitlines():
        requirement, *hashes = line.split("--hash=")
        found = Requirement(requirement.strip())
        assert canonicalize_name(found.name) not in locked, f"{found.name} stands twice in {lock}"
        locked[canonicalize_name(found.name)] = found, [each.strip() for each in hashes]
    return locked


def _version(requirement: Requirement) -> str:
    (pin,) = requirement.specifier
    assert pin.operator == "=="
    return pin.version


@pytest.mark.parametrize("lock", LOCKS)
def test_it_holds_every_direct_requirement_in_its_version(lock: str) -> None:
    locked = _locked(lock)
    for requirement in _asked_for(*LOCKS[lock]):
        found, _ = locked[canonicalize_name(requirement.name)]
        assert _version(found) == _version(requirement), f"{requirement}: run `make lock`"


@pytest.mark.parametrize("lock", LOCKS)
def test_it_is_whole(lock: str) -> None:
    """Everything a locked package needs here is locked too, in a version that it accepts."""
    locked = _locked(lock)
    wanted = [(name, extra) for name, (found, _) in locked.items() if _applies(found) for extra in ("", *found.extras)]
    for name, extra in wanted:
        for text in distribution(name).requires or ():
            need = Requirement(text)
            if need.marker is None or need.marker.evaluate({"extra": extra}):
                found, _ = locked[canonicalize_name(need.name)]
                assert need.specifier.contains(_version(found), prereleases=True), (
                    f"{name} needs {need}: run `make lock`"
                )


@pytest.mark.parametrize("lock", LOCKS)
def test_it_is_what_is_installed(lock: str) -> None:
    """What the tests try is what others get."""
    for name, (found, _) in _locked(lock).items():
        if not _applies(found):
            continue
        try:
            installed = distribution(name).version
        except PackageNotFoundError:
            installed = "nothing"
        assert installed == _version(found), f"{name} {installed} is installed: rm .venv/*-ready, then `make test`"


@pytest.mark.parametrize("lock", [*LOCKS, "requirements-uv.lock"])
def test_every_package_has_hashes_and_comes_from_the_usual_place(lock: str) -> None:
    for name, (found, hashes) in _locked(lock).items():
        assert hashes, f"{name} has no hash"
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in hashes)
        assert found.url is None
    assert not re.search(r"://|--(?:extra-)?index-url|--find-links", (ROOT / lock).read_text())


def test_the_app_runs_on_what_the_tests_try() -> None:
    tests = _locked("requirements-dev.lock")
    for lock in LOCKS:
        app = _locked(lock)
        assert {name: tests[name] for name in app} == app


def _applies(requirement: Requirement) -> bool:
    return requirement.marker is None or requirement.marker.evaluate()

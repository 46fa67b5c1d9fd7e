"""One set of services a process, made when somebody asks first, replaceable as a whole."""

import sys
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest

import core.training
from core import services
from core.training.dispatch.desk import Desk


class Elsewhere(Executor):
    """Stands for any executor but our own, such as a cluster's; counts what it was given."""

    def __init__(self) -> None:
        self.given: list[str] = []
        self.ended = False

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> "Future[Any]":
        self.given.append(fn.__name__)
        return Future()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.ended = True


@pytest.fixture(autouse=True)
def _restored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("CONVSCOPE_HOME", str(tmp_path))
    before = services.use(None)
    yield
    services.use(before)


def test_who_asks_first_makes_them_and_all_others_get_the_same() -> None:
    first = services.services()
    assert services.services() is first
    assert services.use(None) is first
    assert services.services() is not first


def test_another_executor_takes_the_place_of_our_own_and_ends_with_its_services() -> None:
    executor = Elsewhere()
    services.use(services.usual(Desk(executor)))
    services.services().training.prepare()
    assert executor.given == ["load"]
    services.services().shutdown()
    assert executor.ended


def test_whoever_names_no_scheduler_is_told_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for nonsense in ("host:8786", "http://host:8786", "tcp://host", "tcp://:8786"):
        monkeypatch.setenv("CONVSCOPE_EXECUTOR", nonsense)
        with pytest.raises(ValueError, match="Expected the address of a Dask scheduler in CONVSCOPE_EXECUTOR"):
            services.usual()


def test_dask_is_asked_for_only_by_whoever_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_EXECUTOR", "tcp://host:8786")
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "core.training.cluster", raising=False)
    monkeypatch.delattr(core.training, "cluster", raising=False)
    with pytest.raises(RuntimeError, match=r"pip install --require-hashes -r requirements-cluster\.lock"):
        services.usual()

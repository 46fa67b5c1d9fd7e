import threading
from typing import Any

import pytest

from core.askers import NOBODY
from core.model.inference import programs
from core.model.structure.architecture import Architecture
from core.page_runs import PageRuns


def test_other_pages_are_drawn_while_graphs_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    runs, drawn = PageRuns(places=1, stuck_s=60), threading.Event()
    monkeypatch.setattr(programs, "page_runs", runs)

    def draw() -> None:
        runs.begin(NOBODY)
        drawn.set()
        runs.end()

    def make(architecture: Architecture, variant: str) -> Any:
        threading.Thread(target=draw).start()
        assert drawn.wait(10)
        return programs.Program(architecture, variant, layer_bytes=1)

    runs.begin(NOBODY)
    made = programs.Programs(make, 10_000_000)
    assert made.of(Architecture.tutorial()) is made.of(Architecture.tutorial())
    runs.end()

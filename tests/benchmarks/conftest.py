"""Benchmarks measure and never assert a time. `make bench` runs the files bench_*.py and writes benchmarks.json.

A benchmark asks for the fixture `record` and calls `record(name, unit, samples)`.
"""

import json
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import pytest

from tests.browser.conftest import browser, desks, playwright  # noqa: F401  fixtures: one Chromium for all benchmarks

RESULTS = Path(__file__).parents[2] / "benchmarks.json"


class Record(Protocol):
    """Puts a measurement down; beside its goal, where it has one."""

    def __call__(self, name: str, unit: str, samples: Sequence[float], *, goal: float | None = None) -> None: ...


@pytest.fixture(scope="session")
def record() -> Record:
    """Print a measurement's median and put it into benchmarks.json, in place of an older one of the same name."""

    def put(name: str, unit: str, samples: Sequence[float], *, goal: float | None = None) -> None:
        ordered = sorted(samples)
        entry = {
            "name": name,
            "unit": unit,
            "median": statistics.median(ordered),
            "p95": ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))],
            "n": len(ordered),
        } | ({} if goal is None else {"goal": goal})
        entries = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
        entries = [other for other in entries if other["name"] != name] + [entry]
        RESULTS.write_text(json.dumps(entries, indent=1) + "\n")
        aim = "" if goal is None else f", goal {goal:.3g} {unit}"
        print(f"\n{name}: median {entry['median']:.4g} {unit}, p95 {entry['p95']:.4g} {unit}, n = {entry['n']}{aim}")

    return put

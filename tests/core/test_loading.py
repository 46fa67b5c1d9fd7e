"""TensorFlow is loaded whole, however many threads ask for it at once: a server whose import broke answers nobody."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

AT_ONCE = """
import importlib, threading, time

failed = []

def load(name, delay_s):
    time.sleep(delay_s)
    try:
        importlib.import_module(name)
    except BaseException as error:
        failed.append(f"{name}: {error!r}")

threads = [threading.Thread(target=load, args=(name, 0.4 * place)) for place, name in enumerate([
    "core.training.export.event_file", "core.model.inference.networks", "core.model.inference.descent",
    "core.training.export.repeat",
])]
for each in threads:
    each.start()
for each in threads:
    each.join()
print(failed)
"""


def imported(path: Path) -> list[str]:
    """Return the packages that a file imports, in order, wherever it does."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, each.name) for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node.lineno, node.module or ""))
    return [name.split(".")[0] for _, name in sorted(found)]


def test_whoever_imports_tensorflow_imports_keras_first() -> None:
    """Two threads that enter their circle of imports at two ends wait for each other, and Python gives up on one."""
    files = [path for path in (ROOT / "core").rglob("*.py") if "tensorflow" in imported(path)]
    assert len(files) > 10
    late = [path.name for path in files if "keras" not in imported(path)[: imported(path).index("tensorflow")]]
    assert late == []


def test_threads_that_load_it_at_once_all_get_it() -> None:
    done = subprocess.run([sys.executable, "-c", AT_ONCE], capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert done.stdout.splitlines()[-1] == "[]"

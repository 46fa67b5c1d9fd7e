import subprocess
import sys
from pathlib import Path

import pytest

from core.training.runs.lock import FolderLock, is_held

HOLD = "import sys, time; from pathlib import Path; from core.training.runs.lock import FolderLock; "
HOLD += "held = FolderLock(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"


def test_the_lock_ends_with_its_process(tmp_path: Path) -> None:
    assert not is_held(tmp_path)
    root = Path(__file__).parents[4]
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, cwd=root) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"held"
        assert is_held(tmp_path)
        with pytest.raises(BlockingIOError):
            FolderLock(tmp_path, wait_s=0.1)
        process.kill()
        process.wait()
    assert not is_held(tmp_path)
    FolderLock(tmp_path).release()

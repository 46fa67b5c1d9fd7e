"""What many threads have freed is not kept by the C library."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
THREADS, BLOCKS, BLOCK = 12, 12, 4_000_000

FILL = f"""
import sys, threading
from pathlib import Path
import numpy as np
from core import allocator

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

def fill():
    everybody.wait()
    blocks = [np.ones({BLOCK}, np.uint8) for _ in range({BLOCKS})]
    everybody.wait()
    del blocks

if "little" in sys.argv:
    allocator.keep_little()
np.ones(30_000_000, np.uint8)  # from this block glibc learns to keep what is smaller
everybody = threading.Barrier({THREADS})
before = resident()
threads = [threading.Thread(target=fill) for _ in range({THREADS})]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
allocator.return_freed()
print(resident() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads memory in /proc")
def test_what_threads_freed_is_given_back() -> None:
    def kept(*words: str) -> int:
        command = [sys.executable, "-c", FILL, *words]
        return int(subprocess.run(command, capture_output=True, cwd=ROOT, check=True).stdout)

    little, usual = kept("little"), kept()
    print(f"kept of {THREADS * BLOCKS * BLOCK / 1e6:.0f} MB: {little / 1e6:.0f} MB, else {usual / 1e6:.0f} MB")
    assert little < THREADS * BLOCKS * BLOCK / 4

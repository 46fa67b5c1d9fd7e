"""What was freed is kept neither by the C library nor by TensorFlow."""

import os
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


COMPUTE = """
import sys, time
from pathlib import Path
from core import allocator

if "little" in sys.argv:
    allocator._EVERY_S = 0.1
    allocator.keep_little()
import os
import tensorflow as tf

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

tf.reduce_sum(tf.zeros((1, 8)))
before = resident()
taken, held = [], []
for number in range(300):  # what is held lies between what is freed
    taken.append(tf.ones((250_000,)))
    held.append(tf.ones((2_500,)))
del taken
time.sleep(1)
assert "TF_ONEDNN_USE_SYSTEM_ALLOCATOR" not in os.environ
print(resident() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads memory in /proc")
def test_what_tensorflow_freed_is_given_back_by_and_by() -> None:
    def kept(*words: str) -> int:
        environment = os.environ | {"TF_ENABLE_ONEDNN_OPTS": "1"}
        command = [sys.executable, "-c", COMPUTE, *words]
        return int(subprocess.run(command, capture_output=True, cwd=ROOT, env=environment, check=True).stdout)

    little, usual = kept("little"), kept()
    print(f"kept of 300 MB: {little / 1e6:.0f} MB, else {usual / 1e6:.0f} MB")
    assert little < 75e6

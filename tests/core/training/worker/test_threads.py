import subprocess
import sys

CODE = """
from core.training.worker import jobs, threads
jobs.load()
import keras
from tensorflow.python.eager import context
keras.ops.add(1.0, 2.0)
threads.sleep_when_idle()  # too late, and no fault
print(context.context().config.experimental.disable_thread_spinning)
"""


def test_a_worker_computes_with_threads_that_sleep() -> None:
    """In the configuration that TensorFlow started with, as it gives it back."""
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True"]

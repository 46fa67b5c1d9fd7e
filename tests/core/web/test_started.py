import subprocess
import sys

_FIRST_WORDS = """
from unittest import mock
import streamlit as st
from streamlit import env_util
from core.web import started

with mock.patch.object(env_util, "is_repl", wraps=env_util.is_repl) as asked:
    {first}
    st.write("See how a convolutional neural network works")
print(asked.call_count)
"""


def _asked(first: str) -> int:
    """Return how often a fresh process asks where it runs when it writes its first words, after doing `first`."""
    script = _FIRST_WORDS.format(first=first)
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return int(told.stdout.split()[-1])


def test_streamlit_does_not_ask_amid_the_first_page() -> None:
    assert _asked("pass") == 1
    assert _asked("started.known()") == 0

"""On PYTHONPATH of a server: it sends to browsers every 1.5 s, as one whose thread is held by something else."""

from streamlit.runtime import runtime

assert runtime.MESSAGE_FLUSH_INTERVAL_SECS < 1
runtime.MESSAGE_FLUSH_INTERVAL_SECS = 1.5

"""Data and models once per process, for all visitors: every `st.cache_*` of Convscope is in this file.

Arrays and models go through `cache_resource`, which hands out the same read-only object to everybody;
`cache_data` would copy 180 MB on every hit.
"""

import streamlit as st

from core.data import registry
from core.data.dataset import Dataset


@st.cache_resource(show_spinner=False)
def dataset(name: str) -> Dataset:
    """Return the data set called `name`, read-only; see `core.data.registry.load`."""
    return registry.load(name)

"""Keeps Streamlit from asking, amid the first visitor's page, whether it was started without `streamlit run`.

It warns whoever runs a script by hand. To find out it walks the source files of all modules that are loaded, a tenth of
a second before the first words of the first page; here the server itself is what runs.
"""

from typing import Any

from streamlit import delta_generator


def known() -> None:
    """Say that it is known already, for all sessions of this process.

    Raises:
        AttributeError: this version of Streamlit asks otherwise; see how.
    """
    module: Any = delta_generator
    if module._use_warning_has_been_displayed not in (False, True):
        raise AttributeError("Expected streamlit's delta_generator._use_warning_has_been_displayed. Read its source.")
    module._use_warning_has_been_displayed = True

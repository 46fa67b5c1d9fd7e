"""Which of Streamlit's scripts nearly every page of the lesson needs besides those that Streamlit's page asks for.

Streamlit asks for the script of an element when the first such element arrives, and draws the page in as many steps as
there are kinds. Asked for with the page itself they are there by then, for not a byte more.
"""

import re
from pathlib import Path

ELEMENTS = ("Html", "BidiComponent", "Selectbox", "Slider", "PageLink", "NumberInput")
"""What stands on nearly every page, as the files that draw it begin."""

_IMPORT = re.compile(r'(?:from|import)"\./([\w.-]+\.js)"')


def element_scripts(folder: Path, index: str) -> list[str]:
    """Return the names of the files that draw `ELEMENTS`, and of what these import, but for those that `index` names.

    Args:
        folder: of Streamlit's scripts.
        index: text of Streamlit's index.html.

    Raises:
        ValueError: not just one file draws an element.
    """
    found: list[str] = []
    waiting = [_only(folder, each) for each in ELEMENTS]
    while waiting:
        name = waiting.pop(0)
        if name not in found and name not in index:
            found.append(name)
            waiting += _IMPORT.findall((folder / name).read_text("utf-8"))
    return found


def _only(folder: Path, element: str) -> str:
    names = [each.name for each in folder.glob(f"{element}.*.js")]
    if len(names) != 1:
        raise ValueError(
            f"Expected one script of Streamlit's for the element {element}. Received {names}. "
            "Say in core/web/element_scripts.py what this Streamlit calls it."
        )
    return names[0]

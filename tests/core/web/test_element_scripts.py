from pathlib import Path

import pytest
import streamlit as st

from core.web.element_scripts import ELEMENTS, element_scripts

STATIC = Path(st.__file__).parent / "static"


def test_this_streamlits_scripts_come_with_what_they_import_and_none_twice() -> None:
    index = (STATIC / "index.html").read_text("utf-8")
    found = element_scripts(STATIC / "static" / "js", index)
    assert [name.partition(".")[0] for name in found[: len(ELEMENTS)]] == list(ELEMENTS)
    assert len(set(found)) == len(found) > 2 * len(ELEMENTS)
    assert all((STATIC / "static" / "js" / name).is_file() and name not in index for name in found)


def test_imports_are_followed_as_far_as_the_page_does_not_name_them(tmp_path: Path) -> None:
    for element in ELEMENTS:
        (tmp_path / f"{element}.x1.js").write_text('import{a as b}from"./shared.x2.js";import"./known.x3.js";b()')
    (tmp_path / "shared.x2.js").write_text('import{c}from"./deep.x4.js";export{c as a}')
    (tmp_path / "deep.x4.js").write_text("export const c=1")
    found = element_scripts(tmp_path, '<script src="./static/js/known.x3.js">')
    assert found == [*(f"{element}.x1.js" for element in ELEMENTS), "shared.x2.js", "deep.x4.js"]


def test_an_element_that_is_called_otherwise_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"element {ELEMENTS[0]}"):
        element_scripts(tmp_path, "")

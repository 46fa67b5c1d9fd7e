"""Joining scripts and style sheets: what is understood, and every sentence about what is not; no browser."""

import re
from pathlib import Path

import pytest

import pages
from pages.shared import modules

ROOT = Path(pages.__file__).parent if pages.__file__ else Path(next(iter(pages.__path__)))
SCRIPTS = sorted(ROOT.rglob("*.js"))


def write(folder: Path, **files: str) -> Path:
    """Write `name="text"` as name.js; return the path of the one called `main`."""
    for name, text in files.items():
        (folder / f"{name}.js").write_text(text)
    return folder / "main.js"


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_every_script_of_the_app_can_be_joined(file: Path) -> None:
    text = modules.script(file)
    assert not re.search(r"^(import|export)\b", text, re.M)


def test_a_module_that_two_import_is_there_once(tmp_path: Path) -> None:
    main = write(
        tmp_path,
        shared="export const once = 'only here';\n",
        one='import { once } from "./shared.js";\nexport const one = once;\n',
        main='import { one } from "./one.js";\nimport { once } from "./shared.js";\nexport const both = [one, once];\n',
    )
    text = modules.script(main)
    assert text.count("'only here'") == 1
    assert text.index("'only here'") < text.index("const one") < text.index("const both")


def test_comments_on_lines_of_their_own_are_left_out_and_nothing_else(tmp_path: Path) -> None:
    body = "const url = 'https://example.org'; // why\nexport const text = `a /* kept */ b`;\n"
    text = modules.script(write(tmp_path, main=f"/* one\n   two */\n// three\n{body}  // four\n"))
    assert body.replace("export ", "") in text
    assert not any(word in text for word in ("one", "two", "three", "four"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('import { a } from "./missing.js";\n', "Expected a file that is there. Received missing.js in main.js."),
        ('import { b } from "./other.js";\n', "exports: a. Received b in main.js."),
        ('import other from "./other.js";\n', "exports: a. Received default in main.js."),
        ('import { a } from "somewhere";\n', 'Received “import { a } from "somewhere";” in main.js.'),
        ('import { a } from "https://example.org/a.js";\n', "describes them. Received"),
        ('import "./other.js"\n', "describes them. Received"),
        ("export { a };\n", "Received “export { a };” in main.js."),
        ('import { back } from "./ring.js";\nexport const there = 1;\n', "a ring: main.js → ring.js → main.js."),
        ('import { main } from "./main.js";\nexport const main = 1;\n', "a ring: main.js → main.js."),
    ],
)
def test_what_cannot_be_joined_is_refused_in_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    ring = 'import { there } from "./main.js";\nexport const back = there;\n'
    main = write(tmp_path, other="export const a = 1;\n", ring=ring, main=text)
    with pytest.raises(ValueError, match=re.escape(sentence)):
        modules.script(main)


def test_style_sheets_are_put_before_those_that_import_them(tmp_path: Path) -> None:
    (tmp_path / "base.css").write_text(".a { color: red; }\n")
    (tmp_path / "main.css").write_text('@import "./base.css";\n.b { color: blue; }\n')
    assert modules.style(tmp_path / "main.css") == ".a { color: red; }\n.b { color: blue; }\n"


@pytest.mark.parametrize("line", ['@import "./missing.css";', '@import url("x.css");', '@import "far.css";'])
def test_a_style_sheet_that_is_not_there_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "main.css").write_text(f"{line}\n")
    with pytest.raises(ValueError, match=r"^Expected .* Received .*\."):
        modules.style(tmp_path / "main.css")

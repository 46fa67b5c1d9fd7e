"""Scripts and style sheets in files that import each other, joined into the one text that Streamlit sends.

Streamlit hands a component's script to the browser as a string, where `import "./x.js"` leads nowhere. So what a script
imports is put before it, every file once and in a function of its own, which keeps its names to itself:

    import { cell, put as write } from "../../shared/js/elements.js";
    import * as arithmetic from "./arithmetic.js";
    import "./history.js";
    import work from "./work.js" with { type: "text" };

The last gives a script as the text that computes what it exports, for a Web Worker, or a style sheet as its text.
A module exports with `export` before `function`, `class` and `const`, or with one `export default`. Each of these
stands at the beginning of its line. A style sheet says `@import "../chart.css";` before its rules.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_IMPORT = re.compile(r'^import (?:(\{[^}]*\}|\w+|\* as \w+) from )?"(\.[^"]*)"( with \{ type: "text" \})?;$', re.M)
_EXPORT = re.compile(r"^export (?=((?:async )?function\*? ?|class |const )(\w+))", re.M)
_DEFAULT = re.compile(r"^export default ", re.M)
_LEFT_OVER = re.compile(r"^(?:import|export)\b.*|^@import .*", re.M)
_COMMENT = re.compile(r"^[ \t]*(?://[^\n]*|/\*(?:(?!\*/).)*\*/[ \t]*)\n", re.M | re.S)
_STYLE_IMPORT = re.compile(r'^@import "(\.[^"]*)";\n', re.M)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Import:
    """What one module takes from another: `names` as JavaScript unpacks them, all of it or its text."""

    file: Path
    binding: str
    names: tuple[str, ...]
    as_text: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Module:
    """One file: what it imports, the names it exports, and its text without both and without comments."""

    imports: tuple[_Import, ...]
    exports: tuple[str, ...]
    body: str


def script(entry: Path) -> str:
    """Return a JavaScript expression whose value is an object with everything that `entry` exports.

    Args:
        entry: a module.

    Raises:
        ValueError: an import leads nowhere, takes what is not exported, goes round in a ring, or is written otherwise.
    """
    order = _order(entry.resolve(), ())
    running = set(_order(entry.resolve(), (), texts=False))
    lines = []
    for number, file in enumerate(order):
        lines.append(f"const $make{number} = {_function(file, order)};")
        if file in running:
            lines.append(f"const $module{number} = $make{number}();")
    return "\n".join(["(() => {", *lines, f"return $module{len(order) - 1};", "})()"])


def style(entry: Path) -> str:
    """Return a style sheet with those it imports before it.

    Raises:
        ValueError: a style sheet is not there, or an import is written otherwise.
    """
    text = _text(entry, entry)
    imported = [style(entry.parent / path) for path in _STYLE_IMPORT.findall(text)]
    return "".join([*imported, _nothing_left(_STYLE_IMPORT.sub("", text), entry)])


def _order(file: Path, above: tuple[Path, ...], *, texts: bool = True) -> list[Path]:
    """Return a module and all that it needs, each after what it imports itself; `texts`: also what it takes as text."""
    if file in above:
        ring = " → ".join(each.name for each in (*above[above.index(file) :], file))
        raise ValueError(
            f"Expected imports that end. Received a ring: {ring}. Move what they share into a file of its own."
        )
    order: list[Path] = []
    for each in _module(file).imports:
        if each.file.suffix == ".js" and (texts or not each.as_text):
            order += (found for found in _order(each.file, (*above, file), texts=texts) if found not in order)
    return [*order, file]


def _function(file: Path, order: list[Path]) -> str:
    """Return the module as a JavaScript function that returns what it exports."""
    module = _module(file)
    head = [f"const {each.binding} = {_value(each, file, order)};" for each in module.imports if each.binding]
    returned = ", ".join("default: $default" if name == "default" else name for name in module.exports)
    return "\n".join(["() => {", *head, module.body.strip("\n"), f"return {{ {returned} }};", "}"])


def _value(wanted: _Import, file: Path, order: list[Path]) -> str:
    if wanted.file.suffix == ".css":
        return json.dumps(style(wanted.file))
    if wanted.as_text:
        return _text_of(wanted.file, order)
    exports = _module(wanted.file).exports
    for name in wanted.names:
        if name not in exports:
            raise ValueError(
                f"Expected a name that {wanted.file.name} exports: {', '.join(exports)}. "
                f"Received {name} in {file.name}. Export it there, or correct the import."
            )
    return f"$module{order.index(wanted.file)}"


def _text_of(file: Path, order: list[Path]) -> str:
    """Return an expression for the text of a module and what it needs: made of the functions that are here already."""
    needed = [order.index(each) for each in _order(file, ())]
    functions = ", ".join(f"[{number}, $make{number}]" for number in needed)
    return f"[{functions}].map(([number, make]) => `const $module${{number}} = (${{make}})();`).join('\\n')"


@cache
def _module(file: Path) -> _Module:
    text = _text(file, file)
    body = _COMMENT.sub("", text)
    imports = tuple(_import(file, *found) for found in _IMPORT.findall(body))
    exports = [name for _, name in _EXPORT.findall(body)]
    body = _EXPORT.sub("", _IMPORT.sub("", body))
    body, defaults = _DEFAULT.subn("const $default = ", body)
    return _Module(imports=imports, exports=(*exports, *["default"] * bool(defaults)), body=_nothing_left(body, file))


def _import(importer: Path, names: str, path: str, text: str) -> _Import:
    file = (importer.parent / path).resolve()
    _text(file, importer)
    if names.startswith("* as "):
        return _Import(file=file, binding=names.removeprefix("* as "), names=(), as_text=bool(text))
    if text or not names:
        return _Import(file=file, binding=names, names=(), as_text=bool(text))
    if not names.startswith("{"):
        return _Import(file=file, binding=f"{{ default: {names} }}", names=("default",), as_text=False)
    pairs = [part.split(" as ") for part in (part.strip() for part in names.strip("{}").split(",")) if part]
    binding = ", ".join(": ".join(pair) for pair in pairs)
    return _Import(file=file, binding=f"{{ {binding} }}", names=tuple(pair[0] for pair in pairs), as_text=False)


def _text(file: Path, importer: Path) -> str:
    try:
        return file.read_text()
    except FileNotFoundError:
        raise ValueError(
            f"Expected a file that is there. Received {file.name} in {importer.name}. Correct its path."
        ) from None


def _nothing_left(body: str, file: Path) -> str:
    """Return `body`, in which every import and export has been understood."""
    if left := _LEFT_OVER.search(body):
        raise ValueError(
            "Expected imports and exports as pages/shared/modules.py describes them. "
            f"Received “{left[0]}” in {file.name}. Write it so."
        )
    return body

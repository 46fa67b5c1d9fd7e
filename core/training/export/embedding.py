"""Takes functions of Convscope into a script that stands alone: their own source, and that of all they need.

Nothing is written twice: what a script trains by is the text of what Convscope trains by. Of that, only what the recipe
comes to is taken: `if recipe.cutout_pixels:` goes where nothing is blanked, and its condition alone where something is.
"""

import ast
import functools
import importlib.util
import re
from pathlib import Path

from core.training.recipe import Recipe

_OWN = "core."
_PROVIDED = ("Recipe",)
"""What a script defines itself, by `Embedding.settings`."""

_PLAINER = {"core.training.steps.forward": "core.training.export.repeat"}
"""Modules of which a script takes nothing; what it needs of them stands plainer in others, by the same names."""


class Embedding:
    """Collects sources for a script.

    Args:
        recipe: decides which parts of them are taken.
    """

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        self._imports: dict[str, None] = {}
        self._parts: dict[tuple[str, str], str] = {}  # by module and place in it, each after what it needs
        self._begun: set[tuple[str, str]] = set()
        self._modules: dict[str, str] = {}  # of what was taken, by its name in the script

    def take(self, *functions: tuple[str, str]) -> str:
        """Return the source of functions, given by module and name, and of all they need that was not taken before.

        Nothing is imported for it: some of these modules import TensorFlow.

        Raises:
            ValueError: two of them are called the same, and the script would use one for the other.
        """
        before = len(self._parts)
        for module, name in functions:
            self._take(module, name)
        new = list(self._parts.values())[before:]
        constants = [part for part in new if not part.startswith(("def ", "class ", "@"))]
        return "\n\n\n".join([*(["\n".join(constants)] if constants else []), *(p for p in new if p not in constants)])

    @property
    def imports(self) -> list[str]:
        """The import statements that what was taken needs."""
        return sorted(self._imports)

    @property
    def settings(self) -> str:
        """The class that stands for the recipe in the script: all of it that what was taken reads."""
        read = {name for part in self._parts.values() for name in re.findall(r"\brecipe\.(\w+)", part)}
        lines = [f"    {name} = {getattr(self._recipe, name)!r}" for name in _in_order(read)]
        return "\n".join(["class Recipe:", '    """How the network is trained."""', "", *lines])

    def _take(self, module: str, name: str) -> None:
        statements = _statements(module)
        statement = statements[name]
        key = module, name if isinstance(statement, ast.Import | ast.ImportFrom) else str(statement.lineno)
        if key in self._begun or name in _PROVIDED:
            return
        self._begun.add(key)
        if isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith(_OWN):
            module = statement.module or ""
            self._take(_PLAINER.get(module, module), name)
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            self._imports[_import_of(statement, name)] = None
        else:
            if (other := self._modules.setdefault(name, module)) != module:
                raise ValueError(
                    f"Expected one {name} in a script. Received those of {other} and {module}. Rename one of them."
                )
            source = pruned(_source(module, statement), self._recipe)
            for each in _names(source):
                if each in statements:
                    self._take(module, each)
            self._parts[key] = source


def pruned(source: str, recipe: Recipe) -> str:
    """Return `source` with what its tests of `recipe` come to in their place.

    Example:
        >>> print(pruned("def f(recipe):\\n    if recipe.epochs > 3:\\n        return 1\\n    return 2", Recipe()))
        def f(recipe):
            return 1
    """
    while (found := _decided(ast.parse(source), recipe)) is not None:
        body, place, holds = found
        statement = body[place]
        assert isinstance(statement, ast.If)
        lines = source.split("\n")
        kept = lines[statement.test.end_lineno or 0 : statement.body[-1].end_lineno] if holds else []
        extra = statement.body[0].col_offset - statement.col_offset
        end = statement.end_lineno or 0
        if holds and isinstance(statement.body[-1], ast.Return):
            end = body[-1].end_lineno or 0  # what follows is never reached
        source = "\n".join([*lines[: statement.lineno - 1], *(line[extra:] for line in kept), *lines[end:]])
    return source


def _decided(tree: ast.AST, recipe: Recipe) -> tuple[list[ast.stmt], int, bool] | None:
    """Return the first `if` that the recipe alone decides: the statements it stands among, its place, its value."""
    for node in ast.walk(tree):
        for _, body in ast.iter_fields(node):
            for place, statement in enumerate(body if isinstance(body, list) else []):
                if isinstance(statement, ast.If) and not statement.orelse:
                    read = {each.id for each in ast.walk(statement.test) if isinstance(each, ast.Name)}
                    if read == {"recipe"}:
                        code = compile(ast.Expression(statement.test), "recipe", "eval")
                        return body, place, bool(eval(code, {"recipe": recipe}))
    return None


@functools.cache
def _text(module: str) -> str:
    spec = importlib.util.find_spec(module)
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).read_text("utf-8")


@functools.cache
def _statements(module: str) -> dict[str, ast.stmt]:
    """Return what each name at the top of a module is defined by."""
    found: dict[str, ast.stmt] = {}
    for statement in ast.parse(_text(module)).body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            found[statement.name] = statement
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            names = [each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]
            found |= dict.fromkeys(names, statement)
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name: statement for alias in statement.names}
    return found


def _source(module: str, statement: ast.stmt) -> str:
    decorators = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(each.lineno for each in decorators)])
    lines = _text(module).split("\n")[first - 1 : statement.end_lineno]
    return re.sub(r"  # (type: ignore|noqa)[^\n]*", "", "\n".join(lines))


def _import_of(statement: ast.Import | ast.ImportFrom, name: str) -> str:
    (alias,) = [each for each in statement.names if (each.asname or each.name) == name]
    one = [ast.alias(alias.name, alias.asname)]
    return ast.unparse(
        ast.Import(one) if isinstance(statement, ast.Import) else ast.ImportFrom(statement.module, one, 0)
    )


def _names(source: str) -> list[str]:
    return [node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)]


def _in_order(names: set[str]) -> list[str]:
    """Sort a recipe's attributes: its settings as they stand there, then what follows from them."""
    fields = list(Recipe.__slots__)
    return sorted(names, key=lambda name: (fields.index(name) if name in fields else len(fields), name))

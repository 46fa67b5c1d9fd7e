"""The lines of Python that load a data set on their own: what a script begins with, and every page's code."""

import sys
from collections.abc import Iterable, Sequence

from core.data.about import About
from core.training.export.embedding import Embedding
from core.training.recipe import Recipe


def loading_code(about: About, *imports: str, functions: Sequence[tuple[str, str]] = ()) -> str:
    """Return Python that makes `images`, `labels`, `test_images` and `test_labels`, as `About.source` describes them.

    Args:
        about: of the data set.
        imports: import statements that what follows needs besides Keras and NumPy.
        functions: Convscope's own that it needs, by module and name.
    """
    taken = Embedding(Recipe())
    taken_in = taken.take(*about.source.functions, *functions)
    needed = {"import keras", "import numpy as np", *taken.imports, *about.source.imports, *imports}
    return "\n\n\n".join(filter(None, (grouped(needed), taken_in, about.source.code)))


def grouped(imports: Iterable[str]) -> str:
    """Return import statements in order: the standard library's, then the others'."""
    every = set(imports)
    own = {line for line in every if line.split()[1].partition(".")[0] in sys.stdlib_module_names}
    groups = [sorted(group, key=lambda line: (line.startswith("from"), line.lower())) for group in (own, every - own)]
    return "\n\n".join("\n".join(group) for group in groups if group)

"""Every module, public class and public function says in one sentence what it is for."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from tests.meta.sources import MIGRATIONS, Source, app, holds

_ENDS: Final = (".", "?", ":")
_REPEATS: Final = re.compile(
    r"^(this (function|method|class|module)|returns?s? (a|the) (result|value)\.)", re.IGNORECASE
)


def says_what_it_is_for(source: Source) -> Iterator[str]:
    """Find what has no docstring, or one whose first sentence does not end on the first line."""
    for node in source.of(ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef):
        name = getattr(node, "name", source.module)
        said = ast.get_docstring(node)
        if said is None:
            if _is_public(source, node):
                yield source.says(node, f"{name} has no docstring: say in one sentence what it is for")
            continue
        first, *more = said.splitlines()
        if not first.endswith(_ENDS):
            yield source.says(node, f"{name}: end its first sentence, with a period, on the docstring's first line")
        elif more and more[0].strip():
            yield source.says(node, f"{name}: leave the docstring's second line empty")
        elif _REPEATS.match(first):
            yield source.says(node, f"{name}: say what it is for, not that it is a function")


def _is_public(source: Source, node: ast.AST) -> bool:
    """Tell whether others can reach it: no part of its name begins with `_`, and no function is around it."""
    if isinstance(node, ast.Module):
        return True
    while not isinstance(node, ast.Module):
        if getattr(node, "name", "").startswith("_"):
            return False
        node = source.parents[node]
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return False
    return "/_" not in source.path.replace("/__init__", "/").replace("/__main__", "/")


def test_docstrings_are_one_sentence_on_the_first_line() -> None:
    holds(says_what_it_is_for, [source for source in app() if not source.path.startswith(MIGRATIONS)])

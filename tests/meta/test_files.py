"""Every file in the repository: short where it is code, finished, and tied to no machine."""

import ast
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Final

from tests.meta.sources import MIGRATIONS, ROOT, Source, app, clean, files, holds

MOST_LINES: Final = 300
MOST_LINES_OF_A_FUNCTION: Final = 49

_UNFINISHED: Final = re.compile(r"\b(TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b")
_MACHINE: Final = re.compile(
    r"(?<![\w.~*<>{}$-])/(?:work|tmp|home|root|Users|private|var/folders)/[\w.-]"  # a path of one machine
    r"|\.\./sha[r]ed"
    r"|\bfile:///(?!\{)"
)
_REGISTRY: Final = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs\.org|registry\.yarnpkg\.com|npmjs\.com|crates\.io|proxy\.golang\.org"
    r"|(?:--|PIP_|UV_)(?:extra-)?index[-_]url",
    re.IGNORECASE,
)
_ENVIRONMENT: Final = re.compile(
    r"(^|/)(\.venv|venv|node_modules|__pycache__|\.env)(/|$)|\.(pyc|db|sqlite|log|swp|orig|rej)$"
)


def is_short(source: Source) -> Iterator[str]:
    """A file under 300 lines has one subject; a function under 50 has one task."""
    lines = source.text.count("\n")
    if lines > MOST_LINES:
        yield f"{source.path}:{MOST_LINES}: {lines} lines, at most {MOST_LINES}: split it by subject"
    for node in source.of(ast.FunctionDef, ast.AsyncFunctionDef):
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > MOST_LINES_OF_A_FUNCTION:
            most = MOST_LINES_OF_A_FUNCTION
            yield source.says(node, f"{node.name} has {length} lines, at most {most}: give a part of it a name")


@cache
def texts() -> Mapping[str, str]:
    """Read every committed text file."""
    found = {}
    for name in files():
        with suppress(UnicodeDecodeError):
            found[name] = (ROOT / name).read_text(encoding="utf-8")
    return found


def saying(pattern: re.Pattern[str], what: str) -> Iterator[str]:
    """Yield where a pattern is found in any file."""
    for name, text in texts().items():
        for found in pattern.finditer(text):
            yield f"{name}:{text.count(chr(10), 0, found.start()) + 1}: {found.group()!r}: {what}"


def test_files_and_functions_are_short() -> None:
    holds(is_short, [source for source in app() if not source.path.startswith(MIGRATIONS)])


def test_nothing_is_left_unfinished() -> None:
    clean(saying(_UNFINISHED, "finish it, or take it out"))


def test_no_file_names_a_path_of_a_machine() -> None:
    clean(saying(_MACHINE, "this path is of one machine: make it relative, or take a temporary folder"))


def test_no_file_names_a_package_registry() -> None:
    clean(saying(_REGISTRY, "which registry packages come from is for whoever installs them"))


def test_nothing_is_committed_that_a_machine_makes() -> None:
    clean(f"{name}: ignore it in .gitignore" for name in files() if _ENVIRONMENT.search(name))


def test_code_is_not_commented_out() -> None:
    code = re.compile(
        r"^\s*# (?:(?:async )?def \w+\(|class \w+[:(]|(?:from|import) \w+( import \w+)?$|return \w+$|await \w+)"
    )
    clean(
        f"{source.path}:{number}: take commented code out, git keeps it"
        for source in app()
        for number, line in enumerate(source.text.splitlines(), start=1)
        if code.match(line)
    )

"""No file in the repository is tied to one machine."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Final

from tests.meta.sources import ROOT, clean, files

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


def test_no_file_names_a_path_of_a_machine() -> None:
    clean(saying(_MACHINE, "this path is of one machine: make it relative, or take a temporary folder"))


def test_no_file_names_a_package_registry() -> None:
    clean(saying(_REGISTRY, "which registry packages come from is for whoever installs them"))


def test_nothing_is_committed_that_a_machine_makes() -> None:
    clean(f"{name}: ignore it in .gitignore" for name in files() if _ENVIRONMENT.search(name))

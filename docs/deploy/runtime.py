"""Prints the part of the lock file that a running app needs: `python runtime.py pyproject.toml requirements.lock`.

It needs the standard library alone, for it runs before anything is installed. An entry stays when the app itself asks
for it, when one of the extras `postgres`, `gemini` and `otel` does, or when something that stays asks for it.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

EXTRAS: Final = ("postgres", "gemini", "otel")
_ENTRY: Final = re.compile(r"([A-Za-z0-9._-]+)(\[[^\]]*\])?==")
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")


def direct(project: str) -> set[str]:
    """List what the app asks for itself, with its extras for serving."""
    table = tomllib.loads(project)["project"]
    asked = [*table["dependencies"], *(it for extra in EXTRAS for it in table["optional-dependencies"][extra])]
    return {name[0].lower() for it in asked if (name := _NAME.match(it))}


def entries(lock: str) -> Iterator[tuple[str, set[str], str]]:
    """Yield each entry's name, who asks for it, and its text."""
    blocks: list[list[str]] = []
    for line in lock.splitlines():
        if _ENTRY.match(line):
            blocks.append([])
        if blocks:
            blocks[-1].append(line)
    for block in blocks:
        name = _ENTRY.match(block[0])
        assert name is not None
        comments = [line.split("#", 1)[1].strip() for line in block if line.lstrip().startswith("#")]
        yield name[1].lower(), {comment.removeprefix("via").strip() for comment in comments}, "\n".join(block)


def runtime(lock: str, wanted: set[str]) -> str:
    """Return the entries that are wanted, and those that they ask for in turn."""
    found = {name: (askers, text) for name, askers, text in entries(lock)}
    kept = found.keys() & wanted
    while more := {name for name, (askers, _) in found.items() if name not in kept and kept & askers}:
        kept |= more
    return "\n".join(text for name, (_, text) in found.items() if name in kept) + "\n"


if __name__ == "__main__":
    sys.stdout.write(runtime(Path(sys.argv[2]).read_text(), direct(Path(sys.argv[1]).read_text())))

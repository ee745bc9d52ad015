"""What import-linter cannot tell of imports. The rooms and the homes of the libraries are its contracts."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Final

from tests.meta.sources import ROOT, Source, app, holds, imported

OURS: Final = ("bot", "handlers")


@cache
def housed() -> frozenset[str]:
    """Name the outside libraries that have a home in the contracts."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    protected = {name for contract in contracts for name in contract.get("protected_modules", ())}
    return frozenset(name for name in protected if name.split(".")[0] not in OURS)


def knows_its_libraries(source: Source) -> Iterator[str]:
    """An outside library has a home. Part of one counts as the whole."""
    for node, target in imported(source):
        library = target.split(".")[0]
        if library not in (*sys.stdlib_module_names, *OURS, *housed()):
            yield source.says(node, f"{library} has no home: give it a contract in pyproject.toml, and name it why")


def test_each_outside_library_has_a_home() -> None:
    holds(knows_its_libraries, app())


def test_starting_imports_no_more_than_it_needs() -> None:
    slow = {
        "bot.cli": ("anthropic", "google.genai", "slack_bolt", "sqlalchemy", "aiohttp", "bot.sandbox"),
        "bot.ai.choose": ("anthropic", "google.genai", "yaml"),
    }
    code = "import importlib, json, sys; importlib.import_module(sys.argv[1]); print(json.dumps(list(sys.modules)))"
    running = {
        module: subprocess.Popen([sys.executable, "-c", code, module], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for module in slow
    }
    loaded = {module: json.loads(process.communicate()[0]) for module, process in running.items()}
    for module in slow:
        brought = sorted(set(slow[module]) & set(loaded[module]))
        assert not brought, f"`import {module}` imports {', '.join(brought)}: import it where it is used"

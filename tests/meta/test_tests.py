"""The tests themselves: in folders by kind, named by what they state, and on real objects instead of mocks."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Final

from tests.meta.sources import ROOT, Source, clean, dotted, excused, holds, read, suite

KINDS: Final = frozenset({"unit", "contract", "scenario", "integration", "browser", "meta"})
SUPPORT: Final = "support"
"""What several kinds share; it holds no tests."""
LEAST_WORDS: Final = 3
_EMPTY_NAME: Final = re.compile(r"test_([a-z]+_works|.*_(\d+|ok|basic|simple|misc|correctly|as_expected))$")

MAY_PATCH: Final[Mapping[str, str]] = {
    "tests/contract/jobs/test_trouble.py:test_the_lock_is_kept_while_the_outcome_cannot_be_stored": (
        "the one statement fails while the rest of the database works, which no real database can be told to do"
    ),
    "tests/unit/ai/test_choose.py:test_a_missing_library_comes_with_the_command_that_installs_it": (
        "the library is installed wherever the tests run"
    ),
    "tests/unit/storage/test_postgres.py:test_a_missing_library_comes_with_the_command_that_installs_it": (
        "the library is installed wherever the tests run"
    ),
    "tests/unit/storage/test_schema.py:test_a_migration_that_fails_leaves_nothing_behind": (
        "no migration of ours fails"
    ),
}
"""Places, as `file:function`, that replace something of ours because it cannot be handed in."""


def cases_of(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the test functions of a file."""
    for node in source.of(ast.FunctionDef, ast.AsyncFunctionDef):
        if node.name.startswith("test_") and not source.within(node).startswith("test_"):
            yield node


def is_where_its_kind_is(source: Source) -> Iterator[str]:
    """Tests are in the folder of their kind, in files that pytest collects."""
    parts = PurePosixPath(source.path).parts
    if len(parts) == 2:
        if parts[1] not in ("__init__.py", "conftest.py"):
            yield source.says(source.tree, f"move it into one of tests/{{{','.join(sorted(KINDS))}}}")
    elif parts[1] not in KINDS | {SUPPORT}:
        yield source.says(source.tree, f"{parts[1]} is no kind of test: use {', '.join(sorted(KINDS))}")
    elif any(cases_of(source)) and (not parts[-1].startswith("test_") or parts[1] == SUPPORT):
        yield source.says(source.tree, "pytest does not collect this file's tests: name it test_….py, by kind")


def mirrors_the_tree(source: Source) -> Iterator[str]:
    """A unit test is in the folder that its subject has in the app."""
    folder = PurePosixPath(source.path).parent.relative_to("tests/unit").as_posix()
    if folder != "." and not any((ROOT / at / folder).is_dir() for at in ("bot", ".")):
        yield source.says(source.tree, f"there is no bot/{folder}: unit tests mirror the tree")


def states_behavior(source: Source) -> Iterator[str]:
    """A test's name is a short sentence on what holds."""
    for node in cases_of(source):
        if node.name.count("_") < LEAST_WORDS or _EMPTY_NAME.match(node.name):
            yield source.says(node, f"{node.name}: name it by the behavior it states, like test_folding_loses_nothing")


def patches_nothing_of_ours(source: Source) -> Iterator[str]:
    """Real objects over loopback. What a test must replace is handed in."""
    ours = _names_of_ours(source)
    for node in source.of(ast.Call):
        called = dotted(node.func)
        if called.endswith((".setattr", ".delattr")) and called != "object.setattr" and node.args:
            target = node.args[0]
            literal = str(target.value) if isinstance(target, ast.Constant) else dotted(target)
            theirs = literal.split(".")[0] in ours or literal.startswith(("bot.", "handlers."))
            if theirs and not excused(source, MAY_PATCH, source.within(node)):
                yield source.says(node, f"{called}({literal}, …): have it handed in instead of patching it")


def _names_of_ours(source: Source) -> set[str]:
    return {
        (alias.asname or alias.name).split(".")[0]
        for node in source.of(ast.Import, ast.ImportFrom)
        for alias in node.names
        if (getattr(node, "module", None) or alias.name).split(".")[0] in ("bot", "handlers")
    }


def test_tests_are_in_folders_by_kind() -> None:
    holds(is_where_its_kind_is, read("tests"))


def test_unit_tests_mirror_the_tree() -> None:
    holds(mirrors_the_tree, read("tests/unit"))


def test_names_of_tests_state_behavior() -> None:
    holds(states_behavior, read("tests"))


def test_nothing_of_ours_is_patched() -> None:
    holds(patches_nothing_of_ours, suite())


def test_rules_are_tested_without_waiting() -> None:
    clean(
        source.says(node, f"{node.name}: a rule of the domain does not wait, so neither does its test")
        for source in read("tests/unit/domain")
        for node in source.of(ast.AsyncFunctionDef)
    )

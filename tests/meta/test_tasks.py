"""Background tasks, broad excepts and commits, as far as ruff cannot tell: TID251 and BLE001 find the others."""

import ast
from collections.abc import Iterator
from typing import Final

from tests.meta.sources import Source, app, dotted, holds, names

STARTING: Final = frozenset({"create_task", "run_in_executor"})
BROAD: Final = frozenset({"Exception", "BaseException"})
COMMITS_IN: Final = frozenset({"bot/storage/direct.py", "bot/storage/line.py", "bot/storage/postgres.py"})
"""Where SQLite's transactions end, with the line in front of them, and where PostgreSQL's do."""
SANDBOX: Final = "bot/sandbox/"


def starts_no_orphans(source: Source) -> Iterator[str]:
    """A task is started with `asyncio.create_task`, which ruff lets pass only where a reason stands beside it."""
    if source.path.startswith(SANDBOX):
        return
    for node in source.of(ast.Attribute):
        if node.attr in STARTING and dotted(node.value) != "asyncio":
            yield source.says(node, f"{dotted(node)}: enqueue a job, or await it here")


def suppresses_what_it_means(source: Source) -> Iterator[str]:
    """`suppress` names faults, as `except` does."""
    for node in source.of(ast.Call):
        if dotted(node.func).endswith("suppress") and any(names(kind) & BROAD for kind in node.args):
            yield source.says(node, "this suppresses everything: name the faults that may be passed over")


def leaves_cancelling_alone(source: Source) -> Iterator[str]:
    """`CancelledError` passes: who catches it raises it on, at least in part."""
    for node in source.of(ast.ExceptHandler):
        if "CancelledError" in names(node.type) and not any(isinstance(n, ast.Raise) for n in ast.walk(node)):
            yield source.says(node, "CancelledError must pass: raise it on")


def commits(source: Source) -> Iterator[str]:
    """One use case, one transaction: the unit of work commits."""
    for node in source.of(ast.Attribute):
        if node.attr in ("commit", "begin_nested") and source.path not in COMMITS_IN:
            yield source.says(node, f"{node.attr}: leave it to `Database.write`")


def test_no_loop_is_handed_a_task() -> None:
    holds(starts_no_orphans, app())


def test_nothing_is_suppressed_without_a_name() -> None:
    holds(suppresses_what_it_means, app())


def test_cancelled_work_stays_cancelled() -> None:
    holds(leaves_cancelling_alone, app())


def test_only_these_files_commit() -> None:
    holds(commits, app())
    places = [source.path for source in app() for node in source.of(ast.Attribute) if node.attr == "commit"]
    assert sorted(places) == sorted(COMMITS_IN), "once in each"

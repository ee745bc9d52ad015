"""Background tasks, broad excepts and commits: each has few places, and each place a reason."""

import ast
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.meta.sources import Source, app, clean, dotted, excused, holds, names, stale

TASKS: Final = frozenset({"create_task", "ensure_future", "TaskGroup", "run_coroutine_threadsafe"})
MAY_START_TASKS: Final[Mapping[str, str]] = {
    "bot/app/serving.py:serve": "starts the app beside the wait for a signal; both end before it returns",
    "bot/app/tasklane.py:_Start._built": "warms the model beside the start; `stop` cancels it",
    "bot/app/sockets.py:Link.__init__": "listens; `close` ends it",
    "bot/app/sockets.py:Link._take": "answers an envelope; `close` waits for it",
    "bot/app/sockets.py:Sockets._track": "keeps and closes connections; `stop` ends both",
    "bot/jobs/": "the runner tracks its jobs, and drains them when it stops",
    "bot/sandbox/": "deliveries to the app; closing the sandbox waits for them",
    "bot/services/stopping.py:Stops.running": "looks for a wish of another replica; ends with the text",
    "bot/services/stopping.py:until": "waits for the model and for the wish to stop at once; both end with it",
    "bot/slack/budget/leases.py:Leases.ask": "asks the other replicas; `close` ends it",
    "bot/slack/messages/live.py:LiveMessages.open": "the writer of a live message ends with its block",
}

BROAD: Final = frozenset({"Exception", "BaseException"})
MAY_CATCH_ALL: Final[Mapping[str, str]] = {
    "bot/jobs/postgres.py:PostgresRunner._attend": "a replica must outlive the database",
    "bot/jobs/runner.py:Runner._run": "the loop must outlive the database",
    "bot/jobs/runner.py:Runner._store": "a verdict must not be lost",
    "bot/jobs/runner.py:Runner._work": "no job may end the runner",
}
COMMITS_IN: Final = "bot/storage/database.py"


def starts(source: Source) -> Iterator[Any]:
    """Yield where a task is started."""
    for node in source.of(ast.Attribute, ast.Name):
        if (node.attr if isinstance(node, ast.Attribute) else node.id) in TASKS:
            yield node


def catches(source: Source) -> Iterator[Any]:
    """Yield where everything is caught."""
    for node in source.of(ast.ExceptHandler):
        if node.type is None or names(node.type) & BROAD:
            yield node
    for node in source.of(ast.Call):
        if dotted(node.func).endswith("suppress") and any(names(kind) & BROAD for kind in node.args):
            yield node


def starts_no_orphans(source: Source) -> Iterator[str]:
    """A task belongs to a room that tracks it and drains it."""
    for node in starts(source):
        if not excused(source, MAY_START_TASKS, source.within(node)):
            yield source.says(node, f"a task of its own in {source.within(node)}: enqueue a job, or await it here")


def catches_what_it_means(source: Source) -> Iterator[str]:
    """Everything is caught at the borders only, where a reference is logged."""
    for node in catches(source):
        if not excused(source, MAY_CATCH_ALL, source.within(node)):
            yield source.says(node, f"{source.within(node)} catches everything: name the faults that it can deal with")


def leaves_cancelling_alone(source: Source) -> Iterator[str]:
    """`CancelledError` passes: who catches it raises it on, at least in part."""
    for node in source.of(ast.ExceptHandler):
        if "CancelledError" in names(node.type) and not any(isinstance(n, ast.Raise) for n in ast.walk(node)):
            yield source.says(node, "CancelledError must pass: raise it on")


def commits(source: Source) -> Iterator[str]:
    """One use case, one transaction: the unit of work commits."""
    for node in source.of(ast.Attribute):
        if node.attr in ("commit", "begin_nested") and source.path != COMMITS_IN:
            yield source.says(node, f"{node.attr}: leave it to `Database.write`")


def test_tasks_are_started_where_they_are_tracked() -> None:
    holds(starts_no_orphans, app())
    clean(stale(MAY_START_TASKS, [f"{s.path}:{s.within(node)}" for s in app() for node in starts(s)]))


def test_everything_is_caught_at_the_borders_only() -> None:
    holds(catches_what_it_means, app())
    clean(stale(MAY_CATCH_ALL, [f"{s.path}:{s.within(node)}" for s in app() for node in catches(s)]))


def test_cancelled_work_stays_cancelled() -> None:
    holds(leaves_cancelling_alone, app())


def test_one_file_commits() -> None:
    holds(commits, app())
    (database,) = [source for source in app() if source.path == COMMITS_IN]
    assert [node.attr for node in database.of(ast.Attribute)].count("commit") == 1

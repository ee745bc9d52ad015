"""Time that ruff cannot see: the clock of an event loop, and tests that sleep. TID251 finds every other clock."""

import ast
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.meta.sources import Source, app, clean, dotted, excused, holds, stale, suite

MAY_KNOW_THE_LOOP_S_TIME: Final[Mapping[str, str]] = {
    "bot/ai/": "deadlines for `asyncio.timeout_at`, which counts in the loop's time",
    "bot/sandbox/": "measures how long the app really takes to answer Slack",
    "bot/slack/": "timers of the loop wake what waits for an edit; when is decided in bot.domain.pacing",
}
MAY_SLEEP_IN_TESTS: Final[Mapping[str, str]] = {
    "tests/integration/chaos/run.py": "people and kills come at random moments of real time",
    "tests/unit/slack/budget/test_leases.py": "plays in virtual time, which no sleep takes",
}


def loop_clocks(source: Source) -> Iterator[Any]:
    """Yield where the time of an event loop is asked for."""
    for node in source.of(ast.Attribute):
        if dotted(node) in ("asyncio.get_running_loop().time", "loop.time"):
            yield node


def sleeps(source: Source) -> Iterator[Any]:
    """Yield where something sleeps. `asyncio.sleep(0)` only lets others run."""
    harmless = {
        node.func
        for node in source.of(ast.Call)
        if len(node.args) == 1 and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0
    }
    for node in source.of(ast.Attribute):
        if dotted(node) == "asyncio.sleep" and node not in harmless:
            yield node


def has_its_time_handed_in(source: Source) -> Iterator[str]:
    """Logic takes `clock: Callable[[], float]`."""
    if not excused(source, MAY_KNOW_THE_LOOP_S_TIME):
        for node in loop_clocks(source):
            yield source.says(node, f"{dotted(node)}: have it handed in, as `clock`")


def does_not_sleep(source: Source) -> Iterator[str]:
    """A test waits for what it waits for."""
    if not excused(source, MAY_SLEEP_IN_TESTS):
        for node in sleeps(source):
            yield source.says(node, "asyncio.sleep: wait for the event itself, or hand in a clock that is moved")


def test_time_is_handed_in() -> None:
    holds(has_its_time_handed_in, app())


def test_no_test_sleeps() -> None:
    holds(does_not_sleep, suite())


def test_nobody_is_excused_without_need() -> None:
    clean(stale(MAY_KNOW_THE_LOOP_S_TIME, [f"{s.path}:" for s in app() if any(loop_clocks(s))]))
    clean(stale(MAY_SLEEP_IN_TESTS, [f"{s.path}:" for s in suite() if any(sleeps(s))]))

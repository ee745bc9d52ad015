"""Time is handed in, and nothing waits by sleeping: neither the app nor its tests."""

import ast
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.meta.sources import Source, app, clean, dotted, excused, holds, imported, stale, suite, words

CLOCKS: Final = words(
    "time.time time.time_ns time.monotonic time.monotonic_ns time.perf_counter time.sleep asyncio.sleep datetime.now "
    "datetime.utcnow datetime.today datetime.datetime.now datetime.datetime.utcnow date.today datetime.date.today"
)
LOOP_CLOCKS: Final = frozenset({"asyncio.get_running_loop().time", "loop.time"})

MAY_KNOW_THE_TIME: Final[Mapping[str, str]] = {
    "bot/app/": "wires: hands the clocks in",
    "bot/demo/": "plays at a person's pace",
    "bot/cli.py": "wires",
    "bot/sandbox/clock.py": "is the clock of tests; its sleep of nothing lets others run",
    "bot/sandbox/sandbox.py": "defaults of the sandbox's own clocks, which tests replace",
    "bot/sandbox/server.py": "the default of the sandbox's own sleep, which tests replace",
    "bot/storage/database.py": "the default of its clock",
    "bot/ai/scripted.py": "the default of its sleep, which tests replace",
}
MAY_KNOW_THE_LOOP_S_TIME: Final[Mapping[str, str]] = {
    "bot/ai/_within.py": "deadlines for `asyncio.timeout_at`, which counts in the loop's time",
    "bot/ai/claude.py": "the same deadline",
    "bot/ai/gemini.py": "the same deadline",
    "bot/sandbox/delivery.py": "measures how long the app really takes to answer Slack",
    "bot/slack/budget/edit_budget.py": "timers of the loop wake the waiting; when is decided in bot.domain.pacing",
    "bot/slack/budget/leases.py": "leases lapse by the loop's clock, as the budget counts",
    "bot/slack/messages/live.py": "ends a stream in time, by the clock by which it was begun",
    "bot/slack/messages/native_streams.py": "counts the streams begun in a minute, by the clock of the budget",
    "bot/slack/messages/parts.py": "says to the budget when a message was edited, in the budget's time",
}
MAY_SLEEP_IN_TESTS: Final[Mapping[str, str]] = {
    "tests/integration/chaos/run.py": "people and kills come at random moments of real time",
    "tests/support/anthropic_wire.py": "a default: how long the wire waits is each test's to say",
    "tests/unit/slack/budget/test_leases.py": "plays in virtual time, which no sleep takes",
}


def clocks(source: Source, wanted: frozenset[str]) -> Iterator[Any]:
    """Yield where a clock is named, called or not."""
    for node in source.of(ast.Attribute):
        if dotted(node) in wanted:
            yield node


def has_its_time_handed_in(source: Source) -> Iterator[str]:
    """Logic takes `clock: Callable[[], float]`, and `sleep` where it must wait."""
    if not excused(source, MAY_KNOW_THE_TIME):
        for node in clocks(source, CLOCKS):
            yield source.says(node, f"{dotted(node)}: have it handed in, as `clock` or `sleep`")
        for node, target in imported(source):
            if target == "time" and isinstance(node, ast.ImportFrom):
                yield source.says(node, "from time import …: have it handed in, as `clock` or `sleep`")
    if not excused(source, MAY_KNOW_THE_LOOP_S_TIME):
        for node in clocks(source, LOOP_CLOCKS):
            yield source.says(node, f"{dotted(node)}: have it handed in, as `clock`")


def does_not_sleep(source: Source) -> Iterator[str]:
    """A test waits for what it waits for; only `asyncio.sleep(0)`, which lets others run, is no waiting."""
    if excused(source, MAY_SLEEP_IN_TESTS):
        return
    harmless = {
        node.func
        for node in source.of(ast.Call)
        if len(node.args) == 1 and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0
    }
    for node in clocks(source, frozenset({"time.sleep", "asyncio.sleep"})):
        if node not in harmless:
            yield source.says(node, f"{dotted(node)}: wait for the event itself, or hand in a clock that is moved")


def test_time_is_handed_in() -> None:
    holds(has_its_time_handed_in, app())


def test_no_test_sleeps() -> None:
    holds(does_not_sleep, suite())


def test_nobody_is_excused_without_need() -> None:
    seen = [f"{s.path}:" for s in app() if any(clocks(s, CLOCKS))]
    clean(stale({k: v for k, v in MAY_KNOW_THE_TIME.items() if k != "bot/cli.py"}, seen))
    clean(stale(MAY_KNOW_THE_LOOP_S_TIME, [f"{s.path}:" for s in app() if any(clocks(s, LOOP_CLOCKS))]))
    waiting = frozenset({"time.sleep", "asyncio.sleep"})
    clean(stale(MAY_SLEEP_IN_TESTS, [f"{s.path}:" for s in suite() if any(clocks(s, waiting))]))

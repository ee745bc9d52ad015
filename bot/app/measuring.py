"""Hooks that feed the metrics: calls to Slack, the event loop, the database, and the jobs in it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import aiohttp

from bot import tracing
from bot.domain.pushes import PushState
from bot.errors import StorageUnavailable
from bot.metrics import Metrics
from bot.slack.budget.edit_budget import EditBudget
from bot.storage import figures, pushes
from bot.storage.database import Database

_EVERY: Final = 0.5
_PATIENCE: Final = 2.0
"""Seconds that reading the metrics waits for the database."""


def slack_calls(metrics: Metrics, api_url: str, clock: Callable[[], float]) -> aiohttp.TraceConfig:
    """Make what counts and times the calls of a client session, under the names of Slack's methods."""

    async def start(_session: aiohttp.ClientSession, context: Any, it: aiohttp.TraceRequestStartParams) -> None:
        context.began = clock()
        context.method = method_of(str(it.url))
        context.span = tracing.begin(f"slack {context.method}")

    def method_of(url: str) -> str:
        path = url.partition("?")[0]
        return path.removeprefix(api_url) if path.startswith(api_url) else "response_url"

    def count(context: Any, status: str) -> None:
        context.span.end(status=status)
        metrics.slack_calls.labels(context.method, status).inc()
        metrics.slack_seconds.labels(context.method).observe(clock() - context.began)

    async def end(_session: aiohttp.ClientSession, context: Any, it: aiohttp.TraceRequestEndParams) -> None:
        if it.response.status != 101:  # a socket, which has its own figures
            count(context, str(it.response.status))

    async def fail(_session: aiohttp.ClientSession, context: Any, _it: aiohttp.TraceRequestExceptionParams) -> None:
        count(context, "unreachable")

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(start)
    trace.on_request_end.append(end)
    trace.on_request_exception.append(fail)
    return trace


def database(metrics: Metrics, watched: Database, clock: Callable[[], float], now: Callable[[], float]) -> None:
    """Time every statement, and count the jobs whenever the metrics are read."""
    seconds = {kind: metrics.database_seconds.labels(kind) for kind in ("read", "write")}
    figures.time_statements(watched, clock, lambda kind, took: seconds[kind].observe(took))

    async def refresh() -> None:
        with suppress(StorageUnavailable, TimeoutError):
            async with asyncio.timeout(_PATIENCE), watched.read_everywhere() as everywhere:
                found = await figures.jobs(everywhere, now())
                pushed = await pushes.states(everywhere)
            for state in ("waiting", "running", "failed"):
                metrics.jobs_held.labels(state).set(found.held.get(state, 0))
                metrics.jobs_age.labels(state).set(found.ages.get(state, 0.0))
            metrics.jobs_late.set(found.late)
            for push_state in PushState:
                metrics.pushes.labels(push_state).set(pushed.get(push_state, 0))

    metrics.before_reading.append(refresh)


def budgets(metrics: Metrics, *watched: EditBudget) -> None:
    """Have the metrics say how full the window of each limited method is, whenever they are read."""

    async def refresh() -> None:
        for budget in watched:
            used, allowed = budget.fullest()
            metrics.edits_used.labels(budget.method).set(used)
            metrics.edit_limit.labels(budget.method).set(allowed)

    metrics.before_reading.append(refresh)


class LoopLag:
    """Looks twice a second how late the event loop is. It needs no task."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(_EVERY, self._look, self._loop.time() + _EVERY)

    def _look(self, due: float) -> None:
        now = self._loop.time()
        self._metrics.loop_lag.observe(max(0.0, now - due))
        self._timer = self._loop.call_later(_EVERY, self._look, now + _EVERY)

    def stop(self) -> None:
        """Look no more."""
        self._timer.cancel()

"""Trouble on order: late, failing, refused and lost Web API calls, cut sockets, events twice or out of order."""

import random
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Literal

EventTrouble = Literal["duplicate", "reorder", "socket_drop", "socket_refresh", "socket_warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to one call instead of the usual."""

    latency: float = 0.0
    status: int = 0
    retry_after: int = 0
    error: str = ""
    reset: bool = False
    lost: bool = False
    redirect: str = ""
    bytes_per_second: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Trouble that comes by itself: to which calls or events, how often, and how many in a row.

    `match` is the name of a method or event, with `*` for any part of it. Without `probability` it strikes each
    time, from the first after `after` on, at most `times` times. Each strike takes `in_a_row` calls.
    """

    what: Fault | EventTrouble
    match: str = "*"
    probability: float | None = None
    times: int | None = None
    after: int = 0
    in_a_row: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """Slack is away: until when, how its Web API fails, and whether its events still arrive."""

    until: float
    status: int
    deliveries: bool

    def fault(self) -> Fault:
        """Return what happens to every call."""
        return Fault(status=self.status) if self.status else Fault(reset=True)


class _Running:
    """A plan, and how far it is."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._seen = 0
        self._struck = 0
        self._left = 0

    @property
    def left(self) -> int | None:
        """How often it still strikes, None for always."""
        if self.plan.times is None:
            return None
        return (self.plan.times - self._struck) * self.plan.in_a_row + self._left

    def strikes(self, dice: random.Random) -> bool:
        """Count one matching call or event, and say whether it is hit."""
        plan = self.plan
        self._seen += 1
        if self._left:
            self._left -= 1
            return True
        if self._seen <= plan.after or (plan.times is not None and self._struck >= plan.times):
            return False
        if plan.probability is not None and dice.random() >= plan.probability:
            return False
        self._struck += 1
        self._left = plan.in_a_row - 1
        return True


class Faults:
    """The orders that are still open."""

    def __init__(self) -> None:
        self._ordered: dict[str, deque[Fault]] = defaultdict(deque)
        self._always: dict[str, Fault] = {}
        self._events: dict[EventTrouble, int] = {}
        self._plans: list[_Running] = []
        self.outage: Outage | None = None
        self._dice = random.Random(0)  # noqa: S311 - the same trouble again, not a secret

    def latency(self, method: str, seconds: float, *, times: int = 1) -> None:
        """Answer the next calls late."""
        self._order(method, Fault(latency=seconds), times)

    def http_error(self, method: str, status: int = 500, *, times: int = 1) -> None:
        """Answer the next calls with an HTTP error. They are not carried out."""
        self._order(method, Fault(status=status), times)

    def ratelimited(self, method: str, retry_after: int = 1, *, times: int = 1) -> None:
        """Answer the next calls with 429 and Retry-After. They are not carried out."""
        self._order(method, Fault(retry_after=retry_after), times)

    def error(self, method: str, error: str, *, times: int = 1) -> None:
        """Answer the next calls with one of Slack's error strings. They are not carried out."""
        self._order(method, Fault(error=error), times)

    def reset(self, method: str, *, times: int = 1) -> None:
        """Cut the connection of the next calls. They are not carried out."""
        self._order(method, Fault(reset=True), times)

    def lost_response(self, method: str, *, times: int = 1) -> None:
        """Carry the next calls out and cut the connection instead of answering."""
        self._order(method, Fault(lost=True), times)

    def redirect_download(self, url: str, *, times: int = 1) -> None:
        """Send the next downloads of files to another address."""
        self._order("download", Fault(redirect=url), times)

    def slow_download(self, bytes_per_second: int, *, times: int = 1) -> None:
        """Let the next downloads of files drip."""
        self._order("download", Fault(bytes_per_second=bytes_per_second), times)

    def always(self, method: str, fault: Fault) -> None:
        """Let a fault stand until `clear` (`*` for every method)."""
        self._always[method] = fault

    def end(self, method: str) -> None:
        """Drop what stands or is ordered for one method by its name."""
        self._always.pop(method, None)
        self._ordered.pop(method, None)

    def away(self, now: float) -> Outage | None:
        """Return the outage that lasts now."""
        if self.outage is not None and now >= self.outage.until:
            self.outage = None
        return self.outage

    def duplicate_next_events(self, times: int = 1) -> None:
        """Deliver the next events twice, under the same event_id."""
        self._expect("duplicate", times)

    def reorder_next_events(self, times: int = 1) -> None:
        """Hold the next events back until a later one was delivered, or two seconds have passed."""
        self._expect("reorder", times)

    def drop_next_sockets(self, times: int = 1) -> None:
        """Cut the WebSocket on which the next envelopes arrive, before they are acknowledged."""
        self._expect("socket_drop", times)

    def refresh_next_sockets(self, times: int = 1, *, warning: bool = False) -> None:
        """Ask for another WebSocket on those on which the next envelopes arrive, before they are acknowledged."""
        self._expect("socket_warning" if warning else "socket_refresh", times)

    def follow(self, plans: Sequence[Plan], *, seed: int = 0) -> None:
        """Let trouble come by plan. The same seed and the same calls give the same trouble."""
        self._plans = [_Running(plan) for plan in plans]
        self._dice = random.Random(seed)  # noqa: S311

    def add(self, plan: Plan) -> None:
        """Let trouble come by one more plan."""
        self._plans = [running for running in self._plans if running.left != 0]
        self._plans.append(_Running(plan))

    @property
    def orders(self) -> list[tuple[Plan, int | None]]:
        """The plans that still strike, and how often, None for always."""
        return [(running.plan, running.left) for running in self._plans if running.left != 0]

    def clear(self) -> None:
        """Drop every order and plan, and end an outage."""
        self.outage = None
        self._ordered.clear()
        self._always.clear()
        self._events.clear()
        self._plans.clear()

    def take(self, method: str) -> Fault | None:
        """Return what happens to this call of a method."""
        for name in (method, "*"):
            if self._ordered.get(name):
                return self._ordered[name].popleft()
        return self._always.get(method) or self._always.get("*") or self._planned(method)

    def take_event(self, name: str, kind: EventTrouble) -> bool:
        """Say whether this delivery has this kind of trouble."""
        if self._events.get(kind):
            self._events[kind] -= 1
            return True
        struck = [running.strikes(self._dice) for running in self._plans if _concerns(running.plan, name, kind)]
        return any(struck)

    def _planned(self, method: str) -> Fault | None:
        """Join what all plans have for a call: it may be late and fail as well."""
        joined: Fault | None = None
        late = 0.0
        for running in self._plans:
            fault = running.plan.what
            if isinstance(fault, Fault) and fnmatchcase(method, running.plan.match) and running.strikes(self._dice):
                late += fault.latency
                joined = fault if joined is None or joined == Fault(latency=joined.latency) else joined
        return replace(joined, latency=late) if joined is not None else None

    def _expect(self, kind: EventTrouble, times: int) -> None:
        self._events[kind] = self._events.get(kind, 0) + times

    def _order(self, method: str, fault: Fault, times: int) -> None:
        self._ordered[method].extend([fault] * times)


def _concerns(plan: Plan, name: str, kind: EventTrouble) -> bool:
    return plan.what == kind and fnmatchcase(name, plan.match)

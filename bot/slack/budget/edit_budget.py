"""The edit budget at work: callers wait here for their slot, in the order that `bot.domain.pacing` decides."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import structlog

from bot.domain.ids import TeamId, Tenant
from bot.domain.pacing import window as pacing
from bot.domain.pacing.plan import Stream
from bot.domain.pacing.replicas import Lease
from bot.domain.pacing.window import Bucket, Limits, Priority, Send, Waiter, WaitUntil
from bot.slack.budget.leases import Leases
from bot.slack.budget.slots import SharedSlots

_SHORTEST_TIMER: Final = 0.001
_OWED: Final = 10.0
"""How long a slot is kept for the last word of a stream that has ended; longer only if nobody ever asks for it."""


@dataclass(slots=True, eq=False)
class _Waiting:
    """One caller that waits. `unseen` is asked at every decision because text keeps arriving."""

    key: str
    priority: Priority
    since: float
    unseen: Callable[[], int]
    edited_at: float
    granted: "asyncio.Future[bool]"

    def described(self) -> Waiter:
        return Waiter(
            key=self.key,
            priority=self.priority,
            since=self.since,
            unseen=self.unseen(),
            edited_at=self.edited_at,
        )


class EditBudget:
    """One bucket of calls per workspace, shared by every message the app edits there, and by all replicas."""

    def __init__(
        self, limits: Limits | None = None, slots: SharedSlots | None = None, method: str = "chat.update"
    ) -> None:
        """Keep the limits of a method. Without `slots` this process is alone under them."""
        self._limits = limits or Limits()
        self._slots = slots
        self.method = method
        self._workspaces: dict[TeamId, WorkspaceBudget] = {}

    def of(self, tenant: Tenant) -> "WorkspaceBudget":
        """Return the budget of a workspace."""
        if (budget := self._workspaces.get(tenant.team)) is None:
            budget = self._workspaces[tenant.team] = WorkspaceBudget(self._limits)
            if self._slots is not None:
                budget.leases = Leases(self._slots, tenant, self.method, budget.pump)
        return budget

    def fullest(self) -> tuple[int, int]:
        """Tell how many calls the present window of the fullest workspace holds, and how many it may hold."""
        figures = (budget.figures() for budget in self._workspaces.values())
        return max(figures, key=lambda it: it[0] / it[1], default=(0, self._limits.calls))

    async def close(self) -> None:
        """Ask the other replicas nothing any more."""
        for budget in self._workspaces.values():
            if budget.leases is not None:
                await budget.leases.close()


class WorkspaceBudget:
    """The callers of one workspace. Timers of the running loop wake it, so it needs no task of its own."""

    def __init__(self, limits: Limits) -> None:
        self._bucket = Bucket(limits=limits, since=asyncio.get_running_loop().time())
        self._waiting: list[_Waiting] = []
        self._streams: dict[str, Stream] = {}
        self._timer: asyncio.TimerHandle | None = None
        self.leases: Leases | None = None
        """None while this process is alone under the limit."""

    async def turn(
        self,
        key: str,
        priority: Priority,
        *,
        unseen: Callable[[], int] = lambda: 0,
        edited_at: float = float("-inf"),
    ) -> bool:
        """Wait until the message may be edited. It is False when the wait was withdrawn."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(key, priority, loop.time(), unseen, edited_at, loop.create_future())
        behind = self._timer is not None and any(w.priority is priority is Priority.LAST_WORD for w in self._waiting)
        self._waiting.append(waiting)
        if priority is Priority.INTERIM and key not in self._streams:
            self._streams[key] = Stream(began=loop.time())
            self._bucket = pacing.began(self._bucket, loop.time())
            if self.leases is not None:
                self._ask(self.leases)  # the others pace theirs by how many there are
        if not behind:  # last words go in order: one more changes nothing for those before it
            self.pump()
        try:
            return await waiting.granted
        finally:
            if waiting in self._waiting:
                self._waiting.remove(waiting)
                self.pump()

    def figures(self) -> tuple[int, int]:
        """Tell how many calls of this process the present window holds, and how many it may hold at most."""
        now = asyncio.get_running_loop().time()
        return len(pacing.prune(self._bucket, now).sent), self._bucket.allowed(now)

    def withdraw(self, key: str) -> None:
        """Say that the message's text is complete: no interim edit may follow, and the last word keeps its slot."""
        loop = asyncio.get_running_loop()
        for waiting in [w for w in self._waiting if w.key == key and w.priority is Priority.INTERIM]:
            self._waiting.remove(waiting)
            if not waiting.granted.done():
                waiting.granted.set_result(False)
        if (stream := self._streams.get(key)) is not None and not stream.ending:
            self._bucket = pacing.ended(self._bucket, stream, loop.time())
            self._streams[key] = ending = replace(stream, ending=True)
            loop.call_later(_OWED, self._settle, key, ending)

    def limited(self, retry_after: float) -> None:
        """Pass on a 429: the whole workspace waits once."""
        if not pacing.RETRY_AFTER_FLOOR <= retry_after <= pacing.RETRY_AFTER_CEILING:
            structlog.get_logger(__name__).warning("retry_after_bounded", seconds=retry_after)
        self._bucket = pacing.limited(self._bucket, retry_after, asyncio.get_running_loop().time())
        if self.leases is not None:
            self._ask(self.leases)  # the others must hear of it
        self.pump()

    def _settle(self, key: str, stream: Stream) -> None:
        """Owe a stream nothing any more."""
        if self._streams.get(key) is stream:
            del self._streams[key]
            self.pump()

    def pump(self) -> None:
        """Let call who may. Then wait for the next moment at which anybody may."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        loop = asyncio.get_running_loop()
        while True:
            now = loop.time()
            decision = self._decide(now)
            if self.leases is not None and self._must_ask(self.leases, decision, now):
                if (at := self.leases.ask_at(now)) <= now:
                    self._ask(self.leases)
                    return
                decision = WaitUntil(at=at)
            if decision is None:
                return
            if not isinstance(decision, Send):
                self._timer = loop.call_at(max(decision.at, now + _SHORTEST_TIMER), self.pump)
                return
            self._grant(decision.key, now)

    def _decide(self, now: float) -> Send | WaitUntil | None:
        urgent = [w for w in self._waiting if w.priority is not Priority.INTERIM]
        waiters = [w.described() for w in urgent or self._waiting]
        if self.leases is None:
            return pacing.decide(self._bucket, waiters, now, self._streams.values())
        shared = self.leases.view(self._bucket, now)
        return pacing.decide(shared, waiters, now, self._streams.values(), self.leases.elsewhere)

    def _must_ask(self, leases: Leases, decision: Send | WaitUntil | None, now: float) -> bool:
        """Tell whether the other replicas have to be asked before anything else happens here."""
        if isinstance(decision, Send):
            return not leases.spend(now)
        # Waiting, they must not be forgotten; and at rest, what is not used is given back.
        return leases.outdated(now) and bool(self._waiting or self._streams or leases.unused)

    def _ask(self, leases: Leases) -> None:
        urgent = sum(waiting.priority is not Priority.INTERIM for waiting in self._waiting)
        leases.ask(self._bucket, self._streams.values(), urgent, self._heard)

    def _heard(self, lease: Lease) -> None:
        now = asyncio.get_running_loop().time()
        self._bucket = pacing.heard(
            pacing.prune(self._bucket, now),
            frozen_until=now + lease.frozen_for if lease.frozen_for else float("-inf"),
            learned=lease.learned,
            learned_at=now - lease.learned_ago,
        )

    def _grant(self, key: str, now: float) -> None:
        chosen = min((w for w in self._waiting if w.key == key), key=lambda w: (w.priority, w.since))
        self._waiting.remove(chosen)
        self._bucket = pacing.granted(self._bucket, chosen.priority, now)
        if chosen.priority is Priority.LAST_WORD:
            self._streams.pop(key, None)
        if not chosen.granted.done():
            chosen.granted.set_result(True)

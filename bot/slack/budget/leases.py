"""Slots of one workspace that this replica has on lease, and what it knows of the others under the same limit."""

import asyncio
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

import structlog

from bot import errors
from bot.domain.ids import Tenant
from bot.domain.pacing.plan import Stream
from bot.domain.pacing.replicas import LEASE, Lease, Report
from bot.domain.pacing.window import Bucket
from bot.slack.budget.slots import SharedSlots

_AHEAD: Final = 2
"""How many slots are leased beyond those that are waited for: a query serves that many edits."""
_PATIENCE: Final = 1.0
"""Seconds after which the database is taken to be away."""
_PAUSE: Final = 0.25
_LONGEST_PAUSE: Final = 1.0
"""Seconds until it is asked again for slots when it gave none: others may give theirs back any time."""
_NEWS: Final = 1.0
"""How old, in seconds, what is known of the others' streams may become while there are streams here."""


@dataclass(slots=True)
class _Held:
    """What the last lease gave, in the loop's time."""

    slots: int = 0
    until: float = float("-inf")
    news_until: float = float("-inf")
    starts_until: float = float("-inf")
    """Up to when it is known where streams began."""
    sent: tuple[float, ...] = ()
    streams: tuple[Stream, ...] = ()
    starts: tuple[float, ...] = ()


class Leases:
    """One workspace's standing among the replicas. Asks in a task of its own, of which there is one at a time."""

    def __init__(self, slots: SharedSlots, tenant: Tenant, method: str, changed: Callable[[], None]) -> None:
        """`changed` is called after every answer, and when a lease lapses."""
        self._slots = slots
        self._tenant = tenant
        self._method = method
        self._changed = changed
        self._held = _Held()
        self._alone_until = float("-inf")
        self._asked_in_vain_until = float("-inf")
        self._asking: asyncio.Task[None] | None = None
        self._more = False
        """Whether there is something new to report since it was asked."""
        self._lapse: asyncio.TimerHandle | None = None

    @property
    def elsewhere(self) -> tuple[Stream, ...]:
        """The streams of the other replicas."""
        return self._held.streams

    @property
    def unused(self) -> bool:
        """Whether slots are held that nobody used."""
        return self._held.slots > 0

    def view(self, bucket: Bucket, now: float) -> Bucket:
        """Put what the others have done beside what we have."""
        sent = [at for at in self._held.sent if at > now - bucket.limits.window]
        if now < self._alone_until:
            return self._alone(bucket, sent, now)
        return replace(
            bucket,
            sent=tuple(sorted((*bucket.sent, *sent))),
            starts=tuple(sorted((*bucket.starts, *self._held.starts))),
            starts_until=self._held.starts_until,
        )

    def _alone(self, bucket: Bucket, sent: list[float], now: float) -> Bucket:
        """Take the others to use all of their part while the database is away."""
        allowed = bucket.allowed(now)
        theirs = allowed - max(1, allowed // max(1, self._slots.replicas))
        return replace(bucket, sent=tuple(sorted((*bucket.sent, *sent, *([now] * (theirs - len(sent)))))))

    def spend(self, now: float) -> bool:
        """Use a slot. It is False when there is none on lease."""
        if now < self._alone_until:
            return True
        if now >= self._held.until or self._held.slots <= 0:
            return False
        self._held.slots -= 1
        return True

    def ask_at(self, now: float) -> float:
        """Tell from when on it makes sense to ask for slots."""
        return max(now, self._asked_in_vain_until)

    def outdated(self, now: float) -> bool:
        """Tell whether what is known of the others is old."""
        return now >= max(self._held.news_until, self._alone_until, self._asked_in_vain_until)

    def ask(self, bucket: Bucket, streams: Iterable[Stream], waiting: int, heard: Callable[[Lease], None]) -> None:
        """Report and lease anew, after what is under way. `heard` takes in what the others have learned."""
        self._more = self._asking is not None
        if not self._more:
            now = asyncio.get_running_loop().time()
            report = _report(bucket, list(streams), waiting, now)
            self._asking = asyncio.create_task(self._ask(report, bucket, heard), name="edit slots")
            self._asking.add_done_callback(self._answered)

    async def close(self) -> None:
        """Ask nothing any more."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait({self._asking})
        if self._lapse is not None:
            self._lapse.cancel()

    async def _ask(self, report: Report, bucket: Bucket, heard: Callable[[Lease], None]) -> None:
        loop = asyncio.get_running_loop()
        asked = loop.time()
        self._asked_in_vain_until = asked + _PAUSE
        try:
            async with asyncio.timeout(_PATIENCE):
                lease = await self._slots.lease(self._tenant, self._method, report, bucket.limits)
        except (errors.StorageUnavailable, TimeoutError):
            structlog.get_logger(__name__).warning("edit slots not shared", team=self._tenant.team)
            self._alone_until = loop.time() + LEASE
            return
        now = loop.time()
        self._alone_until = float("-inf")
        self._held = _Held(
            slots=lease.slots,
            until=asked + LEASE,
            news_until=asked + (LEASE if lease.alone else _NEWS),
            starts_until=math.inf if lease.alone else asked,
            sent=tuple(now - age for age in lease.sent),
            streams=tuple(Stream(began=now - age) for age in lease.began),
            starts=tuple(now - age for age in lease.starts),
        )
        none = (report.want or report.urgent) and not lease.slots
        self._asked_in_vain_until = now + min(max(lease.free_in, _PAUSE), _LONGEST_PAUSE) if none else float("-inf")
        heard(lease)

    def _answered(self, task: "asyncio.Task[None]") -> None:
        self._asking = None
        if task.cancelled():
            return
        if self._lapse is not None:
            self._lapse.cancel()
        if self._more:
            self._held.news_until = float("-inf")
        loop = asyncio.get_running_loop()
        self._lapse = loop.call_at(max(self._held.news_until, self._alone_until), self._changed)
        self._changed()
        task.result()


def _report(bucket: Bucket, streams: list[Stream], waiting: int, now: float) -> Report:
    return Report(
        sent=tuple(now - at for at in bucket.sent),
        began=tuple(now - stream.began for stream in streams),
        starts=tuple(now - at for at in bucket.starts),
        urgent=waiting,
        want=_AHEAD if streams else 0,
        frozen_for=max(0.0, bucket.frozen_until - now),
        learned=bucket.learned,
        learned_ago=now - bucket.learned_at,
    )

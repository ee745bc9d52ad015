"""One edit budget for several replicas: who has used how much of the window, and who may use the rest.

Slack counts the app's calls per workspace, whichever replica makes them. So the replicas keep one `Pool` a workspace
between them. Each takes a few slots at a time on a lease, uses them without asking again, and says at its next lease
what it used: a slot that was never used is free again, and one whose replica died counts as used at the lease's end.
The pool's times are unix seconds of one clock, the database's. Between it and a replica, times are said as ages, in
seconds before now, because their clocks differ. Either way a message takes time, and makes an age too small: careful.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import inf
from typing import Final

from bot.domain.pacing.window import Bucket, Limits

LEASE: Final = 5.0
"""For how long leased slots may be used, in seconds."""
PRESENT: Final = 3 * LEASE
"""A replica that has not asked for this long, in seconds, has no streams any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one replica has of the window."""

    sent: tuple[float, ...] = ()
    """When it made each of its calls, oldest first."""
    began: tuple[float, ...] = ()
    """When each stream began that it still owes the last word."""
    starts: tuple[float, ...] = ()
    """When the streams of the present burst began, also those that have ended."""
    held: int = 0
    """How many slots it holds and may not have used yet."""
    until: float = -inf
    """When what it holds lapses."""

    def taken(self, window: float, now: float) -> Iterator[float]:
        """Yield when each of its slots of this window was used, or may have been at the latest.

        What lies further in the future was written before the clock was set back, and says nothing.
        """
        times = (*self.sent, *(self.until for _ in range(self.held)))
        yield from (at for at in times if now - window < at <= now + LEASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """What the replicas know together under one limit."""

    shares: Mapping[str, Share] = field(default_factory=dict)
    frozen_until: float = -inf
    """No call before this: Slack said so."""
    learned: int | None = None
    """How many calls a window allowed when Slack last refused one."""
    learned_at: float = -inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a replica has done, as ages, and how many slots it would like."""

    sent: tuple[float, ...] = ()
    began: tuple[float, ...] = ()
    starts: tuple[float, ...] = ()
    urgent: int = 0
    """How many slots clicks and last words wait for."""
    want: int = 0
    """How many more it would like for interim edits."""
    frozen_for: float = 0.0
    """For how much longer Slack wants no calls, as far as this replica was told."""
    learned: int | None = None
    learned_ago: float = inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """What a replica may do until its lease lapses, and what it has to know of the others, as ages."""

    slots: int
    free_in: float = 0.0
    """In how many seconds there will be a slot, at the latest, if there was none."""
    sent: tuple[float, ...] = ()
    """When the others made their calls, or may make those they hold at the latest: then the age is negative."""
    began: tuple[float, ...] = ()
    """When the streams of the others began."""
    starts: tuple[float, ...] = ()
    frozen_for: float = 0.0
    learned: int | None = None
    learned_ago: float = inf
    alone: bool = False
    """Whether there is nobody else of whom there could be news."""


def lease(
    pool: Pool, replica: str, report: Report, limits: Limits, now: float, *, alone: bool = False
) -> tuple[Pool, Lease]:
    """Settle what a replica had, and lease it as many of the free slots as it wants and its part allows.

    One that is `alone` has taken the place of those before it: of them only the calls count that they made, or may
    have made.
    """
    pool = _heard(pool, report, now)
    others = {
        name: share
        for name, share in pool.shares.items()
        if name != replica and (_present(share, now) or any(share.taken(limits.window, now)))
    }
    present = [share for share in others.values() if _present(share, now) and not alone]
    taken = sorted(at for share in others.values() for at in share.taken(limits.window, now))
    sent = tuple(now - age for age in report.sent if age < limits.window)
    allowed = Bucket(limits=limits, learned=pool.learned, learned_at=pool.learned_at).allowed(now)
    free = max(0, allowed - len(taken) - len(sent))
    slots = 0 if now < pool.frozen_until else _granted(free, report, present, limits.reserve)
    mine = Share(
        sent=sent,
        began=tuple(now - age for age in report.began),
        starts=tuple(now - age for age in report.starts),
        held=slots,
        until=now + LEASE,
    )
    granted = Lease(
        slots=slots,
        free_in=0.0 if slots else _free_in(sorted((*taken, *sent)), allowed, limits.window, now),
        sent=tuple(now - at for at in taken),
        began=tuple(now - at for share in present for at in share.began),
        starts=tuple(now - at for share in others.values() if not alone for at in share.starts),
        frozen_for=max(0.0, pool.frozen_until - now),
        learned=pool.learned,
        learned_ago=now - pool.learned_at,
        alone=alone,
    )
    return replace(pool, shares={**others, replica: mine}), granted


def _heard(pool: Pool, report: Report, now: float) -> Pool:
    """Take over what a replica has learned from Slack, if it is news."""
    if report.frozen_for > 0:
        pool = replace(pool, frozen_until=max(pool.frozen_until, now + report.frozen_for))
    if report.learned is not None and now - report.learned_ago > pool.learned_at:
        pool = replace(pool, learned=report.learned, learned_at=now - report.learned_ago)
    return pool


def _free_in(taken: list[float], allowed: int, window: float, now: float) -> float:
    """Tell when the window holds less than it may."""
    return max(0.0, taken[-allowed] + window - now) if len(taken) >= allowed else 0.0


def _present(share: Share, now: float) -> bool:
    return now - PRESENT < share.until <= now + LEASE


def _granted(free: int, report: Report, others: list[Share], reserve: int) -> int:
    """Tell how many slots a replica may lease: what is urgent, and its part of what nobody's last word will need."""
    mine, theirs = len(report.began), sum(len(share.began) for share in others)
    parts = (1 + mine) / (1 + mine + theirs + len(others))
    urgent = min(report.urgent, _part(free, parts))
    spare = free - urgent - mine - theirs - reserve
    return urgent + min(report.want, _part(spare, parts))


def _part(free: int, parts: float) -> int:
    return min(free, max(1, int(free * parts))) if free > 0 else 0

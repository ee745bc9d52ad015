"""The edit budget as a pure decision: who of those waiting may call now, and if nobody, when to ask again.

Slack counts `chat.update` per app and workspace, so every live message, card and lane shares one `Bucket`.
A person's click goes first, then last words, then interim edits; only interim edits are spaced out, and they
leave a reserve of slots untouched. All times are seconds of one monotonic clock.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

RETRY_AFTER_FLOOR: Final = 1.0
RETRY_AFTER_CEILING: Final = 120.0
"""The longest wait that is believed; a limiter that says more is asked again after this."""


class Priority(IntEnum):
    """Who goes first; a lower number wins."""

    CLICK = 0
    LAST_WORD = 1
    INTERIM = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a method allows, and how it is shared out."""

    calls: int = 50
    window: float = 60.0
    reserve: int = 14
    """Slots that interim edits leave to clicks and last words."""
    gap: float = 0.7
    """The shortest time between two interim edits of one message."""
    horizon: float = 20.0
    """Over how many seconds the interim slots still free are spread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """What has been sent under one limit."""

    limits: Limits = Limits()
    sent: tuple[float, ...] = ()
    """When each call still inside the window was granted, oldest first."""
    interim_at: float = float("-inf")
    """When the last interim edit was granted."""
    frozen_until: float = float("-inf")
    """No call before this: Slack said so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiter:
    """A message that wants to be edited."""

    key: str
    priority: Priority
    since: float
    unseen: int = 0
    """How many characters the reader has not seen yet."""
    edited_at: float = float("-inf")
    """When this message was last edited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """This waiter may call now."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitUntil:
    """Nobody may call before this time, unless somebody else comes."""

    at: float


def decide(bucket: Bucket, waiters: Collection[Waiter], now: float) -> Send | WaitUntil | None:
    """Pick who may call now, or say when to ask again; None when nobody waits."""
    if not waiters:
        return None
    if now < bucket.frozen_until:
        return WaitUntil(at=bucket.frozen_until)
    bucket = prune(bucket, now)
    urgent = [w for w in waiters if w.priority is not Priority.INTERIM]
    if urgent:
        first = min(urgent, key=lambda w: (w.priority, w.since, w.key))
        if len(bucket.sent) < bucket.limits.calls:
            return Send(key=first.key)
        return WaitUntil(at=_freed(bucket, bucket.limits.calls))
    return _interim(bucket, waiters, now)


def _interim(bucket: Bucket, waiters: Collection[Waiter], now: float) -> Send | WaitUntil:
    limits = bucket.limits
    allowed = max(1, limits.calls - limits.reserve)
    if len(bucket.sent) >= allowed:
        return WaitUntil(at=_freed(bucket, allowed))
    spacing = limits.horizon / (allowed - len(bucket.sent)) if bucket.sent else 0.0
    start = bucket.interim_at + spacing
    ready = [w for w in waiters if max(start, w.edited_at + limits.gap) <= now]
    if not ready:
        return WaitUntil(at=max(start, min(w.edited_at for w in waiters) + limits.gap))
    behind = max(ready, key=lambda w: ((w.unseen + 1) * (now - w.since + limits.gap), w.key))
    return Send(key=behind.key)


def _freed(bucket: Bucket, allowed: int) -> float:
    """When so many calls have left the window that one more fits under `allowed`."""
    return bucket.sent[len(bucket.sent) - allowed] + bucket.limits.window


def prune(bucket: Bucket, now: float) -> Bucket:
    """Forget the calls that have left the window."""
    start = now - bucket.limits.window
    if not bucket.sent or bucket.sent[0] > start:
        return bucket
    return replace(bucket, sent=tuple(at for at in bucket.sent if at > start))


def granted(bucket: Bucket, priority: Priority, now: float) -> Bucket:
    """Count a call that is about to be made."""
    interim_at = now if priority is Priority.INTERIM else bucket.interim_at
    return replace(prune(bucket, now), sent=(*prune(bucket, now).sent, now), interim_at=interim_at)


def limited(bucket: Bucket, retry_after: float, now: float) -> Bucket:
    """Learn from a 429: everyone waits once, and the window counts as spent as Slack sees it."""
    wait = min(max(retry_after, RETRY_AFTER_FLOOR), RETRY_AFTER_CEILING)
    return replace(bucket, frozen_until=max(bucket.frozen_until, now + wait))

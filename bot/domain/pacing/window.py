"""The edit budget as a pure decision: who of those waiting may call now, and if nobody, when to ask again.

Slack counts `chat.update` per app and workspace, so every live message, card and lane shares one `Bucket`.
A person's click goes first, then last words, then interim edits. Interim edits keep off the slots that last words
will need and are paced (`bot.domain.pacing.plan`). All times are seconds of one monotonic clock.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

from bot.domain.pacing.burst import burst
from bot.domain.pacing.crowd import SEEN
from bot.domain.pacing.plan import Habits, Slots, Stream, plan

RETRY_AFTER_FLOOR: Final = 1.0
RETRY_AFTER_CEILING: Final = 120.0
"""The longest wait that is believed; a limiter that says more is asked again after this."""

_LEARNED_FLOOR: Final = 5
"""A limit is never learned to be lower than one fifth of the configured one: then it is not us who fill the window."""
_RECOVERY: Final = 20
"""Each window without a 429 gives back one call in so many, and at least one."""
_WARY: Final = 0.25
"""Seconds between two calls while calls of the process before may still count: a 429 is back before the next one."""
_MEMORY: Final = 0.25
"""How much the newest stream counts for how long streams usually go on."""
_LATELY: Final = 300.0
"""Over how many seconds the rate of streams is smoothed."""
_BLANK: Final = 1.5
"""A reader who sees no text yet counts as this much further behind."""


class Priority(IntEnum):
    """Who goes first. A lower number wins."""

    CLICK = 0
    LAST_WORD = 1
    INTERIM = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a method allows, and how it is shared out."""

    calls: int = 50
    window: float = 60.5
    """A little over Slack's minute: one call may travel faster than another."""
    reserve: int = 2
    """Slots that interim edits leave to clicks, besides one for each last word to come."""
    gap: float = 0.1
    """The shortest time between two interim edits of one message."""
    horizon: float = 9.0
    """How long a stream is expected to go on before any has ended, as ticket notes do; 0 spaces nothing out."""
    crowd: int = 32
    """How many streams a burst may have before a larger one was seen in the workspace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """What is known under one limit."""

    limits: Limits = Limits()
    since: float = float("-inf")
    """From when on every call was counted; of a process before this one nothing is known."""
    sent: tuple[float, ...] = ()
    """When each call still inside the window was granted, oldest first."""
    interim_at: float = float("-inf")
    """When the last interim edit was granted."""
    frozen_until: float = float("-inf")
    """No call before this: Slack said so."""
    wary_until: float = float("-inf")
    """Calls go out one by one before this: what another process had used up comes back one by one."""
    learned: int | None = None
    """How many calls a window allowed when Slack last refused one."""
    learned_at: float = float("-inf")
    starts: tuple[float, ...] = ()
    """When the streams of the present burst began."""
    starts_until: float = math.inf
    """Up to when those are known; of other replicas' nobody hears at once."""
    usual: float | None = None
    """How long streams have gone on lately."""
    seen: tuple[int, ...] = ()
    """How many streams the last bursts had, oldest first."""
    before: float = 0.0
    """How many streams began in a second before the present burst, smoothed, as of `before_at`."""
    before_at: float = float("-inf")

    @property
    def lasting(self) -> float:
        """How long a stream is expected to go on."""
        return self.limits.horizon if self.usual is None or not self.limits.horizon else self.usual

    def rate(self, now: float) -> float:
        """Tell how many streams have begun in a second lately. The present burst does not count."""
        return self.before * math.exp((self.before_at - now) / _LATELY) if self.before else 0.0

    def allowed(self, now: float) -> int:
        """Tell how many calls a window may hold: what was configured, or what was learned and has recovered since."""
        if self.learned is None:
            return self.limits.calls
        windows = int((now - self.learned_at) / self.limits.window)
        return min(self.limits.calls, self.learned + windows * max(1, self.learned // _RECOVERY))


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

    @property
    def fresh(self) -> bool:
        """Whether it shows no text yet."""
        return self.edited_at == float("-inf")

    def behind(self, now: float) -> float:
        """Weigh how far the reader is behind: characters times seconds."""
        waited = _BLANK * (now - self.since) if self.fresh else now - self.edited_at
        return (self.unseen + 1) * waited


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """This waiter may call now."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitUntil:
    """Nobody may call before this time, unless somebody else comes."""

    at: float


def decide(
    bucket: Bucket,
    waiters: Collection[Waiter],
    now: float,
    streams: Collection[Stream] = (),
    elsewhere: Collection[Stream] = (),
) -> Send | WaitUntil | None:
    """Pick who may call now, or when to ask again. It is None when nobody waits.

    `streams` are owed their last words here, those `elsewhere` by other replicas under the same limit.
    """
    if not waiters:
        return None
    if now < bucket.frozen_until:
        return WaitUntil(at=bucket.frozen_until)
    bucket = prune(bucket, now)
    if now < bucket.wary_until and bucket.sent and now < bucket.sent[-1] + _WARY:
        return WaitUntil(at=bucket.sent[-1] + _WARY)
    urgent = [w for w in waiters if w.priority is not Priority.INTERIM]
    if not urgent:
        return _interim(bucket, waiters, now, streams, elsewhere)
    first = min(urgent, key=lambda w: (w.priority, w.since, w.key))
    allowed = bucket.allowed(now)
    if len(bucket.sent) < allowed:
        return Send(key=first.key)
    return WaitUntil(at=bucket.sent[len(bucket.sent) - allowed] + bucket.limits.window)


def _interim(
    bucket: Bucket,
    waiters: Collection[Waiter],
    now: float,
    streams: Collection[Stream],
    elsewhere: Collection[Stream],
) -> Send | WaitUntil:
    limits = bucket.limits
    returns = [at + limits.window - now for at in bucket.sent]
    pace = plan(
        Slots(allowed=bucket.allowed(now), reserve=limits.reserve, returns=returns, window=limits.window),
        [*streams, *elsewhere],
        burst(bucket.starts, min(now, bucket.starts_until)),
        Habits(usual=bucket.lasting, largest=bucket.limits.crowd, seen=bucket.seen, rate=bucket.rate(now)),
        now,
    )
    if pace.opens > 0:
        return WaitUntil(at=now + min(pace.opens, pace.again))
    turn = bucket.interim_at + pace.gap / max(1, sum(not stream.ending for stream in streams))
    due = {w.key: max(turn, w.edited_at + limits.gap) for w in waiters}
    ready = [w for w in waiters if due[w.key] <= now]
    if not ready:
        return WaitUntil(at=min(*due.values(), now + pace.again))
    return Send(key=max(ready, key=lambda w: (w.behind(now), w.key)).key)


def prune(bucket: Bucket, now: float) -> Bucket:
    """Forget the calls that have left the window."""
    start = now - bucket.limits.window
    if bucket.sent and bucket.sent[0] <= start:
        return replace(bucket, sent=tuple(at for at in bucket.sent if at > start))
    return bucket


def granted(bucket: Bucket, priority: Priority, now: float) -> Bucket:
    """Count a call that is about to be made."""
    interim_at = now if priority is Priority.INTERIM else bucket.interim_at
    bucket = prune(bucket, now)
    return replace(bucket, sent=(*bucket.sent, now), interim_at=interim_at)


def limited(bucket: Bucket, retry_after: float, now: float) -> Bucket:
    """Learn from a 429: everyone waits once, and a window holds no more than what Slack has let through.

    A wait that ends sooner than a window after this process began is for a call of the one before: what that had
    used up is not known, and says nothing about the limit.
    """
    wait = min(retry_after, RETRY_AFTER_CEILING) if retry_after > RETRY_AFTER_FLOOR else RETRY_AFTER_FLOOR
    bucket = prune(bucket, now)
    passed = bucket.sent[:-1]
    bucket = replace(bucket, sent=passed, frozen_until=max(bucket.frozen_until, now + wait))
    known_from = bucket.since + bucket.limits.window
    if now + wait < known_from - RETRY_AFTER_FLOOR:
        return replace(bucket, wary_until=known_from)
    least = max(1, bucket.limits.calls // _LEARNED_FLOOR)
    return replace(bucket, learned=max(least, min(len(passed), bucket.allowed(now))), learned_at=now)


def heard(bucket: Bucket, *, frozen_until: float, learned: int | None, learned_at: float) -> Bucket:
    """Learn what another replica has learned from a 429."""
    bucket = replace(bucket, frozen_until=max(bucket.frozen_until, frozen_until))
    if learned is None or learned_at <= bucket.learned_at:
        return bucket
    return replace(bucket, learned=learned, learned_at=learned_at)


def began(bucket: Bucket, now: float) -> Bucket:
    """Note that a stream has its first text. A burst whose streams must have ended tells how big bursts are here."""
    starts, seen = bucket.starts, bucket.seen
    if starts and now - starts[-1] > max(bucket.lasting, bucket.limits.horizon):
        seen = (*seen, len(starts))[-SEEN:]
        starts = ()
    starts = (*(at for at in starts if at > now - bucket.limits.window), now)
    gone = bucket.starts[: len(bucket.starts) + 1 - len(starts)]
    before = bucket.rate(now) + sum(math.exp((at - now) / _LATELY) for at in gone) / _LATELY
    return replace(bucket, starts=starts, seen=seen, before=before, before_at=now)


def ended(bucket: Bucket, stream: Stream, now: float) -> Bucket:
    """Learn how long streams usually go on."""
    lasted = now - stream.began
    usual = lasted if bucket.usual is None else bucket.usual + _MEMORY * (lasted - bucket.usual)
    return replace(bucket, usual=usual)

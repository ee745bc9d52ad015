"""Kills processes at random moments and at those that hurt most, and measures how long the texts take to recover."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from bot.sandbox import Entry, Message, Sandbox
from tests.integration.chaos.bases import Base
from tests.integration.chaos.front import Front
from tests.integration.chaos.replicas import ReplicaProcess
from tests.integration.chaos.witness import Open, Witness, is_final, key_of

TRAP: Final = 3.0
"""How long a moment is waited for; then the kill comes anyway."""
IN_FLIGHT: Final = 0.7
"""How long after its death a process's last calls may still reach Slack, in seconds; none restarts sooner."""
LEFT_ALONE: Final = 30.0
"""How long texts that a kill broke off may take; beyond it they count with this time, and are judged in the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """One text that a kill broke off: seconds until its last word."""

    key: str
    from_kill: float
    from_ready: float
    text: str


@dataclass(slots=True)
class Killer:
    """Kills one replica after the other and has it started again."""

    slack: Sandbox
    witness: Witness
    front: Front
    base: Base
    replicas: Sequence[ReplicaProcess]
    pause: Callable[[float], Awaitable[None]]
    dice: random.Random
    left_alone: float = LEFT_ALONE
    recoveries: list[Recovered] = field(default_factory=list)
    moments: Counter[str] = field(default_factory=Counter)
    caught: int = 0
    """Texts that were being written when a kill came."""
    returns: list[float] = field(default_factory=list)
    """Seconds from each return of Slack until the last word of what it found unfinished."""
    _struck: asyncio.Event = field(default_factory=asyncio.Event)
    _fallen: ReplicaProcess | None = None

    async def kill(self) -> None:
        """Kill a replica at some moment, start it again, and mostly leave it alone until it has made good."""
        victim = self.dice.choice(self.replicas)
        moment = self.dice.choice(MOMENTS)
        victim = await self._at(moment, victim)
        killed = time.monotonic()
        self.moments[moment] += 1
        await self._mourn(victim)
        broken = self.witness.unfinished()
        self.caught += len(broken)
        await victim.spawn()
        if self.dice.random() < 0.1:  # before it is ready, again
            await self.pause(self.dice.uniform(0.2, 1.5))
            victim.kill()
            self.moments["while starting"] += 1
            await self._mourn(victim)
            await victim.spawn()
        await victim.ready()
        if self.dice.random() < 0.75:
            await self._recovered(broken, killed, victim.ready_at)

    async def outage(self, seconds: float) -> None:
        """Take Slack away, and measure how soon after its return everything has its last word."""
        self.slack.outage(status=self.dice.choice((0, 503)))
        await self.pause(seconds)
        self.slack.recover()
        returned = time.monotonic()
        broken = self.witness.unfinished()
        self.moments["outages"] += 1
        with suppress(TimeoutError):
            async with asyncio.timeout(2 * self.left_alone):
                while any(one.final_at is None for one in broken):
                    await self.slack.record.changed()
        self.returns += [(one.final_at or time.monotonic()) - returned for one in broken]

    async def _mourn(self, victim: ReplicaProcess) -> None:
        """Wait for the end of a process, and note what it had not stored the end of."""
        await victim.ended()
        loop = asyncio.get_running_loop()
        for key in await self.base.unsettled():
            self.witness.cut_off(key)
            loop.call_later(IN_FLIGHT, self.witness.cut_off, key)

    async def _recovered(self, broken: Sequence[Open], killed: float, ready: float) -> None:
        try:
            async with asyncio.timeout(self.left_alone):
                while any(one.final_at is None for one in broken):
                    await self.slack.record.changed()
        except TimeoutError:
            pass
        for one in broken:
            end = one.final_at or time.monotonic()
            message = self.witness.message(one.key)
            self.recoveries.append(
                Recovered(
                    key=one.key,
                    from_kill=end - killed,
                    from_ready=end - ready,
                    text=message.text_view() if message is not None else "",
                )
            )

    async def _at(self, moment: str, victim: ReplicaProcess) -> ReplicaProcess:
        """Wait for a moment, and kill in the very callback that tells of it. Return who was killed.

        A delivery tells which replica has it. Of what Slack sees nobody knows which replica did it.
        """
        if moment == "at random":
            await self.pause(self.dice.uniform(0.0, 1.5))
            victim.kill()
            return victim
        self._struck = asyncio.Event()
        disarm = self._arm(moment, victim)
        try:
            async with asyncio.timeout(TRAP):
                await self._struck.wait()
        except TimeoutError:
            self.moments[f"not met: {moment}"] += 1
        finally:
            disarm()
            self._fallen = self._fallen or victim  # who is struck later than this is let off
            self._fallen.kill()
        return self._fallen

    def _arm(self, moment: str, victim: ReplicaProcess) -> Callable[[], None]:
        self._fallen = None

        def strike(replica: ReplicaProcess = victim) -> None:
            if self._fallen is None:
                self._fallen = replica
                self._struck.set()
                replica.kill()

        if moment == "while a delivery is handled":
            delay = self.dice.uniform(0.0, 0.05)

            def strike_later(replica: ReplicaProcess) -> None:
                asyncio.get_running_loop().call_later(delay, strike, replica)

            self.front.handed_over = strike_later
            return lambda: setattr(self.front, "handed_over", None)
        if moment == "before Slack hears the answer":
            self.front.answered = strike
            return lambda: setattr(self.front, "answered", None)
        trap = _TRAPS[moment]
        if moment == "before an edit is made":
            self.slack.faults.reset("chat.update")
        return self.slack.subscribe(lambda entry: strike() if trap(entry) else None)


def _posted(kind: str) -> Callable[[Entry], bool]:
    return lambda entry: (
        entry.kind == "message"
        and entry.name == "posted"
        and isinstance(entry.subject, Message)
        and key_of(entry.subject).startswith(kind)
    )


def _edited(kind: str, *, final: bool) -> Callable[[Entry], bool]:
    return lambda entry: (
        entry.kind == "message"
        and entry.name == "edited"
        and isinstance(entry.subject, Message)
        and key_of(entry.subject).startswith(kind)
        and is_final(entry.subject) is final
    )


_TRAPS: Final[dict[str, Callable[[Entry], bool]]] = {
    "after a reply is posted": _posted("reply:"),
    "after a card is posted": _posted("card:"),
    "after a lane is posted": _posted("lane:"),
    "after the notes are posted": _posted("notes:"),
    "after an announcement is posted": _posted("announce:"),
    "after the notes are posted to the team": _posted("post:"),
    "after a lane is deleted": lambda entry: entry.kind == "message" and entry.name == "deleted",
    "amid a reply": _edited("reply:", final=False),
    "amid the notes": _edited("notes:", final=False),
    "after a reply's last word": _edited("reply:", final=True),
    "after the notes' last word": _edited("notes:", final=True),
    "before an edit is made": lambda entry: entry.kind == "call" and bool((entry.data.get("fault") or {}).get("reset")),
    "after Home is published": lambda entry: entry.kind == "call" and entry.name == "views.publish",
}
MOMENTS: Final = (
    "at random",
    "at random",
    "at random",
    "at random",
    *_TRAPS,
    "while a delivery is handled",
    "while a delivery is handled",
    "before Slack hears the answer",
)

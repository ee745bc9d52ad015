"""How long it takes from concluding to the card that reads Resolved, and how fast every interaction is answered."""

import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from benchmarks.common import Figure, run, spread
from benchmarks.desk import AppDesk, desk
from bot.domain.ids import DeliveryId
from bot.domain.sessions import Author, TurnState
from bot.sandbox import Entry, Message, Person, Sandbox
from bot.storage import inbox
from bot.storage.tables import turns

SHORT: Final = 10
LONG: Final = 2_000
GROUP: Final = "S0ENG"
PARAGRAPH: Final = "The spooler on the print server stopped again after a minute, and event 372 was logged. " * 4

Act = Callable[[Person, Message], Awaitable[Callable[[], Awaitable[Any]]]]
"""Gets everything ready and returns the act that is timed."""


async def by_modal(person: Person, card: Message) -> Callable[[], Awaitable[Any]]:
    """Fill in the modal *Conclude session*. Its submit is timed."""
    await person.click(card, "Conclude")
    await person.choose("Outcome", "Resolved")
    return person.submit


async def by_command(person: Person, card: Message) -> Callable[[], Awaitable[Any]]:
    """Time `/resolve`."""
    return lambda: person.command(card.channel, "/resolve")


async def measure(quick: bool) -> list[Figure]:
    """Resolve many sessions, one after the other, in each of the ways in turn."""
    count = 25 if quick else 100
    names = [f"Engineer {number}" for number in range(count)]
    modal: list[float] = []
    command: list[float] = []
    long: list[float] = []
    ways: tuple[tuple[Act, int, list[float]], ...] = (
        (by_modal, SHORT, modal),
        (by_command, SHORT, command),
        (by_modal, LONG, long),
    )
    async with desk("Warm Up", *names) as at_work:
        for act, length, _ in ways:
            await resolve(at_work, at_work.slack.person("Warm Up"), act, length)
        for name in names:
            for act, length, times in ways:
                times.append(await resolve(at_work, at_work.slack.person(name), act, length))
        stored = [await store(at_work) for _ in range(2 * count)]
        acks = [float(d.data["latency"]) for d in at_work.slack.record.deliveries() if _interaction(d)]
        assert all(d.data["ok"] for d in at_work.slack.record.deliveries())
    return [*_figures(modal, command, long, acks, stored), *await cold(4 if quick else 12)]


async def cold(count: int) -> list[Figure]:
    """Resolve within Slack's limits, each time by somebody whom the app has never looked up, nor their user group."""
    names = [f"Newcomer {number}" for number in range(count)]
    async with desk(*names, limited=True, tasklane_engineers=GROUP) as at_work:
        at_work.slack.add_group(GROUP, *names)
        times = [await resolve(at_work, at_work.slack.person(name), by_command, SHORT) for name in names]
        looked_up = len({str(call.data["args"]["user"]) for call in at_work.slack.record.calls("users.info")})
        refused = len([call for call in at_work.slack.record.calls() if call.data.get("status") == 429])
    return [
        *spread("cold, within Slack's limits: /resolve → Resolved", times, p99=1_000),
        Figure(what="people looked up on the way", value=looked_up, unit="", at_least=count),
        Figure(what="calls that waited for their rate", value=refused, unit=""),
    ]


def _figures(
    modal: Sequence[float],
    command: Sequence[float],
    long: Sequence[float],
    acks: Sequence[float],
    stored: Sequence[float],
) -> list[Figure]:
    ratio = statistics.median(long) / statistics.median(modal)
    return [
        *spread(f"modal → Resolved ({SHORT} turns)", modal, p50=60, p99=200),
        *spread(f"/resolve → Resolved ({SHORT} turns)", command, p50=60, p99=200),
        *spread(f"modal → Resolved ({LONG:,} turns)", long),
        Figure(what=f"p50 with {LONG:,} turns / with {SHORT}", value=ratio, unit="×", at_most=1.2),
        *spread("interaction → ack", acks, p99=50),
        Figure(what="one row stored, p50: the machine's own pace", value=statistics.median(stored) * 1000),
        Figure(what="modal → Resolved / one row", value=statistics.median(modal) / statistics.median(stored), unit="×"),
    ]


def _interaction(delivery: Entry) -> bool:
    return delivery.data["type"] in ("interactive", "slash_commands")


async def resolve(at_work: AppDesk, person: Person, act: Act, length: int) -> float:
    """Start a session, make it that long, resolve it, and return the seconds until its card says so."""
    card = await at_work.start(person)
    await lengthen(at_work, length)
    ready = await act(person, card)
    seconds = await until_resolved(at_work.slack, card, ready)
    await at_work.quiet()  # the notes are written, so that the next sample has the app to itself
    return seconds


async def until_resolved(slack: Sandbox, card: Message, act: Callable[[], Awaitable[Any]]) -> float:
    """Act, and return the seconds until the card reads Resolved."""
    seen: list[float] = []

    def look(entry: Entry) -> None:
        if entry.kind == "message" and entry.subject is card and card.text.endswith("— Resolved"):
            seen.append(time.perf_counter())

    unsubscribe = slack.subscribe(look)
    started = time.perf_counter()
    await act()
    await slack.until(lambda: seen)
    unsubscribe()
    return seen[0] - started


async def store(at_work: AppDesk) -> float:
    """Store one row in a transaction of its own, and return the seconds: what everything else is made of."""
    started = time.perf_counter()
    async with at_work.app.database.write(at_work.tenant) as uow:
        delivery = DeliveryId(f"bench-{started}")
        await inbox.first_time(uow, delivery, time.time())
    return time.perf_counter() - started


async def lengthen(at_work: AppDesk, length: int) -> None:
    """Fill the newest session up to a number of turns, straight in the database."""
    async with at_work.app.database.write(at_work.tenant) as uow:
        newest = (await uow.execute(turns.select().order_by(turns.c.at.desc(), turns.c.seq.desc()).limit(1))).one()
        added = [
            {
                "id": f"{newest.session_id}-{seq}",
                "team_id": newest.team_id,
                "session_id": newest.session_id,
                "seq": seq,
                "author": Author.ASSISTANT if seq % 2 == 0 else Author.MEMBER,
                "user_id": None,
                "text": PARAGRAPH,
                "state": TurnState.DONE,
                "at": newest.at,
            }
            for seq in range(newest.seq + 1, length + 1)
        ]
        await uow.execute(turns.insert(), added)


if __name__ == "__main__":
    run("Concluding", measure)

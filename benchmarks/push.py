"""How long it takes from confirming a push to `Pushed`, and how many requests a ticket system gets at once."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.common import Figure, run, spread
from benchmarks.support import sqlite
from benchmarks.support.app import MANIFEST, settings_for
from bot.app import Tasklane
from bot.domain.pacing.window import Limits
from bot.sandbox import Message, Person, Sandbox
from bot.sandbox.sandbox import Member, Room
from bot.sandbox.tickets.connectwise import FakeConnectWise
from bot.sandbox.tickets.desk import Desk as TicketDesk
from bot.sandbox.tickets.records import DeskPerson
from bot.sandbox.tickets.server import TicketServer

CHANNEL: Final = "help-desk"
LATENCY: Final = 0.05
"""Seconds that the ticket system takes for an answer."""
AT_ONCE: Final = 20
_PLENTY: Final = Limits(calls=100_000, reserve=0, gap=0.0, horizon=0.0)
_SCRIPT: Final = """
pace: {first: 0, every: 0, chars: 400}
replies: [{prose: Hm., title: Nobody can print, summary: Nobody can print.}]
notes: [{text: "## Problem Summary\\n\\nNo print\\n\\n## Steps Taken\\n\\n- Looked\\n\\n## Resolution\\n\\nFixed"}]
"""


@asynccontextmanager
async def pushing(names: list[str]) -> AsyncIterator[tuple[Sandbox, TicketServer]]:
    """Run the app with a ticket system that takes its time."""
    slack = Sandbox(
        manifest=MANIFEST,
        limits="off",
        users=[Member(name=name) for name in names],
        channels=[Room(name=CHANNEL)],
    )
    with TemporaryDirectory() as folder:
        (Path(folder) / "script.yaml").write_text(_SCRIPT)
        async with slack:
            people = [
                DeskPerson(id=number, name=name, email=slack.person(name).user.email)
                for number, name in enumerate(names, start=21)
            ]
            desk = TicketDesk(wall=time.time, people=people)
            async with FakeConnectWise(desk, sleep=asyncio.sleep, latency=LATENCY) as server:
                sqlite.prepare(Path(folder) / "tasklane.db")
                settings = settings_for(
                    slack,
                    Path(folder) / "tasklane.db",
                    tasklane_script=Path(folder) / "script.yaml",
                    tasklane_secret_key="a key for a benchmark",  # noqa: S106
                    tasklane_allow_private_hosts=True,
                    log_level="ERROR",
                )
                app = await Tasklane.start(settings, limits=_PLENTY)
                try:
                    await app.services.connections.preset(app.identity.tenant, server.title, server.inputs)
                    slack.deliver_to(f"http://127.0.0.1:{app.port}/slack/events")
                    yield slack, server
                finally:
                    await app.stop(grace=0.5)


async def resolved(slack: Sandbox, person: Person) -> Message:
    """Resolve a session on a ticket, and return its notes."""
    channel = slack.channel(CHANNEL)
    before = len(channel.messages)
    await person.command(channel, "/troubleshoot #4411 Nobody can print")
    (card,) = await slack.until(lambda: channel.messages[before:])
    await slack.until(lambda: "Conclude" in card.text_view() and "Hm." in "".join(m.text for m in card.replies))
    await person.click(card, "Conclude")
    await person.submit()
    return await slack.until(
        lambda: next((m for m in card.replies if "[Push to ticket]" in m.text_view()), None), timeout=30.0
    )


async def confirmed(person: Person, notes: Message) -> float:
    """Fill in the modal *Push to ticket*, all but its submit, and return the seconds until it was open."""
    begun = time.perf_counter()
    await person.click(notes, "Push to ticket")
    opened = time.perf_counter() - begun
    await person.type("Minutes", "5")
    return opened


async def timed(slack: Sandbox, person: Person, notes: Message) -> float:
    """Push, and return the seconds until the notes say so."""
    begun = time.perf_counter()
    await person.submit()
    await slack.until(lambda: "Pushed to #4411" in notes.text_view(), timeout=60.0)
    return time.perf_counter() - begun


async def measure(quick: bool) -> list[Figure]:
    """Push one after the other, then many at once."""
    names = [f"Engineer {number}" for number in range(AT_ONCE)]
    async with pushing(names) as (slack, server):
        people = [slack.person(name) for name in names]
        opened, times = [], []
        for person in people[: 5 if quick else 20]:
            notes = await resolved(slack, person)
            opened.append(await confirmed(person, notes))
            times.append(await timed(slack, person, notes))
        crowd = [(person, await resolved(slack, person)) for person in people]
        for person, notes in crowd:
            await confirmed(person, notes)
        server.most_in_flight = 0
        together = await asyncio.gather(*(timed(slack, person, notes) for person, notes in crowd))
        most = server.most_in_flight
    return [
        *spread("Push to ticket to the open modal", opened, p50=150.0),
        *spread("push to Pushed, one at a time", times, p50=300.0),
        *spread(f"push to Pushed, {AT_ONCE} at once", together),
        Figure(what="requests in flight at once", value=most, unit="", at_most=2),
    ]


if __name__ == "__main__":
    run("Push to ticket", measure)

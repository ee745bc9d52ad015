"""A ticket system in a scenario: a fake one that runs, and the few words that connecting to it is written in."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.psa.choose import INPUTS, System
from bot.sandbox import Message
from bot.sandbox.tickets.connectwise import FakeConnectWise
from bot.sandbox.tickets.desk import Desk
from bot.sandbox.tickets.records import DeskPerson, DeskTicket
from bot.sandbox.tickets.server import TicketServer
from tests.scenario.stage import Stage, playing

SECRET_KEY = "a long text that nobody guesses"


class Service:
    """The stage, with a ticket system beside it."""

    def __init__(self, stage: Stage, server: TicketServer) -> None:
        self.stage = stage
        self.server = server

    def ticket(self, number: int = 4411) -> DeskTicket:
        """Return a ticket as the ticket system has it."""
        return self.server.desk.tickets[number]

    async def open_system(self) -> None:
        """Have Dana, who is an admin, open the modal of the ticket system."""
        dana = self.stage.dana
        await dana.open_home()
        await self.stage.quiet()
        assert (await dana.click(dana.home, "Ticket system")).ok

    async def enter(self, system: System = System.CONNECTWISE) -> None:
        """Have Dana choose the system and enter what connects to it."""
        await self.stage.dana.choose("System", system.value)
        for entry in INPUTS[system]:
            if entry.key in self.server.inputs:
                await self.stage.dana.type(entry.label, self.server.inputs[entry.key])

    async def connect(self) -> None:
        """Have Dana connect the ticket system."""
        await self.open_system()
        await self.enter()
        ack = await self.stage.dana.submit()
        assert ack.ok, ack
        assert not self.stage.dana.errors
        await self.stage.quiet()

    async def resolved(self, problem: str = "#4411 Nobody in Accounting can print") -> Message:
        """Have Ana work a session on a ticket to its end, and return the notes."""
        root = await self.stage.start(problem=problem)
        await self.stage.conclude(root, notes="Put the old driver back")
        await self.stage.quiet()
        return self.stage.notes(root)

    async def push(self, notes: Message, **more: str) -> None:
        """Have Ana push the notes. `more` are choices by label, `_` for a space."""
        assert (await self.stage.ana.click(notes, "Push to ticket")).ok
        for label, choice in more.items():
            await self.stage.ana.choose(label.replace("_", " "), choice)
        ack = await self.stage.ana.submit()
        assert ack.ok, ack


def _as_in_slack(one: DeskPerson, stage: Stage) -> DeskPerson:
    """Give a person of the ticket system the address that Slack has of them."""
    known = stage.slack.people.get(one.name.split()[0])
    return replace(one, email=known.user.email) if known is not None else one


async def _at_once(_seconds: float) -> None:
    """Answer at once."""


@asynccontextmanager
async def service(folder: Path, kind: type[TicketServer] = FakeConnectWise, **more: Any) -> AsyncIterator[Service]:
    """Run the app, and a ticket system that nobody has connected yet."""
    settings = {"tasklane_secret_key": SECRET_KEY, "tasklane_allow_private_hosts": True, **more}
    async with kind(Desk(wall=time.time), sleep=_at_once) as server, playing(folder, **settings) as stage:
        server.desk.people = {one.id: _as_in_slack(one, stage) for one in server.desk.people.values()}
        yield Service(stage, server)

"""Each ticket system with its fake: how to reach it, how to name its tickets, and what its secrets are."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import aiohttp
from jsonschema import Draft202012Validator

from bot.psa.choose import System, build
from bot.psa.destination import Destination
from bot.psa.values import (
    Attachment,
    MemberRef,
    NoteDraft,
    Receipt,
    StatusChange,
    Ticket,
    TicketDraft,
    TimeEntry,
    marker_of,
)
from bot.sandbox.tickets.alga import FakeAlga
from bot.sandbox.tickets.alga_rows import BOARD, CLIENT, STATUS, TICKET, uuid_of
from bot.sandbox.tickets.autotask import FakeAutotask
from bot.sandbox.tickets.connectwise import FakeConnectWise
from bot.sandbox.tickets.desk import Desk
from bot.sandbox.tickets.halopsa import FakeHalo
from bot.sandbox.tickets.server import TicketServer
from bot.sandbox.tickets.webhook import SECRET, WebhookReceiver

NOON: Final = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
STARTED: Final = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
CONTENT: Final = "Reinstalled the spooler for Pat, word-that-must-stay-inside."
STEPS: Final = ("note", "time", "status", "attachment", "create")


@dataclass
class Wall:
    """A clock that tests move."""

    now: float = NOON.timestamp()

    def __call__(self) -> float:
        return self.now


@dataclass
class Gate:
    """A sleep that lasts until the test opens it."""

    opened: asyncio.Event = field(default_factory=asyncio.Event)

    async def sleep(self, seconds: float) -> None:
        await self.opened.wait()


FAKES: Final[Mapping[System, type[TicketServer]]] = {
    System.WEBHOOK: WebhookReceiver,
    System.CONNECTWISE: FakeConnectWise,
    System.HALO: FakeHalo,
    System.AUTOTASK: FakeAutotask,
    System.ALGA: FakeAlga,
}


SECRETS: Final = (
    FakeConnectWise.private_key,
    FakeHalo.client_secret,
    FakeAutotask.secret,
    FakeAutotask.integration_code,
    FakeAlga.key,
    SECRET,
    "halo-token",
)


@dataclass
class TicketBench:
    """A destination and its fake."""

    system: System
    server: Any
    desk: Desk
    wall: Wall
    gate: Gate
    destination: Destination
    session: aiohttp.ClientSession

    @property
    def looks(self) -> bool:
        """Whether the system can be asked anything."""
        return self.system is not System.WEBHOOK

    def remake(self, **changed: str) -> Destination:
        """Make another destination for the fake, with other values entered."""
        return destination_for(self.system, self.server, self.session, self.wall, changed=changed)

    def number(self, ticket: int = 4411) -> str:
        """What people call a ticket of the desk."""
        return {System.AUTOTASK: "T", System.ALGA: "TIC"}.get(self.system, "") + str(ticket)

    def ticket_id(self, ticket: int = 4411) -> str:
        """The id of a ticket of the desk in the API."""
        return uuid_of(TICKET, ticket) if self.system is System.ALGA else str(ticket)

    def status_id(self, status: int) -> str:
        """The id of a status of the desk in the API."""
        if self.system is System.WEBHOOK:
            return {2: "in_progress", 3: "waiting", 4: "resolved", 9: "closed"}[status]
        return uuid_of(STATUS, status) if self.system is System.ALGA else str(status)

    async def member(self, email: str = "ana@example.com") -> MemberRef:
        """The engineer."""
        member = await self.destination.find_member(email)
        assert member is not None
        return member

    async def own_the_key(self) -> None:
        """Let the destination learn whose key it has, where that decides who may log time."""
        if self.system is System.ALGA:
            await self.destination.add_note(self.ticket_id(4412), note(key="learn"))


def destination_for(
    system: System,
    server: TicketServer,
    session: aiohttp.ClientSession,
    wall: Wall,
    *,
    changed: Mapping[str, str] = {},
    write_seconds: float = 30.0,
) -> Destination:
    return build(
        system,
        {**server.inputs, "zone_url": "", **changed},
        session=session,
        wall=wall,
        allow_private=True,
        autotask_zones=f"{server.url}/atservicesrest/v1.0/zoneInformation",
        write_seconds=write_seconds,
    )


def note(markdown: str = CONTENT, *, key: str = "note", **changed: Any) -> NoteDraft:
    return replace(NoteDraft(markdown=markdown, marker=marker_of(key)), **changed)


async def time(bench: TicketBench, **changed: Any) -> TimeEntry:
    member = changed.pop("member", None) or await bench.member()
    entry = TimeEntry(started=STARTED, minutes=32, text="Troubleshooting", member=member, marker=marker_of("time"))
    return replace(entry, **changed)


def file(**changed: Any) -> Attachment:
    one = Attachment(
        name="screen.png", content_type="image/png", data=b"\x89PNG\r\n\x1a\nabc", marker=marker_of("file")
    )
    return replace(one, **changed)


def draft(bench: TicketBench) -> TicketDraft:
    alga = bench.system is System.ALGA
    return TicketDraft(
        title="Scanner shows E-12",
        markdown="It began today.",
        client_id=uuid_of(CLIENT, 11) if alga else "11",
        board_id=uuid_of(BOARD, 1) if alga else "1",
        marker=marker_of("create"),
    )


@dataclass
class Doing:
    """A step, how it is looked for, and how often the desk has it."""

    do: Callable[[], Awaitable[Receipt | Ticket]]
    find: Callable[[], Awaitable[Receipt | Ticket | None]]
    count: Callable[[], int]


async def doing(bench: TicketBench, step: str, ticket: int = 4411) -> Doing:
    """Prepare a step on a ticket."""
    to, ticket_id, desk = bench.destination, bench.ticket_id(ticket), bench.desk
    match step:
        case "note":
            one = note()
            return Doing(
                lambda: to.add_note(ticket_id, one), lambda: to.find_note(ticket_id, one), lambda: _notes(desk, one)
            )
        case "time":
            await bench.own_the_key()
            entry = await time(bench)
            return Doing(
                lambda: to.log_time(ticket_id, entry),
                lambda: to.find_time(ticket_id, entry),
                lambda: len(desk.tickets[ticket].times),
            )
        case "status":
            change = StatusChange(status_id=bench.status_id(4), marker=marker_of("status"))
            return Doing(
                lambda: to.set_status(ticket_id, change),
                lambda: to.find_status(ticket_id, change),
                lambda: int(desk.tickets[ticket].status == 4),
            )
        case "attachment":
            return Doing(
                lambda: to.attach(ticket_id, file()),
                lambda: to.find_attachment(ticket_id, file()),
                lambda: len(desk.tickets[ticket].files),
            )
        case "create":
            made = draft(bench)
            return Doing(
                lambda: to.create_ticket(made),
                lambda: to.find_created(made),
                lambda: sum(one.summary == made.title for one in desk.tickets.values()),
            )
    raise AssertionError(step)


def _notes(desk: Desk, one: NoteDraft) -> int:
    written = [n for ticket in desk.tickets.values() for n in ticket.notes]
    return sum(one.marker in f"{n.text}{n.extra}" for n in written)


@cache
def schemas(system: System) -> Mapping[str, Any]:
    """The published schemas of what is sent, by step. Empty where nothing is published."""
    name = {System.CONNECTWISE: "connectwise", System.HALO: "halopsa", System.ALGA: "alga"}.get(system)
    if name is None:
        return {}
    loaded: Mapping[str, Any] = json.loads((Path(__file__).parent / "schemas" / f"{name}.json").read_text("utf-8"))
    return loaded


def faults_of(system: System, step: str, body: Any) -> list[str]:
    """Say what the published schema has against a body."""
    validator = Draft202012Validator(schemas(system)[step], format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.validator}" for error in validator.iter_errors(body)]

"""The desk behind every fake ticket system: clients, people, tickets and what is written on them."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from bot.sandbox.tickets.records import (
    BOARDS,
    CLIENTS,
    PEOPLE,
    STATUSES,
    TICKETS,
    DeskFile,
    DeskNote,
    DeskPerson,
    DeskRefuses,
    DeskTicket,
    DeskTime,
)


class Desk:
    """Keeps everything, and counts a version that a page can wait for."""

    most_note = 1_000_000
    most_file = 50_000_000

    def __init__(self, *, wall: Callable[[], float], people: Sequence[DeskPerson] = PEOPLE) -> None:
        self.wall = wall
        self.version = 0
        self.written = asyncio.Event()
        """Set as soon as something was written since it was cleared."""
        self.people = {person.id: person for person in people}
        self.clients = {client.id: client for client in CLIENTS}
        self.statuses = {status.id: status for status in STATUSES}
        self.boards = dict(BOARDS)
        self.tickets: dict[int, DeskTicket] = {}
        self.closed_until: datetime | None = None
        """Up to when time periods are closed."""
        self._last = 100
        for number, summary, client, status in TICKETS:
            self.tickets[number] = DeskTicket(
                id=number, number=str(number), summary=summary, client=client, status=status
            )
        self.add_note(4411, "The user says it began this morning.", form="text", author=21, internal=True)
        self.written.clear()

    @property
    def now(self) -> datetime:
        """The time of the desk's clock."""
        return datetime.fromtimestamp(self.wall(), UTC)

    def ticket(self, ticket_id: int) -> DeskTicket:
        """Return a ticket."""
        if ticket_id not in self.tickets:
            raise DeskRefuses("missing", "ticket")
        return self.tickets[ticket_id]

    def person_named(self, person_id: int) -> str:
        """Return a person's name. The API's own user has none of its own."""
        return self.people[person_id].name if person_id in self.people else "API"

    def worker(self, person_id: int) -> DeskPerson:
        """Return a person who may work on tickets."""
        person = self.people.get(person_id)
        if person is None:
            raise DeskRefuses("invalid", "member")
        if not person.active:
            raise DeskRefuses("inactive", "member")
        return person

    def add_note(
        self,
        ticket_id: int,
        text: str,
        *,
        form: Literal["text", "html", "blocks"],
        internal: bool,
        author: int = 0,
        length: int | None = None,
        mailed: bool = False,
        **extra: Any,
    ) -> DeskNote:
        """Write a note."""
        ticket = self.open_ticket(ticket_id)
        if not text.strip():
            raise DeskRefuses("invalid", "text")
        if (len(text) if length is None else length) > self.most_note:
            raise DeskRefuses("too_long", "text")
        if author:
            self.worker(author)
        note = DeskNote(
            id=self._next(), text=text, form=form, internal=internal, author=self.person_named(author),
            author_id=author, at=self.now, mailed=mailed, extra=extra,
        )  # fmt: skip
        ticket.notes.append(note)
        return note

    def add_time(
        self,
        ticket_id: int,
        *,
        person: int,
        started: datetime | None,
        ended: datetime | None,
        hours: float,
        text: str = "",
        internal_text: str = "",
        billable: bool | None = None,
        mailed: bool = False,
        may_overlap: bool = True,
    ) -> DeskTime:
        """Log time."""
        ticket = self.open_ticket(ticket_id)
        self.worker(person)
        if not self.statuses[ticket.status].takes_time:
            raise DeskRefuses("no_time", "status")
        if self.closed_until is not None and (started or self.now) < self.closed_until:
            raise DeskRefuses("period", "timeStart")
        if not may_overlap and started is not None and ended is not None and self._overlaps(person, started, ended):
            raise DeskRefuses("overlap")
        time = DeskTime(
            id=self._next(), ticket=ticket_id, person=person, started=started, ended=ended, hours=hours, text=text,
            internal_text=internal_text, billable=billable, mailed=mailed,
        )  # fmt: skip
        ticket.times.append(time)
        return time

    def set_status(self, ticket_id: int, status_id: int) -> DeskTicket:
        """Give a ticket a status."""
        ticket = self.ticket(ticket_id)
        if status_id not in self.statuses:
            raise DeskRefuses("status", "status")
        ticket.status = status_id
        self._changed()
        return ticket

    def add_file(
        self, ticket_id: int, *, name: str, title: str, content_type: str, data: bytes, internal: bool
    ) -> DeskFile:
        """Attach a file."""
        ticket = self.open_ticket(ticket_id)
        if len(data) > self.most_file or name.lower().endswith(".exe"):
            raise DeskRefuses("file", "file")
        file = DeskFile(
            id=self._next(), name=name, title=title, content_type=content_type, data=data, internal=internal
        )
        ticket.files.append(file)
        return file

    def add_ticket(
        self, *, summary: str, client: int, board: int, text: str = "", reference: str = "", status: int = 1
    ) -> DeskTicket:
        """Create a ticket."""
        if client not in self.clients:
            raise DeskRefuses("invalid", "company")
        if board not in self.boards:
            raise DeskRefuses("invalid", "board")
        if not summary.strip():
            raise DeskRefuses("invalid", "summary")
        number = max(self.tickets) + 1
        self._changed()
        ticket = DeskTicket(
            id=number, number=str(number), summary=summary, client=client, board=board, status=status, text=text,
            reference=reference,
        )  # fmt: skip
        self.tickets[number] = ticket
        return ticket

    def open_ticket(self, ticket_id: int) -> DeskTicket:
        """Return a ticket that takes notes, time and files."""
        ticket = self.ticket(ticket_id)
        if self.statuses[ticket.status].closed:
            raise DeskRefuses("closed", "ticket")
        return ticket

    def times_of(self, person: int) -> list[DeskTime]:
        """List all time of a person."""
        return [time for ticket in self.tickets.values() for time in ticket.times if time.person == person]

    def _overlaps(self, person: int, started: datetime, ended: datetime) -> bool:
        return any(
            time.started is not None and time.ended is not None and time.started < ended and started < time.ended
            for time in self.times_of(person)
        )

    def _next(self) -> int:
        self._last += 1
        self._changed()
        return self._last

    def _changed(self) -> None:
        self.version += 1
        self.written.set()

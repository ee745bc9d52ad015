"""What the app asks of a ticket system, whoever makes it.

A push is a row of steps: each part of the note, the time, the status and each attachment. Every step carries a
marker. Before a step is done a second time, `find_…` looks for what the first time may have left.
"""

from collections.abc import Sequence
from typing import Protocol

from bot.psa.values import (
    Attachment,
    Capabilities,
    Choice,
    MemberRef,
    NoteDraft,
    Receipt,
    StatusChange,
    TestReport,
    Ticket,
    TicketDraft,
    TicketStatus,
    TimeEntry,
)


class Destination(Protocol):
    """A ticket system. Its faults are `bot.psa.faults.TicketSystemFault` subclasses and nothing else.

    `find_…` returns None when the step left nothing. A destination whose recovery is REPEAT finds nothing ever.
    """

    @property
    def name(self) -> str:
        """What people call the ticket system."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        ...

    async def check(self) -> TestReport:
        """Try the connection without writing anything, and say what works and which rights are missing."""
        ...

    async def find_ticket(self, number: str, *, with_notes: bool = True) -> Ticket:
        """Return the ticket that people call by this number."""
        ...

    async def statuses(self, ticket: Ticket) -> Sequence[TicketStatus]:
        """List the statuses that a ticket can be given."""
        ...

    async def find_member(self, email: str) -> MemberRef | None:
        """Return the person with an e-mail address, active or not."""
        ...

    async def clients(self, query: str) -> Sequence[Choice]:
        """List the clients whose name holds a text."""
        ...

    async def boards(self) -> Sequence[Choice]:
        """List where a ticket can be created: boards, queues or ticket types."""
        ...

    def parts(self, note: NoteDraft) -> Sequence[NoteDraft]:
        """Split a note into parts that fit, each with a marker of its own. A short note stays one."""
        ...

    async def add_note(self, ticket_id: str, note: NoteDraft) -> Receipt:
        """Write one part of a note."""
        ...

    async def find_note(self, ticket_id: str, note: NoteDraft) -> Receipt | None:
        """Look for the note by its marker."""
        ...

    async def log_time(self, ticket_id: str, time: TimeEntry) -> Receipt:
        """Log time on a ticket."""
        ...

    async def find_time(self, ticket_id: str, time: TimeEntry) -> Receipt | None:
        """Look for the time by its marker."""
        ...

    async def set_status(self, ticket_id: str, change: StatusChange) -> Receipt:
        """Give a ticket a status. Done twice it changes nothing."""
        ...

    async def find_status(self, ticket_id: str, change: StatusChange) -> Receipt | None:
        """Tell whether the ticket has the status now."""
        ...

    async def attach(self, ticket_id: str, file: Attachment) -> Receipt:
        """Attach a file to a ticket."""
        ...

    async def find_attachment(self, ticket_id: str, file: Attachment) -> Receipt | None:
        """Look for the file by its marker."""
        ...

    async def create_ticket(self, draft: TicketDraft) -> Ticket:
        """Create a ticket."""
        ...

    async def find_created(self, draft: TicketDraft) -> Ticket | None:
        """Look for the ticket by its marker."""
        ...

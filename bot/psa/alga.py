"""AlgaPSA: comments as editor blocks, time, status, documents and tickets over its REST API.

A key stands for one person: comments and time are always that person's, whoever pressed Push.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import aiohttp

from bot.psa import parts, text
from bot.psa._alga_api import AlgaApi
from bot.psa._alga_rows import checked_id, choices, minute, note_of, unlikely, utc, visible
from bot.psa._meaning import Probe, tried
from bot.psa.faults import FeatureMissing, FieldsNotTaken, TicketMissing, TimeNotTaken, TimeOfAnother, TimeOverlaps
from bot.psa.halopsa import marked_name
from bot.psa.line import inner, receipt, together
from bot.psa.values import (
    Attachment,
    Capabilities,
    Choice,
    Feature,
    MemberRef,
    NoteDraft,
    Receipt,
    Recovery,
    StatusChange,
    TestReport,
    Ticket,
    TicketDraft,
    TicketNote,
    TicketStatus,
    TimeEntry,
)

_MOST_CHARACTERS: Final = 5_000
_MOST_TITLE: Final = 255
_OURS: Final = "tasklane"
"""The key in a comment's metadata under which the marker is kept."""
_FIELDS: Final = "ticket_id,ticket_number,title,client_name,contact_name,status_id,status_name,status_is_closed"
_QUIET: Final = {"suppressContactNotifications": True, "suppressInternalNotifications": False}
_LAST: Final = "200"


class AlgaDestination:
    """Writes to AlgaPSA. Comments are internal unless the client is to read them, and never a resolution."""

    name = "AlgaPSA"
    capabilities = Capabilities(
        features=frozenset(Feature), recovery=Recovery.LOOK, least_minutes=1, text_on_create=False
    )

    def __init__(self, api: AlgaApi, *, service: str = "") -> None:
        """Take the id of the service that time is logged under. The tenant's likeliest one when it is empty."""
        self._api = api
        self._service = service
        self._owner = ""

    async def check(self) -> TestReport:
        """Read one of each kind of thing that would be written."""
        return await tried(
            Probe(
                Feature.LOOKUP,
                "ticket:read",
                lambda: self._api.rows("tickets", limit="1", fields="ticket_id"),
            ),
            Probe(
                Feature.TIME,
                "timeentry:create, timeentry:read, service:read",
                self._service_id,
            ),
            Probe(
                Feature.CREATE,
                "ticket:create, client:read",
                lambda: self._api.rows("clients", limit="1"),
            ),
            unproved=frozenset({Feature.NOTE, Feature.STATUS, Feature.ATTACHMENT}),
        )

    async def find_ticket(self, number: str, *, with_notes: bool = True) -> Ticket:
        """Find a ticket by exactly its number. Alga's own search takes parts of numbers."""
        number = number.strip().removeprefix("#")
        if not number or "%" in number or len(number) > 100:
            raise TicketMissing
        rows = await self._api.all("tickets", ticket_number=number, fields=_FIELDS)
        row = next((row for row in rows if str(row.get("ticket_number")) == number), None)
        if row is None:
            raise TicketMissing
        if not with_notes:
            return self._ticket(row)
        ticket_id = receipt(row, "ticket_id").id
        comments = await self._api.rows(f"tickets/{ticket_id}/comments", order="desc", limit="5")
        return self._ticket(row, tuple(note_of(comment) for comment in comments))

    async def statuses(self, ticket: Ticket) -> Sequence[TicketStatus]:
        """List the statuses of the ticket's board."""
        rows = await self._api.rows("tickets/statuses", board_id=ticket.board_id)
        return tuple(
            TicketStatus(
                id=receipt(row, "status_id").id, name=str(row.get("name") or ""), closed=bool(row.get("is_closed"))
            )
            for row in rows
        )

    async def find_member(self, email: str) -> MemberRef | None:
        """Return the internal user with an e-mail address."""
        wanted = email.lower()
        rows = await self._api.all("users", email=email, user_type="internal")
        members = [
            MemberRef(
                id=receipt(row, "user_id").id,
                name=f"{row.get('first_name') or ''} {row.get('last_name') or ''}".strip() or wanted,
                email=wanted,
                active=not row.get("is_inactive"),
            )
            for row in rows
            if str(row.get("email")).lower() == wanted
        ]
        return min(members, key=lambda member: not member.active, default=None)

    async def clients(self, query: str) -> Sequence[Choice]:
        """List the clients whose name holds a text."""
        rows = await self._api.rows("clients", client_name=query, limit="100")
        return choices(rows, "client_id", "client_name")

    async def boards(self) -> Sequence[Choice]:
        """List the boards."""
        return choices(await self._api.all("boards"), "board_id", "board_name")

    def parts(self, note: NoteDraft) -> Sequence[NoteDraft]:
        """Split a note by the length of the Markdown that the server makes of its blocks."""
        return parts.parts_of(note, lambda markdown: visible(text.blocks(markdown)), _MOST_CHARACTERS)

    async def add_note(self, ticket_id: str, note: NoteDraft) -> Receipt:
        """Add a comment, with the engineer's name in it unless the key is the engineer's own."""
        member = note.member
        if member is not None and member.id != self._owner:
            note = replace(note, member=None, engineer=member.name)
        body = {
            "comment_text": json.dumps(parts.as_blocks(note), ensure_ascii=False),
            "is_internal": note.internal,
            "is_resolution": False,
            "metadata": {_OURS: note.marker},
            **_QUIET,
        }
        row = await self._api.post(f"tickets/{checked_id(ticket_id)}/comments", body)
        self._owner = str(row.get("created_by") or self._owner)
        done = receipt(row, "comment_id")
        return replace(done, under_api_user=member is not None and member.id != self._owner)

    async def find_note(self, ticket_id: str, note: NoteDraft) -> Receipt | None:
        """Read the ticket's comments, newest first: our metadata, and the marker in the text."""
        rows = await self._api.rows(f"tickets/{checked_id(ticket_id)}/comments", order="desc", limit=_LAST)
        for row in rows:
            ours = inner(row, "metadata").get(_OURS) == note.marker
            if ours:
                self._owner = str(row.get("created_by") or self._owner)
            if ours or note.marker in str(row.get("comment_text")):
                return receipt(row, "comment_id")
        return None

    async def log_time(self, ticket_id: str, time: TimeEntry) -> Receipt:
        """Log time, if the key is the engineer's own. An overlap may be this very time, logged before."""
        if time.minutes < 1:
            raise TimeNotTaken(field="minutes")
        if time.member.id != await self._key_owner(ticket_id):
            raise TimeOfAnother
        started = minute(time)
        body: dict[str, Any] = {
            "work_item_type": "ticket",
            "work_item_id": checked_id(ticket_id),
            "service_id": await self._service_id(),
            "start_time": utc(started),
            "end_time": utc(started + timedelta(minutes=time.minutes)),
            "notes": f"{time.text} {time.marker}",
        }
        if time.billable is not None:
            body["is_billable"] = time.billable
        try:
            return receipt(await self._api.post("time-entries", body), "entry_id")
        except TimeOverlaps:
            done = await self.find_time(ticket_id, time)
            if done is None:
                raise
            return done

    async def find_time(self, ticket_id: str, time: TimeEntry) -> Receipt | None:
        """Read the time entries of the ticket around that time."""
        rows = await self._api.all(
            "time-entries",
            work_item_type="ticket",
            work_item_id=checked_id(ticket_id),
            start_time_from=utc(minute(time) - timedelta(days=1)),
            start_time_to=utc(minute(time) + timedelta(days=1)),
        )
        return next((receipt(row, "entry_id") for row in rows if time.marker in str(row.get("notes"))), None)

    async def set_status(self, ticket_id: str, change: StatusChange) -> Receipt:
        """Set the status without a mail to the contact."""
        body = {"status_id": change.status_id, **_QUIET}
        await self._api.put(f"tickets/{checked_id(ticket_id)}/status", body)
        return Receipt(id=ticket_id)

    async def find_status(self, ticket_id: str, change: StatusChange) -> Receipt | None:
        """Compare the ticket's status."""
        ticket = await self._api.get(f"tickets/{checked_id(ticket_id)}")
        return Receipt(id=ticket_id) if ticket.get("status_id") == change.status_id else None

    async def attach(self, ticket_id: str, file: Attachment) -> Receipt:
        """Upload a file to the ticket. Its name has the marker before the ending."""
        form = aiohttp.FormData()
        form.add_field("file", file.data, filename=marked_name(file), content_type=file.content_type)
        return receipt(await self._api.upload(f"tickets/{checked_id(ticket_id)}/documents", form), "document_id")

    async def find_attachment(self, ticket_id: str, file: Attachment) -> Receipt | None:
        """Read the names of the ticket's documents."""
        rows = await self._api.rows(f"tickets/{checked_id(ticket_id)}/documents")
        name = marked_name(file)
        return next((receipt(row, "document_id") for row in rows if row.get("document_name") == name), None)

    async def create_ticket(self, draft: TicketDraft) -> Ticket:
        """Create a ticket with its board's first status. Its text goes into an internal comment by `add_note`."""
        statuses, priorities = await together(
            self._api.rows("tickets/statuses", board_id=draft.board_id),
            self._api.all("priorities", item_type="ticket"),
        )
        status = min(statuses, key=lambda row: (not row.get("is_default"), bool(row.get("is_closed"))), default=None)
        middle = sorted(priorities, key=lambda row: str(row.get("order_number")).zfill(9))
        if status is None or not middle:
            raise FieldsNotTaken(field="status_id" if status is None else "priority_id")
        body = {
            "title": " ".join(draft.title.split())[:_MOST_TITLE],
            "board_id": draft.board_id,
            "client_id": draft.client_id,
            "status_id": status.get("status_id"),
            "priority_id": middle[len(middle) // 2].get("priority_id"),
            "attributes": {_OURS: draft.marker},
        }
        row = await self._api.post("tickets", body)
        return self._ticket(await self._api.get(f"tickets/{receipt(row, 'ticket_id').id}"))

    async def find_created(self, draft: TicketDraft) -> Ticket | None:
        """Read the newest tickets of the client with their attributes."""
        rows = await self._api.rows("tickets", client_id=draft.client_id, sort="entered_at", order="desc", limit="20")
        for row in rows:
            ticket = await self._api.get(f"tickets/{receipt(row, 'ticket_id').id}")
            if inner(ticket, "attributes").get(_OURS) == draft.marker:
                return self._ticket(ticket)
        return None

    async def _key_owner(self, ticket_id: str) -> str:
        """Return whose key it is: whoever wrote our comments, since Alga cannot be asked."""
        if not self._owner:
            rows = await self._api.rows(f"tickets/{checked_id(ticket_id)}/comments", order="desc", limit=_LAST)
            ours = (row for row in rows if _OURS in inner(row, "metadata"))
            self._owner = next((str(row.get("created_by") or "") for row in ours), "")
        return self._owner

    async def _service_id(self) -> str:
        """Choose the service that time is logged under: one billed by the hour, support before others."""
        if not self._service:
            rows = await self._api.rows("services", item_kind="service", is_active="true", limit="100")
            row = min(rows, key=unlikely, default=None)
            if row is None:
                raise FeatureMissing
            self._service = receipt(row, "service_id").id
        return self._service

    def _ticket(self, row: Mapping[str, Any], notes: tuple[TicketNote, ...] = ()) -> Ticket:
        ticket_id = receipt(row, "ticket_id").id
        return Ticket(
            id=ticket_id,
            number=str(row.get("ticket_number") or ""),
            summary=str(row.get("title") or ""),
            status=TicketStatus(
                id=str(row.get("status_id") or ""),
                name=str(row.get("status_name") or ""),
                closed=bool(row.get("status_is_closed")),
            ),
            client=str(row.get("client_name") or ""),
            client_id=str(row.get("client_id") or ""),
            contact=str(row.get("contact_name") or ""),
            board_id=str(row.get("board_id") or ""),
            url=str(self._api.host / "msp" / "tickets" / ticket_id),
            notes=notes,
        )

"""HaloPSA: notes and time as hidden actions on a ticket, status, attachments and tickets over its REST API.

That attachments and statuses work this way, and which names their fields have, is not in the part of Halo's
published description that this was checked against.
"""

import base64
from collections.abc import Sequence
from datetime import UTC
from pathlib import PurePosixPath
from typing import Any, Final

from bot.psa import parts, text
from bot.psa._halopsa_api import HaloApi
from bot.psa._meaning import Probe, tried
from bot.psa.faults import TicketMissing
from bot.psa.line import receipt, together
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

_MOST_CHARACTERS: Final = 20_000
"""How long a note gets here: Halo publishes no limit."""
_MOST_TITLE: Final = 250
_CLOSED: Final = 9
"""The id of the status Closed, which every Halo has."""
_LAST: Final = "500"


class HaloDestination:
    """Writes to HaloPSA. Every action is hidden from the user unless the client is to read it, and none is mailed."""

    name = "HaloPSA"
    capabilities = Capabilities(features=frozenset(Feature), recovery=Recovery.LOOK)

    def __init__(self, api: HaloApi, *, outcome: str) -> None:
        self._api = api
        self._outcome = outcome

    async def check(self) -> TestReport:
        """Read one of each kind of thing that would be written."""
        one = {"count": "1"}
        return await tried(
            Probe(Feature.LOOKUP, "read:tickets", lambda: self._api.rows("Tickets", "tickets", **one)),
            Probe(
                Feature.NOTE,
                "edit:tickets",
                lambda: self._api.rows("Actions", "actions", ticket_id="1", **one),
            ),
            Probe(Feature.TIME, "read:agents", lambda: self._api.rows("Agent", "agents", **one)),
            Probe(
                Feature.STATUS,
                "read:status",
                lambda: self._api.rows("Status", "statuses", type="ticket"),
            ),
            Probe(
                Feature.ATTACHMENT,
                "read:attachments",
                lambda: self._api.rows("Attachment", "attachments", ticket_id="1"),
            ),
            Probe(Feature.CREATE, "read:customers", lambda: self._api.rows("Client", "clients", **one)),
        )

    async def find_ticket(self, number: str, *, with_notes: bool = True) -> Ticket:
        """Read a ticket. Its number is its id."""
        ticket_id = str(_ticket_id(number))
        if not with_notes:
            return self._ticket(await self._api.get(f"Tickets/{ticket_id}", includedetails="true"))
        row, actions = await together(
            self._api.get(f"Tickets/{ticket_id}", includedetails="true"),
            self._api.rows("Actions", "actions", ticket_id=ticket_id, count="5"),
        )
        return self._ticket(row, tuple(_note(action) for action in actions))

    async def statuses(self, ticket: Ticket) -> Sequence[TicketStatus]:
        """List the statuses of tickets."""
        return tuple(_status(row) for row in await self._api.rows("Status", "statuses", type="ticket"))

    async def find_member(self, email: str) -> MemberRef | None:
        """Return the agent with an e-mail address. Agents of APIs are no people."""
        wanted = email.lower()
        rows = await self._api.rows("Agent", "agents", includeenabled="true", includedisabled="true")
        members = [
            MemberRef(
                id=receipt(row).id, name=str(row.get("name") or ""), email=wanted, active=not row.get("isdisabled")
            )
            for row in rows
            if str(row.get("email")).lower() == wanted and not row.get("isapiagent")
        ]
        return min(members, key=lambda member: not member.active, default=None)

    async def clients(self, query: str) -> Sequence[Choice]:
        """List the customers whose name holds a text."""
        rows = await self._api.rows("Client", "clients", search=query, count="100")
        return _choices(rows)

    async def boards(self) -> Sequence[Choice]:
        """List the types that a ticket can have."""
        return _choices(await self._api.rows("TicketType", "tickettypes"))

    def parts(self, note: NoteDraft) -> Sequence[NoteDraft]:
        """Split a note by its length as HTML."""
        return parts.parts_of(note, lambda markdown: len(text.html(markdown)), _MOST_CHARACTERS)

    async def add_note(self, ticket_id: str, note: NoteDraft) -> Receipt:
        """Add an action with the note as HTML."""
        action = {
            **self._action(ticket_id, note.member, hidden=note.internal),
            "note_html": parts.as_html(note),
        }
        return receipt(await self._api.post("Actions", action))

    async def find_note(self, ticket_id: str, note: NoteDraft) -> Receipt | None:
        """Read the ticket's actions."""
        return await self._action_with(ticket_id, note.marker)

    async def log_time(self, ticket_id: str, time: TimeEntry) -> Receipt:
        """Add a hidden action that takes the time, or the time that is not billed."""
        taken = {"timetaken": 0.0, "nonbilltime": time.hours} if time.billable is False else {"timetaken": time.hours}
        action = {
            **self._action(ticket_id, time.member, hidden=True),
            **taken,
            "datetime": time.started.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "note_html": text.html(time.text) + f"\n<p>{time.marker}</p>",
        }
        return receipt(await self._api.post("Actions", action))

    async def find_time(self, ticket_id: str, time: TimeEntry) -> Receipt | None:
        """Read the ticket's actions."""
        return await self._action_with(ticket_id, time.marker)

    async def set_status(self, ticket_id: str, change: StatusChange) -> Receipt:
        """Change the ticket's status and nothing else."""
        ticket = {"id": _ticket_id(ticket_id), "status_id": int(change.status_id)}
        return receipt(await self._api.post("Tickets", ticket))

    async def find_status(self, ticket_id: str, change: StatusChange) -> Receipt | None:
        """Compare the ticket's status."""
        ticket = await self._api.get(f"Tickets/{_ticket_id(ticket_id)}")
        return receipt(ticket) if str(ticket.get("status_id")) == change.status_id else None

    async def attach(self, ticket_id: str, file: Attachment) -> Receipt:
        """Upload a file to the ticket. Its name has the marker before the ending."""
        content = base64.b64encode(file.data).decode()
        body = {
            "ticket_id": _ticket_id(ticket_id),
            "filename": marked_name(file),
            "data_base64": f"data:{file.content_type};base64,{content}",
        }
        return receipt(await self._api.post("Attachment", body))

    async def find_attachment(self, ticket_id: str, file: Attachment) -> Receipt | None:
        """Read the names of the ticket's files."""
        rows = await self._api.rows("Attachment", "attachments", ticket_id=str(_ticket_id(ticket_id)))
        return next((receipt(row) for row in rows if row.get("filename") == marked_name(file)), None)

    async def create_ticket(self, draft: TicketDraft) -> Ticket:
        """Create a ticket, whose details end in the marker."""
        body = {
            "summary": " ".join(draft.title.split())[:_MOST_TITLE],
            "details_html": f"{text.html(draft.markdown)}\n<p>{draft.marker}</p>",
            "client_id": int(draft.client_id),
            "tickettype_id": int(draft.board_id),
            "sendack": False,
        }
        return self._ticket(await self._api.post("Tickets", body))

    async def find_created(self, draft: TicketDraft) -> Ticket | None:
        """Read the newest tickets of the client with their details."""
        rows = await self._api.rows(
            "Tickets", "tickets", client_id=draft.client_id, order="id", orderdesc="true", count="20"
        )
        for row in rows:
            ticket = await self._api.get(f"Tickets/{receipt(row).id}", includedetails="true")
            if draft.marker in f"{ticket.get('details_html')}{ticket.get('details')}":
                return self._ticket(ticket)
        return None

    def _action(self, ticket_id: str, member: MemberRef | None, *, hidden: bool) -> dict[str, Any]:
        action: dict[str, Any] = {
            "ticket_id": _ticket_id(ticket_id),
            "outcome": self._outcome,
            "hiddenfromuser": hidden,
            "sendemail": False,
        }
        if member is not None:
            action["who_agentid"] = int(member.id)
        return action

    async def _action_with(self, ticket_id: str, marker: str) -> Receipt | None:
        rows = await self._api.rows(
            "Actions", "actions", ticket_id=str(_ticket_id(ticket_id)), includehtmlnote="true", count=_LAST
        )
        return next((receipt(r) for r in rows if marker in f"{r.get('note_html')}{r.get('note')}"), None)

    def _ticket(self, row: dict[str, Any], notes: tuple[TicketNote, ...] = ()) -> Ticket:
        ticket_id, status_id = receipt(row).id, row.get("status_id")
        return Ticket(
            id=ticket_id,
            number=ticket_id,
            summary=str(row.get("summary") or ""),
            status=TicketStatus(
                id=str(status_id or ""), name=str(row.get("status_name") or ""), closed=status_id == _CLOSED
            ),
            client=str(row.get("client_name") or ""),
            client_id=str(row.get("client_id") or ""),
            contact=str(row.get("user_name") or ""),
            board_id=str(row.get("tickettype_id") or ""),
            url=str((self._api.host / "tickets").with_query(id=ticket_id)),
            notes=notes,
        )


def marked_name(file: Attachment) -> str:
    """Put the marker into a file's name, where a ticket system keeps nothing else of a file."""
    path = PurePosixPath(file.name.replace("/", "_").replace("\\", "_"))
    return f"{path.stem[:80]}-{file.marker.strip('[]').removeprefix('ref:')}{path.suffix[:12]}"


def _ticket_id(number: str) -> int:
    number = number.strip().removeprefix("#")
    if not (number.isascii() and number.isdigit()) or len(number) > 12:
        raise TicketMissing
    return int(number)


def _choices(rows: Sequence[dict[str, Any]]) -> Sequence[Choice]:
    return tuple(Choice(id=receipt(row).id, name=str(row.get("name") or "")) for row in rows)


def _status(row: dict[str, Any]) -> TicketStatus:
    return TicketStatus(id=receipt(row).id, name=str(row.get("name") or ""), closed=row.get("id") == _CLOSED)


def _note(row: dict[str, Any]) -> TicketNote:
    return TicketNote(
        id=receipt(row).id,
        text=str(row.get("note") or ""),
        author=str(row.get("who") or ""),
        written=str(row.get("datetime") or ""),
        internal=bool(row.get("hiddenfromuser")),
    )

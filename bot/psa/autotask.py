"""Autotask: plain text notes, time, status, attachments and tickets over its REST API.

What is internal is read from the tenant's own lists. When they do not say so, nothing is written.
"""

import base64
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from typing import Any, Final

from bot.psa import parts, text
from bot.psa._autotask_api import AutotaskApi, ImpersonationRefused
from bot.psa._autotask_rows import checked_id, marked, note_of, status_of, usual
from bot.psa._meaning import Probe, tried
from bot.psa.faults import FieldsNotTaken, MemberInactive, RightMissing, TicketMissing, TimeNotTaken
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

_MOST_CHARACTERS: Final = 32_000
_MOST_TITLE: Final = 250
_MOST_FILE_BYTES: Final = 6 * 1024 * 1024
_MOST_MINUTES: Final = 24 * 60


class AutotaskDestination:
    """Writes to Autotask. Nothing is published beyond its internal users unless the client is to read it."""

    name = "Autotask"
    capabilities = Capabilities(
        features=frozenset(Feature), recovery=Recovery.LOOK, least_minutes=1, most_file_bytes=_MOST_FILE_BYTES
    )

    def __init__(self, api: AutotaskApi) -> None:
        self._api = api

    async def check(self) -> TestReport:
        """Read what the API's user may do with each kind of thing."""
        return await tried(
            Probe(
                Feature.LOOKUP,
                "Tickets: view",
                lambda: self._api.query("Tickets", ("gte", "id", 0), most=1),
            ),
            Probe(Feature.NOTE, "Ticket notes: add", lambda: self._may("TicketNotes", "Create")),
            Probe(
                Feature.TIME,
                "Time entries: add, and Proxy Time Entry",
                lambda: self._may("TimeEntries", "Create"),
            ),
            Probe(Feature.STATUS, "Tickets: edit", lambda: self._may("Tickets", "Update")),
            Probe(
                Feature.ATTACHMENT,
                "Ticket attachments: add",
                lambda: self._may("TicketAttachments", "Create"),
            ),
            Probe(Feature.CREATE, "Tickets: add", lambda: self._may("Tickets", "Create")),
        )

    async def _may(self, entity: str, what: str) -> None:
        """Read whether the API's user may create or update a kind of thing."""
        info = inner(await self._api.get(f"{entity}/entityInformation"), "info")
        if info.get(f"can{what}") is False or info.get(f"userAccessFor{what}") == "None":
            raise RightMissing(field=entity)

    async def find_ticket(self, number: str, *, with_notes: bool = True) -> Ticket:
        """Find a ticket by exactly its number, like T20261128.0001."""
        number = number.strip().removeprefix("#")
        rows = await self._api.query("Tickets", ("eq", "ticketNumber", number), most=2)
        row = next((row for row in rows if str(row.get("ticketNumber")).upper() == number.upper()), None)
        if row is None:
            raise TicketMissing
        return await self._ticket(row, with_notes=with_notes)

    async def statuses(self, ticket: Ticket) -> Sequence[TicketStatus]:
        """List the tenant's statuses."""
        return tuple(status_of(pick) for pick in await self._api.picks("Tickets", "status"))

    async def find_member(self, email: str) -> MemberRef | None:
        """Return the resource with an e-mail address, with the role under which it works on tickets."""
        wanted = email.lower()
        rows = await self._api.query("Resources", ("eq", "email", email), most=10)
        rows = [row for row in rows if str(row.get("email")).lower() == wanted]
        row = min(rows, key=lambda row: not row.get("isActive"), default=None)
        if row is None:
            return None
        roles = await self._api.query(
            "ResourceServiceDeskRoles", ("eq", "resourceID", row.get("id")), ("eq", "isActive", True)
        )
        role = min(roles, key=lambda role: not role.get("isDefault"), default={})
        return MemberRef(
            id=receipt(row).id,
            name=f"{row.get('firstName') or ''} {row.get('lastName') or ''}".strip() or wanted,
            email=wanted,
            active=bool(row.get("isActive")),
            role=str(role.get("roleID") or ""),
        )

    async def clients(self, query: str) -> Sequence[Choice]:
        """List the active companies whose name holds a text."""
        rows = await self._api.query(
            "Companies", ("contains", "companyName", query), ("eq", "isActive", True), most=100
        )
        return tuple(Choice(id=receipt(row).id, name=str(row.get("companyName") or "")) for row in rows)

    async def boards(self) -> Sequence[Choice]:
        """List the queues."""
        return tuple(
            Choice(id=str(pick.value), name=pick.label) for pick in await self._api.picks("Tickets", "queueID")
        )

    def parts(self, note: NoteDraft) -> Sequence[NoteDraft]:
        """Split a note by its length as plain text."""
        return parts.parts_of(note, lambda markdown: len(text.plain(markdown)), _MOST_CHARACTERS)

    async def add_note(self, ticket_id: str, note: NoteDraft) -> Receipt:
        """Add a note in the engineer's name, or under the API's user where Autotask does not allow that."""
        label = f" ({note.part}/{note.parts})" if note.parts > 1 else ""
        body = {
            "title": f"{note.title[: _MOST_TITLE - len(label)]}{label}",
            "description": parts.as_plain(note),
            "noteType": await self._note_type(),
            "publish": await self._publish("TicketNotes", internal=note.internal),
        }
        path = f"Tickets/{checked_id(ticket_id)}/Notes"
        if note.member is not None:
            try:
                return receipt(await self._api.create(path, body, as_resource=note.member.id), "itemId")
            except ImpersonationRefused:
                body["description"] = parts.as_plain(replace(note, member=None, engineer=note.member.name))
        done = receipt(await self._api.create(path, body), "itemId")
        return replace(done, under_api_user=note.member is not None)

    async def find_note(self, ticket_id: str, note: NoteDraft) -> Receipt | None:
        """Ask for the ticket's notes that hold the marker."""
        rows = await self._api.query(
            "TicketNotes", ("eq", "ticketID", checked_id(ticket_id)), ("contains", "description", note.marker)
        )
        return marked(rows, ("description",), note.marker)

    async def log_time(self, ticket_id: str, time: TimeEntry) -> Receipt:
        """Log time. Over midnight in UTC, which Autotask refuses, it goes in as hours without their beginning."""
        if not 0 < time.minutes <= _MOST_MINUTES:
            raise TimeNotTaken(field="hoursWorked")
        if not time.member.role:
            raise FieldsNotTaken(field="roleID")
        if not time.member.active:
            raise MemberInactive
        started, ended = time.started.astimezone(UTC), time.ended.astimezone(UTC)
        body: dict[str, Any] = {
            "ticketID": checked_id(ticket_id),
            "resourceID": int(time.member.id),
            "roleID": int(time.member.role),
            "dateWorked": started.strftime("%Y-%m-%dT00:00:00Z"),
            "hoursWorked": time.hours,
            "summaryNotes": time.text,
            "internalNotes": time.marker,
        }
        if started.date() == ended.date():
            body["startDateTime"] = started.strftime("%Y-%m-%dT%H:%M:%SZ")
            body["endDateTime"] = ended.strftime("%Y-%m-%dT%H:%M:%SZ")
        if time.billable is not None:
            body["isNonBillable"] = not time.billable
        return receipt(await self._api.create("TimeEntries", body), "itemId")

    async def find_time(self, ticket_id: str, time: TimeEntry) -> Receipt | None:
        """Read the person's time on the ticket."""
        rows = await self._api.query(
            "TimeEntries", ("eq", "ticketID", checked_id(ticket_id)), ("eq", "resourceID", int(time.member.id))
        )
        return marked(rows, ("internalNotes",), time.marker)

    async def set_status(self, ticket_id: str, change: StatusChange) -> Receipt:
        """Change the status and send no other field, since Autotask strips the formatting of what is sent."""
        body = {"id": checked_id(ticket_id), "status": int(change.status_id)}
        return receipt(await self._api.change("Tickets", body), "itemId")

    async def find_status(self, ticket_id: str, change: StatusChange) -> Receipt | None:
        """Compare the ticket's status."""
        row = inner(await self._api.get(f"Tickets/{checked_id(ticket_id)}"), "item")
        return receipt(row) if str(row.get("status")) == change.status_id else None

    async def attach(self, ticket_id: str, file: Attachment) -> Receipt:
        """Attach a file. Its title ends in the marker."""
        body = {
            "attachmentType": "FILE_ATTACHMENT",
            "title": f"{file.name[:200]} {file.marker}",
            "fullPath": file.name,
            "contentType": file.content_type,
            "data": base64.b64encode(file.data).decode(),
            "publish": await self._publish("TicketAttachments", internal=True),
        }
        return receipt(await self._api.create(f"Tickets/{checked_id(ticket_id)}/Attachments", body), "itemId")

    async def find_attachment(self, ticket_id: str, file: Attachment) -> Receipt | None:
        """Read the titles of the ticket's attachments."""
        rows = await self._api.query("TicketAttachments", ("eq", "ticketID", checked_id(ticket_id)))
        return marked(rows, ("title",), file.marker)

    async def create_ticket(self, draft: TicketDraft) -> Ticket:
        """Create a ticket in a queue, with the tenant's first status and its usual priority."""
        body = {
            "companyID": checked_id(draft.client_id),
            "queueID": checked_id(draft.board_id),
            "title": " ".join(draft.title.split())[:_MOST_TITLE],
            "description": text.plain(draft.markdown),
            "status": usual(await self._api.picks("Tickets", "status"), "new").value,
            "priority": usual(await self._api.picks("Tickets", "priority"), "medium").value,
            "externalID": draft.marker,
        }
        created = receipt(await self._api.create("Tickets", body), "itemId")
        return await self._ticket(inner(await self._api.get(f"Tickets/{created.id}"), "item"), with_notes=False)

    async def find_created(self, draft: TicketDraft) -> Ticket | None:
        """Ask for the ticket with the marker as external id."""
        rows = await self._api.query("Tickets", ("eq", "externalID", draft.marker), most=2)
        row = next((row for row in rows if row.get("externalID") == draft.marker), None)
        return await self._ticket(row, with_notes=False) if row is not None else None

    async def _ticket(self, row: dict[str, Any], *, with_notes: bool) -> Ticket:
        ticket_id, company, contact = receipt(row).id, row.get("companyID"), row.get("contactID")
        companies, contacts, notes, statuses = await together(
            self._named("Companies", company), self._named("Contacts", contact), self._notes(ticket_id, with_notes),
            self._api.picks("Tickets", "status"),
        )  # fmt: skip
        status = next((pick for pick in statuses if str(pick.value) == str(row.get("status"))), None)
        web = self._api.web
        page = web / "Autotask/AutotaskExtend/ExecuteCommand.aspx" if web is not None else None
        return Ticket(
            id=ticket_id,
            number=str(row.get("ticketNumber") or ticket_id),
            summary=str(row.get("title") or ""),
            status=status_of(status) if status is not None else TicketStatus(id=str(row.get("status") or ""), name=""),
            client=str(companies.get("companyName") or ""),
            client_id=str(company or ""),
            contact=f"{contacts.get('firstName') or ''} {contacts.get('lastName') or ''}".strip(),
            board_id=str(row.get("queueID") or ""),
            url=str(page.with_query(Code="OpenTicketDetail", TicketID=ticket_id)) if page is not None else "",
            notes=notes,
        )

    async def _named(self, entity: str, number: Any) -> dict[str, Any]:
        return inner(await self._api.get(f"{entity}/{checked_id(number)}"), "item") if number else {}

    async def _notes(self, ticket_id: str, wanted: bool) -> tuple[TicketNote, ...]:
        if not wanted:
            return ()
        rows, publish = await together(
            self._api.query("TicketNotes", ("eq", "ticketID", checked_id(ticket_id))),
            self._publish("TicketNotes", internal=False),
        )
        newest = sorted(
            rows, key=lambda row: (str(row.get("createDateTime")), checked_id(row.get("id"))), reverse=True
        )[:5]
        return tuple(note_of(row, publish) for row in newest)

    async def _publish(self, entity: str, *, internal: bool) -> int:
        """Read which value publishes to nobody but internal users, or to all."""
        picks = await self._api.picks(entity, "publish")
        if not internal:
            pick = next((pick for pick in picks if "all" in pick.label.lower()), None)
        else:
            inside = [pick for pick in picks if "internal" in pick.label.lower()]
            pick = min(inside, key=lambda pick: "co-managed" in pick.label.lower(), default=None)
        if pick is None:
            raise FieldsNotTaken(field="publish")
        return pick.value

    async def _note_type(self) -> int:
        picks = [p for p in await self._api.picks("TicketNotes", "noteType") if "workflow" not in p.label.lower()]
        return usual(picks, "detail").value

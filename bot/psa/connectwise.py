"""ConnectWise PSA, once called Manage: notes, time, status, documents and tickets over its REST API."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import aiohttp

from bot.psa import parts, text
from bot.psa._connectwise_api import ConnectWiseApi
from bot.psa._meaning import Probe, tried
from bot.psa.faults import TicketMissing
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

MOST_CHARACTERS: Final = 4_000
"""How long a note gets here: ConnectWise publishes no limit, and a note that is too long is refused whole."""
_MOST_TITLE: Final = 100
_PAGE: Final = 200
_PAGES: Final = 10
_EMAIL: Final = re.compile(r"[\w.+'-]{1,64}@[\w.-]{1,190}", re.ASCII)
_QUIET: Final = {"emailContactFlag": False, "emailResourceFlag": False, "emailCcFlag": False}


class ConnectWiseDestination:
    """Writes to ConnectWise PSA. Every flag that would mail somebody is sent as false."""

    name = "ConnectWise PSA"
    capabilities = Capabilities(features=frozenset(Feature), recovery=Recovery.LOOK)

    def __init__(self, api: ConnectWiseApi, *, most_characters: int = MOST_CHARACTERS) -> None:
        self._api = api
        self._most_characters = most_characters

    async def check(self) -> TestReport:
        """Read one of each kind of thing that would be written."""
        one = {"pageSize": "1", "fields": "id"}
        return await tried(
            Probe(
                Feature.LOOKUP,
                "Service Desk: Service Tickets, Inquire",
                lambda: self._api.rows("service/tickets", **one),
            ),
            Probe(
                Feature.STATUS,
                "Service Desk: Service Tickets, Edit",
                lambda: self._api.rows("service/boards", **one),
            ),
            Probe(
                Feature.TIME,
                "Time & Expense: Time Entry, Add",
                lambda: self._api.rows("time/entries", **one),
            ),
            Probe(
                Feature.ATTACHMENT,
                "Companies: Manage Attachments, Add",
                lambda: self._api.rows("system/documents", recordType="Ticket", recordId="0", **one),
            ),
            Probe(
                Feature.CREATE,
                "Companies: Company Maintenance, Inquire",
                lambda: self._api.rows("company/companies", **one),
            ),
            unproved=frozenset({Feature.NOTE}),
        )

    async def find_ticket(self, number: str, *, with_notes: bool = True) -> Ticket:
        """Read a service ticket. Its number is its id."""
        ticket_id = _ticket_id(number)
        if not with_notes:
            return _ticket(await self._api.get(f"service/tickets/{ticket_id}"), self._page_of(ticket_id))
        ticket, notes = await together(
            self._api.get(f"service/tickets/{ticket_id}"),
            self._api.rows(f"service/tickets/{ticket_id}/notes", pageSize="5", orderBy="id desc"),
        )
        return _ticket(ticket, self._page_of(ticket_id), tuple(_note(note) for note in notes))

    async def statuses(self, ticket: Ticket) -> Sequence[TicketStatus]:
        """List the active statuses of the ticket's board."""
        rows = await self._api.rows(f"service/boards/{ticket.board_id}/statuses", pageSize="200")
        return tuple(_status(row) for row in rows if not row.get("inactive"))

    async def find_member(self, email: str) -> MemberRef | None:
        """Return the member who has an e-mail address as primary or office address."""
        if not _EMAIL.fullmatch(email):
            return None
        rows = await self._api.rows(
            "system/members",
            conditions=f'primaryEmail="{email}" or officeEmail="{email}"',
            fields="id,identifier,firstName,lastName,primaryEmail,officeEmail,inactiveFlag",
        )
        wanted = email.lower()
        members = [
            MemberRef(
                id=receipt(row).id,
                name=f"{row.get('firstName') or ''} {row.get('lastName') or ''}".strip() or str(row.get("identifier")),
                email=wanted,
                active=not row.get("inactiveFlag"),
            )
            for row in rows
            if wanted in (str(row.get("primaryEmail")).lower(), str(row.get("officeEmail")).lower())
        ]
        return min(members, key=lambda member: not member.active, default=None)

    async def clients(self, query: str) -> Sequence[Choice]:
        """List the companies whose name holds a text."""
        words = re.sub(r'["%\\]', " ", query).strip()
        rows = await self._api.rows(
            "company/companies",
            conditions=f'deletedFlag=false and name like "%{words}%"',
            fields="id,name",
            pageSize="100",
        )
        return tuple(Choice(id=receipt(row).id, name=str(row.get("name"))) for row in rows)

    async def boards(self) -> Sequence[Choice]:
        """List the active service boards."""
        rows = await self._api.rows("service/boards", conditions="inactiveFlag=false", fields="id,name", pageSize="200")
        return tuple(Choice(id=receipt(row).id, name=str(row.get("name"))) for row in rows)

    def parts(self, note: NoteDraft) -> Sequence[NoteDraft]:
        """Split a note by its length as plain text."""
        return parts.parts_of(note, lambda markdown: len(text.plain(markdown)), self._most_characters)

    async def add_note(self, ticket_id: str, note: NoteDraft) -> Receipt:
        """Write an internal note, or one in the discussion that the client sees."""
        body: dict[str, Any] = {
            "text": parts.as_plain(note),
            "internalAnalysisFlag": note.internal,
            "detailDescriptionFlag": not note.internal,
            "resolutionFlag": False,
            "customerUpdatedFlag": False,
            "processNotifications": False,
        }
        if note.member is not None:
            body["member"] = {"id": int(note.member.id)}
        return receipt(await self._api.post(f"service/tickets/{_ticket_id(ticket_id)}/notes", body))

    async def find_note(self, ticket_id: str, note: NoteDraft) -> Receipt | None:
        """Read the ticket's notes, newest first."""
        path = f"service/tickets/{_ticket_id(ticket_id)}/notes"
        return await self._marked(path, ("text",), note.marker)

    async def log_time(self, ticket_id: str, time: TimeEntry) -> Receipt:
        """Log time with an internal note, so that nothing of it reaches the client."""
        body: dict[str, Any] = {
            "chargeToId": _ticket_id(ticket_id),
            "chargeToType": "ServiceTicket",
            "member": {"id": int(time.member.id)},
            "timeStart": _utc(time.started),
            "timeEnd": _utc(time.ended),
            "actualHours": time.hours,
            "internalNotes": f"{time.text}\n{time.marker}",
            "addToDetailDescriptionFlag": False,
            "addToInternalAnalysisFlag": False,
            "addToResolutionFlag": False,
            **_QUIET,
        }
        if time.billable is not None:
            body["billableOption"] = "Billable" if time.billable else "DoNotBill"
        return receipt(await self._api.post("time/entries", body))

    async def find_time(self, ticket_id: str, time: TimeEntry) -> Receipt | None:
        """Read the ticket's time entries, newest first. They are not among its notes."""
        conditions = f'chargeToType="ServiceTicket" and chargeToId={_ticket_id(ticket_id)}'
        return await self._marked("time/entries", ("internalNotes", "notes"), time.marker, conditions=conditions)

    async def set_status(self, ticket_id: str, change: StatusChange) -> Receipt:
        """Replace the status."""
        operation = {"op": "replace", "path": "status", "value": {"id": int(change.status_id)}}
        return receipt(await self._api.patch(f"service/tickets/{_ticket_id(ticket_id)}", [operation]))

    async def find_status(self, ticket_id: str, change: StatusChange) -> Receipt | None:
        """Compare the ticket's status."""
        ticket = await self._api.get(f"service/tickets/{_ticket_id(ticket_id)}", fields="id,status")
        return receipt(ticket) if str(inner(ticket, "status").get("id")) == change.status_id else None

    async def attach(self, ticket_id: str, file: Attachment) -> Receipt:
        """Upload a private document. Its title ends in the marker."""
        form = aiohttp.FormData()
        form.add_field("recordType", "Ticket")
        form.add_field("recordId", str(_ticket_id(ticket_id)))
        form.add_field("title", f"{file.name[:60]} {file.marker}")
        form.add_field("privateFlag", "true")
        form.add_field("file", file.data, filename=file.name, content_type=file.content_type)
        return receipt(await self._api.upload("system/documents", form))

    async def find_attachment(self, ticket_id: str, file: Attachment) -> Receipt | None:
        """Read the titles of the ticket's documents."""
        record = {"recordType": "Ticket", "recordId": str(_ticket_id(ticket_id))}
        return await self._marked("system/documents", ("title",), file.marker, **record)

    async def create_ticket(self, draft: TicketDraft) -> Ticket:
        """Create a ticket that starts with an internal analysis and mails nobody."""
        title = " ".join(draft.title.split())
        body = {
            "summary": title if len(title) <= _MOST_TITLE else f"{title[: _MOST_TITLE - 1]}…",
            "board": {"id": int(draft.board_id)},
            "company": {"id": int(draft.client_id)},
            "initialInternalAnalysis": f"{title}\n\n{text.plain(draft.markdown)}\n\n{draft.marker}",
            "externalXRef": draft.marker,
            "automaticEmailContactFlag": False,
            "automaticEmailResourceFlag": False,
            "automaticEmailCcFlag": False,
        }
        row = await self._api.post("service/tickets", body)
        return _ticket(row, self._page_of(receipt(row).id))

    async def find_created(self, draft: TicketDraft) -> Ticket | None:
        """Look for the ticket by its external reference."""
        rows = await self._api.rows("service/tickets", conditions=f'externalXRef="{draft.marker}"', pageSize="2")
        row = next((row for row in rows if row.get("externalXRef") == draft.marker), None)
        return _ticket(row, self._page_of(receipt(row).id)) if row is not None else None

    async def _marked(self, path: str, fields: Sequence[str], marker: str, **params: str) -> Receipt | None:
        for page in range(1, _PAGES + 1):
            rows = await self._api.rows(path, **params, orderBy="id desc", pageSize=str(_PAGE), page=str(page))
            for row in rows:
                if any(marker in str(row.get(field) or "") for field in fields):
                    return receipt(row)
            if len(rows) < _PAGE:
                break
        return None

    def _page_of(self, ticket_id: object) -> str:
        page = self._api.people / "v4_6_release/services/system_io/Service/fv_sr100_request.rails"
        return str(page.with_query(service_recid=str(ticket_id)))


def _ticket_id(number: str) -> int:
    number = number.strip().removeprefix("#")
    if not (number.isascii() and number.isdigit()) or len(number) > 12:
        raise TicketMissing
    return int(number)


def _status(row: Any) -> TicketStatus:
    return TicketStatus(
        id=receipt(row).id,
        name=str(row.get("name")),
        closed=bool(row.get("closedStatus")),
        takes_time=not row.get("timeEntryNotAllowed"),
    )


def _note(row: Any) -> TicketNote:
    return TicketNote(
        id=receipt(row).id,
        text=str(row.get("text") or ""),
        author=str(inner(row, "member").get("name") or inner(row, "contact").get("name") or row.get("createdBy") or ""),
        written=str(row.get("dateCreated") or ""),
        internal=bool(row.get("internalAnalysisFlag")),
    )


def _ticket(row: Any, url: str, notes: tuple[TicketNote, ...] = ()) -> Ticket:
    status, company, contact = (inner(row, key) for key in ("status", "company", "contact"))
    return Ticket(
        id=receipt(row).id,
        number=receipt(row).id,
        summary=str(row.get("summary") or ""),
        status=TicketStatus(
            id=str(status.get("id", "")), name=str(status.get("name", "")), closed=bool(row.get("closedFlag"))
        ),
        client=str(company.get("name") or ""),
        client_id=str(company.get("id") or ""),
        contact=str(contact.get("name") or row.get("contactName") or ""),
        board_id=str(inner(row, "board").get("id") or ""),
        url=url,
        mails_contact=bool(row.get("automaticEmailContactFlag")),
        notes=notes,
    )


def _utc(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

"""A signed webhook, as Standard Webhooks describes it: for every ticket system that has no destination of its own.

Each step is one event. Its `webhook-id` stays the same when the event is sent again, so the receiver drops repeats.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from yarl import URL

from bot.psa import parts, text
from bot.psa.faults import FeatureMissing, KeyRevoked, PageInsteadOfData, TicketSystemFault
from bot.psa.line import Line, as_json
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
    TicketStatus,
    TimeEntry,
)

_MOST_CHARACTERS: Final = 200_000
_MOST_FILE_BYTES: Final = 10 * 1024 * 1024
_FEATURES: Final = frozenset({Feature.NOTE, Feature.TIME, Feature.STATUS, Feature.ATTACHMENT})
STATUSES: Final = (
    TicketStatus(id="in_progress", name="In progress"),
    TicketStatus(id="waiting", name="Waiting"),
    TicketStatus(id="resolved", name="Resolved"),
    TicketStatus(id="closed", name="Closed", closed=True),
)
"""What the receiver is told; it maps them to its own."""


def signing_key(secret: str) -> bytes | None:
    """Decode a secret as Standard Webhooks writes it: base64, usually behind `whsec_`.

    It is None when it is neither.
    """
    try:
        key = base64.b64decode(secret.strip().removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) >= 16 else None


class WebhookDestination:
    """Sends each step as a signed event. It can look nothing up."""

    name = "Webhook"
    capabilities = Capabilities(features=_FEATURES, recovery=Recovery.REPEAT, most_file_bytes=_MOST_FILE_BYTES)

    def __init__(self, line: Line, url: URL, key: bytes) -> None:
        self._line = line
        self._url = url
        self._key = key

    async def check(self) -> TestReport:
        """Send an event of the type `connection.test`, which the receiver only has to accept."""
        try:
            await self._send("connection.test", "", f"test-{int(self._line.wall())}", {})
        except TicketSystemFault as fault:
            return TestReport(fault=fault)
        return TestReport(works=_FEATURES)

    async def find_ticket(self, number: str, *, with_notes: bool = True) -> Ticket:
        """Refuse: the receiver is only told, never asked."""
        raise FeatureMissing

    async def statuses(self, ticket: Ticket) -> Sequence[TicketStatus]:
        """List the names that the receiver knows."""
        return STATUSES

    async def find_member(self, email: str) -> MemberRef | None:
        """Take every address as a member: the receiver is told it, and finds the person itself."""
        return MemberRef(id=email.lower(), name=email, email=email.lower())

    async def clients(self, query: str) -> Sequence[Choice]:
        """Refuse: the receiver is only told, never asked."""
        raise FeatureMissing

    async def boards(self) -> Sequence[Choice]:
        """Refuse: the receiver is only told, never asked."""
        raise FeatureMissing

    def parts(self, note: NoteDraft) -> Sequence[NoteDraft]:
        """Split a note of more than 200,000 characters."""
        return parts.parts_of(note, len, _MOST_CHARACTERS)

    async def add_note(self, ticket_id: str, note: NoteDraft) -> Receipt:
        """Send `ticket.note` with the text as Markdown, HTML and plain text."""
        return await self._send(
            "ticket.note",
            ticket_id,
            note.marker,
            {
                "visibility": "internal" if note.internal else "client",
                "notify_client": False,
                "title": note.title,
                "note_markdown": note.markdown,
                "note_html": text.html(note.markdown),
                "note_text": text.plain(note.markdown),
                "part": note.part,
                "parts": note.parts,
                "engineer": _engineer(note.member, note.engineer),
            },
        )

    async def find_note(self, ticket_id: str, note: NoteDraft) -> Receipt | None:
        """Find nothing: the same event is sent again."""
        return None

    async def log_time(self, ticket_id: str, time: TimeEntry) -> Receipt:
        """Send `ticket.time`."""
        return await self._send(
            "ticket.time",
            ticket_id,
            time.marker,
            {
                "started": _utc(time.started),
                "ended": _utc(time.ended),
                "minutes": time.minutes,
                "billable": time.billable,
                "text": time.text,
                "notify_client": False,
                "engineer": _engineer(time.member, ""),
            },
        )

    async def find_time(self, ticket_id: str, time: TimeEntry) -> Receipt | None:
        """Find nothing: the same event is sent again."""
        return None

    async def set_status(self, ticket_id: str, change: StatusChange) -> Receipt:
        """Send `ticket.status`."""
        data = {"status": change.status_id, "notify_client": False}
        return await self._send("ticket.status", ticket_id, change.marker, data)

    async def find_status(self, ticket_id: str, change: StatusChange) -> Receipt | None:
        """Find nothing: the same event is sent again."""
        return None

    async def attach(self, ticket_id: str, file: Attachment) -> Receipt:
        """Send `ticket.attachment` with the file as base64."""
        return await self._send(
            "ticket.attachment",
            ticket_id,
            file.marker,
            {
                "name": file.name,
                "content_type": file.content_type,
                "bytes": len(file.data),
                "content_base64": base64.b64encode(file.data).decode(),
                "visibility": "internal",
            },
        )

    async def find_attachment(self, ticket_id: str, file: Attachment) -> Receipt | None:
        """Find nothing: the same event is sent again."""
        return None

    async def create_ticket(self, draft: TicketDraft) -> Ticket:
        """Refuse: the receiver is only told, never asked."""
        raise FeatureMissing

    async def find_created(self, draft: TicketDraft) -> Ticket | None:
        """Refuse: the receiver is only told, never asked."""
        raise FeatureMissing

    async def _send(self, kind: str, ticket_id: str, marker: str, data: dict[str, Any]) -> Receipt:
        event_id = f"{kind.replace('.', '_')}_{marker.strip('[]').removeprefix('ref:')}"
        now = int(self._line.wall())
        event = {
            "type": kind,
            "timestamp": _utc(datetime.fromtimestamp(now, UTC)),
            "data": {"key": event_id, "marker": marker, "ticket_ref": ticket_id, **data},
        }
        body = as_json(event)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": event_id,
            "webhook-timestamp": str(now),
            "webhook-signature": signature(self._key, event_id, now, body),
        }
        reply = await self._line.ask("POST", self._url, headers=headers, data=body, write=True)
        if not reply.good:
            raise KeyRevoked(status=403) if reply.status == 403 else self._line.fault(reply)
        if "html" in reply.headers.get("Content-Type", "").lower() and reply.body.lstrip()[:1] == b"<":
            raise PageInsteadOfData(lost=True, status=reply.status)
        return Receipt(id=event_id)


def signature(key: bytes, event_id: str, timestamp: int, body: bytes) -> str:
    """Sign an event the way that Standard Webhooks defines as version 1."""
    signed = f"{event_id}.{timestamp}.".encode() + body
    return f"v1,{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"


def _utc(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _engineer(member: MemberRef | None, name: str) -> dict[str, str]:
    return {"name": member.name, "email": member.email} if member is not None else {"name": name, "email": ""}

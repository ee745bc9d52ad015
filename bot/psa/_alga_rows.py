"""AlgaPSA's rows and the forms in which it takes things."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.psa import text
from bot.psa.faults import TicketMissing
from bot.psa.line import receipt
from bot.psa.values import Choice, TicketNote, TimeEntry


def visible(content: Any) -> int:
    """Count what a server's Markdown of some blocks may come to, in UTF-16 units and with every mark escaped."""
    if isinstance(content, list):
        return sum(visible(part) for part in content)
    own = f"{content.get('text') or ''}{content.get('href') or ''}"
    marks = sum(own.count(mark) for mark in "\\`*_{}[]()<>#+-.!|~&")
    return len(own.encode("utf-16-le")) // 2 + marks + 8 + visible(content.get("content") or [])


def checked_id(ticket_id: str) -> str:
    """Let only an id of Alga's through, since it stands in a path."""
    if not ticket_id.replace("-", "").isalnum() or not ticket_id.isascii():
        raise TicketMissing
    return ticket_id


def minute(time: TimeEntry) -> datetime:
    """Alga cuts times to the minute, so the beginning is cut here and the length stays what was asked for."""
    return time.started.astimezone(UTC).replace(second=0, microsecond=0)


def utc(when: datetime) -> str:
    """Write a time as Alga takes it: in UTC, ending in Z."""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def unlikely(row: Mapping[str, Any]) -> tuple[bool, bool, str]:
    """Rank services by how unlikely time belongs under them: hourly ones and support come first."""
    name = str(row.get("service_name") or "").lower()
    return row.get("billing_method") != "hourly", "support" not in name, name


def choices(rows: Sequence[dict[str, Any]], key: str, name: str) -> Sequence[Choice]:
    """Make a list to choose from."""
    return tuple(Choice(id=receipt(row, key).id, name=str(row.get(name) or "")) for row in rows)


def note_of(row: Mapping[str, Any]) -> TicketNote:
    """Read a comment as a note in plain text."""
    raw = str(row.get("comment_text") or "")
    try:
        plain = text.words(json.loads(raw)) or raw
    except ValueError:
        plain = raw
    return TicketNote(
        id=receipt(row, "comment_id").id,
        text=plain,
        author=str(row.get("created_by_name") or ""),
        written=str(row.get("created_at") or ""),
        internal=bool(row.get("is_internal")),
    )

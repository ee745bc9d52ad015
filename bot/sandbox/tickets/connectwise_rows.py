"""ConnectWise's rows, and the conditions that they are searched by."""

import re
from collections.abc import Iterable
from typing import Any, Final

from bot.sandbox.tickets.records import DeskNote, DeskRefuses, DeskTime

_CONDITION: Final = re.compile(r'\s*(\w+)\s*(=|like)\s*("[^"]*"|[\w.]+)\s*')


def where(rows: Iterable[dict[str, Any]], conditions: str) -> list[dict[str, Any]]:
    """Apply conditions that are joined by either `and` or `or`, as far as they are used."""
    if not conditions.strip():
        return list(rows)
    join = any if " or " in conditions else all
    tests = [_CONDITION.fullmatch(part) for part in re.split(r" and | or ", conditions)]
    if not all(tests):
        raise DeskRefuses("invalid", "conditions")
    return [row for row in rows if join(_meets(row, test) for test in tests if test is not None)]


def _meets(row: dict[str, Any], test: re.Match[str]) -> bool:
    name, operator, value = test.groups()
    value = value.strip('"')
    own = row.get(name)
    text = str(own).lower() if isinstance(own, bool) else str(own)
    if operator == "like":
        return value.strip("%").lower() in text.lower()
    return text.lower() == value.lower()


def note_row(note: DeskNote) -> dict[str, Any]:
    """Write a note."""
    return {
        "id": note.id,
        "text": note.text,
        "internalAnalysisFlag": note.internal,
        "detailDescriptionFlag": not note.internal,
        "member": {"id": note.author_id, "name": note.author} if note.author_id else None,
        "createdBy": note.author,
        "dateCreated": note.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def time_row(time: DeskTime) -> dict[str, Any]:
    """Write time."""
    return {
        "id": time.id,
        "chargeToId": time.ticket,
        "chargeToType": "ServiceTicket",
        "member": {"id": time.person},
        "actualHours": time.hours,
        "notes": time.text,
        "internalNotes": time.internal_text,
    }

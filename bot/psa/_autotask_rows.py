"""Autotask's rows, and choices from its lists of values."""

from collections.abc import Sequence
from typing import Any, Final

from bot.psa._autotask_api import Pick
from bot.psa.faults import FieldsNotTaken, TicketMissing
from bot.psa.line import receipt
from bot.psa.values import Receipt, TicketNote, TicketStatus

_CLOSED: Final = frozenset({"complete", "completed", "closed"})


def checked_id(number: Any) -> int:
    """Let only a number through, since it stands in a path."""
    if not str(number).isascii() or not str(number).isdigit():
        raise TicketMissing
    return int(number)


def usual(picks: Sequence[Pick], word: str) -> Pick:
    """Choose the tenant's default, else the value that is called so, else the first."""
    if not picks:
        raise FieldsNotTaken
    ranked = sorted(picks, key=lambda pick: (not pick.default, word not in pick.label.lower()))
    return ranked[0]


def marked(rows: Sequence[dict[str, Any]], fields: Sequence[str], marker: str) -> Receipt | None:
    """Find the row in which the marker stands."""
    return next((receipt(row) for row in rows if any(marker in str(row.get(f) or "") for f in fields)), None)


def status_of(pick: Pick) -> TicketStatus:
    """Read a value of the list of statuses."""
    return TicketStatus(id=str(pick.value), name=pick.label, closed=pick.label.lower() in _CLOSED)


def note_of(row: dict[str, Any], publish_to_all: int) -> TicketNote:
    """Read a note. What is published to all is not internal."""
    return TicketNote(
        id=receipt(row).id,
        text=str(row.get("description") or ""),
        written=str(row.get("createDateTime") or ""),
        internal=row.get("publish") != publish_to_all,
    )

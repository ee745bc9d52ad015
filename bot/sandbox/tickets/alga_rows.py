"""AlgaPSA's ids, comments and documents, and the Markdown that it makes of blocks."""

import json
from typing import Any

from aiohttp import web

from bot.sandbox.tickets.records import DeskFile, DeskNote, DeskTicket, DeskTime


def uuid_of(kind: int, number: int) -> str:
    """Write a number as an id of Alga's. `kind` keeps those of tickets and statuses apart."""
    return f"{kind:08x}-0000-4000-8000-{number:012d}"


def number_of(uuid: str, kind: int) -> int:
    """Read a number back from an id. -1 when it is none of that kind."""
    head, _, tail = uuid.partition("-0000-4000-8000-")
    return int(tail) if head == f"{kind:08x}" and tail.isdigit() else -1


TICKET, STATUS, USER, CLIENT, BOARD, SERVICE, ENTRY, COMMENT, DOCUMENT, PRIORITY = range(1, 11)


def comment_row(ticket: DeskTicket, note: DeskNote) -> dict[str, Any]:
    """Write a note as a comment."""
    return {
        "comment_id": uuid_of(COMMENT, note.id),
        "ticket_id": uuid_of(TICKET, ticket.id),
        "note": note.text,
        "comment_text": note.text,
        "is_internal": note.internal,
        "is_resolution": bool(note.extra.get("is_resolution")),
        "metadata": note.extra.get("metadata"),
        "created_by": uuid_of(USER, note.author_id),
        "created_by_name": note.author,
        "created_at": note.at.isoformat(),
    }


def document_row(file: DeskFile) -> dict[str, Any]:
    """Write a file as a document."""
    return {
        "document_id": uuid_of(DOCUMENT, file.id),
        "document_name": file.name,
        "file_id": uuid_of(DOCUMENT, file.id),
        "mime_type": file.content_type,
        "file_size": len(file.data),
    }


def markdown_of(raw: str) -> str:
    """Make the Markdown whose length counts: of blocks as Alga does, of anything else the text itself."""
    try:
        blocks = json.loads(raw)
    except ValueError:
        return raw
    return "\n\n".join(_block(block) for block in blocks) if isinstance(blocks, list) else raw


def _block(block: dict[str, Any]) -> str:
    marks = {"heading": "# ", "bulletListItem": "* ", "numberedListItem": "1. "}
    return marks.get(str(block.get("type")), "") + "".join(_inline(part) for part in block.get("content") or ())


def _inline(part: dict[str, Any]) -> str:
    if part.get("type") == "link":
        return f"[{''.join(_inline(one) for one in part['content'])}]({part['href']})"
    text = str(part.get("text") or "")
    for style, mark in (("code", "`"), ("bold", "**"), ("italic", "*"), ("strike", "~~")):
        if (part.get("styles") or {}).get(style):
            text = f"{mark}{text}{mark}"
    return text


def answer(data: Any, status: int = 200) -> web.Response:
    """Answer with data."""
    return web.json_response({"data": data}, status=status)


def refusal(status: int, code: str, message: str, details: Any = None) -> web.Response:
    """Refuse with an error object."""
    error = {"code": code, "message": message} | ({"details": details} if details is not None else {})
    return web.json_response({"error": error}, status=status)


def entry_row(time: DeskTime) -> dict[str, Any]:
    """Write time as an entry."""
    started, ended = time.started, time.ended
    return {
        "entry_id": uuid_of(ENTRY, time.id),
        "user_id": uuid_of(USER, time.person),
        "work_item_type": "ticket",
        "work_item_id": uuid_of(TICKET, time.ticket),
        "start_time": started.isoformat() if started is not None else None,
        "end_time": ended.isoformat() if ended is not None else None,
        "billable_duration": round(time.hours * 60) if time.billable else 0,
        "approval_status": "DRAFT",
        "notes": time.text,
    }

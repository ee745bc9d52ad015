"""A fake AlgaPSA: one key for one person, comments as blocks, and time that may not overlap."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from aiohttp import web

from bot.sandbox.tickets.alga_rows import (
    BOARD,
    CLIENT,
    PRIORITY,
    SERVICE,
    STATUS,
    TICKET,
    USER,
    answer,
    comment_row,
    document_row,
    entry_row,
    markdown_of,
    number_of,
    refusal,
    uuid_of,
)
from bot.sandbox.tickets.records import DeskRefuses, DeskTicket
from bot.sandbox.tickets.server import Answering, TicketCall, TicketServer

_API: Final = "/api/v1"
_MOST_VISIBLE: Final = 5_000
_FIELDS: Final = frozenset(
    {"ticket_id", "ticket_number", "title", "status_id", "status_name", "status_is_closed", "priority_name", "tags"}
    | {"assigned_to_name", "client_name", "contact_name", "updated_at", "entered_at", "closed_at"}
)
_ALWAYS: Final = frozenset({"board_id", "client_id", "assigned_to", "entered_by", "assigned_team_id"})
_ERRORS: Final = {
    "missing": (404, "NOT_FOUND", "Ticket not found", None),
    "closed": (400, "BAD_REQUEST", "The ticket is closed", None),
    "period": (400, "VALIDATION_ERROR", "There is no time period for this date", "start_time"),
    "inactive": (400, "VALIDATION_ERROR", "The user is inactive", "user_id"),
    "no_time": (400, "VALIDATION_ERROR", "The ticket status does not allow time", "work_item_id"),
    "too_long": (400, "VALIDATION_ERROR", "The comment is over the maximum of 5000 characters", "comment_text"),
    "status": (400, "VALIDATION_ERROR", "The status belongs to another board", "status_id"),
    "right": (403, "FORBIDDEN", "Permission denied", None),
    "file": (400, "VALIDATION_ERROR", "The file type is not allowed", "file"),
    "overlap": (409, "CONFLICT", "The time overlaps another entry of this user", None),
}


class FakeAlga(TicketServer):
    """Answers like AlgaPSA: whoever owns the key has written everything."""

    title = "AlgaPSA"
    key: Final = "alga-api-key"
    owner = 21
    """The person whose key it is."""
    without_time = False
    """Whether it is AlgaDesk, which has no time."""
    close_rule = ""
    """The rule of the board that is not met when a ticket is closed."""

    @property
    def inputs(self) -> dict[str, str]:
        """What an admin enters to connect to it."""
        return {"url": self.url, "api_key": self.key}

    def routes(self) -> list[tuple[str, str, str, Answering]]:
        """List what of the API is used."""
        ticket = f"{_API}/tickets/{{id}}"
        return [
            ("GET", f"{_API}/tickets", "lookup", self._tickets),
            ("POST", f"{_API}/tickets", "create", self._create),
            ("GET", f"{_API}/tickets/statuses", "lookup", self._statuses),
            ("GET", ticket, "lookup", self._ticket),
            ("PUT", f"{ticket}/status", "status", self._set_status),
            ("GET", f"{ticket}/comments", "lookup", self._comments),
            ("POST", f"{ticket}/comments", "note", self._add_comment),
            ("GET", f"{ticket}/documents", "lookup", self._documents),
            ("POST", f"{ticket}/documents", "attachment", self._add_document),
            ("GET", f"{_API}/time-entries", "lookup", self._times),
            ("POST", f"{_API}/time-entries", "time", self._add_time),
            ("GET", f"{_API}/users", "member", self._users),
            ("GET", f"{_API}/services", "lookup", self._services),
            ("GET", f"{_API}/clients", "lookup", self._clients),
            ("GET", f"{_API}/boards", "lookup", self._boards),
            ("GET", f"{_API}/priorities", "lookup", self._priorities),
        ]

    def denial(self, call: TicketCall) -> web.StreamResponse | None:
        """Want the key. Where there is none at all, the error is a bare string."""
        key = call.request.headers.get("x-api-key")
        if key is None:
            return web.json_response({"error": "Unauthorized: API key missing"}, status=401)
        return None if key == self.key else self.failure(401)

    def refusal(self, refused: DeskRefuses) -> web.StreamResponse:
        """Refuse with Alga's error object."""
        default = (400, "VALIDATION_ERROR", "Validation failed", refused.name)
        status, code, message, path = _ERRORS.get(refused.reason, default)
        details = [{"path": [path], "message": message}] if path else None
        return refusal(status, code, message, details)

    def failure(self, status: int) -> web.StreamResponse:
        """Fail with Alga's error object."""
        codes = {401: "UNAUTHORIZED", 403: "FORBIDDEN", 429: "RATE_LIMITED", 500: "INTERNAL_ERROR"}
        return refusal(status, codes.get(status, "BAD_REQUEST"), "The request failed")

    def _tickets(self, call: TicketCall) -> web.StreamResponse:
        rows = [self._row(ticket) for ticket in self.desk.tickets.values()]
        if part := call.query.get("ticket_number"):
            rows = [row for row in rows if part.lower() in str(row["ticket_number"]).lower()]
        if client := call.query.get("client_id"):
            rows = [row for row in rows if row["client_id"] == client]
        if call.query.get("order") == "desc":
            rows.reverse()
        if wanted := call.query.get("fields"):
            names = set(wanted.split(","))
            if names - _FIELDS:
                raise DeskRefuses("invalid", "fields")
            rows = [{name: row.get(name) for name in names | _ALWAYS} for row in rows]
        return _paged(rows, call)

    def _ticket(self, call: TicketCall) -> web.StreamResponse:
        ticket = self.desk.ticket(self._id(call))
        attributes = json.loads(ticket.reference) if ticket.reference else None
        return answer({**self._row(ticket), "attributes": attributes})

    def _create(self, call: TicketCall) -> web.StreamResponse:
        body = _object(call)
        if not {"title", "board_id", "client_id", "status_id", "priority_id"} <= set(body):
            raise DeskRefuses("invalid", "title")
        ticket = self.desk.add_ticket(
            summary=body["title"],
            client=number_of(body["client_id"], CLIENT),
            board=number_of(body["board_id"], BOARD),
            status=number_of(body["status_id"], STATUS),
            reference=json.dumps(body.get("attributes") or {}),
        )
        return answer(self._row(ticket), 201)

    def _statuses(self, call: TicketCall) -> web.StreamResponse:
        board = call.query.get("board_id", "")
        if number_of(board, BOARD) not in self.desk.boards:
            raise DeskRefuses("invalid", "board_id")
        return answer(
            [
                {"status_id": uuid_of(STATUS, s.id), "board_id": board, "name": s.name, "is_closed": s.closed}
                | {"is_default": s.id == 1, "order_number": s.id}
                for s in self.desk.statuses.values()
            ]
        )

    def _set_status(self, call: TicketCall) -> web.StreamResponse:
        body = _object(call)
        status = number_of(str(body.get("status_id")), STATUS)
        found = self.desk.statuses.get(status)
        if found is not None and found.closed and self.close_rule:
            message = "The ticket cannot be closed"
            return refusal(400, "VALIDATION_ERROR", message, [{"rule": self.close_rule, "message": message}])
        return answer(self._row(self.desk.set_status(self._id(call), status)))

    def _comments(self, call: TicketCall) -> web.StreamResponse:
        ticket = self.desk.ticket(self._id(call))
        rows = [comment_row(ticket, note) for note in ticket.notes]
        if call.query.get("order") == "desc":
            rows.reverse()
        start = int(call.query.get("offset", "0"))
        return answer(rows[start : start + int(call.query.get("limit", "100000"))])

    def _add_comment(self, call: TicketCall) -> web.StreamResponse:
        body = _object(call)
        if body.get("suppressInternalNotifications") and not body.get("suppressContactNotifications"):
            raise DeskRefuses("invalid", "suppressInternalNotifications")
        ticket = self.desk.ticket(self._id(call))
        raw = str(body.get("comment_text") or "")
        internal = body.get("is_internal") is True
        shown = markdown_of(raw)
        if len(shown.encode("utf-16-le")) // 2 > _MOST_VISIBLE:
            raise DeskRefuses("too_long", "comment_text")
        note = self.desk.add_note(
            ticket.id, raw, form="blocks", internal=internal, author=self.owner,
            mailed=not internal and not body.get("suppressContactNotifications"),
            metadata=body.get("metadata"), is_resolution=body.get("is_resolution") is True,
        )  # fmt: skip
        return answer(comment_row(ticket, note), 201)

    def _documents(self, call: TicketCall) -> web.StreamResponse:
        return answer([document_row(file) for file in self.desk.ticket(self._id(call)).files])

    def _add_document(self, call: TicketCall) -> web.StreamResponse:
        if "file" not in call.files:
            raise DeskRefuses("invalid", "file")
        name, kind, data = call.files["file"]
        file = self.desk.add_file(self._id(call), name=name, title=name, content_type=kind, data=data, internal=True)
        return answer(document_row(file), 201)

    def _times(self, call: TicketCall) -> web.StreamResponse:
        if self.without_time:
            return self._no_product(call)
        ticket = self.desk.tickets.get(number_of(call.query.get("work_item_id", ""), TICKET))
        return _paged([entry_row(time) for time in (ticket.times if ticket else ())], call)

    def _add_time(self, call: TicketCall) -> web.StreamResponse:
        if self.without_time:
            return self._no_product(call)
        body = _object(call)
        for name in ("work_item_type", "work_item_id", "start_time", "end_time", "service_id"):
            if not body.get(name):
                raise DeskRefuses("invalid", name)
        if not body["start_time"].endswith("Z") or not body["end_time"].endswith("Z"):
            raise DeskRefuses("invalid", "start_time")
        started, ended = (
            datetime.fromisoformat(body[name]).replace(second=0, microsecond=0) for name in ("start_time", "end_time")
        )
        if ended <= started:
            raise DeskRefuses("invalid", "end_time")
        time = self.desk.add_time(
            number_of(body["work_item_id"], TICKET), person=self.owner, started=started, ended=ended,
            hours=(ended - started).total_seconds() / 3600, text=body.get("notes", ""), internal_text="",
            billable=body.get("is_billable", True), may_overlap=False,
        )  # fmt: skip
        return answer(entry_row(time), 201)

    def _users(self, call: TicketCall) -> web.StreamResponse:
        part = call.query.get("email", "").lower()
        rows = [
            {"user_id": uuid_of(USER, p.id), "email": p.email, "first_name": p.name.split()[0], "user_type": "internal"}
            | {"last_name": p.name.split()[-1], "is_inactive": not p.active, "roles": []}
            for p in self.desk.people.values()
            if part in p.email.lower()
        ]
        return _paged(rows, call)

    def _services(self, call: TicketCall) -> web.StreamResponse:
        if self.without_time:
            return self._no_product(call)
        names = ((1, "Backup storage", "usage"), (2, "Remote support", "hourly"), (3, "Consulting", "hourly"))
        rows = [{"service_id": uuid_of(SERVICE, n), "service_name": name, "billing_method": b} for n, name, b in names]
        return _paged(rows, call)

    def _clients(self, call: TicketCall) -> web.StreamResponse:
        words = call.query.get("client_name", "").lower()
        rows = [{"client_id": uuid_of(CLIENT, c.id), "client_name": c.name} for c in self.desk.clients.values()]
        return _paged([row for row in rows if words in row["client_name"].lower()], call)

    def _boards(self, call: TicketCall) -> web.StreamResponse:
        rows = [{"board_id": uuid_of(BOARD, n), "board_name": name} for n, name in self.desk.boards.items()]
        return _paged(rows, call)

    def _priorities(self, call: TicketCall) -> web.StreamResponse:
        rows = [{"priority_id": uuid_of(PRIORITY, n), "priority_name": f"P{n}", "order_number": n} for n in (1, 2, 3)]
        return _paged(rows, call)

    def _no_product(self, call: TicketCall) -> web.StreamResponse:
        return refusal(403, "PRODUCT_ACCESS_DENIED", "Not in this product", {"productCode": "algadesk"})

    def _id(self, call: TicketCall) -> int:
        number = number_of(call.part("id"), TICKET)
        if number < 0:
            raise DeskRefuses("invalid", "id")
        return number

    def _row(self, ticket: DeskTicket) -> dict[str, Any]:
        status, client = self.desk.statuses[ticket.status], self.desk.clients[ticket.client]
        return {
            "ticket_id": uuid_of(TICKET, ticket.id),
            "ticket_number": f"TIC{ticket.number}",
            "title": ticket.summary,
            "board_id": uuid_of(BOARD, ticket.board),
            "client_id": uuid_of(CLIENT, client.id),
            "client_name": client.name,
            "contact_name": client.contact,
            "status_id": uuid_of(STATUS, status.id),
            "status_name": status.name,
            "status_is_closed": status.closed,
        }


def _object(call: TicketCall) -> dict[str, Any]:
    if not isinstance(call.body, dict):
        raise DeskRefuses("invalid", "body")
    return call.body


def _paged(rows: Sequence[dict[str, Any]], call: TicketCall) -> web.Response:
    limit, page = int(call.query.get("limit", "25")), int(call.query.get("page", "1"))
    if not 1 <= limit <= 100:
        raise DeskRefuses("invalid", "limit")
    shown = rows[(page - 1) * limit : page * limit]
    more = page * limit < len(rows)
    pages = {"page": page, "limit": limit, "total": len(rows), "totalPages": -(-len(rows) // limit)}
    return web.json_response({"data": shown, "pagination": {**pages, "hasNext": more, "hasPrev": page > 1}})

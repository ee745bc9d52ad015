"""A fake ConnectWise PSA: real paths, headers and error shapes, as far as its published description goes."""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from aiohttp import web

from bot.sandbox.tickets.connectwise_rows import note_row, time_row, where
from bot.sandbox.tickets.records import DeskRefuses, DeskTicket
from bot.sandbox.tickets.server import Answering, TicketCall, TicketServer

_API: Final = "/v2026_1/apis/3.0"
_NOTE_FIELDS: Final = frozenset(
    {"text", "detailDescriptionFlag", "internalAnalysisFlag", "resolutionFlag", "issueFlag", "member", "contact"}
    | {"customerUpdatedFlag", "processNotifications"}
)
_TIME_FIELDS: Final = frozenset(
    {"chargeToId", "chargeToType", "member", "timeStart", "timeEnd", "actualHours", "hoursDeduct", "billableOption"}
    | {"workType", "workRole", "notes", "internalNotes", "addToDetailDescriptionFlag", "addToInternalAnalysisFlag"}
    | {"addToResolutionFlag", "emailContactFlag", "emailResourceFlag", "emailCcFlag"}
)
_ERRORS: Final = {
    "missing": (404, "NotFound", "The ticket was not found"),
    "closed": (400, "InvalidObject", "The ticket is closed"),
    "period": (400, "InvalidObject", "The time period is closed for this date"),
    "inactive": (400, "InvalidObject", "The member is inactive"),
    "no_time": (400, "InvalidObject", "The ticket status does not allow time entry"),
    "too_long": (400, "InvalidObject", "The field text exceeds the maximum length"),
    "status": (400, "InvalidObject", "The status is not valid for this board"),
    "right": (403, "Forbidden", "Insufficient permissions"),
    "file": (400, "InvalidObject", "The file type is not allowed"),
    "overlap": (400, "InvalidObject", "The time overlaps"),
    "invalid": (400, "InvalidObject", "A field is required or invalid"),
}


class FakeConnectWise(TicketServer):
    """Answers like ConnectWise PSA. A note with `processNotifications` mails the contact even when it is internal."""

    title = "ConnectWise PSA"
    company: Final = "acme"
    public_key: Final = "pub"
    private_key: Final = "cw-private-key"
    client_id: Final = "0c6ee2b5-9b1c-4d1b-8a3f-6a1de4f7a001"

    @property
    def inputs(self) -> dict[str, str]:
        """What an admin enters to connect to it."""
        return {
            "site": self.url,
            "company": self.company,
            "public_key": self.public_key,
            "private_key": self.private_key,
            "client_id": self.client_id,
        }

    def routes(self) -> list[tuple[str, str, str, Answering]]:
        """List what of the API is used."""
        desk, ticket = f"{_API}/service/tickets", f"{_API}/service/tickets/{{id}}"
        return [
            ("GET", "/login/companyinfo/{company}", "company", self._company),
            ("GET", desk, "lookup", self._tickets),
            ("POST", desk, "create", self._create),
            ("GET", ticket, "lookup", self._ticket),
            ("PATCH", ticket, "status", self._patch),
            ("GET", f"{ticket}/notes", "lookup", self._notes),
            ("POST", f"{ticket}/notes", "note", self._add_note),
            ("GET", f"{_API}/service/boards", "lookup", self._boards),
            ("GET", f"{_API}/service/boards/{{id}}/statuses", "lookup", self._statuses),
            ("GET", f"{_API}/time/entries", "lookup", self._times),
            ("POST", f"{_API}/time/entries", "time", self._add_time),
            ("GET", f"{_API}/system/members", "member", self._members),
            ("GET", f"{_API}/system/documents", "lookup", self._documents),
            ("POST", f"{_API}/system/documents", "attachment", self._add_document),
            ("GET", f"{_API}/company/companies", "lookup", self._companies),
        ]

    def denial(self, call: TicketCall) -> web.StreamResponse | None:
        """Want basic authentication and, since 2019, a client id."""
        if call.step == "company":
            return None
        key = base64.b64encode(f"{self.company}+{self.public_key}:{self.private_key}".encode()).decode()
        if call.request.headers.get("Authorization") != f"Basic {key}":
            return self.failure(401)
        return None if call.request.headers.get("clientId") == self.client_id else self.failure(401)

    def refusal(self, refused: DeskRefuses) -> web.StreamResponse:
        """Refuse with ConnectWise's list of errors."""
        status, code, message = _ERRORS[refused.reason]
        inner = {"code": refused.reason, "message": message, "resource": "ticket", "field": refused.name}
        return _json({"code": code, "message": message, "errors": [inner]}, status)

    def failure(self, status: int) -> web.StreamResponse:
        """Fail with ConnectWise's shape."""
        code = {401: "Unauthorized", 403: "Forbidden", 429: "TooManyRequests"}.get(status, "InternalError")
        return _json({"code": code, "message": "The request failed", "errors": []}, status)

    def _company(self, call: TicketCall) -> web.StreamResponse:
        if call.part("company") != self.company:
            return web.Response(text="<html>Login</html>", content_type="text/html")
        return web.json_response({"CompanyName": "Acme", "Codebase": "v2026_1/", "IsCloud": True})

    def _tickets(self, call: TicketCall) -> web.StreamResponse:
        rows = [self._row(ticket) for ticket in self.desk.tickets.values()]
        return _json(_page(where(rows, call.query.get("conditions", "")), call))

    def _ticket(self, call: TicketCall) -> web.StreamResponse:
        return _json(self._row(self.desk.ticket(call.number())))

    def _create(self, call: TicketCall) -> web.StreamResponse:
        body = _object(call)
        if len(str(body.get("summary") or "")) > 100:
            raise DeskRefuses("too_long", "summary")
        ticket = self.desk.add_ticket(
            summary=str(body.get("summary") or ""),
            client=_inner_id(body, "company"),
            board=_inner_id(body, "board"),
            text=str(body.get("initialInternalAnalysis") or ""),
            reference=str(body.get("externalXRef") or ""),
        )
        return _json(self._row(ticket), 201)

    def _patch(self, call: TicketCall) -> web.StreamResponse:
        if not isinstance(call.body, list):
            raise DeskRefuses("invalid", "patch")
        ticket = self.desk.ticket(call.number())
        for operation in call.body:
            if operation.get("op") != "replace" or operation.get("path") not in ("status", "status/id"):
                raise DeskRefuses("invalid", "path")
            value = operation.get("value")
            self.desk.set_status(ticket.id, value.get("id", 0) if isinstance(value, dict) else value)
        return _json(self._row(ticket))

    def _notes(self, call: TicketCall) -> web.StreamResponse:
        ticket = self.desk.ticket(call.number())
        return _json(_page([note_row(note) for note in ticket.notes], call))

    def _add_note(self, call: TicketCall) -> web.StreamResponse:
        body = _object(call, _NOTE_FIELDS)
        note = self.desk.add_note(
            call.number(),
            str(body.get("text") or ""),
            form="text",
            internal=bool(body.get("internalAnalysisFlag")) and not body.get("detailDescriptionFlag"),
            author=_inner_id(body, "member") if "member" in body else 0,
            mailed=bool(body.get("processNotifications")),
        )
        return _json(note_row(note), 201)

    def _boards(self, call: TicketCall) -> web.StreamResponse:
        return _json([{"id": number, "name": name, "inactiveFlag": False} for number, name in self.desk.boards.items()])

    def _statuses(self, call: TicketCall) -> web.StreamResponse:
        if call.number() not in self.desk.boards:
            raise DeskRefuses("missing", "board")
        return _json(
            [
                {
                    "id": status.id,
                    "name": status.name,
                    "closedStatus": status.closed,
                    "timeEntryNotAllowed": not status.takes_time,
                    "inactive": False,
                }
                for status in self.desk.statuses.values()
            ]
        )

    def _times(self, call: TicketCall) -> web.StreamResponse:
        rows = [time_row(time) for ticket in self.desk.tickets.values() for time in ticket.times]
        return _json(_page(where(rows, call.query.get("conditions", "")), call))

    def _add_time(self, call: TicketCall) -> web.StreamResponse:
        body = _object(call, _TIME_FIELDS)
        if "timeStart" not in body or body.get("chargeToType") != "ServiceTicket":
            raise DeskRefuses("invalid", "timeStart")
        mailed = any(body.get(name) for name in ("emailContactFlag", "emailCcFlag"))
        time = self.desk.add_time(
            int(body.get("chargeToId") or 0),
            person=_inner_id(body, "member"),
            started=datetime.fromisoformat(body["timeStart"]),
            ended=datetime.fromisoformat(body["timeEnd"]) if body.get("timeEnd") else None,
            hours=float(body.get("actualHours") or 0),
            text=str(body.get("notes") or ""),
            internal_text=str(body.get("internalNotes") or ""),
            billable=None if "billableOption" not in body else body["billableOption"] == "Billable",
            mailed=mailed,
        )
        return _json(time_row(time), 201)

    def _members(self, call: TicketCall) -> web.StreamResponse:
        rows = [
            {
                "id": person.id,
                "identifier": person.name.split()[0],
                "firstName": person.name.split()[0],
                "lastName": person.name.split()[-1],
                "primaryEmail": person.email,
                "officeEmail": "",
                "inactiveFlag": not person.active,
            }
            for person in self.desk.people.values()
        ]
        return _json(where(rows, call.query.get("conditions", "")))

    def _documents(self, call: TicketCall) -> web.StreamResponse:
        ticket = self.desk.tickets.get(int(call.query.get("recordId") or 0))
        return _json(
            _page([{"id": f.id, "title": f.title, "fileName": f.name} for f in ticket.files] if ticket else [], call)
        )

    def _add_document(self, call: TicketCall) -> web.StreamResponse:
        if "file" not in call.files or call.body.get("recordType") != "Ticket":
            raise DeskRefuses("invalid", "file")
        name, kind, data = call.files["file"]
        file = self.desk.add_file(
            int(call.body.get("recordId") or 0), name=name, title=call.body.get("title") or name, content_type=kind,
            data=data, internal=call.body.get("privateFlag") == "true",
        )  # fmt: skip
        return _json({"id": file.id, "title": file.title, "fileName": file.name}, 201)

    def _companies(self, call: TicketCall) -> web.StreamResponse:
        rows = [{"id": c.id, "name": c.name, "deletedFlag": False} for c in self.desk.clients.values()]
        return _json(_page(where(rows, call.query.get("conditions", "")), call))

    def _row(self, ticket: DeskTicket) -> dict[str, Any]:
        status, client = self.desk.statuses[ticket.status], self.desk.clients[ticket.client]
        return {
            "id": ticket.id,
            "summary": ticket.summary,
            "board": {"id": ticket.board, "name": self.desk.boards[ticket.board]},
            "status": {"id": status.id, "name": status.name},
            "company": {"id": client.id, "identifier": client.name, "name": client.name},
            "contact": {"id": client.id, "name": client.contact},
            "closedFlag": status.closed,
            "externalXRef": ticket.reference or None,
            "automaticEmailContactFlag": False,
        }


def _json(body: Any, status: int = 200) -> web.Response:
    return web.json_response(body, status=status)


def _object(call: TicketCall, fields: frozenset[str] | None = None) -> dict[str, Any]:
    if not isinstance(call.body, dict):
        raise DeskRefuses("invalid", "body")
    if fields is not None and (unknown := set(call.body) - fields):
        raise DeskRefuses("invalid", min(unknown))
    return call.body


def _inner_id(body: dict[str, Any], name: str) -> int:
    value = body.get(name)
    return int(value.get("id") or 0) if isinstance(value, dict) else 0


def _page(rows: Sequence[dict[str, Any]], call: TicketCall) -> Sequence[dict[str, Any]]:
    if call.query.get("orderBy") == "id desc":
        rows = sorted(rows, key=lambda row: row["id"], reverse=True)
    size, page = min(int(call.query.get("pageSize", "25")), 1000), int(call.query.get("page", "1"))
    return rows[(page - 1) * size : page * size]

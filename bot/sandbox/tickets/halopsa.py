"""A fake HaloPSA: client credentials, tokens that expire, and posts that take lists."""

import base64
import html
import re
from datetime import datetime, timedelta
from typing import Any, Final

from aiohttp import web

from bot.sandbox.tickets.records import DeskNote, DeskRefuses, DeskTicket
from bot.sandbox.tickets.server import Answering, TicketCall, TicketServer

_LIFETIME: Final = 3600
_TAG: Final = re.compile(r"<[^>]+>")
_OUTCOMES: Final = frozenset({"Private Note", "Public Note"})
_ACTION_FIELDS: Final = frozenset(
    {"ticket_id", "outcome", "outcome_id", "note", "note_html", "timetaken", "hiddenfromuser", "who_agentid"}
    | {"datetime", "sendemail", "new_status", "nonbilltime", "chargerate", "emailbody", "dont_do_rules"}
)
_WORDS: Final = {
    "missing": (404, "Ticket not found"),
    "closed": (400, "The ticket is closed"),
    "period": (400, "The time sheet for this date has already been submitted"),
    "inactive": (400, "The agent is inactive"),
    "no_time": (400, "The status of the ticket does not allow time"),
    "too_long": (400, "The note is too long"),
    "status": (400, "The status is invalid"),
    "right": (403, "You do not have permission"),
    "file": (400, "The file type is not allowed"),
    "overlap": (400, "The time overlaps"),
    "invalid": (400, "A field is invalid"),
}


class FakeHalo(TicketServer):
    """Answers like HaloPSA. An action is mailed with `sendemail`, and read by the user unless it is hidden."""

    title = "HaloPSA"
    client_id: Final = "halo-client"
    client_secret: Final = "halo-client-secret"  # noqa: S105 - made up
    _token = ""
    _good_until = 0.0
    tokens_given = 0

    @property
    def inputs(self) -> dict[str, str]:
        """What an admin enters to connect to it."""
        return {
            "host": self.url,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "outcome": "Private Note",
        }

    def routes(self) -> list[tuple[str, str, str, Answering]]:
        """List what of the API is used."""
        return [
            ("GET", "/api/authinfo", "login", self._authinfo),
            ("POST", "/auth/token", "login", self._give_token),
            ("GET", "/api/Tickets", "lookup", self._tickets),
            ("POST", "/api/Tickets", "ticket", self._post_ticket),
            ("GET", "/api/Tickets/{id}", "lookup", self._ticket),
            ("GET", "/api/Actions", "lookup", self._actions),
            ("POST", "/api/Actions", "action", self._add_action),
            ("GET", "/api/Agent", "member", self._agents),
            ("GET", "/api/Status", "lookup", self._statuses),
            ("GET", "/api/Attachment", "lookup", self._attachments),
            ("POST", "/api/Attachment", "attachment", self._add_attachment),
            ("GET", "/api/Client", "lookup", self._clients),
            ("GET", "/api/TicketType", "lookup", self._types),
        ]

    def step_of(self, call: TicketCall) -> str:
        """Tell a note from time, and a new ticket from a status, by the body."""
        body = call.body[0] if isinstance(call.body, list) and call.body else {}
        if call.step == "action":
            return "time" if "timetaken" in body else "note"
        if call.step == "ticket":
            return "status" if "id" in body else "create"
        return call.step

    def expire(self) -> None:
        """Let the token that was given expire now."""
        self._good_until = 0.0

    def denial(self, call: TicketCall) -> web.StreamResponse | None:
        """Want a token that has not expired."""
        if call.step == "login":
            return None
        good = self._token and self.desk.wall() < self._good_until
        if good and call.request.headers.get("Authorization") == f"Bearer {self._token}":
            return None
        return self.failure(401)

    def refusal(self, refused: DeskRefuses) -> web.StreamResponse:
        """Refuse with a message."""
        status, message = _WORDS[refused.reason]
        return web.json_response({"message": message, "field": refused.name}, status=status)

    def failure(self, status: int) -> web.StreamResponse:
        """Fail: without a token Halo answers with nothing at all."""
        if status == 401:
            return web.Response(status=401)
        return web.json_response({"message": "The request failed"}, status=status)

    def _authinfo(self, call: TicketCall) -> web.StreamResponse:
        return web.json_response({"auth_url": f"{self.url}/auth", "tenant_id": "acme"})

    def _give_token(self, call: TicketCall) -> web.StreamResponse:
        form = call.body if isinstance(call.body, dict) else {}
        if (form.get("client_id"), form.get("client_secret")) != (self.client_id, self.client_secret):
            return web.json_response({"error": "invalid_client"}, status=400)
        if form.get("grant_type") != "client_credentials" or call.query.get("tenant") != "acme":
            return web.json_response({"error": "invalid_request"}, status=400)
        self.tokens_given += 1
        self._token = f"halo-token-{self.tokens_given}"
        self._good_until = self.desk.wall() + _LIFETIME
        return web.json_response({"access_token": self._token, "token_type": "Bearer", "expires_in": _LIFETIME})

    def _tickets(self, call: TicketCall) -> web.StreamResponse:
        rows = [self._row(ticket) for ticket in self.desk.tickets.values()]
        if client := call.query.get("client_id"):
            rows = [row for row in rows if str(row["client_id"]) == client]
        rows.sort(key=lambda row: row["id"], reverse=call.query.get("orderdesc") == "true")
        rows = rows[: int(call.query.get("count", "50"))]
        return web.json_response({"record_count": len(rows), "tickets": rows})

    def _ticket(self, call: TicketCall) -> web.StreamResponse:
        ticket = self.desk.ticket(call.number())
        return web.json_response({**self._row(ticket), "details_html": ticket.text, "details": _plain(ticket.text)})

    def _post_ticket(self, call: TicketCall) -> web.StreamResponse:
        body = _only(call)
        if "id" in body:
            ticket = self.desk.set_status(int(body["id"]), int(body.get("status_id") or 0))
        else:
            ticket = self.desk.add_ticket(
                summary=str(body.get("summary") or ""),
                client=int(body.get("client_id") or 0),
                board=int(body.get("tickettype_id") or 0),
                text=str(body.get("details_html") or ""),
            )
        return web.json_response(self._row(ticket), status=201)

    def _actions(self, call: TicketCall) -> web.StreamResponse:
        ticket = self.desk.tickets.get(int(call.query.get("ticket_id", "0")))
        rows = [self._action_row(note) for note in ticket.notes] if ticket else []
        if ticket:
            rows += [
                {"id": t.id, "note_html": t.internal_text, "note": _plain(t.internal_text), "timetaken": t.hours}
                | {"who": self.desk.person_named(t.person), "hiddenfromuser": True}
                for t in ticket.times
            ]
        rows.sort(key=lambda row: row["id"], reverse=True)
        rows = rows[: int(call.query.get("count", "50"))]
        if call.query.get("includehtmlnote") != "true":
            rows = [{name: value for name, value in row.items() if name != "note_html"} for row in rows]
        return web.json_response({"record_count": len(rows), "actions": rows})

    def _add_action(self, call: TicketCall) -> web.StreamResponse:
        body = _only(call, _ACTION_FIELDS)
        if body.get("outcome") not in _OUTCOMES:
            raise DeskRefuses("invalid", "outcome")
        ticket, text = int(body.get("ticket_id") or 0), str(body.get("note_html") or "")
        who = int(body.get("who_agentid") or 0)
        if "timetaken" in body:
            started = datetime.fromisoformat(body["datetime"]) if body.get("datetime") else self.desk.now
            hours = float(body["timetaken"]) + float(body.get("nonbilltime") or 0)
            time = self.desk.add_time(
                ticket, person=who, started=started, ended=started + timedelta(hours=hours), hours=hours,
                text=_plain(text), internal_text=text, billable=not body.get("nonbilltime"),
                mailed=bool(body.get("sendemail")),
            )  # fmt: skip
            return web.json_response([{"id": time.id, "ticket_id": ticket}], status=201)
        hidden = bool(body.get("hiddenfromuser"))
        note = self.desk.add_note(
            ticket, text, form="html", internal=hidden, author=who, mailed=bool(body.get("sendemail"))
        )
        return web.json_response([self._action_row(note)], status=201)

    def _agents(self, call: TicketCall) -> web.StreamResponse:
        rows = [
            {"id": p.id, "name": p.name, "email": p.email, "isdisabled": not p.active, "isapiagent": False}
            for p in self.desk.people.values()
        ]
        return web.json_response([*rows, {"id": 99, "name": "API", "email": "ana@example.com", "isapiagent": True}])

    def _statuses(self, call: TicketCall) -> web.StreamResponse:
        return web.json_response([{"id": s.id, "name": s.name} for s in self.desk.statuses.values()])

    def _attachments(self, call: TicketCall) -> web.StreamResponse:
        ticket = self.desk.tickets.get(int(call.query.get("ticket_id", "0")))
        rows = [{"id": f.id, "filename": f.name, "filesize": len(f.data)} for f in (ticket.files if ticket else ())]
        return web.json_response({"attachments": rows})

    def _add_attachment(self, call: TicketCall) -> web.StreamResponse:
        body = _only(call)
        head, _, content = str(body.get("data_base64") or "").partition(";base64,")
        if not content or not body.get("filename"):
            raise DeskRefuses("invalid", "data_base64")
        file = self.desk.add_file(
            int(body.get("ticket_id") or 0), name=body["filename"], title=body["filename"],
            content_type=head.removeprefix("data:"), data=base64.b64decode(content), internal=True,
        )  # fmt: skip
        return web.json_response({"id": file.id, "filename": file.name}, status=201)

    def _clients(self, call: TicketCall) -> web.StreamResponse:
        words = call.query.get("search", "").lower()
        rows = [{"id": c.id, "name": c.name} for c in self.desk.clients.values() if words in c.name.lower()]
        return web.json_response({"record_count": len(rows), "clients": rows})

    def _types(self, call: TicketCall) -> web.StreamResponse:
        return web.json_response([{"id": number, "name": name} for number, name in self.desk.boards.items()])

    def _row(self, ticket: DeskTicket) -> dict[str, Any]:
        client = self.desk.clients[ticket.client]
        return {
            "id": ticket.id,
            "summary": ticket.summary,
            "client_id": client.id,
            "client_name": client.name,
            "user_name": client.contact,
            "status_id": ticket.status,
            "status_name": self.desk.statuses[ticket.status].name,
            "tickettype_id": ticket.board,
        }

    def _action_row(self, note: DeskNote) -> dict[str, Any]:
        return {
            "id": note.id,
            "note": _plain(note.text),
            "note_html": note.text,
            "who": note.author,
            "hiddenfromuser": note.internal,
            "datetime": note.at.isoformat(),
        }


def _only(call: TicketCall, fields: frozenset[str] | None = None) -> dict[str, Any]:
    """Take the one entry of a list. Halo takes nothing else."""
    if not isinstance(call.body, list) or len(call.body) != 1 or not isinstance(call.body[0], dict):
        raise DeskRefuses("invalid", "body")
    body: dict[str, Any] = call.body[0]
    if fields is not None and (unknown := set(body) - fields):
        raise DeskRefuses("invalid", min(unknown))
    return body


def _plain(text: str) -> str:
    return html.unescape(_TAG.sub("", text)).strip()

"""A fake Autotask: a zone to ask for first, lists of values, child paths, and refusals under status 500."""

import base64
import json
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web

from bot.sandbox.tickets.desk import Desk
from bot.sandbox.tickets.records import DeskRefuses, DeskTicket
from bot.sandbox.tickets.server import Answering, TicketCall, TicketServer

_API: Final = "/ATServicesRest/V1.0"
_INTERNAL: Final = 2
_NOTE_FIELDS: Final = frozenset({"title", "description", "noteType", "publish"})
_TIME_FIELDS: Final = frozenset(
    {"ticketID", "resourceID", "roleID", "dateWorked", "startDateTime", "endDateTime", "hoursWorked"}
    | {"summaryNotes", "internalNotes", "billingCodeID", "isNonBillable"}
)
_WORDS: Final = {
    "missing": (500, "The ticket does not exist."),
    "closed": (500, "The ticket is complete and cannot be edited: ticket already complete."),
    "period": (500, "The timesheet for this date has been submitted."),
    "inactive": (500, "The resource is inactive."),
    "no_time": (500, "The ticket status does not allow time."),
    "too_long": (500, "The field description exceeds the maximum length."),
    "status": (500, "The status is not valid."),
    "right": (500, "You do not have permission to do that."),
    "file": (500, "The attachment type is not allowed."),
    "overlap": (500, "The time overlaps."),
    "invalid": (500, "A required field is missing or its value is wrong."),
}


class FakeAutotask(TicketServer):
    """Answers like Autotask. What is published to all, the client reads."""

    title = "Autotask"
    user: Final = "api@acme.example"
    secret: Final = "at-secret"  # noqa: S105 - made up
    integration_code: Final = "AT-CODE"
    impersonates = True
    """Whether the API's user may write in the name of others."""
    forbidden: frozenset[str] = frozenset()
    """The kinds of things that the API's user may not create."""
    page_size = 500
    internal_label = "Internal Project Team"
    page_host = ""
    """Where the next page is said to be, when it is elsewhere."""

    @property
    def inputs(self) -> dict[str, str]:
        """What an admin enters to connect to it."""
        return {
            "user_name": self.user,
            "secret": self.secret,
            "integration_code": self.integration_code,
            "zone_url": f"{self.url}/ATServicesRest",
        }

    def routes(self) -> list[tuple[str, str, str, Answering]]:
        """List what of the API is used."""
        return [
            ("GET", "/atservicesrest/v1.0/zoneInformation", "zone", self._zone),
            ("GET", f"{_API}/{{entity}}/entityInformation", "fields", self._rights),
            ("GET", f"{_API}/{{entity}}/entityInformation/fields", "fields", self._fields),
            ("POST", f"{_API}/{{entity}}/query", "lookup", self._query),
            ("GET", f"{_API}/{{entity}}/query/next", "lookup", self._query),
            ("GET", f"{_API}/{{entity}}/{{id}}", "lookup", self._item),
            ("POST", f"{_API}/Tickets", "create", self._create),
            ("PATCH", f"{_API}/Tickets", "status", self._patch),
            ("POST", f"{_API}/Tickets/{{id}}/Notes", "note", self._add_note),
            ("POST", f"{_API}/Tickets/{{id}}/Attachments", "attachment", self._attach),
            ("POST", f"{_API}/TimeEntries", "time", self._add_time),
        ]

    def denial(self, call: TicketCall) -> web.StreamResponse | None:
        """Want the three headers, everywhere but for the zone."""
        if call.step == "zone":
            return None
        got = tuple(call.request.headers.get(name) for name in ("UserName", "Secret", "ApiIntegrationCode"))
        return None if got == (self.user, self.secret, self.integration_code) else self.failure(401)

    def refusal(self, refused: DeskRefuses) -> web.StreamResponse:
        """Refuse with a list of sentences under status 500."""
        status, words = _WORDS[refused.reason]
        return web.json_response({"errors": [words]}, status=status)

    def failure(self, status: int) -> web.StreamResponse:
        """Fail with a list of sentences. Without a login Autotask answers with nothing."""
        if status == 401:
            return web.Response(status=401)
        words = "Internal server error." if status == 500 else "The request failed."
        return web.json_response({"errors": [words]}, status=status)

    def _zone(self, call: TicketCall) -> web.StreamResponse:
        if call.query.get("user") != self.user:
            return web.json_response({"errors": ["The user does not exist."]}, status=500)
        return web.json_response(
            {"zoneName": "Zone 1", "url": f"{self.url}/ATServicesRest/", "webUrl": f"{self.url}/", "ci": 1}
        )

    def _rights(self, call: TicketCall) -> web.StreamResponse:
        name = call.part("entity")
        info = {"name": name, "canCreate": True, "canUpdate": True, "userAccessForUpdate": "All"}
        info["userAccessForCreate"] = "None" if name in self.forbidden else "All"
        return web.json_response({"info": info})

    def _fields(self, call: TicketCall) -> web.StreamResponse:
        desk = self.desk
        publish = [(1, "All Autotask Users"), (_INTERNAL, self.internal_label)]
        lists: dict[str, dict[str, list[tuple[int, str]]]] = {
            "Tickets": {
                "status": [(s.id, "Complete" if s.closed else s.name) for s in desk.statuses.values()],
                "priority": [(1, "High"), (2, "Medium"), (3, "Low")],
                "queueID": list(desk.boards.items()),
            },
            "TicketNotes": {"publish": publish, "noteType": [(13, "Workflow Rule Note"), (3, "Task Detail")]},
            "TicketAttachments": {"publish": publish},
        }
        fields = [
            {
                "name": name,
                "isPickList": True,
                "picklistValues": [
                    {"value": str(value), "label": label, "isActive": True, "isDefaultValue": False}
                    for value, label in values
                ],
            }
            for name, values in lists.get(call.part("entity"), {}).items()
        ]
        return web.json_response({"fields": fields})

    def _query(self, call: TicketCall) -> web.StreamResponse:
        entity, skip = call.part("entity"), int(call.query.get("skip", "0"))
        asked = json.loads(call.query["search"]) if "search" in call.query else call.body
        if not isinstance(asked, dict) or not asked.get("filter"):
            raise DeskRefuses("invalid", "filter")
        rows = [row for row in _rows(self.desk, entity) if all(_meets(row, one) for one in asked["filter"])]
        most = min(int(asked.get("MaxRecords", self.page_size)), self.page_size)
        following = None
        if skip + most < len(rows):
            further = urlencode({"skip": skip + most, "search": json.dumps(asked)})
            following = f"{self.page_host or self.url}{_API}/{entity}/query/next?{further}"
        page = rows[skip : skip + most]
        return web.json_response({"items": page, "pageDetails": {"count": len(page), "nextPageUrl": following}})

    def _item(self, call: TicketCall) -> web.StreamResponse:
        item = next((row for row in _rows(self.desk, call.part("entity")) if row["id"] == call.number()), None)
        return web.json_response({"item": item})

    def _create(self, call: TicketCall) -> web.StreamResponse:
        body = _object(call)
        if not {"companyID", "title", "status", "priority"} <= set(body):
            raise DeskRefuses("invalid", "title")
        ticket = self.desk.add_ticket(
            summary=body["title"], client=body["companyID"], board=body.get("queueID", 1), status=body["status"],
            text=body.get("description", ""), reference=body.get("externalID", ""),
        )  # fmt: skip
        return web.json_response({"itemId": ticket.id})

    def _patch(self, call: TicketCall) -> web.StreamResponse:
        body = _object(call)
        if set(body) - {"id", "status"}:
            # A real one would strip the formatting of every other text that is sent.
            raise DeskRefuses("invalid", "id")
        return web.json_response({"itemId": self.desk.set_status(int(body["id"]), int(body["status"])).id})

    def _add_note(self, call: TicketCall) -> web.StreamResponse:
        body = _object(call, _NOTE_FIELDS)
        author = int(call.request.headers.get("ImpersonationResourceId", "0"))
        if author and not self.impersonates:
            return web.json_response({"errors": ["The resource may not be impersonated."]}, status=500)
        if not body.get("title") or body.get("publish") not in (1, _INTERNAL, 4) or body.get("noteType") != 3:
            raise DeskRefuses("invalid", "publish")
        if len(body["title"]) > 250:
            raise DeskRefuses("too_long", "title")
        note = self.desk.add_note(
            call.number(), body.get("description", ""), form="text", internal=body["publish"] != 1, author=author,
            title=body["title"],
        )  # fmt: skip
        return web.json_response({"itemId": note.id})

    def _attach(self, call: TicketCall) -> web.StreamResponse:
        body = _object(call)
        if body.get("attachmentType") != "FILE_ATTACHMENT" or body.get("publish") not in (1, _INTERNAL, 4):
            raise DeskRefuses("invalid", "attachmentType")
        file = self.desk.add_file(
            call.number(), name=body["fullPath"], title=body["title"], content_type=body.get("contentType", ""),
            data=base64.b64decode(body["data"]), internal=body["publish"] != 1,
        )  # fmt: skip
        return web.json_response({"itemId": file.id})

    def _add_time(self, call: TicketCall) -> web.StreamResponse:
        body = _object(call, _TIME_FIELDS)
        missing = {"ticketID", "resourceID", "roleID", "dateWorked", "hoursWorked", "summaryNotes"} - set(body)
        if missing or not 0 < body["hoursWorked"] <= 24:
            raise DeskRefuses("invalid", min(missing, default="hoursWorked"))
        started, ended = (
            datetime.fromisoformat(body[name]) if body.get(name) else None for name in ("startDateTime", "endDateTime")
        )
        if started is not None and ended is not None and started.date() != ended.date():
            raise DeskRefuses("invalid", "endDateTime")
        time = self.desk.add_time(
            body["ticketID"], person=body["resourceID"], started=started, ended=ended, hours=body["hoursWorked"],
            text=body["summaryNotes"], internal_text=body.get("internalNotes", ""),
            billable=None if "isNonBillable" not in body else not body["isNonBillable"],
        )  # fmt: skip
        return web.json_response({"itemId": time.id})


def _object(call: TicketCall, fields: frozenset[str] | None = None) -> dict[str, Any]:
    if not isinstance(call.body, dict):
        raise DeskRefuses("invalid", "body")
    if fields is not None and set(call.body) - fields:
        raise DeskRefuses("invalid", min(set(call.body) - fields))
    return call.body


def _ticket_row(ticket: DeskTicket) -> dict[str, Any]:
    return {
        "id": ticket.id,
        "ticketNumber": f"T{ticket.number}",
        "title": ticket.summary,
        "status": ticket.status,
        "companyID": ticket.client,
        "contactID": ticket.client,
        "queueID": ticket.board,
        "externalID": ticket.reference,
    }


def _rows(desk: Desk, entity: str) -> list[dict[str, Any]]:
    tickets = list(desk.tickets.values())
    match entity:
        case "Tickets":
            return [_ticket_row(ticket) for ticket in tickets]
        case "TicketNotes":
            return [
                {"id": n.id, "ticketID": t.id, "title": n.extra.get("title", ""), "description": n.text}
                | {"publish": _INTERNAL if n.internal else 1, "createDateTime": n.at.isoformat()}
                for t in tickets
                for n in t.notes
            ]
        case "TimeEntries":
            return [
                {"id": one.id, "ticketID": one.ticket, "resourceID": one.person, "hoursWorked": one.hours}
                | {"summaryNotes": one.text, "internalNotes": one.internal_text}
                for t in tickets
                for one in t.times
            ]
        case "TicketAttachments":
            return [
                {"id": f.id, "ticketID": t.id, "title": f.title, "fullPath": f.name} for t in tickets for f in t.files
            ]
        case "Companies":
            return [{"id": c.id, "companyName": c.name, "isActive": True} for c in desk.clients.values()]
        case "Contacts":
            names = ((c.id, c.contact.partition(" ")) for c in desk.clients.values())
            return [{"id": number, "firstName": first, "lastName": last} for number, (first, _, last) in names]
        case "Resources":
            return [
                {"id": p.id, "email": p.email, "isActive": p.active}
                | {"firstName": p.name.split()[0], "lastName": p.name.split()[-1]}
                for p in desk.people.values()
            ]
        case "ResourceServiceDeskRoles":
            return [
                {"id": p.id, "resourceID": p.id, "roleID": p.role, "isActive": True, "isDefault": True}
                for p in desk.people.values()
            ]
        case _:
            raise DeskRefuses("invalid", "entity")


def _meets(row: dict[str, Any], one: dict[str, Any]) -> bool:
    name, value = one.get("field"), one.get("value")
    if name not in row:
        raise DeskRefuses("invalid", str(name))
    match one.get("op"):
        case "eq" if isinstance(row[name], str):
            return str(row[name]).lower() == str(value).lower()
        case "eq":
            return bool(row[name] == value)
        case "contains":
            return str(value).lower() in str(row[name]).lower()
        case "gte":
            return bool(row[name] >= value)
        case _:
            raise DeskRefuses("invalid", "op")

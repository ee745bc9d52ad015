"""A receiver of signed webhooks that writes what it is told onto the desk, once for each `webhook-id`."""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Any, Final

from aiohttp import web

from bot.sandbox.tickets.records import DeskRefuses
from bot.sandbox.tickets.server import Answering, TicketCall, TicketServer

SECRET: Final = "whsec_c2FuZGJveC1zYW5kYm94LXNhbmRib3gtMDE="  # noqa: S105 - made up
_TOLERANCE: Final = 300
_STATUSES: Final = {"in_progress": 2, "waiting": 3, "resolved": 4, "closed": 9}


class WebhookReceiver(TicketServer):
    """Takes events at `/hook`. One whose signature is wrong or whose time is off is refused."""

    title = "Webhook"
    secret = SECRET
    _taken: set[str]

    @property
    def inputs(self) -> dict[str, str]:
        """What an admin enters to connect to it."""
        return {"url": f"{self.url}/hook", "secret": self.secret}

    def routes(self) -> list[tuple[str, str, str, Answering]]:
        """List the one route. The step is told by the event's type."""
        self._taken = set()
        return [("POST", "/hook", "*", self._event)]

    def step_of(self, call: TicketCall) -> str:
        """Name the step after the event."""
        kind = str(call.body.get("type")) if isinstance(call.body, dict) else ""
        return kind.removeprefix("ticket.")

    def denial(self, call: TicketCall) -> web.StreamResponse | None:
        """Check signature and time."""
        headers = call.request.headers
        event_id, at, signatures = (headers.get(f"webhook-{n}", "") for n in ("id", "timestamp", "signature"))
        if not at.isdigit() or abs(int(at) - self.desk.wall()) > _TOLERANCE:
            return self.failure(401)
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        digest = hmac.new(key, f"{event_id}.{at}.".encode() + call.raw, hashlib.sha256).digest()
        expected = f"v1,{base64.b64encode(digest).decode()}"
        good = any(hmac.compare_digest(expected, one) for one in signatures.split(" "))
        return None if good else self.failure(401)

    def refusal(self, refused: DeskRefuses) -> web.StreamResponse:
        """Say no with a status and a word."""
        status = {"missing": 404, "too_long": 413, "file": 413, "right": 403}.get(refused.reason, 422)
        return web.json_response({"error": refused.reason}, status=status)

    def failure(self, status: int) -> web.StreamResponse:
        """Fail with a status and a word."""
        return web.json_response({"error": str(status)}, status=status)

    def _event(self, call: TicketCall) -> web.StreamResponse:
        event_id = call.request.headers["webhook-id"]
        if event_id not in self._taken:
            self._take(str(call.body.get("type")), call.body.get("data"))
            self._taken.add(event_id)
        return web.Response(status=204)

    def _take(self, kind: str, data: dict[str, Any]) -> None:
        match kind:
            case "connection.test":
                return
            case "ticket.note":
                person = self._person(data)
                self.desk.add_note(
                    self._ticket(data), data["note_text"], form="text", internal=data["visibility"] == "internal",
                    author=person, marker=data["marker"], mailed=data["notify_client"],
                )  # fmt: skip
            case "ticket.time":
                self.desk.add_time(
                    self._ticket(data), person=self._person(data), started=_time(data["started"]),
                    ended=_time(data["ended"]), hours=data["minutes"] / 60, text=data["text"],
                    internal_text=data["marker"], billable=data["billable"],
                )  # fmt: skip
            case "ticket.status":
                self.desk.set_status(self._ticket(data), _STATUSES.get(data["status"], 0))
            case "ticket.attachment":
                self.desk.add_file(
                    self._ticket(data), name=data["name"], title=f"{data['name']} {data['marker']}",
                    content_type=data["content_type"], data=base64.b64decode(data["content_base64"]),
                    internal=data["visibility"] == "internal",
                )  # fmt: skip
            case _:
                raise DeskRefuses("invalid", "type")

    def _ticket(self, data: dict[str, Any]) -> int:
        number = str(data["ticket_ref"])
        return int(number) if number.isdigit() else 0

    def _person(self, data: dict[str, Any]) -> int:
        email = data["engineer"]["email"]
        return next((person.id for person in self.desk.people.values() if email and person.email == email), 0)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)

"""The page of a fake ticket system: the list of tickets, and one ticket with everything on it, always fresh."""

import json
from typing import Any, Final

from aiohttp import web
from jinja2 import Environment, PackageLoader

from bot.sandbox.tickets.desk import Desk
from bot.sandbox.tickets.records import DeskNote

_TEMPLATE: Final = "desk.html"
_CONNECTWISE: Final = "/v4_6_release/services/system_io/Service/fv_sr100_request.rails"
"""Where links to tickets lead that ConnectWise PSA makes."""


class DeskPage:
    """Draws the desk. Whoever looks is told each second whether anything has changed."""

    def __init__(self, desk: Desk, name: str) -> None:
        self._desk = desk
        self._name = name
        self._templates = Environment(loader=PackageLoader("bot.sandbox.tickets", "templates"), autoescape=True)
        self._templates.filters["note"] = shown_note

    def routes(self) -> list[web.RouteDef]:
        """List the pages."""
        return [
            web.get("/", self._list),
            web.get("/desk/tickets/{id}", self._ticket),
            web.get("/desk/files/{id}/{file}", self._file),
            web.get("/desk/version", self._version),
            web.get(_CONNECTWISE, self._linked),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        return self._draw(ticket=None)

    async def _ticket(self, request: web.Request) -> web.Response:
        ticket = self._desk.tickets.get(_number(request.match_info["id"]))
        if ticket is None:
            raise web.HTTPNotFound(text="There is no such ticket.")
        return self._draw(ticket=ticket)

    async def _linked(self, request: web.Request) -> web.Response:
        raise web.HTTPFound(f"/desk/tickets/{_number(request.query.get('service_recid', ''))}")

    async def _file(self, request: web.Request) -> web.Response:
        ticket = self._desk.tickets.get(_number(request.match_info["id"]))
        file = next((f for f in (ticket.files if ticket else ()) if f.id == _number(request.match_info["file"])), None)
        if file is None:
            raise web.HTTPNotFound(text="There is no such file.")
        safe = file.content_type if file.content_type in ("image/png", "image/jpeg", "image/gif") else "text/plain"
        headers = {"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=file.data, content_type=safe, headers=headers)

    async def _version(self, request: web.Request) -> web.Response:
        return web.json_response({"version": self._desk.version})

    def _draw(self, **values: Any) -> web.Response:
        html = self._templates.get_template(_TEMPLATE).render(desk=self._desk, name=self._name, **values)
        return web.Response(text=html, content_type="text/html", headers={"Cache-Control": "no-store"})


def shown_note(note: DeskNote) -> str:
    """Return a note as text: HTML stays as it is for a frame without rights, blocks lose their form."""
    if note.form != "blocks":
        return note.text
    try:
        return "\n".join(_words(block) for block in json.loads(note.text))
    except ValueError:
        return note.text


def _words(block: Any) -> str:
    if not isinstance(block, dict):
        return ""
    bullet = {"bulletListItem": "• ", "numberedListItem": "# "}.get(str(block.get("type")), "")
    return bullet + str(block.get("text") or "") + "".join(_words(part) for part in block.get("content") or ())


def _number(text: str) -> int:
    return int(text) if text.isdigit() else -1

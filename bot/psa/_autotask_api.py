"""How Autotask is spoken to: its zone, its headers, its lists of values and its refusals."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from yarl import URL

from bot.psa._meaning import meaning
from bot.psa.faults import (
    AnswerNotUnderstood,
    FieldsNotTaken,
    KeyRevoked,
    TicketRefused,
    TicketSystemAway,
    TicketSystemFault,
)
from bot.psa.line import ApiReply, Line, as_json, inner, many, one, some

ZONES: Final = "https://webservices2.autotask.net/atservicesrest/v1.0/zoneInformation"
"""Where every Autotask user can ask in which zone it lives."""
VENDOR_DOMAIN: Final = "autotask.net"
_KEPT: Final = 24 * 3600.0
"""For how many seconds zone and lists of values are kept."""
_MOST_ROWS: Final = 500
_PAGES: Final = 10

Filter = tuple[str, str, Any]
"""Operator, field and value of a query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A value of one of the tenant's lists."""

    value: int
    label: str
    default: bool


class AutotaskApi:
    """Sends requests with Autotask's headers, and turns its refusals, most of them under status 500, into faults."""

    def __init__(
        self, line: Line, *, user: str, secret: str, integration_code: str, zone: URL | None, zones: str = ZONES
    ) -> None:
        self._line = line
        self._user = user
        self._headers = {"UserName": user, "Secret": secret, "ApiIntegrationCode": integration_code}
        self._fixed = zone
        self._zones = URL(zones)
        self._zone: tuple[URL, URL | None, float] | None = None
        self._fields: dict[str, tuple[dict[str, tuple[Pick, ...]], float]] = {}
        self._finding = asyncio.Lock()

    @property
    def now(self) -> float:
        """The time, in seconds since 1970."""
        return self._line.wall()

    @property
    def web(self) -> URL | None:
        """Where people see tickets. It is None until the zone is known."""
        return self._zone[1] if self._zone is not None else None

    async def get(self, path: str) -> dict[str, Any]:
        """Read one thing, or what is known about a kind of thing."""
        return one(await self._ask("GET", path))

    async def query(self, entity: str, *filters: Filter, most: int | None = None) -> list[dict[str, Any]]:
        """Read the things that meet all conditions, page by page."""
        conditions = [{"op": op, "field": name, "value": value} for op, name, value in filters]
        body = {"filter": conditions, "MaxRecords": most or _MOST_ROWS}
        answer = one(await self._ask("POST", f"{entity}/query", data=as_json(body)))
        rows = many(answer.get("items"))
        for _ in range(_PAGES if most is None else 0):
            following = inner(answer, "pageDetails").get("nextPageUrl")
            if not following:
                break
            reply = await self._line.ask("GET", URL(str(following)), headers=self._headers)
            if not reply.good:
                raise self._fault(reply)
            answer = one(reply.data())
            rows += many(answer.get("items"))
        return rows

    async def create(self, path: str, body: Mapping[str, Any], *, as_resource: str = "") -> dict[str, Any]:
        """Create something. `as_resource` is the person who shall stand as its author."""
        extra = {"ImpersonationResourceId": as_resource} if as_resource else {}
        return one(await self._ask("POST", path, data=as_json(body), write=True, extra=extra), lost=True)

    async def change(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Change the fields that are given and no others."""
        return one(await self._ask("PATCH", path, data=as_json(body), write=True), lost=True)

    async def picks(self, entity: str, field: str) -> tuple[Pick, ...]:
        """Return the active values of one of the tenant's lists."""
        kept = self._fields.get(entity)
        if kept is None or self.now >= kept[1]:
            answer = await self.get(f"{entity}/entityInformation/fields")
            lists = {str(row.get("name")).lower(): _picks(row) for row in many(answer.get("fields"))}
            kept = self._fields[entity] = (lists, self.now + _KEPT)
        return kept[0].get(field.lower(), ())

    async def _ask(
        self, method: str, path: str, *, data: bytes | None = None, write: bool = False, extra: Mapping[str, str] = {}
    ) -> Any:
        base = await self._base()
        headers = {**self._headers, "Content-Type": "application/json", **extra}
        url = base.joinpath("V1.0", *path.split("/"))
        reply = await self._line.ask(method, url, headers=headers, data=data, write=write)
        if not reply.good:
            raise self._fault(reply)
        return reply.data()

    async def _base(self) -> URL:
        """Return the address of the user's zone, which is asked for once a day."""
        if self._fixed is not None:
            return self._fixed
        async with self._finding:
            if self._zone is None or self.now >= self._zone[2]:
                self._zone = await self._find_zone()
            return self._zone[0]

    async def _find_zone(self) -> tuple[URL, URL | None, float]:
        reply = await self._line.ask("GET", self._zones, headers={}, params={"user": self._user})
        if not reply.good:
            # An unknown user is answered with status 500 and a list of errors.
            raise KeyRevoked(status=reply.status) if _errors(reply) else self._line.fault(reply)
        answer = one(reply.data())
        try:
            zone, web = URL(str(answer["url"]).rstrip("/")), answer.get("webUrl")
            return zone, URL(str(web)) if web else None, self.now + _KEPT
        except (KeyError, ValueError):
            raise AnswerNotUnderstood from None

    def _fault(self, reply: ApiReply) -> TicketSystemFault:
        errors = _errors(reply)
        if not errors or reply.status in (401, 403, 404, 429):
            return self._line.fault(reply)
        words = " ".join(errors).lower()
        if any(word in words for word in ("threshold", "too many", "concurrent", "thread")):
            return TicketSystemAway(lost=False, status=reply.status, retry_after=60.0)
        if any(word in words for word in ("timeout", "timed out", "internal server", "temporarily", "unexpected")):
            return TicketSystemAway(lost=reply.write, status=reply.status)
        kind = ImpersonationRefused if "impersonat" in words else meaning(words)
        return kind(lost=reply.write and reply.status >= 500 and kind is FieldsNotTaken, status=reply.status)


class ImpersonationRefused(TicketRefused):
    """The API's user may not write in the name of that person."""

    user_text = "The connection may not write in your name. Ask your administrator to allow it in Autotask."


def _errors(reply: ApiReply) -> Sequence[str]:
    trouble = reply.trouble()
    errors = trouble.get("errors") if isinstance(trouble, dict) else None
    return [str(error) for error in errors] if isinstance(errors, list) else []


def _picks(row: Mapping[str, Any]) -> tuple[Pick, ...]:
    return tuple(
        Pick(value=int(v["value"]), label=str(v.get("label") or ""), default=bool(v.get("isDefaultValue")))
        for v in some(row, "picklistValues")
        if v.get("isActive", True) and str(v.get("value")).isdecimal()
    )

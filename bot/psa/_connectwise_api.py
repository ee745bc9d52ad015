"""How ConnectWise PSA is spoken to: its address, its headers and its refusals."""

import asyncio
import base64
from collections.abc import Mapping, Sequence
from typing import Any, Final

import aiohttp
from yarl import URL

from bot.psa._meaning import meaning
from bot.psa.faults import FieldsNotTaken, PageInsteadOfData, TicketMissing, TicketSystemFault
from bot.psa.line import ApiReply, Line, as_json, many, named, one, some

_CODEBASE: Final = "v4_6_release/"
_CLOUD: Final = (".myconnectwise.net", ".connectwisedev.com")


def api_site(site: URL) -> URL:
    """Return where the API is: in ConnectWise's cloud, people know `na.…` and the API is at `api-na.…`."""
    host = site.host or ""
    if host.endswith(_CLOUD) and not host.startswith(("api-", "staging-api")):
        return site.with_host(f"api-{host}")
    return site


def people_site(site: URL) -> URL:
    """Return where people log in, which also knows the path of the API."""
    return site.with_host((site.host or "").removeprefix("api-"))


class ConnectWiseApi:
    """Sends requests with ConnectWise's headers, and turns its refusals into faults."""

    def __init__(self, line: Line, site: URL, *, company: str, public: str, private: str, client_id: str) -> None:
        self._line = line
        self._api = api_site(site)
        self.people = people_site(site)
        self._company = company
        key = base64.b64encode(f"{company}+{public}:{private}".encode()).decode()
        self._headers = {
            "Authorization": f"Basic {key}",
            "clientId": client_id,
            "Accept": "application/vnd.connectwise.com+json; version=2022.1, application/json",
        }
        self._base: URL | None = None
        self._finding = asyncio.Lock()

    async def get(self, path: str, **params: str) -> dict[str, Any]:
        """Read one thing."""
        return one(await self._ask("GET", path, params=params))

    async def rows(self, path: str, **params: str) -> list[dict[str, Any]]:
        """Read a page of things."""
        return many(await self._ask("GET", path, params=params))

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create something."""
        return one(await self._ask("POST", path, data=as_json(body), write=True), lost=True)

    async def patch(self, path: str, operations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Change something: ConnectWise takes a list of operations."""
        return one(await self._ask("PATCH", path, data=as_json(operations), write=True), lost=True)

    async def upload(self, path: str, form: aiohttp.FormData) -> dict[str, Any]:
        """Create something from a form with a file."""
        return one(await self._ask("POST", path, data=form, write=True), lost=True)

    async def _ask(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None, data: Any = None, write: bool = False
    ) -> Any:
        base = self._base or await self._find_base()
        headers = {**self._headers, "Content-Type": "application/json"} if isinstance(data, bytes) else self._headers
        url = base.joinpath(*path.strip("/").split("/"))
        reply = await self._line.ask(method, url, headers=headers, params=params, data=data, write=write)
        if not reply.good:
            raise self._fault(reply)
        return reply.data()

    async def _find_base(self) -> URL:
        """Ask once for the path of the API, which changes with ConnectWise's releases."""
        async with self._finding:
            if self._base is None:
                codebase = await self._codebase()
                self._base = self._api.joinpath(*codebase.strip("/").split("/"), "apis", "3.0")
            return self._base

    async def _codebase(self) -> str:
        url = self.people.joinpath("login", "companyinfo", self._company)
        reply = await self._line.ask("GET", url, headers={"Accept": "application/json"})
        if reply.status in (429, 502, 503, 504):
            raise self._line.fault(reply)
        try:
            answer = reply.data() if reply.good else None
        except PageInsteadOfData:
            answer = None
        codebase = answer.get("Codebase") if isinstance(answer, dict) else None
        return codebase if isinstance(codebase, str) and codebase.strip("/") else _CODEBASE

    def _fault(self, reply: ApiReply) -> TicketSystemFault:
        trouble = reply.trouble()
        if not isinstance(trouble, dict):
            if reply.status != 404:
                return self._line.fault(reply)
            # Even a missing ticket is missing in JSON, so the path has changed, or this is another server.
            self._base = None
            return PageInsteadOfData(status=404)
        errors = some(trouble, "errors")
        field = named(errors[0].get("field") or errors[0].get("resource")) if errors else ""
        if reply.status not in (400, 409, 422):
            return self._line.fault(reply, field)
        words = " ".join(str(part) for e in errors for part in (e.get("field"), e.get("code"), e.get("message")))
        kind = meaning(f"{trouble.get('message')} {words}")
        if kind is FieldsNotTaken and field == "ticket" and "NotFound" in words:
            return TicketMissing(status=reply.status, field=field)
        return kind(status=reply.status, field=field)

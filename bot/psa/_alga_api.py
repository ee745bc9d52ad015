"""How AlgaPSA is spoken to: its key and its refusals."""

from collections.abc import Mapping
from typing import Any, Final

import aiohttp
from yarl import URL

from bot.psa._meaning import meaning
from bot.psa.faults import (
    CloseRulesUnmet,
    FeatureMissing,
    FileNotTaken,
    KeyRevoked,
    NoteTooLong,
    PeriodClosed,
    StatusNotTaken,
    TicketSystemFault,
    TimeOverlaps,
)
from bot.psa.line import ApiReply, Line, as_json, inner, many, named, one, some

_LATE: Final = 60.0
"""A database fault of theirs looks like a bad key, so one late attempt is worth it."""
_PAGE: Final = "100"
_PAGES: Final = 20


class AlgaApi:
    """Sends requests with an API key, which stands for one person."""

    def __init__(self, line: Line, host: URL, key: str) -> None:
        self._line = line
        self.host = host
        self._headers = {"x-api-key": key, "Accept": "application/json"}

    async def get(self, path: str, **params: str) -> dict[str, Any]:
        """Read one thing."""
        return inner(one(await self._ask("GET", path, params=params)), "data")

    async def rows(self, path: str, **params: str) -> list[dict[str, Any]]:
        """Read a list that comes whole."""
        return many(one(await self._ask("GET", path, params=params)).get("data"))

    async def all(self, path: str, **params: str) -> list[dict[str, Any]]:
        """Read a list that comes in pages."""
        rows: list[dict[str, Any]] = []
        for page in range(1, _PAGES + 1):
            answer = one(await self._ask("GET", path, params={**params, "limit": _PAGE, "page": str(page)}))
            rows += many(answer.get("data"))
            if not inner(answer, "pagination").get("hasNext"):
                break
        return rows

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create something."""
        return inner(one(await self._ask("POST", path, data=as_json(body), write=True), lost=True), "data")

    async def put(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Change something."""
        return inner(one(await self._ask("PUT", path, data=as_json(body), write=True), lost=True), "data")

    async def upload(self, path: str, form: aiohttp.FormData) -> dict[str, Any]:
        """Create something from a file."""
        return inner(one(await self._ask("POST", path, data=form, write=True), lost=True), "data")

    async def _ask(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None, data: Any = None, write: bool = False
    ) -> Any:
        headers = {**self._headers, "Content-Type": "application/json"} if isinstance(data, bytes) else self._headers
        url = self.host.joinpath("api", "v1", *path.split("/"))
        reply = await self._line.ask(method, url, headers=headers, params=params, data=data, write=write)
        if not reply.good:
            raise self._fault(reply)
        return reply.data()

    def _fault(self, reply: ApiReply) -> TicketSystemFault:
        trouble = reply.trouble()
        error = trouble.get("error") if isinstance(trouble, dict) else None
        error = error if isinstance(error, dict) else {"message": error}
        details = some(error, "details")
        match reply.status:
            case 401:
                return KeyRevoked(again_after=_LATE)
            case 403 if error.get("code") == "PRODUCT_ACCESS_DENIED":
                return FeatureMissing(status=403)
            case 409:
                return TimeOverlaps(status=409)
            case 400:
                return _bad_request(str(error.get("message") or ""), details)
            case _:
                return self._line.fault(reply)


def _bad_request(message: str, details: list[dict[str, Any]]) -> TicketSystemFault:
    rules = [named(detail.get("rule")) for detail in details if detail.get("rule")]
    if rules:
        return CloseRulesUnmet(status=400, field=rules[0])
    paths = [_path(detail.get("path")) for detail in details]
    words = f"{message} {' '.join(str(detail.get('message')) for detail in details)}".lower()
    if "time period" in words:
        return PeriodClosed(status=400)
    if "status_id" in paths:
        return StatusNotTaken(status=400, field="status_id")
    if "file" in paths:
        return FileNotTaken(status=400, field="file")
    if "comment_text" in paths and ("maximum" in words or "5000" in words or "too long" in words):
        return NoteTooLong(status=400, field="comment_text")
    return meaning(words)(status=400, field=paths[0] if paths else "")


def _path(path: object) -> str:
    return named(".".join(str(part) for part in path) if isinstance(path, list) else path)

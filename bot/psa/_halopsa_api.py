"""How HaloPSA is spoken to: its token, its address and its refusals."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from yarl import URL

from bot.psa._meaning import meaning
from bot.psa.faults import AnswerNotUnderstood, KeyRevoked, TicketSystemFault
from bot.psa.line import ApiReply, Line, as_json, many, named, one

VENDOR_DOMAINS: Final = ("halopsa.com", "haloservicedesk.com", "haloitsm.com")
"""Where Halo's own hosting may have the login of a tenant."""
_SCOPE: Final = "all"
_LONGEST: Final = 3_600.0
_EARLY: Final = 60.0


class HaloApi:
    """Sends requests with a token, which is fetched once for all and again when Halo no longer takes it."""

    def __init__(self, line: Line, host: URL, *, client_id: str, client_secret: str) -> None:
        self._line = line
        self.host = host
        self._client = {"client_id": client_id, "client_secret": client_secret}
        self._login: URL | None = None
        self._token = ""
        self._good_until = 0.0
        self._fetching = asyncio.Lock()

    async def get(self, path: str, **params: str) -> dict[str, Any]:
        """Read one thing."""
        return one(await self._ask("GET", path, params=params))

    async def rows(self, path: str, key: str, **params: str) -> list[dict[str, Any]]:
        """Read a list of things. Halo puts some lists into an object, under their name."""
        answer = await self._ask("GET", path, params=params)
        return many(answer.get(key) if isinstance(answer, dict) else answer)

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create or change one thing: Halo takes a list."""
        return one(await self._ask("POST", path, data=as_json([body])), lost=True)

    async def _ask(self, method: str, path: str, *, params: Mapping[str, str] | None = None, data: Any = None) -> Any:
        url = self.host.joinpath("api", *path.split("/"))
        token = await self._fresh("")
        for again in (True, False):
            headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
            if data is not None:
                headers["Content-Type"] = "application/json"
            reply = await self._line.ask(method, url, headers=headers, params=params, data=data, write=data is not None)
            if reply.status == 401 and again:
                token = await self._fresh(token)
                continue
            break
        if not reply.good:
            raise self._fault(reply)
        return reply.data()

    async def _fresh(self, stale: str) -> str:
        """Return a token other than the stale one. Whoever comes meanwhile waits for the same token."""
        async with self._fetching:
            if not self._token or self._token == stale or self._line.wall() >= self._good_until:
                await self._fetch()
            return self._token

    async def _fetch(self) -> None:
        login = self._login or await self._find_login()
        form = {"grant_type": "client_credentials", "scope": _SCOPE, **self._client}
        reply = await self._line.ask("POST", login, headers={"Accept": "application/json"}, data=form)
        if reply.status in (400, 401, 403):
            raise KeyRevoked(status=reply.status)
        if not reply.good:
            raise self._line.fault(reply)
        answer = one(reply.data())
        token, lifetime = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not token:
            raise AnswerNotUnderstood
        self._login = login
        self._token = token
        seconds = float(lifetime) if isinstance(lifetime, int | float) else _LONGEST
        self._good_until = self._line.wall() + max(min(seconds, _LONGEST) - _EARLY, _EARLY / 2)

    async def _find_login(self) -> URL:
        reply = await self._line.ask("GET", self.host / "api" / "authinfo", headers={"Accept": "application/json"})
        if not reply.good:
            raise self._line.fault(reply)
        answer = one(reply.data())
        try:
            login = URL(str(answer.get("auth_url") or self.host / "auth")) / "token"
        except ValueError:
            raise AnswerNotUnderstood from None
        tenant = answer.get("tenant_id")
        return login.with_query(tenant=str(tenant)) if tenant else login

    def _fault(self, reply: ApiReply) -> TicketSystemFault:
        trouble = reply.trouble()
        if reply.status not in (400, 409, 422) or trouble is None:
            return self._line.fault(reply)
        words = _words(trouble)
        field = named(trouble.get("field")) if isinstance(trouble, dict) else ""
        return meaning(words)(status=reply.status, field=field)


def _words(trouble: Any) -> str:
    """Collect what Halo says: it answers with a string, or an object with a message under one of several names."""
    if isinstance(trouble, dict):
        return " ".join(_words(part) for part in trouble.values())
    if isinstance(trouble, Sequence) and not isinstance(trouble, str):
        return " ".join(_words(part) for part in trouble)
    return str(trouble)

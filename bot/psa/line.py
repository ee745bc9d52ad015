"""The line to one ticket system: a request and its answer, with limits on time and size, and faults in our words."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Final

import aiohttp
from yarl import URL

from bot.psa.faults import (
    AnswerNotUnderstood,
    AnswerTooLarge,
    CertificateRefused,
    FieldsNotTaken,
    FileNotTaken,
    HostRefused,
    KeyRevoked,
    PageInsteadOfData,
    RedirectRefused,
    RightMissing,
    TicketMissing,
    TicketSystemAway,
    TicketSystemBusy,
    TicketSystemFault,
)
from bot.psa.hosts import GuardedConnector, Hosts
from bot.psa.values import Receipt

MOST_BYTES: Final = 8 * 1024 * 1024
"""The largest answer that is read."""
AT_ONCE: Final = 2
"""Requests to one ticket system at one time. Their limits are tight, and other programs use them, too."""
READ_SECONDS: Final = 30.0
WRITE_SECONDS: Final = 120.0
"""A write gets long: when it is given up too early, it may still be carried out after it was looked for."""
_CONNECT_SECONDS: Final = 10.0
_LONGEST_PAUSE: Final = 6 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiReply:
    """An answer of a ticket system. Its body is read by `data`."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    write: bool

    @property
    def good(self) -> bool:
        """Whether the request was carried out."""
        return 200 <= self.status < 300

    def data(self) -> Any:
        """Read the body as JSON. Anything else is a fault."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise PageInsteadOfData(lost=self.write, status=self.status) from None

    def trouble(self) -> Any:
        """Read the body of a refusal. It is None when it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class Line:
    """Sends requests to one ticket system's hosts, and nowhere else."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        hosts: Hosts,
        *,
        wall: Callable[[], float],
        most_bytes: int = MOST_BYTES,
        write_seconds: float = WRITE_SECONDS,
    ) -> None:
        if not isinstance(session.connector, GuardedConnector):
            raise HostRefused
        self._session = session
        self._hosts = hosts
        self.wall = wall
        self._most_bytes = most_bytes
        self._reading = aiohttp.ClientTimeout(total=READ_SECONDS, sock_connect=_CONNECT_SECONDS)
        self._writing = aiohttp.ClientTimeout(total=write_seconds, sock_connect=_CONNECT_SECONDS)
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def ask(
        self,
        method: str,
        url: URL,
        *,
        headers: Mapping[str, str],
        write: bool = False,
        params: Mapping[str, str] | None = None,
        data: Any = None,
    ) -> ApiReply:
        """Send one request. `write` says that it changes something, so that a lost answer is called lost."""
        if params:
            url = url.update_query(params)
        self._hosts.check(url)
        try:
            async with (
                self._turns,
                self._session.request(
                    method,
                    url,
                    headers=headers,
                    data=data,
                    allow_redirects=False,
                    timeout=self._writing if write else self._reading,
                ) as response,
            ):
                body = await self._body(response, write)
                return ApiReply(status=response.status, headers=response.headers, body=body, write=write)
        except aiohttp.InvalidURL:
            raise HostRefused from None
        except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError):
            raise CertificateRefused from None
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise TicketSystemAway(lost=False) from None
        except (TimeoutError, aiohttp.ClientError, OSError):
            raise TicketSystemAway(lost=write) from None

    async def _body(self, response: aiohttp.ClientResponse, write: bool) -> bytes:
        if 300 <= response.status < 400:
            raise RedirectRefused(status=response.status)
        body = bytearray()
        async for chunk in response.content.iter_chunked(65_536):
            body += chunk
            if len(body) > self._most_bytes:
                response.close()
                raise AnswerTooLarge(lost=write, status=response.status)
        return bytes(body)

    def retry_after(self, reply: ApiReply) -> float | None:
        """Read for how many seconds the ticket system wants to be left alone: a number, or a date."""
        text = reply.headers.get("Retry-After", "").strip()
        try:
            seconds = float(text)
        except ValueError:
            try:
                seconds = parsedate_to_datetime(text).timestamp() - self.wall()
            except ValueError:
                return None
        return min(max(seconds, 0.0), _LONGEST_PAUSE) if seconds == seconds else None

    def fault(self, reply: ApiReply, field: str = "") -> TicketSystemFault:
        """Say what a refusal means where HTTP's own words are all there is. Systems look at their own words first."""
        match reply.status:
            case 429:
                return TicketSystemBusy(status=429, retry_after=self.retry_after(reply))
            case 408 | 425 | 502 | 503 | 504:
                return TicketSystemAway(lost=reply.write, status=reply.status, retry_after=self.retry_after(reply))
            case 401:
                return KeyRevoked(status=401)
            case 413:
                return FileNotTaken(status=413)
            case status if status >= 500:
                return TicketSystemAway(lost=reply.write, status=status, retry_after=self.retry_after(reply))
            case status if reply.trouble() is None and _is_page(reply):
                return PageInsteadOfData(status=status)
            case 403:
                return RightMissing(status=403, field=field)
            case 404:
                return TicketMissing(status=404)
            case status:
                return FieldsNotTaken(status=status, field=field)


def as_json(value: Any) -> bytes:
    """Write a value as the body of a request."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def one(data: Any, *, lost: bool = False) -> dict[str, Any]:
    """Take an answer that is an object, or a list of just one."""
    if isinstance(data, list) and len(data) == 1:
        data = data[0]
    if not isinstance(data, dict):
        raise AnswerNotUnderstood(lost=lost)
    return data


def many(data: Any) -> list[dict[str, Any]]:
    """Take an answer that is a list of objects."""
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        raise AnswerNotUnderstood
    return data


async def together(*requests: Awaitable[Any]) -> list[Any]:
    """Send requests at the same time and wait for all of them, also when one fails: none goes on unattended."""
    results = await asyncio.gather(*requests, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


def some(row: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """Take the objects of a list that is a part of another. Empty when there is no list."""
    value = row.get(key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def inner(row: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Take an object that is a part of another. Empty when it is not there."""
    value = row.get(key)
    return value if isinstance(value, dict) else {}


def receipt(row: Mapping[str, Any], key: str = "id") -> Receipt:
    """Take the id that a row has in the ticket system."""
    if not isinstance(row.get(key), int | str):
        raise AnswerNotUnderstood(lost=True)
    return Receipt(id=str(row[key]))


def named(text: object) -> str:
    """Take the name of a field or rule from an answer: letters, digits and dots, so that no content comes along."""
    name = str(text or "")
    plain = name.replace("_", "").replace(".", "").replace("/", "").replace("-", "")
    return name if len(name) <= 60 and plain.isascii() and plain.isalnum() else ""


def _is_page(reply: ApiReply) -> bool:
    return "html" in reply.headers.get("Content-Type", "").lower() or reply.body.lstrip()[:1] == b"<"

"""The bytes of files that people share: from Slack's hosts alone, within a size and a time."""

import asyncio
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

import aiohttp

from bot.domain.evidence import MOST_BYTES, Unread
from bot.slack.content import FileAccess, SharedFile

SECONDS: Final = 30.0
_SLACK: Final = re.compile(r"https://(?:[a-z0-9-]{1,63}\.)+slack\.com(?::443)?/[^\s\\]*", re.IGNORECASE)
_SLACKS_OWN_API: Final = ("slack.com", "www.slack.com")
_MOST_HOPS: Final = 4
_CHUNK: Final = 65_536
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_LOGIN_ADDRESS: Final = re.compile(r"[?&]redir=|/(?:signin|login|sso)\b", re.IGNORECASE)
_PAGE: Final = re.compile(rb"\s*(?:<!doctype html|<html)", re.IGNORECASE)
_PAGE_FILE: Final = re.compile(r"html?|xhtml", re.IGNORECASE)
_SLACKS_PAGE: Final = b"slack-edge.com"
_REFUSED: Final = {401: Unread.NO_ACCESS, 403: Unread.NO_ACCESS, 404: Unread.GONE, 410: Unread.GONE}
_KEPT: Final = {
    FileAccess.ASK: Unread.NO_ACCESS,
    FileAccess.EXTERNAL: Unread.ELSEWHERE,
    FileAccess.GONE: Unread.GONE,
    FileAccess.HIDDEN: Unread.HIDDEN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedFile:
    """The bytes of a file, or why there are none."""

    data: bytes = b""
    unread: Unread | None = None


class SlackFiles:
    """Fetches files with the bot token, which no other host ever sees."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        *,
        api_url: str = "https://slack.com/api/",
        most_bytes: int = MOST_BYTES,
        seconds: float = SECONDS,
    ) -> None:
        self._http = http
        self._base = _origin(api_url)
        self._most_bytes = most_bytes
        self._seconds = seconds

    async def fetch(self, file: SharedFile, token: str) -> FetchedFile:
        """Fetch one file. Whatever goes wrong is a reason, and nothing raises but a cancellation.

        A file of which Slack sent the id alone is to be asked for with `files.info` first.
        """
        if file.access in _KEPT:
            return FetchedFile(unread=_KEPT[file.access])
        if file.size > self._most_bytes:
            return FetchedFile(unread=Unread.TOO_BIG)
        try:
            async with asyncio.timeout(self._seconds):
                return await self._follow(file, token)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return FetchedFile(unread=Unread.UNREACHABLE)

    async def _follow(self, file: SharedFile, token: str) -> FetchedFile:
        url = file.url
        for _ in range(_MOST_HOPS):
            if not self._is_slacks(url):
                return FetchedFile(unread=Unread.ELSEWHERE)
            headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
            async with self._http.get(url, headers=headers, allow_redirects=False) as response:
                if response.status not in _MOVED:
                    return await self._read(response, file)
                url = urljoin(url, response.headers.get("Location", ""))
            if _LOGIN_ADDRESS.search(url) is not None:
                return FetchedFile(unread=Unread.NO_ACCESS)
        return FetchedFile(unread=Unread.UNREACHABLE)

    async def _read(self, response: aiohttp.ClientResponse, file: SharedFile) -> FetchedFile:
        if response.status != 200:
            return FetchedFile(unread=_REFUSED.get(response.status, Unread.UNREACHABLE))
        if (response.content_length or 0) > self._most_bytes:
            return FetchedFile(unread=Unread.TOO_BIG)
        data = bytearray()
        async for chunk in response.content.iter_chunked(_CHUNK):
            data += chunk
            if len(data) > self._most_bytes:
                return FetchedFile(unread=Unread.TOO_BIG)
        if _is_login_page(data, file):
            return FetchedFile(unread=Unread.NO_ACCESS)
        return FetchedFile(data=bytes(data), unread=None if data else Unread.EMPTY)

    def _is_slacks(self, url: str) -> bool:
        """Tell whether an address is one of Slack's, or of the stand-in whose Web API the app calls."""
        if _SLACK.fullmatch(url) is not None:
            return True
        return bool(self._base) and url.startswith(f"{self._base}/") and "\\" not in url


def _origin(api_url: str) -> str:
    """Return scheme, host and port of a Web API that is not Slack's own. Empty for Slack's."""
    parts = urlsplit(api_url)
    return "" if parts.hostname in _SLACKS_OWN_API else f"{parts.scheme}://{parts.netloc}"


def _is_login_page(data: bytearray, file: SharedFile) -> bool:
    """Tell whether Slack sent the page on which people log in, which it does with a status of 200."""
    if _PAGE.match(data[:1_000]) is None:
        return False
    is_page = _PAGE_FILE.fullmatch(file.filetype or file.name.rpartition(".")[2]) is not None
    return not is_page or (_SLACKS_PAGE in data[:20_000] and len(data) != file.size)

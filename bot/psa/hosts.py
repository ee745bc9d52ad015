"""Where requests may go: to the configured hosts, over https, and to no private address, whatever DNS says."""

import ipaddress
import re
import socket
from collections.abc import Iterable
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.psa.faults import HostRefused

_TRANSLATED: Final = 0x64FF9B << 64
"""The first 96 bits of IPv6 addresses that a translator turns into the IPv4 address in their last 32."""

_NAME: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?")


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the internet's, seen through every form that hides an IPv4 address."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if int(ip) >> 32 == _TRANSLATED:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            ip = inner
    return ip.is_global and not ip.is_multicast


class PublicResolver(AbstractResolver):
    """Resolves names, and refuses those that lead to an address which is not public."""

    def __init__(self, inner: AbstractResolver) -> None:
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a host. One that is not public spoils them all."""
        addresses = await self._inner.resolve(host, port, family)
        if not all(is_public(address["host"]) for address in addresses):
            raise HostRefused
        return addresses

    async def close(self) -> None:
        """Release the inner resolver."""
        await self._inner.close()


class GuardedConnector(aiohttp.TCPConnector):
    """Connects only where it is allowed to. A session for ticket systems has one."""

    def __init__(self, *, allow_private: bool, resolver: AbstractResolver | None = None) -> None:
        inner = resolver or aiohttp.DefaultResolver()
        super().__init__(
            resolver=inner if allow_private else PublicResolver(inner), limit_per_host=8, keepalive_timeout=30
        )
        self.allow_private = allow_private


def open_session(*, allow_private: bool, resolver: AbstractResolver | None = None) -> aiohttp.ClientSession:
    """Open the session that ticket systems are reached over. It keeps no cookies and reads no proxy settings."""
    return aiohttp.ClientSession(
        connector=GuardedConnector(allow_private=allow_private, resolver=resolver),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        headers={"User-Agent": "Tasklane"},
    )


class Hosts:
    """The hosts that one ticket system may be reached at: exact origins, and domains with all that is below."""

    def __init__(self, *, allow_private: bool, origins: Iterable[URL] = (), domains: Iterable[str] = ()) -> None:
        self._allow_private = allow_private
        self._origins = {origin.origin() for origin in origins}
        self._domains = tuple(f".{domain}" for domain in domains)

    def check(self, url: URL) -> None:
        """Refuse an address that requests may not go to."""
        host = url.host or ""
        if not host or url.user is not None or url.scheme not in ("https", "http"):
            raise HostRefused
        if not self._allow_private and (url.scheme != "https" or (_is_literal(host) and not is_public(host))):
            raise HostRefused
        known = url.origin() in self._origins or (url.scheme == "https" and url.port == 443 and self._covers(host))
        if not known:
            raise HostRefused

    def _covers(self, host: str) -> bool:
        return f".{host}".lower().endswith(self._domains) if self._domains else False


def address(text: str, *, allow_private: bool) -> URL:
    """Read what an admin typed as the address of a ticket system. A bare host means https."""
    text = text.strip()
    try:
        url = URL(text if "://" in text else f"https://{text}")
        host = url.raw_host or ""
        known = _is_literal(host) or (_NAME.fullmatch(host) is not None and ("." in host or allow_private))
    except ValueError:
        raise HostRefused from None
    if not known:
        raise HostRefused
    Hosts(allow_private=allow_private, origins=[url]).check(url)
    return url.with_query(None).with_fragment(None).with_path(url.path.rstrip("/"))


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True

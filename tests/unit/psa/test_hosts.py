"""Where requests may go."""

import asyncio
import socket
from typing import Any

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver
from yarl import URL

from bot.psa.faults import CertificateRefused, HostRefused, TicketSystemAway
from bot.psa.hosts import Hosts, address, is_public, open_session
from bot.psa.line import Line


class NamedHosts(AbstractResolver):
    """A DNS that answers what the test says."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int = 0, family: Any = socket.AF_INET) -> list[Any]:
        self.asked.append(host)
        return [
            {"hostname": host, "host": one, "port": port, "family": family, "proto": 0, "flags": 0}
            for one in self.addresses
        ]

    async def close(self) -> None:
        pass


@pytest.mark.parametrize(
    "private",
    [
        *("127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
        *("0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::"),
        *("2001:0:4136:e378:8000:63bf:80ff:fffe", "ff02::1", "2001:db8::1", "no address", ""),
    ],
)
def test_an_address_that_is_not_of_the_internet_is_not_public(private: str) -> None:
    assert not is_public(private)


@pytest.mark.parametrize("public", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_an_address_of_the_internet_is_public(public: str) -> None:
    assert is_public(public)


@pytest.mark.parametrize(
    "entered",
    [
        *(
            "http://psa.example",
            "ftp://psa.example",
            "https://",
            "https://127.0.0.1",
            "https://[::1]/x",
            "javascript:1",
        ),
        *(
            "https://user:pass@psa.example",
            "https://169.254.169.254/latest",
            "https://[::ffff:10.0.0.1]",
            "https://a b",
        ),
        *("https://psa.example:99999", "file://etc", ""),
    ],
)
def test_an_address_that_may_not_be_used_is_refused(entered: str) -> None:
    with pytest.raises(HostRefused):
        address(entered, allow_private=False)


@pytest.mark.parametrize(
    ("entered", "read"),
    [
        ("na.myconnectwise.net", "https://na.myconnectwise.net"),
        (" https://acme.halopsa.com/ ", "https://acme.halopsa.com"),
        ("https://psa.example/sub/?x=1#y", "https://psa.example/sub"),
    ],
)
def test_what_an_admin_enters_is_read_as_https(entered: str, read: str) -> None:
    assert address(entered, allow_private=False) == URL(read)


def test_private_addresses_may_be_allowed() -> None:
    assert address("http://127.0.0.1:8080", allow_private=True) == URL("http://127.0.0.1:8080")


@pytest.mark.parametrize(
    "elsewhere",
    [
        *("https://psa.example:8443/", "https://psa.example.evil.test/", "https://evil.test/psa.example"),
        *("https://evilautotask.net/", "http://psa.example/", "https://autotask.net:8443/"),
    ],
)
def test_only_the_configured_hosts_are_asked(elsewhere: str) -> None:
    hosts = Hosts(allow_private=False, origins=[URL("https://psa.example")], domains=["autotask.net"])
    for good in ("https://psa.example/a", "https://webservices4.autotask.net/b"):
        hosts.check(URL(good))
    with pytest.raises(HostRefused):
        hosts.check(URL(elsewhere))


@pytest.mark.parametrize("addresses", [("127.0.0.1",), ("8.8.8.8", "10.0.0.7"), ("::1",)])
async def test_a_name_that_leads_to_a_private_address_is_refused(addresses: tuple[str, ...]) -> None:
    names = NamedHosts(*addresses)
    async with open_session(allow_private=False, resolver=names) as session:
        line = Line(session, Hosts(allow_private=False, origins=[URL("https://psa.example")]), wall=lambda: 0.0)
        with pytest.raises(HostRefused):
            await line.ask("GET", URL("https://psa.example/api"), headers={})
    assert names.asked == ["psa.example"]


async def test_other_spellings_of_loopback_are_refused() -> None:
    async with open_session(allow_private=False) as session:
        for host in ("https://2130706433", "https://0x7f000001", "https://127.1", "https://localhost"):
            url = URL(host)
            line = Line(session, Hosts(allow_private=False, origins=[url]), wall=lambda: 0.0)
            with pytest.raises(HostRefused):
                await line.ask("GET", url, headers={})


async def test_a_session_without_the_guard_is_not_taken() -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(HostRefused):
            Line(session, Hosts(allow_private=True), wall=lambda: 0.0)


async def test_a_host_without_a_certificate_is_told_apart_from_one_that_is_away() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = URL(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    async with server, open_session(allow_private=True) as session:
        line = Line(session, Hosts(allow_private=True, origins=[url]), wall=lambda: 0.0)
        with pytest.raises((CertificateRefused, TicketSystemAway)) as caught:
            await line.ask("POST", url, headers={}, write=True)
    assert not caught.value.lost

"""Files come from Slack's hosts alone, within a size and a time, and the token goes nowhere else."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import aiohttp
import pytest
from aiohttp import web

from bot.domain.evidence import Unread
from bot.slack.content import FileAccess, SharedFile
from bot.slack.files import SlackFiles

LOGIN = b'<!DOCTYPE html><html lang="en-US"><head><link href="https://a.slack-edge.com/x.css"></head></html>'


@dataclass
class Host:
    """A server that serves files, and what it was asked."""

    url: str = ""
    tokens: list[str | None] = field(default_factory=list)


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def served(host: Host, elsewhere: str = "") -> web.AppRunner:
    async def answer(request: web.Request) -> web.StreamResponse:
        host.tokens.append(request.headers.get("Authorization"))
        match request.path:
            case "/log":
                return web.Response(body=b"line\n" * 100, content_type="text/plain")
            case "/login":
                return web.Response(body=LOGIN, content_type="text/html")
            case "/page.html":
                return web.Response(body=b"<!DOCTYPE html><html>mine</html>", content_type="text/html")
            case "/moved":
                raise web.HTTPFound("/log")
            case "/away":
                raise web.HTTPFound(f"{elsewhere}/log")
            case "/asks":
                raise web.HTTPFound("/?redir=%2Ffiles-pri%2FT1-F1%2Flog")
            case "/round":
                raise web.HTTPFound("/round")
            case "/slow":
                await asyncio.Event().wait()
                return web.Response(body=b"late")
            case "/endless":
                return await endless(request)
            case path:
                return web.Response(status=int(path.removeprefix("/")))

    async def endless(request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse()
        await stream.prepare(request)
        for _ in range(1_000):
            await stream.write(b"x" * 65_536)
        return stream

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    return runner


@pytest.fixture
async def elsewhere() -> AsyncIterator[Host]:
    host = Host()
    runner = await served(host)
    yield host
    await runner.cleanup()


@pytest.fixture
async def slack(elsewhere: Host) -> AsyncIterator[Host]:
    host = Host()
    runner = await served(host, elsewhere.url)
    yield host
    await runner.cleanup()


def files(http: aiohttp.ClientSession, slack: Host, **limits: float) -> SlackFiles:
    most, seconds = int(limits.get("most_bytes", 200_000)), limits.get("seconds", 5.0)
    return SlackFiles(http, api_url=f"{slack.url}/api/", most_bytes=most, seconds=seconds)


def file(url: str, name: str = "sssd.log") -> SharedFile:
    return SharedFile(id="F1", name=name, url=url, size=500)


@pytest.mark.parametrize("path", ["/log", "/moved"])
async def test_a_file_is_fetched_with_the_token(http: aiohttp.ClientSession, slack: Host, path: str) -> None:
    fetched = await files(http, slack).fetch(file(slack.url + path), "xoxb-1")
    assert (fetched.data, fetched.unread) == (b"line\n" * 100, None)
    assert set(slack.tokens) == {"Bearer xoxb-1"}


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/login", Unread.NO_ACCESS),
        ("/asks", Unread.NO_ACCESS),
        ("/401", Unread.NO_ACCESS),
        ("/403", Unread.NO_ACCESS),
        ("/404", Unread.GONE),
        ("/410", Unread.GONE),
        ("/429", Unread.UNREACHABLE),
        ("/503", Unread.UNREACHABLE),
        ("/round", Unread.UNREACHABLE),
        ("/endless", Unread.TOO_BIG),
    ],
)
async def test_what_slack_does_not_give_has_a_reason(
    http: aiohttp.ClientSession, slack: Host, path: str, reason: Unread
) -> None:
    fetched = await files(http, slack).fetch(file(slack.url + path), "xoxb-1")
    assert (fetched.data, fetched.unread) == (b"", reason)


async def test_a_redirect_elsewhere_is_not_followed(http: aiohttp.ClientSession, slack: Host, elsewhere: Host) -> None:
    fetched = await files(http, slack).fetch(file(slack.url + "/away"), "xoxb-1")
    assert (fetched.unread, elsewhere.tokens) == (Unread.ELSEWHERE, [])


@pytest.mark.parametrize(
    "url",
    [
        "https://files.slack.com.evil.example/a",
        "https://evil.example/files.slack.com/a",
        "https://files.slack.com@evil.example/a",
        "https://evil.example\\.slack.com/a",
        "http://files.slack.com/a",
        "https://files.slack.com:8443/a",
        "https://slack.com.evil/a",
        "https://evilslack.com/a",
        "ftp://files.slack.com/a",
        "//files.slack.com/a",
        "{other}/log",
        "{base}.evil.example/log",
        "{base}@evil.example/log",
        "",
    ],
)
async def test_no_other_host_is_asked(http: aiohttp.ClientSession, slack: Host, elsewhere: Host, url: str) -> None:
    asked = url.format(other=elsewhere.url, base=slack.url) if "{" in url else url
    fetched = await files(http, slack).fetch(file(asked), "xoxb-1")
    assert (fetched.unread, elsewhere.tokens, slack.tokens) == (Unread.ELSEWHERE, [], [])


async def test_the_stand_in_of_another_app_is_not_asked(http: aiohttp.ClientSession, slack: Host) -> None:
    fetched = await SlackFiles(http).fetch(file(f"{slack.url}/log"), "xoxb-1")
    assert (fetched.unread, slack.tokens) == (Unread.ELSEWHERE, [])


async def test_a_page_that_somebody_uploaded_is_no_login_page(http: aiohttp.ClientSession, slack: Host) -> None:
    fetched = await files(http, slack).fetch(file(f"{slack.url}/page.html", "page.html"), "xoxb-1")
    assert fetched.data == b"<!DOCTYPE html><html>mine</html>"
    fetched = await files(http, slack).fetch(file(f"{slack.url}/login", "page.html"), "xoxb-1")
    assert fetched.unread is Unread.NO_ACCESS


async def test_a_slow_answer_is_given_up(http: aiohttp.ClientSession, slack: Host) -> None:
    fetched = await files(http, slack, seconds=0.05).fetch(file(f"{slack.url}/slow"), "xoxb-1")
    assert fetched.unread is Unread.UNREACHABLE


async def test_a_gigabyte_is_not_begun(http: aiohttp.ClientSession, slack: Host) -> None:
    fetched = await files(http, slack).fetch(replace(file(f"{slack.url}/log"), size=1_000_000_000), "xoxb-1")
    assert (fetched.unread, slack.tokens) == (Unread.TOO_BIG, [])


@pytest.mark.parametrize(
    ("access", "reason"),
    [
        (FileAccess.GONE, Unread.GONE),
        (FileAccess.HIDDEN, Unread.HIDDEN),
        (FileAccess.EXTERNAL, Unread.ELSEWHERE),
        (FileAccess.ASK, Unread.NO_ACCESS),
    ],
)
async def test_a_file_that_is_not_there_is_not_asked_for(
    http: aiohttp.ClientSession, slack: Host, access: FileAccess, reason: Unread
) -> None:
    fetched = await files(http, slack).fetch(replace(file(f"{slack.url}/log"), access=access), "xoxb-1")
    assert (fetched.unread, slack.tokens) == (reason, [])

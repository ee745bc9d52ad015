"""The page of a fake ticket system."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest

from bot.sandbox.tickets.connectwise import FakeConnectWise
from bot.sandbox.tickets.desk import Desk


async def _never(seconds: float) -> None:
    raise AssertionError("nothing is late here")


@pytest.fixture
async def server() -> AsyncIterator[FakeConnectWise]:
    async with FakeConnectWise(Desk(wall=lambda: 1_795_000_000.0), sleep=_never) as one:
        yield one


async def _get(server: FakeConnectWise, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(server.url + path) as response:
        return response.status, await response.text(errors="replace")


async def test_the_list_shows_every_ticket_with_client_and_status(server: FakeConnectWise) -> None:
    status, page = await _get(server, "/")
    assert status == 200
    for words in ("#4411", "Printer on floor 2 prints blank pages", "Fabrikam", "In Progress", "Closed"):
        assert words in page


async def test_a_ticket_shows_notes_time_status_and_files(server: FakeConnectWise) -> None:
    desk = server.desk
    started = datetime(2026, 11, 27, 10, tzinfo=UTC)
    desk.add_note(4411, "For us", form="text", internal=True, author=21)
    desk.add_note(4411, "For you", form="text", internal=False)
    desk.add_time(4411, person=22, started=started, ended=None, hours=0.5333, text="Troubleshooting")
    desk.add_file(4411, name="a.png", title="Screen", content_type="image/png", data=b"png", internal=True)
    desk.set_status(4411, 4)
    _, page = await _get(server, "/desk/tickets/4411")
    for words in (
        "For us",
        "For you",
        "Client can read this",
        "Ben Lee",
        ">32<",
        "Screen",
        '<span class="tag" id="status">Resolved',
    ):
        assert words in page
    image = re.search(r'src="(/desk/files/[^"]+)"', page)
    assert image is not None
    assert (await _get(server, image[1])) == (200, "png")


async def test_what_is_written_cannot_act_on_the_page(server: FakeConnectWise) -> None:
    hostile = '<script>alert(1)</script>"><img src=x>'
    server.desk.add_note(4411, hostile, form="text", internal=True)
    server.desk.add_note(4411, hostile, form="html", internal=True)
    file = server.desk.add_file(
        4411, name=hostile, title=hostile, content_type="text/html", data=hostile.encode(), internal=True
    )
    _, page = await _get(server, "/desk/tickets/4411")
    assert hostile not in page
    assert page.count("<script>") == 1
    assert 'iframe sandbox=""' in page
    async with aiohttp.ClientSession() as session, session.get(f"{server.url}/desk/files/4411/{file.id}") as response:
        assert response.content_type == "text/plain"


async def test_the_version_tells_that_something_changed(server: FakeConnectWise) -> None:
    _, before = await _get(server, "/desk/version")
    server.desk.set_status(4411, 4)
    _, after = await _get(server, "/desk/version")
    assert before != after


@pytest.mark.parametrize("path", ["/desk/tickets/9", "/desk/tickets/x", "/desk/files/4411/9", "/desk/files/x/y"])
async def test_what_is_not_there_is_not_found(server: FakeConnectWise, path: str) -> None:
    assert (await _get(server, path))[0] == 404

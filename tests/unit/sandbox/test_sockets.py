from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp

from bot.sandbox import Sandbox
from tests.unit.sandbox.apps import over_sockets


async def test_a_refreshed_app_keeps_receiving_events(app: AsyncApp, slack: Sandbox) -> None:
    seen: list[str] = []

    @app.event("message")
    async def note(event: dict[str, Any]) -> None:
        seen.append(event["text"])

    async with over_sockets(app, slack):
        await slack.sockets.refresh()
        await slack.person("Ana").dm("during")
        await slack.until(lambda: seen)
        assert seen == ["during"]


async def test_an_event_on_a_socket_that_is_cut_comes_again(app: AsyncApp, slack: Sandbox) -> None:
    @app.event("message")
    async def note() -> None: ...

    @app.middleware
    async def cut(next_: Any) -> None:
        if len(slack.record.deliveries("message")) == 0:
            slack.sockets.drop()
        await next_()

    async with over_sockets(app, slack):
        await slack.person("Ana").dm("once")
        await slack.until(lambda: slack.record.deliveries("message"))
        first = slack.record.deliveries("message")[0]
        assert (first.data["ok"], first.data["reason"]) == (False, "connection_failed")


async def test_each_envelope_goes_to_one_of_several_sockets(app: AsyncApp, slack: Sandbox) -> None:
    seen: list[str] = []

    @app.event("message")
    async def note(event: dict[str, Any]) -> None:
        seen.append(event["text"])

    async with over_sockets(app, slack), over_sockets(app, slack):
        assert len(slack.sockets.links) == 2
        slack.faults.duplicate_next_events()
        for number in range(4):
            await slack.person("Ana").dm(str(number))
        await slack.until(lambda: len(seen) == 5)
        assert sorted(seen) == ["0", "0", "1", "2", "3"]


async def test_an_event_can_be_delivered_again_later(http_app: AsyncApp, slack: Sandbox) -> None:
    seen: list[str] = []

    @http_app.event("message")
    async def note(body: dict[str, Any]) -> None:
        seen.append(body["event_id"])

    await slack.person("Ana").dm("once")
    await slack.until(lambda: seen)
    slack.redeliver(seen[0])
    await slack.until(lambda: len(seen) == 2)
    assert seen[0] == seen[1]


async def test_an_eleventh_socket_is_turned_away(app: AsyncApp, slack: Sandbox) -> None:
    session = app.client.session
    assert session

    async def connect() -> tuple[str, aiohttp.ClientWebSocketResponse]:
        opened = await app.client.apps_connections_open(app_token=slack.app_token)
        socket = await session.ws_connect(opened["url"])
        hello = await socket.receive_json()
        return hello.get("reason") or hello["type"], socket

    found = [await connect() for _ in range(11)]
    assert [word for word, _ in found] == ["hello"] * 10 + ["too_many_websockets"]
    for _, socket in found:
        await socket.close()

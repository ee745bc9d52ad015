from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp

from bot.sandbox import ManualClock, Sandbox
from bot.sandbox.limits import LINK_CLOSES
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


async def raw(app: AsyncApp, slack: Sandbox) -> aiohttp.ClientWebSocketResponse:
    """Open a WebSocket on which nothing is acknowledged but by the test."""
    session = app.client.session
    assert session
    opened = await app.client.apps_connections_open(app_token=slack.app_token)
    socket = await session.ws_connect(opened["url"])
    assert (await socket.receive_json())["type"] == "hello"
    return socket


def acknowledged(slack: Sandbox) -> int:
    return sum(entry.data["ok"] for entry in slack.record.deliveries("message"))


async def test_one_of_two_sockets_is_refreshed_and_its_acknowledgement_still_counts(
    app: AsyncApp, slack: Sandbox, clock: ManualClock
) -> None:
    old, other = await raw(app, slack), await raw(app, slack)
    slack.faults.refresh_next_sockets()
    await slack.person("Ana").dm("first")
    first = await old.receive_json()
    farewell = await old.receive_json()
    assert (farewell["type"], farewell["reason"]) == ("disconnect", "refresh_requested")
    await old.send_json({"envelope_id": first["envelope_id"]})
    for word in ("second", "third"):
        await slack.person("Ana").dm(word)
        envelope = await other.receive_json()
        assert envelope["payload"]["event"]["text"] == word
        await other.send_json({"envelope_id": envelope["envelope_id"]})
    await slack.until(lambda: acknowledged(slack) == 3)
    await clock.someone_sleeps()
    clock.advance(LINK_CLOSES)
    assert (await old.receive()).type == aiohttp.WSMsgType.CLOSE
    await old.close()
    await other.close()


async def test_a_warned_socket_serves_until_it_is_closed(app: AsyncApp, slack: Sandbox, clock: ManualClock) -> None:
    socket = await raw(app, slack)
    await slack.sockets.refresh(reason="warning")
    assert (await socket.receive_json())["reason"] == "warning"
    await slack.person("Ana").dm("still here")
    envelope = await socket.receive_json()
    await socket.send_json({"envelope_id": envelope["envelope_id"]})
    await slack.until(lambda: acknowledged(slack))
    await clock.someone_sleeps()
    clock.advance(LINK_CLOSES)
    assert (await socket.receive()).type == aiohttp.WSMsgType.CLOSE
    await socket.close()


async def test_an_acknowledgement_on_another_socket_does_not_count(app: AsyncApp, slack: Sandbox) -> None:
    one, other = await raw(app, slack), await raw(app, slack)
    await slack.person("Ana").dm("once")
    envelope = await one.receive_json()
    await other.send_json({"envelope_id": envelope["envelope_id"]})
    again = await other.receive_json()
    assert (again["retry_attempt"], again["retry_reason"]) == (1, "http_timeout")
    assert again["payload"] == envelope["payload"]
    assert again["envelope_id"] != envelope["envelope_id"]
    await one.close()
    await other.close()


async def test_what_is_not_acknowledged_comes_at_once_and_after_one_and_five_minutes(
    app: AsyncApp, slack: Sandbox, clock: ManualClock
) -> None:
    socket = await raw(app, slack)
    await slack.person("Ana").dm("hello?")
    seen = [(await socket.receive_json())["retry_attempt"] for _ in range(2)]
    for pause in (60, 300):
        await slack.until(lambda: len(slack.record.deliveries("message")) == len(seen))
        await clock.someone_sleeps()
        clock.advance(pause - 1)
        assert len(slack.record.deliveries("message")) == len(seen)
        clock.advance(1)
        seen.append((await socket.receive_json())["retry_attempt"])
    assert seen == [0, 1, 2, 3]
    await socket.close()


async def test_the_sdk_keeps_up_with_links_that_are_refreshed_under_it(app: AsyncApp, slack: Sandbox) -> None:
    seen: list[str] = []

    @app.event("message")
    async def note(event: dict[str, Any]) -> None:
        seen.append(event["text"])

    slack.faults.refresh_next_sockets(2)
    async with over_sockets(app, slack), over_sockets(app, slack):
        for number in range(4):
            await slack.person("Ana").dm(str(number))
        await slack.until(lambda: set(seen) == set("0123"))
        await slack.until(lambda: len(slack.sockets.links) == 2)


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

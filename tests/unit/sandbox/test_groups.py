from collections.abc import Awaitable
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox
from tests.unit.sandbox.apps import over_http, web_client


async def error(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_the_app_opens_direct_messages_with_a_group(slack: Sandbox, client: AsyncWebClient) -> None:
    channel = (await client.conversations_open(users="U0BEN,U0ANA", return_im=True))["channel"]
    assert channel["is_mpim"] is True
    assert channel["name"] == "mpdm-ana--ben--tasklane-1"
    assert (await client.conversations_open(users=["U0ANA", "U0BEN"]))["channel"]["id"] == channel["id"]
    await client.chat_postMessage(channel=channel["id"], text="hi both")
    assert [m.text for m in slack.group("Ana", "Ben").messages] == ["hi both"]
    assert "== @Ana, @Ben ==" in slack.overview()
    assert await error(client.conversations_open(users="U0ANA,U0BOT")) == "cannot_dm_bot"


async def test_a_groups_messages_arrive_as_mpim(http_app: AsyncApp, slack: Sandbox) -> None:
    seen: list[str] = []

    @http_app.event("message")
    async def note(event: dict[str, Any]) -> None:
        seen.append(event["channel_type"])

    await slack.person("Ana").say(slack.group("Ana", "Ben"), "hello")
    await slack.until(lambda: seen)
    assert seen == ["mpim"]


@pytest.mark.parametrize(("scopes", "expected"), [(["mpim:history"], ["message"]), (["im:history"], [])])
async def test_events_need_a_subscription_and_a_scope(scopes: list[str], expected: list[str]) -> None:
    manifest = {
        "oauth_config": {"scopes": {"bot": scopes}},
        "settings": {"event_subscriptions": {"bot_events": ["message.mpim"]}},
    }
    async with Sandbox(manifest=manifest) as slack, web_client(slack) as client:
        app = AsyncApp(client=client, signing_secret=slack.signing_secret)

        @app.event("message")
        async def ignore() -> None: ...

        async with over_http(app, slack):
            await slack.person("Ana").dm("not subscribed")
            await slack.person("Ana").say(slack.group("Ana", "Ben"), "hello")
            await slack.settled()
        assert [entry.name for entry in slack.record.deliveries()] == expected
        assert await error(client.conversations_open(users="U0ANA")) == "missing_scope"

"""An agent's threads: status, title and suggested prompts."""

from collections.abc import Awaitable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import CannotDo, ManualClock, Sandbox
from tests.unit.sandbox.apps import web_client

PROMPTS = [{"title": "Printer", "message": "Nobody can print"}, {"title": "VPN", "message": "No VPN"}]


async def error(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


@pytest.mark.parametrize("ends", ["time", "post", "empty"])
async def test_a_status_stays_until_the_app_posts_or_two_minutes_have_passed(
    slack: Sandbox, client: AsyncWebClient, clock: ManualClock, ends: str
) -> None:
    asked = await slack.person("Ana").dm("help")
    place: dict[str, Any] = {"channel_id": asked.channel.id, "thread_ts": asked.ts}
    await client.assistant_threads_setStatus(**place, status="is thinking…", loading_messages=["Reading…"])
    assert slack.status(asked) == "is thinking…"
    if ends == "time":
        clock.advance(120)
    elif ends == "post":
        await client.chat_postMessage(channel=asked.channel.id, thread_ts=asked.ts, text="done")
    else:
        await client.assistant_threads_setStatus(**place, status="")
    assert slack.status(asked) == ""


async def test_a_status_needs_a_thread_and_short_loading_messages(slack: Sandbox, client: AsyncWebClient) -> None:
    asked = await slack.person("Ana").say("help-desk", "help")
    set_status = client.assistant_threads_setStatus
    gone = set_status(channel_id=asked.channel.id, thread_ts="1.0", status="x")
    assert await error(gone) == "invalid_thread_ts"
    for messages in (["x"] * 11, ["x" * 51]):
        call = set_status(channel_id=asked.channel.id, thread_ts=asked.ts, status="x", loading_messages=messages)
        assert await error(call) == "invalid_arguments"


async def test_people_use_the_prompts_that_the_app_suggests(slack: Sandbox, client: AsyncWebClient) -> None:
    ana = slack.person("Ana")
    await client.assistant_threads_setSuggestedPrompts(channel_id=ana.direct.id, prompts=PROMPTS)
    assert (await ana.use_prompt("VPN")).text == "No VPN"
    with pytest.raises(CannotDo):
        await ana.use_prompt("Mail")
    for prompts in (PROMPTS * 3, [{"title": "x"}]):
        call = client.assistant_threads_setSuggestedPrompts(channel_id=ana.direct.id, prompts=prompts)
        assert await error(call) == "invalid_arguments"
    desk = client.assistant_threads_setSuggestedPrompts(channel_id="C0HELPDESK", prompts=PROMPTS)
    assert await error(desk) == "channel_not_found"


async def test_a_thread_has_a_title(slack: Sandbox, client: AsyncWebClient) -> None:
    asked = await slack.person("Ana").dm("help")
    await client.assistant_threads_setTitle(channel_id=asked.channel.id, thread_ts=asked.ts, title="Printer")
    assert asked.channel.titles == {asked.ts: "Printer"}


async def test_only_an_agent_has_titles_and_prompts() -> None:
    manifest = {"oauth_config": {"scopes": {"bot": ["assistant:write"]}}}
    async with Sandbox(manifest=manifest) as slack, web_client(slack) as client:
        place = slack.person("Ana").direct.id
        call = client.assistant_threads_setSuggestedPrompts(channel_id=place, prompts=PROMPTS)
        assert await error(call) == "not_agent_app"


async def test_with_an_agent_view_prompts_for_a_thread_do_nothing_without_a_word() -> None:
    features = {"agent_view": {"agent_description": "helps"}}
    manifest = {"features": features, "oauth_config": {"scopes": {"bot": ["assistant:write"]}}}
    async with Sandbox(manifest=manifest) as slack, web_client(slack) as client:
        ana = slack.person("Ana")
        asked = await ana.dm("help")
        set_prompts = client.assistant_threads_setSuggestedPrompts
        assert (await set_prompts(channel_id=ana.direct.id, thread_ts=asked.ts, prompts=PROMPTS))["ok"]
        assert ana.direct.prompts == []
        await set_prompts(channel_id=ana.direct.id, prompts=PROMPTS)
        assert [prompt["title"] for prompt in ana.direct.prompts] == ["Printer", "VPN"]

from collections.abc import Awaitable
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.models.messages.chunk import MarkdownTextChunk, TaskUpdateChunk
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import CannotDo, ManualClock, Message, Sandbox
from tests.unit.sandbox.apps import button, section

DESK = "C0HELPDESK"
TO_ANA: dict[str, Any] = {"recipient_user_id": "U0ANA", "recipient_team_id": "T0SANDBOX"}


async def error(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def started(slack: Sandbox, client: AsyncWebClient, text: str | None = "One. ", **more: Any) -> Message:
    root = await slack.person("Ana").say("help-desk", "help")
    answer = await client.chat_startStream(channel=DESK, thread_ts=root.ts, markdown_text=text, **TO_ANA, **more)
    assert root.replies[0].ts == answer["ts"]
    return root.replies[0]


async def test_a_stream_grows_for_its_recipient_and_for_others_only_when_it_stops(
    slack: Sandbox, client: AsyncWebClient
) -> None:
    reply = await started(slack, client)
    await client.chat_appendStream(channel=DESK, ts=reply.ts, markdown_text="Two. ")
    assert (reply.text_view("U0ANA"), reply.text_view("U0BEN")) == ("One. Two. ", "One. ")
    blocks = [{"type": "actions", "elements": [button("Copy", "copy")]}]
    await client.chat_stopStream(channel=DESK, ts=reply.ts, markdown_text="Three.", blocks=blocks)
    assert reply.text_view("U0ANA") == reply.text_view("U0BEN") == "One. Two. Three.\n[Copy]"
    assert reply.edited is None


async def test_a_stream_ends_once(slack: Sandbox, client: AsyncWebClient) -> None:
    reply = await started(slack, client)
    assert await error(client.chat_update(channel=DESK, ts=reply.ts, text="x")) == "streaming_state_conflict"
    assert await error(client.chat_delete(channel=DESK, ts=reply.ts)) == "cant_delete_message"
    await client.chat_stopStream(channel=DESK, ts=reply.ts)
    late = client.chat_appendStream(channel=DESK, ts=reply.ts, markdown_text="x")
    assert await error(late) == "message_not_in_streaming_state"
    assert await error(client.chat_stopStream(channel=DESK, ts=reply.ts)) == "message_not_in_streaming_state"
    await client.chat_update(channel=DESK, ts=reply.ts, text="now", blocks=[section("now")])
    assert reply.text_view() == "now"


async def test_slack_gives_a_stream_up_after_five_minutes_and_chat_update_takes_over(
    slack: Sandbox, client: AsyncWebClient, clock: ManualClock
) -> None:
    reply = await started(slack, client)
    clock.advance(290)
    await client.chat_appendStream(channel=DESK, ts=reply.ts, markdown_text="Two.")
    clock.advance(10)
    late = client.chat_appendStream(channel=DESK, ts=reply.ts, markdown_text="x")
    assert await error(late) == "message_not_in_streaming_state"
    await client.chat_update(channel=DESK, ts=reply.ts, markdown_text="One. Two. Three.")
    assert reply.text_view("U0BEN") == "One. Two. Three."


async def test_who_watches_a_stream_in_a_channel_must_be_said(slack: Sandbox, client: AsyncWebClient) -> None:
    root = await slack.person("Ana").say("help-desk", "help")

    async def start(**who: Any) -> str:
        return await error(client.chat_startStream(channel=DESK, thread_ts=root.ts, markdown_text="x", **who))

    assert await start() == "missing_recipient_user_id"
    assert await start(recipient_user_id="U0ANA") == "missing_recipient_team_id"
    assert await start(recipient_user_id="U0NOBODY", recipient_team_id="T0SANDBOX") == "user_not_found"
    assert await start(recipient_user_id="U0ANA", recipient_team_id="T0ELSE") == "invalid_arguments"
    asked = await slack.person("Ana").dm("help")
    assert (await client.chat_startStream(channel="D0ANA", thread_ts=asked.ts))["ok"]
    alone = client.api_call("chat.startStream", json={"channel": "D0ANA", "markdown_text": "x"})
    assert await error(alone) == "invalid_arguments"


async def test_a_streamed_message_holds_twelve_thousand(slack: Sandbox, client: AsyncWebClient) -> None:
    reply = await started(slack, client, "x" * 11_990)
    assert await error(client.chat_appendStream(channel=DESK, ts=reply.ts, markdown_text="y" * 11)) == "msg_too_long"
    assert await error(client.chat_stopStream(channel=DESK, ts=reply.ts, markdown_text="ü" * 6)) == "msg_too_long"
    await client.chat_stopStream(channel=DESK, ts=reply.ts, markdown_text="ü" * 5)
    assert len(reply.text) == 11_995


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"markdown_text": "x", "chunks": []}, "cannot_provide_both_markdown_text_and_chunks"),
        ({"chunks": [{"type": "nothing"}]}, "invalid_chunks"),
        ({"chunks": [{"type": "task_update", "id": "t", "title": "T", "status": "done"}]}, "invalid_chunks"),
        ({"chunks": [{"type": "plan_update", "title": "x" * 257}]}, "invalid_chunks"),
        ({"chunks": [{"type": "blocks", "blocks": [section("x")] * 51}]}, "invalid_chunks"),
        ({"chunks": [{"type": "markdown_text", "text": "x" * 12_001}]}, "invalid_chunks"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
        ({}, "no_text"),
    ],
)
async def test_what_a_stream_refuses(
    slack: Sandbox, client: AsyncWebClient, content: dict[str, Any], expected: str
) -> None:
    reply = await started(slack, client)
    call = client.api_call("chat.appendStream", json={"channel": DESK, "ts": reply.ts, **content})
    assert await error(call) == expected


async def test_tasks_of_a_stream_are_updated_in_place(slack: Sandbox, client: AsyncWebClient) -> None:
    reply = await started(slack, client, None, task_display_mode="plan")

    async def append(*chunks: Any) -> None:
        await client.chat_appendStream(channel=DESK, ts=reply.ts, chunks=chunks)

    await append({"type": "plan_update", "title": "Looking"}, TaskUpdateChunk(id="t", title="Logs", status="pending"))
    await append(
        TaskUpdateChunk(id="t", title="Logs", status="complete", output="42 lines"), MarkdownTextChunk(text="Done")
    )
    assert reply.text_view() == "Looking\nLogs\n42 lines\nDone"
    assert reply.blocks[0]["tasks"][0]["status"] == "complete"


async def test_a_person_can_stop_a_stream(http_app: AsyncApp, slack: Sandbox) -> None:
    stopped: list[dict[str, Any]] = []

    @http_app.event("agent_session_stopped")
    async def note(event: dict[str, Any]) -> None:
        stopped.append(event)

    client = http_app.client
    reply = await started(slack, client)
    await slack.person("Ana").stop(reply)
    await slack.until(lambda: stopped)
    assert (stopped[0]["user"], stopped[0]["streaming_message_ts"]) == ("U0ANA", [reply.ts])
    assert await error(client.chat_appendStream(channel=DESK, ts=reply.ts, markdown_text="x")) == "stopped_by_user"
    with pytest.raises(CannotDo):
        await slack.person("Ana").stop(reply)


async def test_only_ones_own_streams_are_written(slack: Sandbox, client: AsyncWebClient) -> None:
    theirs = await slack.person("Ana").say("help-desk", "mine")
    call = client.chat_appendStream(channel=DESK, ts=theirs.ts, markdown_text="x")
    assert await error(call) == "message_not_owned_by_app"
    assert await error(client.chat_appendStream(channel=DESK, ts="1.0", markdown_text="x")) == "message_not_found"
    posted = await client.chat_postMessage(channel=DESK, text="x")
    call = client.chat_appendStream(channel=DESK, ts=posted["ts"], markdown_text="x")
    assert await error(call) == "message_not_in_streaming_state"


async def test_streams_start_twenty_times_a_minute_and_grow_a_hundred_times(
    slack: Sandbox, client: AsyncWebClient
) -> None:
    reply = await started(slack, client)
    for _ in range(100):
        await client.chat_appendStream(channel=DESK, ts=reply.ts, markdown_text="x")
    assert await error(client.chat_appendStream(channel=DESK, ts=reply.ts, markdown_text="x")) == "ratelimited"
    for _ in range(19):
        await client.chat_startStream(channel=DESK, thread_ts=str(reply.thread_ts), **TO_ANA)
    again = client.chat_startStream(channel=DESK, thread_ts=str(reply.thread_ts), **TO_ANA)
    assert await error(again) == "ratelimited"


async def test_the_sdks_own_streamer_works_here(slack: Sandbox, client: AsyncWebClient) -> None:
    root = await slack.person("Ana").say("help-desk", "help")
    stream = await client.chat_stream(channel=DESK, thread_ts=root.ts, buffer_size=4, **TO_ANA)
    await stream.append(markdown_text="Hello ")
    await stream.append(markdown_text="world")
    await stream.stop()
    assert root.replies[0].text_view("U0BEN") == "Hello world"

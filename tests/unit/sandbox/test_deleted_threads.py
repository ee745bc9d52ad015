"""What Slack does with posts into a thread whose first message is gone, and with what is left of it."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import CannotDo, Message, Sandbox

DESK = "C0HELPDESK"


@pytest.fixture
async def gone(slack: Sandbox) -> Message:
    ana = slack.person("Ana")
    message = await ana.say("help-desk", "never mind")
    await ana.delete(message)
    return message


@pytest.fixture
async def tombstone(slack: Sandbox) -> Message:
    ana = slack.person("Ana")
    root = await ana.say("help-desk", "my password is hunter2", files=[("a.txt", "secret")])
    await slack.person("Ben").say("help-desk", "oh", thread=root)
    await ana.delete(root)
    return root


@pytest.mark.parametrize("thread_ts", ["", "1.0"])
async def test_a_post_below_a_message_that_is_gone_stands_in_the_channel(
    slack: Sandbox, client: AsyncWebClient, gone: Message, thread_ts: str
) -> None:
    answer = await client.chat_postMessage(channel=DESK, text="notes", thread_ts=thread_ts or gone.ts)
    assert "thread_ts" not in answer["message"]
    assert [m.text for m in slack.channel("help-desk").messages] == ["notes"]


async def test_a_stream_below_a_message_that_is_gone_stands_in_the_channel(
    slack: Sandbox, client: AsyncWebClient, gone: Message
) -> None:
    reader: dict[str, Any] = {"recipient_user_id": "U0ANA", "recipient_team_id": slack.team_id}
    started = await client.chat_startStream(channel=DESK, thread_ts=gone.ts, markdown_text="one", **reader)
    assert set(started.data) == {"ok", "channel", "ts"}
    stopped = await client.chat_stopStream(channel=DESK, ts=started["ts"])
    assert "thread_ts" not in stopped["message"]
    assert [m.text for m in slack.channel("help-desk").messages] == ["one"]


async def test_a_file_below_a_message_that_is_gone_stands_in_the_channel(
    slack: Sandbox, client: AsyncWebClient, gone: Message
) -> None:
    answer = await client.files_upload_v2(channel=DESK, thread_ts=gone.ts, filename="notes.md", content="x")
    (shared,) = slack.channel("help-desk").messages
    assert [file.name for file in shared.files] == ["notes.md"]
    info = await client.files_info(file=answer["files"][0]["id"])
    (share,) = info["file"]["shares"]["public"][DESK]
    assert share == {"ts": shared.ts, "channel_name": "help-desk", "team_id": slack.team_id}


async def test_a_file_in_a_thread_says_where_it_was_shared(slack: Sandbox, client: AsyncWebClient) -> None:
    root = await slack.person("Ana").say("help-desk", "printer")
    answer = await client.files_upload_v2(channel=DESK, thread_ts=root.ts, filename="notes.md", content="x")
    info = await client.files_info(file=answer["files"][0]["id"])
    assert info["file"]["shares"]["public"][DESK][0]["thread_ts"] == root.ts


async def test_an_ephemeral_in_a_thread_is_seen_only_when_somebody_has_replied(
    slack: Sandbox, client: AsyncWebClient, gone: Message
) -> None:
    root = await slack.person("Ana").say("help-desk", "printer")
    for thread_ts in (gone.ts, root.ts):
        answer = await client.chat_postEphemeral(channel=DESK, user="U0ANA", text="psst", thread_ts=thread_ts)
        assert answer["message_ts"]
    assert slack.person("Ana").ephemerals == []
    await slack.person("Ben").say("help-desk", "on it", thread=root)
    await client.chat_postEphemeral(channel=DESK, user="U0ANA", text="psst", thread_ts=root.ts)
    assert [m.text for m in slack.person("Ana").ephemerals] == ["psst"]


async def test_nobody_replies_to_a_message_that_is_gone(slack: Sandbox, gone: Message) -> None:
    with pytest.raises(CannotDo, match="gone"):
        await slack.person("Ben").say("help-desk", "what?", thread=gone)


async def test_a_deleted_message_with_replies_leaves_a_tombstone_that_says_nothing(
    client: AsyncWebClient, tombstone: Message
) -> None:
    root, reply = (await client.conversations_replies(channel=DESK, ts=tombstone.ts))["messages"]
    assert root["subtype"] == "tombstone"
    assert (root["user"], root["text"], root["hidden"]) == ("USLACKBOT", "This message was deleted.", True)
    assert root["reply_count"] == 1
    assert "files" not in root
    assert (reply["text"], reply["thread_ts"]) == ("oh", tombstone.ts)


async def test_a_tombstone_still_takes_replies(client: AsyncWebClient, tombstone: Message) -> None:
    answer = await client.chat_postMessage(channel=DESK, text="later", thread_ts=tombstone.ts)
    assert answer["message"]["thread_ts"] == tombstone.ts


async def test_the_event_about_a_tombstone_is_an_edit(slack: Sandbox, connected: AsyncApp) -> None:
    events: list[dict[str, Any]] = []

    @connected.event("message")
    async def heard(event: dict[str, Any]) -> None:
        events.append(event)

    ana = slack.person("Ana")
    root = await ana.say("help-desk", "first")
    reply = await ana.say("help-desk", "second", thread=root)
    await slack.settled()
    await ana.delete(root)
    await slack.settled()
    changed = events[-1]
    assert (changed["subtype"], changed["message"]["subtype"]) == ("message_changed", "tombstone")
    assert (changed["message"]["ts"], changed["previous_message"]["text"]) == (root.ts, "first")
    await ana.delete(reply)
    await slack.settled()
    assert (events[-1]["subtype"], events[-1]["deleted_ts"]) == ("message_deleted", reply.ts)


async def test_a_tombstone_goes_with_its_last_reply(slack: Sandbox, client: AsyncWebClient, tombstone: Message) -> None:
    await slack.person("Ben").delete(tombstone.replies[0])
    assert slack.channel("help-desk").messages == []
    answer = await client.chat_postMessage(channel=DESK, text="later", thread_ts=tombstone.ts)
    assert "thread_ts" not in answer["message"]

"""Every assumption that needs nothing but a channel holds in the sandbox."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import ASSUMPTIONS, Sandbox
from tests.unit.sandbox.apps import section

DESK = "C0HELPDESK"
METADATA = {"event_type": "probe", "event_payload": {"key": "1"}}
Trial = Callable[[Sandbox, AsyncWebClient], Awaitable[None]]
TRIALS: dict[str, Trial] = {}


def trial(function: Trial) -> Trial:
    TRIALS[function.__name__] = function
    return function


async def error(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def post(client: AsyncWebClient, text: str = "x", **rest: Any) -> str:
    return str((await client.chat_postMessage(channel=DESK, text=text, **rest))["ts"])


async def gone(client: AsyncWebClient) -> str:
    ts = await post(client)
    await client.chat_delete(channel=DESK, ts=ts)
    return ts


async def stone(client: AsyncWebClient) -> tuple[str, str]:
    root = await post(client)
    reply = await post(client, thread_ts=root)
    await client.chat_delete(channel=DESK, ts=root)
    return root, reply


async def stream(slack: Sandbox, client: AsyncWebClient, **rest: Any) -> str:
    who: dict[str, Any] = {"recipient_user_id": "U0ANA", "recipient_team_id": slack.team_id}
    rest = {"thread_ts": await post(client), **rest}
    return str((await client.chat_startStream(channel=DESK, markdown_text="x", **who, **rest))["ts"])


async def read(client: AsyncWebClient, ts: str) -> list[dict[str, Any]]:
    answer = await client.conversations_replies(channel=DESK, ts=ts, include_all_metadata=True)
    messages: list[dict[str, Any]] = answer["messages"]
    return messages


@trial
async def metadata_read_back(slack: Sandbox, client: AsyncWebClient) -> None:
    ts = await post(client, metadata=METADATA)
    assert (await read(client, ts))[0]["metadata"] == METADATA


@trial
async def metadata_kept_by_update(slack: Sandbox, client: AsyncWebClient) -> None:
    ts = await post(client, metadata=METADATA)
    await client.chat_update(channel=DESK, ts=ts, text="y")
    assert (await read(client, ts))[0]["metadata"] == METADATA
    await client.chat_update(channel=DESK, ts=ts, text="y", metadata={})
    assert "metadata" not in (await read(client, ts))[0]


@trial
async def metadata_limit(slack: Sandbox, client: AsyncWebClient) -> None:
    large = {"event_type": "probe", "event_payload": {"key": "y" * 8000}}
    assert await error(client.chat_postMessage(channel=DESK, text="x", metadata=large)) == "metadata_too_large"


@trial
async def deleted_root_post(slack: Sandbox, client: AsyncWebClient) -> None:
    answer = await client.chat_postMessage(channel=DESK, text="x", thread_ts=await gone(client))
    assert "thread_ts" not in answer["message"]


@trial
async def deleted_root_stream(slack: Sandbox, client: AsyncWebClient) -> None:
    ts = await stream(slack, client, thread_ts=await gone(client))
    assert "thread_ts" not in (await read(client, ts))[0]


@trial
async def deleted_root_upload(slack: Sandbox, client: AsyncWebClient) -> None:
    root = await gone(client)
    answer = await client.files_upload_v2(channel=DESK, thread_ts=root, filename="a.txt", content="x")
    info = await client.files_info(file=answer["files"][0]["id"])
    assert "thread_ts" not in info["file"]["shares"]["public"][DESK][0]


@trial
async def tombstone(slack: Sandbox, client: AsyncWebClient) -> None:
    root, _ = await stone(client)
    first = (await read(client, root))[0]
    assert (first["subtype"], first["user"]) == ("tombstone", "USLACKBOT")


@trial
async def tombstone_takes_replies(slack: Sandbox, client: AsyncWebClient) -> None:
    root, _ = await stone(client)
    answer = await client.chat_postMessage(channel=DESK, text="x", thread_ts=root)
    assert answer["message"]["thread_ts"] == root


@trial
async def tombstone_goes(slack: Sandbox, client: AsyncWebClient) -> None:
    root, reply = await stone(client)
    await client.chat_delete(channel=DESK, ts=reply)
    assert await error(client.conversations_replies(channel=DESK, ts=root)) == "thread_not_found"


@trial
async def update_of_stream(slack: Sandbox, client: AsyncWebClient) -> None:
    ts = await stream(slack, client)
    assert await error(client.chat_update(channel=DESK, ts=ts, text="y")) == "streaming_state_conflict"
    await client.chat_stopStream(channel=DESK, ts=ts)
    assert (await client.chat_update(channel=DESK, ts=ts, text="y"))["ok"]


@trial
async def delete_of_stream(slack: Sandbox, client: AsyncWebClient) -> None:
    ts = await stream(slack, client)
    assert await error(client.chat_delete(channel=DESK, ts=ts)) == "cant_delete_message"


@trial
async def stream_size(slack: Sandbox, client: AsyncWebClient) -> None:
    ts = await stream(slack, client)
    assert await error(client.chat_appendStream(channel=DESK, ts=ts, markdown_text="ü" * 6000)) == "msg_too_long"


@trial
async def stream_metadata(slack: Sandbox, client: AsyncWebClient) -> None:
    ts = await stream(slack, client)
    await client.chat_stopStream(channel=DESK, ts=ts, metadata=METADATA)
    assert (await read(client, ts))[0]["metadata"] == METADATA


@trial
async def update_text_limit(slack: Sandbox, client: AsyncWebClient) -> None:
    ts = await post(client, "y" * 4001)
    assert await error(client.chat_update(channel=DESK, ts=ts, text="y" * 4001)) == "msg_too_long"


@trial
async def markdown_limit(slack: Sandbox, client: AsyncWebClient) -> None:
    blocks = [{"type": "markdown", "text": "y" * 6001}] * 2
    assert await error(client.chat_postMessage(channel=DESK, text="x", blocks=blocks)) == "msg_too_long"


@trial
async def blocks_limit(slack: Sandbox, client: AsyncWebClient) -> None:
    blocks = [section("y" * 2700)] * 5
    assert await error(client.chat_postMessage(channel=DESK, text="x", blocks=blocks)) == "msg_blocks_too_long"


def rich(length: int) -> dict[str, Any]:
    inside = [{"type": "rich_text_section", "elements": [{"type": "text", "text": "y" * length}]}]
    return {"type": "rich_text", "elements": inside}


@trial
async def rich_blocks_limit(slack: Sandbox, client: AsyncWebClient) -> None:
    call = client.chat_postMessage(channel=DESK, text="x", blocks=[rich(11_001)])
    assert await error(call) == "msg_blocks_too_long"


@trial
async def update_with_blocks_leaves_no_mark(slack: Sandbox, client: AsyncWebClient) -> None:
    ts = await post(client)
    await client.chat_update(channel=DESK, ts=ts, text="y", blocks=[section("y")])
    assert "edited" not in (await read(client, ts))[0]
    await client.chat_update(channel=DESK, ts=ts, text="z")
    assert "edited" in (await read(client, ts))[0]


@trial
async def rich_stays_rich(slack: Sandbox, client: AsyncWebClient) -> None:
    ts = await post(client, blocks=[rich(3)])
    assert await error(client.chat_update(channel=DESK, ts=ts, text="y", blocks=[section("y")])) == "block_mismatch"


@trial
async def markdown_loses_block_id(slack: Sandbox, client: AsyncWebClient) -> None:
    ts = await post(client, blocks=[{"type": "markdown", "text": "y", "block_id": "mine"}])
    assert (await read(client, ts))[0]["blocks"][0]["block_id"] != "mine"


@trial
async def reaction_twice(slack: Sandbox, client: AsyncWebClient) -> None:
    ts = await post(client)
    await client.reactions_add(channel=DESK, timestamp=ts, name="eyes")
    assert await error(client.reactions_add(channel=DESK, timestamp=ts, name="eyes")) == "already_reacted"


@trial
async def file_answer(slack: Sandbox, client: AsyncWebClient) -> None:
    answer = await client.files_upload_v2(channel=DESK, filename="a.txt", content="x")
    assert answer["files"][0]["permalink"]


@trial
async def file_sign_in(slack: Sandbox, client: AsyncWebClient) -> None:
    answer = await client.files_upload_v2(channel=DESK, filename="a.txt", content="x")
    assert client.session
    async with client.session.get(answer["files"][0]["url_private_download"]) as page:
        assert (page.status, page.content_type, len(page.history)) == (200, "text/html", 1)


@trial
async def file_deleted(slack: Sandbox, client: AsyncWebClient) -> None:
    file = (await client.files_upload_v2(channel=DESK, filename="a.txt", content="x"))["files"][0]
    await client.files_delete(file=file["id"])
    assert await error(client.files_info(file=file["id"])) == "file_deleted"


@trial
async def archived_edit(slack: Sandbox, client: AsyncWebClient) -> None:
    ts = await post(client)
    slack.archive("help-desk")
    assert await error(client.chat_update(channel=DESK, ts=ts, text="y")) == "is_inactive"


def test_no_assumption_is_left_out() -> None:
    assert set(TRIALS) == {a.name for a in ASSUMPTIONS if a.needs == "channel"}


@pytest.mark.parametrize("name", sorted(TRIALS))
async def test_an_assumption_holds_in_the_sandbox(slack: Sandbox, client: AsyncWebClient, name: str) -> None:
    await TRIALS[name](slack, client)

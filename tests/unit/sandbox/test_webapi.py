import asyncio
import json
from collections.abc import Awaitable
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Fault, ManualClock, Room, Sandbox
from tests.unit.sandbox.apps import button, home, modal, section, web_client

DESK, QUIET, OLD = "C0HELPDESK", "C0QUIET", "C0OLD"


async def error(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_tokens_are_checked(slack: Sandbox, client: AsyncWebClient) -> None:
    answer = await client.auth_test()
    assert (answer["user_id"], answer["bot_id"], answer["team_id"]) == ("U0BOT", "B0SANDBOX", "T0SANDBOX")
    assert await error(client.auth_test(token="xoxb-other")) == "invalid_auth"
    assert (
        await error(client.chat_postMessage(channel=DESK, text="x", token=slack.app_token)) == "not_allowed_token_type"
    )
    assert await error(client.apps_connections_open(app_token=slack.bot_token)) == "not_allowed_token_type"
    assert await error(client.api_call("nothing.here")) == "unknown_method"


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({"channel": DESK}, "no_text"),
        ({"channel": "C0NONE", "text": "x"}, "channel_not_found"),
        ({"channel": OLD, "text": "x"}, "is_archived"),
        ({"channel": "U0BOT", "text": "x"}, "cannot_dm_bot"),
        ({"channel": DESK, "text": "x", "blocks": [section("")]}, "invalid_blocks"),
        ({"channel": DESK, "text": "x", "blocks": [section("y")] * 51}, "msg_blocks_too_many"),
        ({"channel": DESK, "blocks": [{"type": "markdown", "text": "y" * 6001}] * 2, "text": "x"}, "msg_too_long"),
        ({"channel": DESK, "text": "x", "blocks": [section("y" * 2900)] * 5}, "msg_blocks_too_long"),
        ({"channel": DESK, "markdown_text": "y" * 12001}, "msg_too_long"),
        ({"channel": DESK, "markdown_text": "y", "text": "x"}, "markdown_text_conflict"),
        ({"channel": DESK, "text": "x", "metadata": {"event_type": "t"}}, "invalid_metadata_format"),
    ],
)
async def test_a_post_that_slack_refuses(client: AsyncWebClient, args: dict[str, Any], expected: str) -> None:
    assert await error(client.api_call("chat.postMessage", json=args)) == expected


async def test_a_refusal_points_at_the_block(client: AsyncWebClient) -> None:
    blocks = [section("fine"), {"type": "actions", "elements": [button("x" * 76, "a")]}]
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=DESK, text="x", blocks=blocks)
    messages = caught.value.response["response_metadata"]["messages"]
    assert messages == ["[ERROR] must be less than 76 characters [json-pointer:/blocks/1/elements/0/text/text]"]


async def test_text_over_forty_thousand_is_cut_with_a_warning(slack: Sandbox, client: AsyncWebClient) -> None:
    answer = await client.chat_postMessage(channel=DESK, text="x" * 40_001)
    assert answer["warning"] == "message_truncated"
    assert len(slack.channel("help-desk").messages[0].text) == 40_000


async def test_an_edit_with_blocks_leaves_no_mark_and_text_alone_keeps_the_blocks(
    slack: Sandbox, client: AsyncWebClient
) -> None:
    ts = (await client.chat_postMessage(channel=DESK, text="one", blocks=[section("one")]))["ts"]
    message = slack.channel("help-desk").messages[0]

    await client.chat_update(channel=DESK, ts=ts, text="two", blocks=[section("two")])
    assert (message.text_view(), message.edited) == ("two", None)
    await client.chat_update(channel=DESK, ts=ts, text="three")
    assert (message.text, message.text_view()) == ("three", "two")
    assert message.edited
    await client.chat_update(channel=DESK, ts=ts, text="four", blocks=[])
    assert message.text_view() == "four"
    assert [r.text for r in message.revisions] == ["one", "two", "three", "four"]

    assert await error(client.chat_update(channel=DESK, ts=ts, text="x" * 4001)) == "msg_too_long"
    assert await error(client.chat_update(channel=DESK, ts="1.2", text="x")) == "message_not_found"
    theirs = await slack.person("Ana").say("help-desk", "mine")
    assert await error(client.chat_update(channel=DESK, ts=theirs.ts, text="x")) == "cant_update_message"
    assert await error(client.chat_delete(channel=DESK, ts=theirs.ts)) == "cant_delete_message"
    await client.chat_delete(channel=DESK, ts=ts)
    assert await error(client.chat_update(channel=DESK, ts=ts, text="x")) == "message_not_found"


async def test_metadata_is_kept_and_found_in_the_thread(slack: Sandbox, client: AsyncWebClient) -> None:
    root = await slack.person("Ana").say("help-desk", "root")
    metadata = {"event_type": "note", "event_payload": {"key": "k1"}}
    ts = (await client.chat_postMessage(channel=DESK, text="a", thread_ts=root.ts, metadata=metadata))["ts"]
    await client.chat_update(channel=DESK, ts=ts, text="b")
    found = await client.conversations_replies(channel=DESK, ts=root.ts, include_all_metadata=True)
    assert [m.get("metadata") for m in found["messages"]] == [None, metadata]
    assert found["messages"][0]["reply_count"] == 1
    plain = await client.conversations_replies(channel=DESK, ts=root.ts)
    assert "metadata" not in plain["messages"][1]
    assert await error(client.conversations_replies(channel=DESK, ts="1.0")) == "thread_not_found"


async def test_history_pages_newest_first_without_replies(slack: Sandbox, client: AsyncWebClient) -> None:
    ana = slack.person("Ana")
    for number in range(3):
        root = await ana.say("help-desk", str(number))
    await ana.say("help-desk", "reply", thread=root)
    first = await client.conversations_history(channel=DESK, limit=2)
    assert [m["text"] for m in first["messages"]] == ["2", "1"]
    cursor = first["response_metadata"]["next_cursor"]
    second = await client.conversations_history(channel=DESK, limit=2, cursor=cursor)
    assert [m["text"] for m in second["messages"]] == ["0"]
    assert not second["has_more"]


async def test_people_and_conversations(slack: Sandbox, client: AsyncWebClient) -> None:
    dana = (await client.users_info(user="U0DANA"))["user"]
    gus = (await client.users_info(user="U0GUS"))["user"]
    assert (dana["is_admin"], gus["is_restricted"], gus["is_admin"]) == (True, True, False)
    assert await error(client.users_info(user="U0NOBODY")) == "user_not_found"
    assert len((await client.users_list())["members"]) == 5
    slack.add_group("S1", "Ana", "Ben")
    assert (await client.usergroups_users_list(usergroup="S1"))["users"] == ["U0ANA", "U0BEN"]
    assert (await client.conversations_open(users="U0ANA"))["channel"]["id"] == "D0ANA"
    assert await error(client.conversations_open(users="U0BOT")) == "cannot_dm_bot"
    assert (await client.conversations_info(channel=QUIET))["channel"]["is_member"] is False
    await client.conversations_join(channel=QUIET)
    assert "U0BOT" in (await client.conversations_members(channel=QUIET))["members"]
    names = {c["name"] for c in (await client.conversations_list(exclude_archived=True))["channels"]}
    assert names == {"help-desk", "ticket-notes", "escalations", "quiet"}


async def test_scopes_of_the_manifest_are_all_the_app_has() -> None:
    manifest: dict[str, Any] = {
        "features": {"app_home": {"home_tab_enabled": False}},
        "oauth_config": {"scopes": {"bot": ["chat:write", "channels:read"]}},
    }
    async with Sandbox(manifest=manifest) as slack, web_client(slack) as client:
        assert await error(client.users_info(user="U0ANA")) == "missing_scope"
        assert await error(client.conversations_history(channel=DESK)) == "missing_scope"
        assert await error(client.chat_postMessage(channel=QUIET, text="x")) == "not_in_channel"
        assert await error(client.views_publish(user_id="U0ANA", view=home(section("x")))) == "not_enabled"
        manifest["oauth_config"]["scopes"]["bot"].append("chat:write.public")
        await client.chat_postMessage(channel=QUIET, text="x")


async def test_a_private_channel_without_the_app_does_not_exist_for_it() -> None:
    async with Sandbox(channels=[Room(name="hr", kind="private", bot=False)]) as slack, web_client(slack) as client:
        assert await error(client.chat_postMessage(channel="G0HR", text="x")) == "channel_not_found"


async def test_ephemerals_are_for_one_person(slack: Sandbox, client: AsyncWebClient) -> None:
    await client.chat_postEphemeral(channel=DESK, user="U0ANA", text="psst")
    assert [m.text for m in slack.person("Ana").ephemerals] == ["psst"]
    assert slack.person("Ben").ephemerals == []
    assert await error(client.chat_postEphemeral(channel=QUIET, user="U0ANA", text="x")) == "not_in_channel"
    assert (
        await error(client.chat_postEphemeral(channel="C0ESCALATIONS", user="U0GUS", text="x")) == "user_not_in_channel"
    )


async def test_update_limit_is_fifty_a_minute_for_the_workspace(
    slack: Sandbox, client: AsyncWebClient, clock: ManualClock
) -> None:
    messages = [(await client.chat_postMessage(channel=c, text="x"))["ts"] for c in (DESK, "C0ESCALATIONS")]
    clock.advance(10)
    for number in range(50):
        channel, ts = ((DESK, messages[0]), ("C0ESCALATIONS", messages[1]))[number % 2]
        await client.chat_update(channel=channel, ts=ts, text=str(number))
    clock.advance(20)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_update(channel=DESK, ts=messages[0], text="one too many")
    assert caught.value.response.status_code == 429
    assert caught.value.response["error"] == "ratelimited"
    assert caught.value.response.headers["Retry-After"] == "40"
    clock.advance(40)
    await client.chat_update(channel=DESK, ts=messages[0], text="now")


async def test_a_channel_takes_one_message_a_second_after_a_burst(
    slack: Sandbox, client: AsyncWebClient, clock: ManualClock
) -> None:
    for _ in range(5):
        await client.chat_postMessage(channel=DESK, text="x")
    assert await error(client.chat_postMessage(channel=DESK, text="x")) == "ratelimited"
    await client.chat_postMessage(channel="C0ESCALATIONS", text="elsewhere")
    clock.advance(1)
    await client.chat_postMessage(channel=DESK, text="x")
    slack.limiter.use("off")
    for _ in range(20):
        await client.chat_postMessage(channel=DESK, text="x")


async def test_ordered_trouble_happens_once_and_then_passes(slack: Sandbox, client: AsyncWebClient) -> None:
    slack.faults.error("chat.postMessage", "fatal_error")
    slack.faults.ratelimited("chat.postMessage", 7)
    slack.faults.http_error("chat.postMessage", 503)
    slack.faults.reset("chat.postMessage")
    slack.faults.lost_response("chat.postMessage")
    post: dict[str, Any] = {"channel": DESK, "text": "x"}
    assert await error(client.chat_postMessage(**post)) == "fatal_error"
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(**post)
    assert caught.value.response.headers["Retry-After"] == "7"
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(**post)
    assert caught.value.response.status_code == 503
    for _ in range(2):
        with pytest.raises(aiohttp.ClientError):
            await client.chat_postMessage(**post)
    assert len(slack.channel("help-desk").messages) == 1
    await client.chat_postMessage(**post)
    assert len(slack.channel("help-desk").messages) == 2


async def test_latency_follows_the_clock_that_was_handed_in(
    slack: Sandbox, client: AsyncWebClient, clock: ManualClock
) -> None:
    slack.faults.always("*", Fault(latency=2))
    call = asyncio.create_task(client.auth_test())
    await clock.someone_sleeps()
    assert not call.done()
    clock.advance(2)
    assert (await call)["ok"]
    slack.faults.clear()
    assert (await client.auth_test())["ok"]


async def test_files_are_uploaded_in_three_steps(slack: Sandbox, client: AsyncWebClient) -> None:
    root = await slack.person("Ana").say("help-desk", "root")
    answer = await client.files_upload_v2(
        channel=DESK, thread_ts=root.ts, filename="ticket-notes.md", title="Notes", content="## Problem"
    )
    assert answer["files"][0]["permalink"].startswith(slack.url)
    assert slack.file("ticket-notes.md").text == "## Problem"
    assert root.replies[0].text_view() == "📎 ticket-notes.md"


async def test_home_hash_and_modal_rules(slack: Sandbox, client: AsyncWebClient) -> None:
    view = (await client.views_publish(user_id="U0ANA", view=home(section("one"))))["view"]
    assert view["hash"]
    await client.views_publish(user_id="U0ANA", view=home(section("two")), hash=view["hash"])
    stale = client.views_publish(user_id="U0ANA", view=home(section("three")), hash=view["hash"])
    assert await error(stale) == "hash_conflict"
    assert await error(client.views_open(trigger_id="1.2.3", view=modal(section("x")))) == "invalid_trigger_id"
    assert await error(client.views_open(trigger_id="1.2.3", view=home(section("x")))) == "invalid_arguments"
    assert await error(client.views_update(view_id="V0", view=modal(section("x")))) == "not_found"
    big = home(*[section("ü" * 2900) for _ in range(50)])
    assert await error(client.views_publish(user_id="U0ANA", view=big)) == "view_too_large"


async def test_triggers_expire_after_three_seconds_and_work_once(
    slack: Sandbox, client: AsyncWebClient, clock: ManualClock
) -> None:
    ana = slack.person("Ana").client
    late, once = ana.trigger(None), ana.trigger(None)
    await client.views_open(trigger_id=once, view=modal(section("x"), external_id="e"))
    assert await error(client.views_open(trigger_id=once, view=modal(section("x")))) == "exchanged_trigger_id"
    second = ana.trigger(None)
    assert (
        await error(client.views_push(trigger_id=second, view=modal(section("x"), external_id="e")))
        == "duplicate_external_id"
    )
    for _ in range(2):
        await client.views_push(trigger_id=ana.trigger(None), view=modal(section("x")))
    assert (
        await error(client.views_push(trigger_id=ana.trigger(None), view=modal(section("x")))) == "push_limit_reached"
    )
    clock.advance(3.1)
    assert await error(client.views_open(trigger_id=late, view=modal(section("x")))) == "expired_trigger_id"


async def test_a_response_url_works_five_times_for_half_an_hour(
    slack: Sandbox, client: AsyncWebClient, clock: ManualClock
) -> None:
    ana, desk = slack.person("Ana"), slack.channel("help-desk")
    url, old = ana.client.response_url(desk, None), ana.client.response_url(desk, None)
    session = client.session
    assert session

    async def send(to: str, **body: Any) -> tuple[int, str]:
        async with session.post(to, json=body) as answer:
            return answer.status, await answer.text()

    assert await send(url, text="only you") == (200, "ok")
    assert await send(url, text="all", response_type="in_channel") == (200, "ok")
    assert json.loads((await send(url))[1])["error"] == "no_text"
    for _ in range(2):
        await send(url, text="again")
    assert json.loads((await send(url, text="sixth"))[1])["error"] == "used_url"
    clock.advance(1801)
    assert (await send(old, text="late"))[0] == 404
    assert [m.text for m in desk.messages] == ["all"]
    assert len(ana.ephemerals) == 3


async def test_the_page_and_the_record_show_what_was_said(
    slack: Sandbox, client: AsyncWebClient, tmp_path: Any
) -> None:
    await client.chat_postMessage(channel=DESK, text="<!date^0^{date}|long ago> & <@U0ANA>")
    session = client.session
    assert session
    async with session.get(f"{slack.url}/text") as answer:
        assert "Tasklane: long ago & @Ana" in await answer.text()
    slack.record.write(tmp_path / "record.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "record.jsonl").read_text().splitlines()]
    assert [line["name"] for line in lines if line["kind"] == "call"] == ["chat.postMessage"]
    assert slack.channel("help-desk").messages[0].mentions() == ["@Ana"]

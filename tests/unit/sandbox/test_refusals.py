"""What admins forbid, tokens that are void, and a Slack that is away."""

from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Fault, ManualClock, Room, Sandbox, documented_errors
from bot.sandbox.webapi import METHODS
from tests.unit.sandbox.apps import over_http, over_sockets, section, web_client

ROOMS = (
    Room(name="news", posting="nothing"),
    Room(name="threads", posting="replies"),
    Room(name="flat", posting="no_replies"),
    Room(name="old", archived=True),
)
READER: dict[str, Any] = {"recipient_user_id": "U0ANA", "recipient_team_id": "T0SANDBOX"}


async def error(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_admins_restrict_what_is_posted_where() -> None:
    async with Sandbox(channels=ROOMS) as slack, web_client(slack) as client:

        async def refusals(place: str, thread_ts: str | None) -> set[str]:
            channel = slack.channel(place).id
            posted = client.chat_postMessage(channel=channel, text="x", thread_ts=thread_ts)
            streamed = client.chat_startStream(channel=channel, markdown_text="x", thread_ts=thread_ts or "", **READER)
            return {await error(posted), await error(streamed)}

        root = await slack.person("Ana").say("flat", "hello")
        assert await refusals("news", None) == {"restricted_action_read_only_channel"}
        assert await refusals("threads", None) == {"restricted_action_thread_only_channel"}
        assert await refusals("flat", root.ts) == {"restricted_action_non_threadable_channel"}
        upload = client.files_upload_v2(channel=slack.channel("news").id, filename="a.txt", content="x")
        assert await error(upload) == "posting_to_channel_denied"


async def test_a_locked_thread_takes_no_replies_and_reactions(slack: Sandbox, client: AsyncWebClient) -> None:
    root = await slack.person("Ana").say("help-desk", "hello")
    slack.lock_thread(root)
    post = client.chat_postMessage(channel="C0HELPDESK", text="x", thread_ts=root.ts)
    assert await error(post) == "restricted_action_thread_locked"
    assert await error(client.reactions_add(channel="C0HELPDESK", name="eyes", timestamp=root.ts)) == "thread_locked"
    slack.lock_thread(root, locked=False)
    assert (await client.chat_postMessage(channel="C0HELPDESK", text="x", thread_ts=root.ts))["ok"]


async def test_what_stood_in_a_channel_when_it_was_archived_stays_as_it_is(
    slack: Sandbox, client: AsyncWebClient
) -> None:
    ts = (await client.chat_postMessage(channel="C0HELPDESK", text="x"))["ts"]
    slack.archive("help-desk")
    assert await error(client.chat_update(channel="C0HELPDESK", ts=ts, text="y")) == "is_inactive"
    assert await error(client.chat_delete(channel="C0HELPDESK", ts=ts)) == "is_inactive"
    assert await error(client.chat_postMessage(channel="C0HELPDESK", text="y")) == "is_archived"
    assert await error(client.reactions_add(channel="C0HELPDESK", name="eyes", timestamp=ts)) == "is_archived"
    slack.archive("help-desk", archived=False)
    assert (await client.chat_update(channel="C0HELPDESK", ts=ts, text="y"))["ok"]


@pytest.mark.parametrize(
    ("uploads", "name", "expected"),
    [
        ("nothing", "a.png", "file_uploads_disabled"),
        ("images", "a.txt", "file_uploads_except_images_disabled"),
        ("images", "a.png", ""),
    ],
)
async def test_admins_restrict_uploads(uploads: Any, name: str, expected: str) -> None:
    async with Sandbox(uploads=uploads) as slack, web_client(slack) as client:
        call = client.files_getUploadURLExternal(filename=name, length=3)
        assert (await error(call) if expected else "" * bool(await call)) == expected


async def test_without_a_messages_tab_the_app_writes_to_nobody() -> None:
    manifest = {
        "features": {"app_home": {"messages_tab_enabled": False}},
        "oauth_config": {"scopes": {"bot": ["chat:write"]}},
    }
    async with Sandbox(manifest=manifest) as slack, web_client(slack) as client:
        assert await error(client.chat_postMessage(channel="U0ANA", text="x")) == "messages_tab_disabled"


@pytest.mark.parametrize("void", ["token_revoked", "account_inactive", "invalid_auth", "token_expired"])
async def test_a_void_token_answers_nothing_until_the_app_is_installed_again(
    slack: Sandbox, client: AsyncWebClient, void: str
) -> None:
    slack.revoke_token(void)
    assert await error(client.auth_test()) == void
    slack.reinstall()
    assert (await client.auth_test())["ok"]


def test_a_token_is_not_void_for_any_reason() -> None:
    with pytest.raises(ValueError, match="token_revoked"):
        Sandbox().revoke_token("no_text")


async def test_slack_is_away_until_the_clock_says_so(
    slack: Sandbox, client: AsyncWebClient, clock: ManualClock
) -> None:
    slack.outage(180)
    for _ in range(2):
        with pytest.raises(aiohttp.ClientError):
            await client.chat_postMessage(channel="C0HELPDESK", text="x")
    clock.advance(179)
    with pytest.raises(aiohttp.ClientError):
        await client.auth_test()
    clock.advance(1)
    assert (await client.chat_postMessage(channel="C0HELPDESK", text="x"))["ok"]
    assert [m.text for m in slack.channel("help-desk").messages] == ["x"]


async def test_slack_can_be_away_with_an_http_error(slack: Sandbox, client: AsyncWebClient) -> None:
    slack.outage(status=503)
    with pytest.raises(SlackApiError) as caught:
        await client.auth_test()
    assert caught.value.response.status_code == 503
    slack.recover()
    assert (await client.auth_test())["ok"]


async def test_what_happened_while_slack_was_away_comes_with_its_second_tries(
    slack: Sandbox, app: AsyncApp, clock: ManualClock
) -> None:
    heard: list[str] = []

    @app.event("message")
    async def note(event: dict[str, Any]) -> None:
        heard.append(event["text"])

    async with over_http(app, slack):
        slack.outage(30)
        await slack.person("Ana").say("help-desk", "anybody?")
        await clock.someone_sleeps()
        assert (await slack.person("Ana").command("help-desk", "/tasks")).reason == "connection_failed"
        assert not heard
        clock.advance(60)
        await slack.until(lambda: heard)
    assert heard == ["anybody?"]


async def test_only_the_web_api_can_be_away(slack: Sandbox, http_app: AsyncApp) -> None:
    heard: list[str] = []

    @http_app.event("message")
    async def note(event: dict[str, Any]) -> None:
        heard.append(event["text"])

    await slack.person("Ana").say("help-desk", "hello")  # Bolt asks who it is before it hears anything
    await slack.until(lambda: heard)
    slack.outage(deliveries=True)
    await slack.person("Ana").say("help-desk", "anybody?")
    await slack.until(lambda: len(heard) > 1)
    assert heard == ["hello", "anybody?"]


async def test_websockets_are_cut_and_cannot_be_opened_while_slack_is_away(slack: Sandbox, app: AsyncApp) -> None:
    async with over_sockets(app, slack):
        url = (await app.client.apps_connections_open(app_token=slack.app_token))["url"]
        slack.outage()
        assert slack.sockets.links == []
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(str(url))
        slack.recover()


async def test_one_method_fails_alone_until_it_is_ended(slack: Sandbox, client: AsyncWebClient) -> None:
    slack.faults.always("views.publish", Fault(error="internal_error"))
    view = {"type": "home", "blocks": [section("x")]}
    for _ in range(2):
        assert await error(client.views_publish(user_id="U0ANA", view=view)) == "internal_error"
    assert (await client.chat_postMessage(channel="C0HELPDESK", text="x"))["ok"]
    slack.faults.end("views.publish")
    assert (await client.views_publish(user_id="U0ANA", view=view))["ok"]


@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_error_of_a_method_can_be_ordered(method: str) -> None:
    known = documented_errors(method)
    assert set(METHODS[method].errors) <= known
    assert {"ratelimited", "token_revoked", "missing_scope", "fatal_error"} <= known
    assert all(name == name.lower().strip() and " " not in name for name in known)


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("chat.update", "edit_window_closed"),
        ("chat.postMessage", "restricted_action"),
        ("conversations.open", "user_disabled"),
        ("files.getUploadURLExternal", "storage_limit_reached"),
        ("views.publish", "hash_conflict"),
    ],
)
def test_the_documented_errors_are_known(method: str, name: str) -> None:
    assert name in documented_errors(method)

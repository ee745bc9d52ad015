"""Rules of Slack's that an app notices only in production, when its test double does not have them."""

from collections.abc import Awaitable
from functools import partial
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import CannotDo, ManualClock, Sandbox, check_message, check_view
from tests.unit.sandbox.apps import button, field, home, modal, over_sockets, section, text, web_client

Json = dict[str, Any]
DESK = "C0HELPDESK"


async def error(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


def delivered(slack: Sandbox, count: int) -> bool:
    return len(slack.record.deliveries("message")) == count


def rich(content: str = "x") -> Json:
    line = {"type": "rich_text_section", "elements": [{"type": "text", "text": content}]}
    return {"type": "rich_text", "elements": [line]}


def cells(count: int, **cell: Any) -> list[Json]:
    return [{"type": "raw_text", "text": "a", **cell} for _ in range(count)]


def task(name: str, **rest: Any) -> Json:
    return {"type": "task_card", "task_id": name, "title": "Look", **rest}


def container(*children: Json, **rest: Any) -> Json:
    return {"type": "container", "title": text("More"), "child_blocks": list(children), **rest}


def feedback(**rest: Any) -> Json:
    sides = {f"{side}_button": {"text": text("b"), "value": "v"} for side in ("positive", "negative")}
    return {"type": "context_actions", "elements": [{"type": "feedback_buttons", **sides}], **rest}


@pytest.mark.parametrize(
    "block",
    [
        container(section("x"), {"type": "divider"}, {"type": "table", "rows": [cells(2)]}, is_collapsible=True),
        container(section("x"), subtitle={"type": "mrkdwn", "text": "*x*"}, rich_text_title=rich()),
        {"type": "card", "title": text("T"), "body": {"type": "mrkdwn", "text": "x"}, "actions": [button("b", "a")]},
        {"type": "plan", "title": "Plan", "tasks": [task("1", status="pending"), task("2", details=rich())]},
        task("1", sources=[{"type": "url", "url": "https://x.test", "text": "x"}], output=rich()),
        {"type": "table", "rows": [cells(20)] * 100, "column_settings": [{"align": "right", "is_wrapped": True}]},
        {"type": "data_table", "caption": "Hosts", "rows": [cells(2), [*cells(1), rich()]], "page_size": 100},
        feedback(),
        {"type": "carousel", "elements": [{"type": "card", "title": text("T")}] * 10},
    ],
)
def test_newer_blocks_that_slack_takes(block: Json) -> None:
    assert check_message({"text": "x", "blocks": [block]}) == []


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        (container(), "no fewer than 1 items"),
        (container(*[section("x")] * 11), "no more than 10 items"),
        (container({"type": "markdown", "text": "x"}), "unsupported type: markdown"),
        (container(container(section("x"))), "unsupported type: container"),
        (container({"type": "plan", "title": "x"}), "unsupported type: plan"),
        (container(section("x"), title=None), "`title` or `rich_text_title`"),
        (container(section("x"), default_collapsed=True), "default_collapsed needs `is_collapsible`"),
        (container(section("x"), is_collapsible=True, has_header_divider=True), "does not go with `is_collapsible`"),
        (container(section("x"), width="tiny"), "allowed values"),
        (container({**section("x"), "block_id": "b"}, {**section("y"), "block_id": "b"}), "already exists"),
        (container(*[{"type": "table", "rows": [cells(1)]}] * 2), "only one table"),
        ({"type": "card", "subtitle": text("only")}, "must define either"),
        ({"type": "card", "body": text("x" * 201)}, "less than 201"),
        ({"type": "card", "title": text("T"), "actions": [{"type": "overflow"}]}, "unsupported type: overflow"),
        ({"type": "card", "hero_image": {"image_url": "https://x.test/i.png"}}, "missing required field: alt_text"),
        ({"type": "carousel", "elements": [section("x")]}, "unsupported type: section"),
        ({"type": "alert", "text": text("x")}, "alert is not allowed in a message"),
        (task("1", status="done"), "allowed values"),
        (task("1", details=section("x")), "unsupported type: section"),
        (task("1", sources=[{"type": "button"}]), "unsupported type: button"),
        ({"type": "plan", "title": "P", "tasks": [task(str(n)) for n in range(51)]}, "no more than 50 items"),
        ({"type": "plan", "title": "P", "tasks": [task("1"), task("1")]}, "task_id `1` already exists"),
        ({"type": "plan", "title": "P", "tasks": [section("x")]}, "unsupported type: section"),
        ({"type": "context_actions", "elements": [button("b", "a")]}, "unsupported type: button"),
        ({**feedback(), "elements": feedback()["elements"] * 6}, "no more than 5 items"),
        ({"type": "table", "rows": [cells(1)] * 101}, "no more than 100 items"),
        ({"type": "table", "rows": [cells(21)]}, "no more than 20 items"),
        ({"type": "table", "rows": [cells(3, text="x" * 3334)]}, "at most 10000 characters"),
        ({"type": "table", "rows": [cells(1)], "column_settings": [{"align": "top"}]}, "allowed values"),
        ({"type": "data_table", "caption": "x", "rows": [cells(1)]}, "no fewer than 2 items"),
        ({"type": "data_table", "caption": "x", "rows": [cells(1), cells(2)]}, "same number of cells"),
        ({"type": "data_table", "caption": "x", "rows": [[rich()], cells(1)]}, "takes no rich_text"),
        ({"type": "data_table", "rows": [cells(1)] * 2}, "missing required field: caption"),
        ({"type": "data_table", "caption": "x", "rows": [cells(1)] * 2, "page_size": 101}, "between 1 and 100"),
    ],
)
def test_newer_blocks_that_slack_refuses(block: Json, reason: str) -> None:
    assert reason in "\n".join(check_message({"text": "x", "blocks": [block]}))


def test_newer_blocks_stay_where_they_belong() -> None:
    alert = {"type": "alert", "text": text("x"), "level": "warning"}
    assert check_view(modal(alert)) == []
    assert "allowed values" in check_view(modal({**alert, "level": "loud"}))[0]
    for block in (feedback(), task("1"), {"type": "plan", "title": "P"}, {"type": "markdown", "text": "x"}):
        assert "is not allowed in a home" in check_view(home(block))[0]
        assert "is not allowed in a modal" in check_view(modal(block))[0]


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"event_type": "t", "event_payload": {"k": "v"}}, ""),
        ({"event_type": "t", "event_payload": {"k": "v" * 8000}}, "metadata_too_large"),
        ({"event_type": "", "event_payload": {}}, "invalid_metadata_format"),
        ({"event_type": "t", "event_payload": "text"}, "invalid_metadata_format"),
        ({"event_type": "t", "event_payload": {}, "more": 1}, "invalid_metadata_format"),
        ("text", "invalid_metadata_format"),
    ],
)
async def test_metadata_has_a_form_and_a_size(client: AsyncWebClient, metadata: Any, expected: str) -> None:
    call = client.api_call("chat.postMessage", json={"channel": DESK, "text": "x", "metadata": metadata})
    if expected:
        assert await error(call) == expected
    else:
        assert (await call)["message"]["metadata"] == metadata


async def test_rich_text_does_not_become_something_else(slack: Sandbox, client: AsyncWebClient) -> None:
    ts = (await client.chat_postMessage(channel=DESK, text="x", blocks=[rich(), section("y")]))["ts"]
    assert await error(client.chat_update(channel=DESK, ts=ts, text="x", blocks=[section("z")])) == "block_mismatch"
    assert await error(client.chat_update(channel=DESK, ts=ts, text="x", blocks=[])) == "block_mismatch"
    await client.chat_update(channel=DESK, ts=ts, text="x", blocks=[rich("z")])
    assert slack.channel("help-desk").messages[0].text_view() == "z"


async def test_a_workspace_can_close_the_edit_window(clock: ManualClock) -> None:
    async with Sandbox(clock=clock, edit_window=300) as slack, web_client(slack) as client:
        ts = (await client.chat_postMessage(channel=DESK, text="x"))["ts"]
        clock.advance(299)
        await client.chat_update(channel=DESK, ts=ts, text="in time")
        clock.advance(2)
        assert await error(client.chat_update(channel=DESK, ts=ts, text="late")) == "edit_window_closed"


async def test_an_unacknowledged_envelope_comes_again_at_once_then_after_one_and_five_minutes(
    clock: ManualClock,
) -> None:
    numbers: list[int] = []

    async def silent(req: Any) -> None:
        numbers.append(int(req.headers["x-slack-retry-num"][0]))
        raise RuntimeError("not today")

    async with Sandbox(clock=clock, sleep=clock.sleep, ack_seconds=0.05) as slack, web_client(slack) as client:
        app = AsyncApp(client=client, signing_secret=slack.signing_secret)
        app.middleware(silent)
        async with over_sockets(app, slack), over_sockets(app, slack):
            await slack.person("Ana").dm("hello")
            for count, pause in ((2, 60), (3, 300), (4, 3600)):
                await slack.until(partial(delivered, slack, count))
                clock.advance(pause - 1)
                await slack.settled(0.01)
                assert len(numbers) == count
                clock.advance(1)
            await slack.settled()
    assert numbers == [0, 1, 2, 3]
    assert [entry.data["attempt"] for entry in slack.record.deliveries("message")] == [0, 1, 2, 3]


async def test_an_app_can_ask_for_no_second_delivery(http_app: AsyncApp, slack: Sandbox) -> None:
    from slack_bolt import BoltResponse

    @http_app.middleware
    async def refuse() -> BoltResponse:
        return BoltResponse(status=500, headers={"X-Slack-No-Retry": "1"})

    await slack.person("Ana").dm("hello")
    await slack.settled()
    assert len(slack.record.deliveries("message")) == 1


async def test_an_uninstalled_app_is_told_and_locked_out(http_app: AsyncApp, slack: Sandbox) -> None:
    heard: list[str] = []

    @http_app.event("app_uninstalled")
    async def gone(event: Json) -> None:
        heard.append(event["type"])

    @http_app.event("tokens_revoked")
    async def revoked(event: Json) -> None:
        heard.append(event["type"])

    await http_app.client.auth_test()
    slack.uninstall()
    await slack.until(lambda: len(heard) == 2)
    assert sorted(heard) == ["app_uninstalled", "tokens_revoked"]
    assert await error(http_app.client.auth_test()) == "account_inactive"


async def test_a_reaction_is_given_and_taken_once(slack: Sandbox, client: AsyncWebClient) -> None:
    root = await slack.person("Ana").say("help-desk", "root")
    eyes = {"channel": DESK, "timestamp": root.ts, "name": "eyes"}
    assert await error(client.reactions_remove(**eyes)) == "no_reaction"
    await client.reactions_add(**eyes)
    assert await error(client.reactions_add(**eyes)) == "already_reacted"
    await client.reactions_remove(**eyes)
    assert root.reactions == {}
    assert await error(client.reactions_add(channel=DESK, timestamp="1.0", name="eyes")) == "message_not_found"


async def test_what_is_typed_into_a_message_survives_an_edit_under_the_same_ids(
    slack: Sandbox, client: AsyncWebClient
) -> None:
    ts = (await client.chat_postMessage(channel=DESK, text="x", blocks=[field("Note"), field("Other", block="b")]))[
        "ts"
    ]
    message, ana = slack.channel("help-desk").messages[0], slack.person("Ana")
    await ana.type("Note", "kept", on=message)
    await ana.type("Other", "lost", on=message)
    await client.chat_update(channel=DESK, ts=ts, text="x", blocks=[field("Note"), field("Other", "b", "new")])
    assert message.text_view(ana.id) == "Note: [kept]\nOther: []"


async def test_a_container_stays_as_somebody_left_it_only_with_the_same_block_id(
    slack: Sandbox, client: AsyncWebClient
) -> None:
    def blocks(block_id: str, body: str) -> list[Json]:
        return [container(section(body), block_id=block_id, is_collapsible=True, default_collapsed=True)]

    ts = (await client.chat_postMessage(channel="C0HELPDESK", text="x", blocks=blocks("a", "one")))["ts"]
    message, ana = slack.channel("help-desk").messages[0], slack.person("Ana")
    assert (message.text_view(ana.id), message.text_view()) == ("More", "More\none")
    await ana.toggle(message, "More")
    assert (message.text_view(ana.id), message.text_view("U0BEN")) == ("More\none", "More")
    await client.chat_update(channel="C0HELPDESK", ts=ts, text="x", blocks=blocks("a", "two"))
    assert message.text_view(ana.id) == "More\ntwo"
    await client.chat_update(channel="C0HELPDESK", ts=ts, text="x", blocks=blocks("b", "three"))
    assert message.text_view(ana.id) == "More"
    with pytest.raises(CannotDo):
        await ana.toggle(message, "Less")


async def test_code_in_markdown_shows_to_the_letter(slack: Sandbox) -> None:
    source = "See `<a&amp;b>` &amp; <https://x.test|x>\n```xml\n<Password>&lt;x&gt;</Password>\n```"
    shown = slack.alert(DESK, blocks=[{"type": "markdown", "text": source}]).text_view()
    assert shown == "See `<a&amp;b>` & x (https://x.test)\n```xml\n<Password>&lt;x&gt;</Password>\n```"

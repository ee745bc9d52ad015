import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp

from bot.sandbox import Sandbox
from bot.sandbox.blockkit import MESSAGE_BLOCKS
from bot.sandbox.elements import CHOOSING, TEXT_INPUTS
from bot.sandbox.page import Scene
from tests.unit.sandbox.apps import button, field, home, modal, section, text, web_client
from tests.unit.sandbox.test_rare_blocks import RAW, VIDEO, call, chart, data_table, pie

DESK = "C0HELPDESK"
CHOICES = [{"text": text(name), "value": name.lower()} for name in ("One", "Two")]


def rich(content: str) -> dict[str, Any]:
    line = {"type": "rich_text_section", "elements": [{"type": "text", "text": content, "style": {"bold": True}}]}
    return {"type": "rich_text", "elements": [line]}


def element(kind: str, **rest: Any) -> dict[str, Any]:
    return {"type": kind, "action_id": kind, **rest}


BLOCKS = {
    "section": ({**section("Look"), "accessory": button("Open", "open")}, "Open</button>"),
    "header": ({"type": "header", "text": text("Notes")}, "<h3"),
    "divider": ({"type": "divider"}, "<hr"),
    "context": ({"type": "context", "elements": [text("small")]}, "small"),
    "context_actions": (
        {"type": "context_actions", "elements": [element("icon_button", icon="trash", text=text("Delete"))]},
        'aria-label="Delete"',
    ),
    "actions": ({"type": "actions", "elements": [element("overflow", options=CHOICES)]}, 'role="menuitem"'),
    "input": (field("Note", initial_value="kept"), "kept"),
    "image": ({"type": "image", "image_url": "https://x.test/a.png", "alt_text": "A chart"}, "A chart"),
    "markdown": ({"type": "markdown", "text": "**bold**"}, "<strong>bold</strong>"),
    "rich_text": (rich("bold"), "<b>bold</b>"),
    "table": ({"type": "table", "rows": [[{"type": "raw_text", "text": "Host"}]]}, "Host</th>"),
    "container": ({"type": "container", "title": text("Box"), "child_blocks": [section("inside")]}, "inside"),
    "task_card": ({"type": "task_card", "task_id": "1", "title": "Step", "status": "complete"}, "task complete"),
    "plan": ({"type": "plan", "title": "Plan", "tasks": []}, "Plan"),
    "card": ({"type": "card", "title": text("Printer"), "actions": [button("Open", "open")]}, "Open</button>"),
    "carousel": ({"type": "carousel", "elements": [{"type": "card", "title": text("Printer")}]}, "Printer"),
    "video": (VIDEO, "Film"),
    "file": ({"type": "file", "external_id": "REPORT", "source": "remote"}, "REPORT"),
    "call": (call(), ">Join</a>"),
    "data_table": (data_table(RAW), "<caption>Hosts</caption>"),
    "data_visualization": (chart(), 'class="s0"'),
}


@asynccontextmanager
async def live(slack: Sandbox, href: str = "/") -> AsyncIterator[Any]:
    """Open the page's WebSocket as a browser does, and yield what reads its next changes."""
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{slack.url}/page/live") as socket:

        async def action(**what: Any) -> list[Any]:
            if what:
                await socket.send_json(what)
            changes: list[Any] = json.loads((await socket.receive()).data)
            return changes

        await action(do="hello", href=href)
        yield action


def test_every_block_that_a_message_takes_is_among_them() -> None:
    assert set(BLOCKS) == set(MESSAGE_BLOCKS)


@pytest.mark.parametrize("kind", BLOCKS)
async def test_every_block_is_drawn(slack: Sandbox, kind: str) -> None:
    block, shown = BLOCKS[kind]
    async with web_client(slack) as client:
        await client.chat_postMessage(channel=DESK, text="x", blocks=[block])
    html = slack.page.state.drawing.message(slack.channel("help-desk").messages[0], "main", "U0ANA")
    assert shown in html
    assert "does not draw" not in html


@pytest.mark.parametrize("block", [chart(type="line"), chart(type="area"), pie(1, 3), pie(3), data_table(RAW)])
def test_data_is_drawn_and_readable_as_text(slack: Sandbox, block: dict[str, Any]) -> None:
    space = slack.space
    message = space.post(slack.channel("help-desk"), space.users[slack.bot_user_id], "x", blocks=[block])
    html = slack.page.state.drawing.message(message, "main", "U0ANA")
    assert "does not draw" not in html
    assert "nan" not in html
    assert (block.get("title") or block["caption"]) in message.text_view()
    assert "3" in message.text_view()


WITH_OPTIONS = {"static_select", "multi_static_select", "radio_buttons", "checkboxes"}


@pytest.mark.parametrize("kind", [*CHOOSING, *TEXT_INPUTS, "file_input"])
async def test_every_input_is_drawn_with_its_label(slack: Sandbox, kind: str) -> None:
    rest: dict[str, Any] = {"options": CHOICES} if kind in WITH_OPTIONS else {}
    rest |= {"is_decimal_allowed": True} if kind == "number_input" else {}
    asked = {"type": "input", "label": text("Asked"), "element": element(kind, **rest)}
    async with web_client(slack) as client:
        trigger = slack.person("Ana").client.trigger(None)
        await client.views_open(trigger_id=trigger, view=modal(asked))
    view = slack.person("Ana").modal
    assert view
    html = slack.page.state.drawing.view(view)
    assert "Asked" in html
    assert "does not draw" not in html
    name = re.search(r'<(?:label|div) class="label" id="([^"]+)-label"', html)
    assert name
    assert f'id="{name[1]}"' in html or f'aria-labelledby="{name[1]}-label"' in html


@pytest.mark.parametrize(
    "block", [{"type": "hologram", "depth": 3}, {"type": "table", "rows": 3}, pie(10**400, 3), chart(series=[])]
)
async def test_what_cannot_be_drawn_shows_its_json(slack: Sandbox, block: dict[str, Any]) -> None:
    space = slack.space
    message = space.post(slack.channel("help-desk"), space.users[slack.bot_user_id], "x", blocks=[block])
    html = slack.page.state.drawing.message(message, "main", "U0ANA")
    assert "does not draw" in html
    assert "3" in html


async def test_the_page_asks_nothing_of_any_other_host(slack: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(slack.url) as answer:
            policy, page = answer.headers["Content-Security-Policy"], await answer.text()
        assert "default-src 'none'" in policy
        assert "://" not in page
        for name in re.findall(r'"(/page/[^"]+)"', page):
            async with session.get(f"{slack.url}{name}") as answer:
                assert answer.status == 200
                assert "://" not in (await answer.text()).replace("}://$", "")
        async with session.get(f"{slack.url}/page/live", headers={"Origin": "http://elsewhere.test"}) as answer:
            assert answer.status == 403


async def test_an_edit_draws_only_its_message(slack: Sandbox) -> None:
    async with web_client(slack) as client, live(slack) as action:
        ts = (await client.chat_postMessage(channel=DESK, text="one"))["ts"]
        await client.chat_postMessage(channel=DESK, text="other")
        await action()
        await action()
        await client.chat_update(channel=DESK, ts=ts, text="two")
        ((what, holder, name, html),) = await action()
    assert (what, holder, name) == ("put", "messages", f"main-{ts}")
    assert "two" in html


async def test_clicks_typing_and_submits_go_the_way_of_a_person(http_app: AsyncApp, slack: Sandbox) -> None:
    heard: list[Any] = []

    @http_app.action("go")
    async def clicked(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        view = modal(field("Note"), callback_id="m")
        await http_app.client.views_open(trigger_id=body["trigger_id"], view=view)

    @http_app.view("m")
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        await ack()
        heard.append(view["state"]["values"]["answer"]["text"]["value"])

    actions = {"type": "actions", "block_id": "b", "elements": [button("Go", "go")]}
    ts = (await http_app.client.chat_postMessage(channel=DESK, text="x", blocks=[actions]))["ts"]
    ana = slack.person("Ana")
    async with live(slack) as action:
        await action(do="press", surface=f"m:{DESK}:{ts}", block="b", action="go")
        view = await slack.until(lambda: ana.modal)
        at = {"surface": f"v:{view.id}"}
        await action(do="submit", **at)
        assert ana.errors == ["Please complete this required field."]
        await action(do="enter", block="answer", action="text", text="typed", **at)
        await action(do="submit", **at)
        await slack.until(lambda: heard)
    assert heard == ["typed"]
    assert ana.modal is None


async def test_each_side_of_feedback_buttons_is_pressed_with_its_own_value(http_app: AsyncApp, slack: Sandbox) -> None:
    heard: list[tuple[str, str]] = []

    @http_app.action("rate")
    async def rated(ack: Any, action: dict[str, Any]) -> None:
        await ack()
        heard.append((action["type"], action["value"]))
        await http_app.client.chat_update(channel=DESK, ts=ts, text=action["value"], blocks=[below])

    sides = {
        f"{name}_button": {"text": {"type": "plain_text", "text": name}, "value": name}
        for name in ("positive", "negative")
    }
    below = {
        "type": "context_actions",
        "block_id": "b",
        "elements": [{"type": "feedback_buttons", "action_id": "rate", **sides}],
    }
    ts = (await http_app.client.chat_postMessage(channel=DESK, text="x", blocks=[below]))["ts"]
    async with live(slack) as action:
        await action(do="press", surface=f"m:{DESK}:{ts}", block="b", action="rate", part="negative_button")
        await slack.until(lambda: heard)
    await slack.person("Ana").click(slack.channel("help-desk").messages[-1], "positive")
    assert heard == [("feedback_buttons", "negative"), ("feedback_buttons", "positive")]


async def test_what_is_not_on_the_screen_cannot_be_touched(slack: Sandbox) -> None:
    async with live(slack) as action:
        said = await action(do="press", surface=f"m:{DESK}:1.2", block="b", action="go")
        assert said == [["toast", "this message is not there any more"]]
        said = await action(do="levitate")
        assert said == [["toast", "this page does not know how to levitate"]]


async def test_each_person_has_unread_marks_of_their_own(slack: Sandbox) -> None:
    quiet = slack.channel("quiet")
    await slack.person("Ben").say(quiet, "news")
    page = slack.page.state
    assert (page.unread("U0ANA", quiet), page.unread("U0BEN", quiet)) == (1, 0)
    async with live(slack, f"/?as=Ana&in={quiet.id}"):
        assert page.unread("U0ANA", quiet) == 0
    assert page.unread("U0DANA", quiet) == 1


async def test_home_and_permalinks_have_addresses(slack: Sandbox) -> None:
    async with web_client(slack) as client:
        await client.views_publish(user_id="U0ANA", view=home(section("Your sessions")))
        ts = (await client.chat_postMessage(channel=DESK, text="root"))["ts"]
        link = (await client.chat_getPermalink(channel=DESK, message_ts=ts))["permalink"]
    async with live(slack, "/?as=Ana&in=D0ANA&tab=home") as action:
        changes = await action(do="link", href=link)
    assert ["url", f"/?as=Ana&in={DESK}&thread={ts}", "#help-desk – Sandbox"] in changes


async def test_a_scene_is_started_from_the_page(slack: Sandbox) -> None:
    played: list[str] = []
    slack.page.offer(Scene(name="story", label="Play it", told="A story.", toggle=lambda: played.append("played")))
    async with live(slack) as action:
        await action(do="scene", name="story")
    assert played == ["played"]


async def test_calls_are_counted_against_their_limits(slack: Sandbox) -> None:
    async with web_client(slack) as client:
        await client.chat_postMessage(channel=DESK, text="x")
    row = next(row for row in slack.page.state.calls() if row["method"] == "chat.postMessage")
    assert (row["used"], row["allowed"], row["total"], row["refused"]) == (1, 300, 1, 0)


async def test_forwards_alerts_and_files_are_drawn(slack: Sandbox) -> None:
    ana = slack.person("Ana")
    shared = await ana.share_file("help-desk", "a.txt", "x", comment="see <this>")
    forward = await slack.person("Ben").forward(shared, "help-desk")
    html = slack.page.state.drawing.message(forward, "main", "U0ANA")
    assert "<blockquote>Ana in help-desk<br>see &lt;this&gt;<br>📎 a.txt</blockquote>" in html
    slack.alert("help-desk", app="Pingdom", attachments=[{"fallback": "down"}])
    alert = slack.channel("help-desk").messages[-1]
    html = slack.page.state.drawing.message(alert, "main", "U0ANA")
    assert "<blockquote>down</blockquote>" in html
    assert "Pingdom" in html
    await ana.delete_file(shared.files[0])
    assert "This file was deleted." in slack.page.state.drawing.message(shared, "main", "U0ANA")
    assert "Pingdom" not in slack.page.state.draw_rail("U0ANA", panel=False)

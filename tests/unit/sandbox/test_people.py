import io
from typing import Any

import pytest
from rich.console import Console
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import CannotDo, Message, Sandbox
from bot.sandbox.printing import Printer, changes
from tests.unit.sandbox.apps import button, field, modal, section, text

DESK = "C0HELPDESK"


def item(title: str, *labels: str) -> list[dict[str, Any]]:
    return [section(title), {"type": "actions", "elements": [button(name, name) for name in labels]}]


@pytest.fixture
async def lane(slack: Sandbox, client: AsyncWebClient) -> Message:
    blocks = [*item("Disk full?", "Skip"), *item("Which host?", "Answer", "Skip"), *item("Since when?", "Answer")]
    await client.chat_postMessage(channel=DESK, text="lane", blocks=blocks)
    return slack.channel("help-desk").messages[0]


async def clicked(slack: Sandbox) -> str:
    return str(slack.record.deliveries("block_actions")[-1].data["payload"]["actions"][0]["block_id"])


async def test_a_button_is_found_below_the_text_it_belongs_to(slack: Sandbox, lane: Any) -> None:
    ana = slack.person("Ana")
    await ana.click(lane, "Answer", near="Since when?")
    assert await clicked(slack) == lane.blocks[5]["block_id"]
    await ana.click(lane, "Skip", near="Which host?")
    assert await clicked(slack) == lane.blocks[3]["block_id"]
    with pytest.raises(CannotDo, match="no button 'Answer' near 'Disk full"):
        await ana.click(lane, "Answer", near="Disk full?")
    with pytest.raises(CannotDo, match="2 buttons are called 'Skip'"):
        await ana.click(lane, "Skip")
    with pytest.raises(CannotDo, match="nothing shows"):
        await ana.click(lane, "Skip", near="Who?")


async def test_what_a_person_chooses_is_what_the_app_reads(slack: Sandbox, client: AsyncWebClient) -> None:
    ana = slack.person("Ana")
    choices = [{"text": text(name), "value": name.lower()} for name in ("Resolved", "Paused")]
    outcome = {"type": "radio_buttons", "action_id": "outcome", "options": choices, "initial_option": choices[0]}
    team = {"type": "conversations_select", "action_id": "team", "default_to_current_conversation": True}
    blocks: list[dict[str, Any]] = [
        {"type": "input", "block_id": "outcome", "label": text("Outcome"), "element": outcome},
        {"type": "input", "block_id": "team", "label": text("Team channel"), "element": team, "optional": True},
    ]
    await client.views_open(trigger_id=ana.client.trigger(DESK), view=modal(*blocks))
    assert ana.modal
    assert ana.modal.text_view() == ("# A modal\nOutcome: (x) Resolved ( ) Paused\nTeam channel: [#help-desk]\n[Save]")
    await ana.choose("Outcome", "Paused")
    await ana.choose("Team channel", "#escalations")
    values = ana.modal.values
    assert values["outcome"]["outcome"]["selected_option"]["value"] == "paused"
    assert values["team"]["team"]["selected_conversation"] == "C0ESCALATIONS"
    with pytest.raises(CannotDo, match="no option 'Maybe'"):
        await ana.choose("Outcome", "Maybe")


async def test_input_in_a_message_belongs_to_each_person(slack: Sandbox, client: AsyncWebClient) -> None:
    ts = (await client.chat_postMessage(channel=DESK, text="x", blocks=[field("Note")]))["ts"]
    message = slack.channel("help-desk").messages[0]
    await slack.person("Ana").type("Note", "mine", on=message)
    assert message.text_view("U0ANA") == "Note: [mine]"
    assert message.text_view("U0BEN") == "Note: []"
    await client.chat_update(channel=DESK, ts=ts, text="x", blocks=[field("Note", block="new")])
    assert message.text_view("U0ANA") == "Note: []"


async def test_nobody_writes_where_they_cannot(slack: Sandbox) -> None:
    with pytest.raises(CannotDo):
        await slack.person("Ana").say("old", "x")
    with pytest.raises(CannotDo):
        await slack.person("Gus").say("escalations", "x")
    theirs = await slack.person("Ben").say("help-desk", "x")
    with pytest.raises(CannotDo):
        await slack.person("Ana").edit(theirs, "y")


async def test_typed_text_becomes_slack_text(slack: Sandbox) -> None:
    said = await slack.person("Ana").say("help-desk", "@Ben see https://x.test/a?b=1&c=2 in #quiet, @here: 1 < 2")
    assert said.text == "<@U0BEN> see <https://x.test/a?b=1&amp;c=2> in <#C0QUIET|quiet>, <!here>: 1 &lt; 2"
    assert said.text_view() == "@Ben see https://x.test/a?b=1&c=2 in #quiet, @here: 1 < 2"
    assert said.mentions() == ["@here", "@Ben"]


async def test_a_command_the_manifest_does_not_know_is_not_sent() -> None:
    manifest = {"features": {"slash_commands": [{"command": "/tasks"}]}}
    async with Sandbox(manifest=manifest) as slack:
        await slack.person("Ana").command("help-desk", "/other")
        assert slack.person("Ana").warnings == ["/other is not a valid command."]
        assert not slack.record.deliveries()


async def test_rich_blocks_read_as_text(slack: Sandbox, client: AsyncWebClient) -> None:
    def line(content: str) -> dict[str, Any]:
        return {"type": "rich_text_section", "elements": [{"type": "text", "text": content}]}

    listed = {"type": "rich_text_list", "style": "ordered", "elements": [line("one"), line("two")]}
    code = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "df -h"}]}
    cells = [{"type": "raw_text", "text": "a"}, {"type": "raw_text", "text": "b"}]
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": text("Ticket Notes")},
        {"type": "rich_text", "elements": [listed, code]},
        {"type": "table", "rows": [cells]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "by <@U0ANA> in <#C0QUIET> &gt; <!here>"}]},
    ]
    await client.chat_postMessage(channel=DESK, text="x", blocks=blocks)
    assert slack.channel("help-desk").messages[0].text_view() == (
        "Ticket Notes\n1. one\n2. two\n```\ndf -h\n```\na | b\nby @Ana in #quiet > @here"
    )


async def test_the_printer_shows_messages_edits_and_actions(slack: Sandbox, client: AsyncWebClient) -> None:
    out = io.StringIO()
    stop = slack.subscribe(Printer(Console(file=out, width=100, highlight=False)))
    root = await slack.person("Ana").say("help-desk", "it broke")
    blocks = [section("Looking"), {"type": "actions", "elements": [button("Stop", "stop")]}]
    ts = (await client.chat_postMessage(channel=DESK, text="x", thread_ts=root.ts, blocks=blocks))["ts"]
    blocks[0] = section("Looking at it\nclosely")
    await client.chat_update(channel=DESK, ts=ts, text="x", blocks=blocks)
    await slack.person("Ana").click(root.replies[0], "Stop")
    await client.views_open(trigger_id=slack.person("Ana").client.trigger(None), view=modal(section("Sure?")))
    stop()
    assert out.getvalue() == (
        "── #help-desk ──\nAna\n  it broke\n  ↳ Tasklane\n      Looking\n      [Stop]\n"
        "  ↳ Tasklane (edits)\n      … at it\n      closely\n» Ana clicks [Stop]\n"
        "» Ana is told by Slack: We had some trouble connecting. Try again?\n"
        "── Ana sees a modal ──\n  │ # A modal\n  │ Sure?\n  │ [Save]\n"
    )


def test_changes_are_what_was_added() -> None:
    assert changes(["a", "[x]"], ["a b", "c", "[x]"]) == ["… b", "c"]
    assert changes(["a", "b", "c"], ["Tasks (2)"]) == ["Tasks (2)", "(2 lines gone)"]
    assert changes(["a"], ["a"]) == []

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox
from bot.sandbox.printing import Printer
from bot.sandbox.record import SandboxRecord
from bot.sandbox.replay import BadRecord, replay
from tests.unit.sandbox.apps import button, field, home, modal, section


def printer(out: io.StringIO) -> Printer:
    return Printer(Console(file=out, width=100, highlight=False))


def register(app: AsyncApp) -> None:
    @app.command("/resolve")
    async def resolve(ack: Any, body: dict[str, Any], client: Any) -> None:
        await ack("One moment")
        await client.views_open(trigger_id=body["trigger_id"], view=modal(field("Notes"), callback_id="conclude"))

    @app.view("conclude")
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        if view["state"]["values"]["answer"]["text"]["value"] == "short":
            await ack(response_action="errors", errors={"answer": "Say more"})
            return
        await ack()

    @app.action("stop")
    async def stop(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="Stopped", blocks=[section("Stopped *now*")], replace_original=True)


async def story(slack: Sandbox, client: AsyncWebClient) -> None:
    ana, ben = slack.person("Ana"), slack.person("Ben")
    root = await ana.say("help-desk", "it broke, @Ben & <all>", files=[("trace.log", "boom")])
    blocks = [section("Looking"), {"type": "actions", "elements": [button("Stop", "stop")]}]
    reply = (await client.chat_postMessage(channel="C0HELPDESK", text="x", thread_ts=root.ts, blocks=blocks))["ts"]
    await client.chat_update(channel="C0HELPDESK", ts=reply, text="x", blocks=[section("Looking at it"), blocks[1]])
    await ben.click(root.replies[0], "Stop")
    await slack.until(lambda: "Stopped" in root.replies[0].text_view())
    await ana.command("help-desk", "/resolve")
    await slack.until(lambda: ana.modal)
    await ana.type("Notes", "short")
    await ana.submit()
    await ana.type("Notes", "long enough")
    await ana.submit()
    await ana.edit(root, "it broke again")
    gone = await ben.say("help-desk", "never mind")
    await ben.delete(gone)
    await client.reactions_add(channel="C0HELPDESK", timestamp=root.ts, name="eyes")
    await client.views_publish(user_id=ana.id, view=home(section("Welcome")))
    await ana.say(slack.group("Ana", "Ben"), "just us")
    await client.conversations_join(channel="C0QUIET")
    await client.chat_postMessage(channel=ana.id, text="psst")
    watcher: dict[str, Any] = {"recipient_user_id": ana.id, "recipient_team_id": slack.team_id}
    stream = await client.chat_startStream(
        channel="C0HELPDESK", thread_ts=root.ts, markdown_text="Streamed ", **watcher
    )
    await client.chat_stopStream(channel="C0HELPDESK", ts=stream["ts"], markdown_text="to the end")


async def test_a_recorded_story_replays_to_the_same_transcript(
    http_app: AsyncApp, slack: Sandbox, tmp_path: Path
) -> None:
    register(http_app)
    live, again = io.StringIO(), io.StringIO()
    slack.subscribe(printer(live))
    with slack.record.written_to(tmp_path / "record.jsonl"):
        await story(slack, http_app.client)
        await slack.settled()
    played = replay(tmp_path / "record.jsonl", printer(again))

    assert again.getvalue() == live.getvalue()
    shown = slack.overview()
    assert "Streamed to the end" in shown
    assert "== @Ana, @Ben ==" in shown
    slack.space = played
    assert slack.overview() == shown


async def test_a_record_is_written_while_it_grows(slack: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    with slack.record.written_to(path):
        before = len(path.read_text().splitlines())
        await slack.person("Ana").say("help-desk", "hello")
        assert len(path.read_text().splitlines()) == before + 1
    await slack.person("Ana").say("help-desk", "not recorded any more")
    assert len(path.read_text().splitlines()) == before + 1


def test_a_record_keeps_its_latest_entries_and_every_place() -> None:
    record = SandboxRecord(lambda: 0.0, keep=3)
    record.add("place", "opened")
    for number in range(20):
        record.add("socket", str(number))
    assert len(record) <= 7
    assert record.entries[0].kind == "place"
    assert (record.entries[-1].name, record.entries[-1].number) == ("19", 21)


@pytest.mark.parametrize(
    "line", ["not json", "[]", "{}", '{"number": 1, "at": 0, "kind": "message", "name": "posted", "channel": "C1"}']
)
def test_a_line_that_is_no_record_is_named(tmp_path: Path, line: str) -> None:
    good = '{"number": 1, "at": 0, "kind": "socket", "name": "connected"}\n'
    (tmp_path / "bad.jsonl").write_text(good + line)
    with pytest.raises(BadRecord, match="line 2 is not from a record"):
        replay(tmp_path / "bad.jsonl", lambda entry: None)


def test_a_record_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadRecord, match="cannot be read: No such file"):
        replay(tmp_path / "nowhere", lambda entry: None)
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadRecord, match="is not a text file"):
        replay(tmp_path / "binary", lambda entry: None)

"""What must never get out: mentions nobody meant, and words in the log."""

import contextlib
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import structlog

from bot import log
from bot.sandbox import Sandbox
from tests.scenario.stage import DESK, Stage, playing

MARKER = "xylophone-marker"
HOSTILE = (
    f"{MARKER} @channel @here @everyone <!channel> <!here|here> <@U0BEN> <!subteam^S0DESK> @Ben *_~`<https://x.y|z>"
)


def hostile_script(folder: Path, text: str) -> Path:
    """Write the script of an assistant that says the same text wherever it can."""
    markdown = f"{text}\n\n# {text}\n\n- {text}\n\n| a | {text.replace('|', '/')} |\n|---|---|\n| b | c |\n"
    reply = {
        "prose": markdown,
        "title": text,
        "summary": text,
        "questions": [{"text": text, "why": text}],
        "actions": [{"text": text, "command": text}],
    }
    notes = "\n\n".join(
        f"## {name}\n\n{text}" for name in ("Problem Summary", "Steps Taken", "Resolution", "Next Steps")
    )
    pace = {"first": 0, "every": 0, "chars": 50}
    path = folder / "hostile.yaml"
    path.write_text(json.dumps({"pace": pace, "replies": [reply], "notes": [{"text": notes}]}))
    return path


def formatted(sent: Any) -> Iterator[str]:
    """List the texts of a call in which Slack would read a mention: not those of inputs and plain text."""
    if isinstance(sent, str):
        yield sent
    elif isinstance(sent, list):
        for item in sent:
            yield from formatted(item)
    elif isinstance(sent, dict) and sent.get("type") != "plain_text":
        for name, item in sent.items():
            if name != "initial_value":
                yield from formatted(item)


async def whole_story(stage: Stage, text: str) -> None:
    """Use everything once, with the same text wherever a person can type one."""
    ana = stage.ana
    await ana.open_home()
    root = await stage.start(problem=text)
    await stage.say(root, text, stage.ben)
    lane = stage.lane(root)
    await stage.answer(lane, "*Q1.*", text)
    await stage.answer(lane, "*A1.*", text, "Result")
    await stage.click(lane, "Collapse tasks")
    await stage.click(stage.home(), "Tasks (2)")
    await stage.click(lane, "Send answers")
    await stage.conclude(root, "Escalated", text, Escalate_to="Ben", Team_channel="escalations")
    await stage.quiet()
    await stage.click(root, "Reopen")
    await stage.conclude(root, "Paused", text)
    await stage.quiet()
    await stage.say(root, text)
    await stage.click(stage.shown(root, "Session paused"), "Resume in New Chat")
    fresh = stage.slack.channel(DESK).messages[-1]
    await ana.command(DESK, f"/resolve {text}")
    await stage.quiet()
    notes = stage.notes(fresh)
    await stage.click(notes, "Copy")
    await ana.escape()
    await stage.click(notes, "Post to channel")
    await ana.choose("Team channel", "ticket-notes")
    await ana.submit()
    await stage.quiet()
    await stage.click(stage.home(), "View notes", near="Resolved")
    await ana.escape()
    await ana.command(DESK, f"/resolve {text}")
    await ana.command("quiet", f"/troubleshoot {text}")
    await stage.dana.dm(text)
    await stage.quiet()


@contextlib.contextmanager
def logging_everything() -> Iterator[io.StringIO]:
    """Set logging up as the app does, at DEBUG, and catch what it writes."""
    caught = io.StringIO()
    root, config = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    with contextlib.redirect_stderr(caught):
        log.configure("DEBUG", "json")
    try:
        yield caught
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.configure(**config)


def assert_nobody_is_mentioned(stage: Stage) -> None:
    """Check every message and every call for a mention that the bot did not mean."""
    for message in [m for c in stage.slack.space.channels.values() for m in [*c.all.values(), *c.ephemerals]]:
        if message.bot:
            meant = {"@Ana", "@Dana"} if "*Escalated*" not in message.text_view() else {"@Ana", "@Ben"}
            assert set(message.mentions()) <= meant, message.text_view()
    for call in stage.slack.record.calls():
        sent = "\n".join(formatted(call.data["args"]))
        pings = [mention for mention in ("<!channel", "<!here", "<!everyone", "<!subteam") if mention in sent]
        assert not pings, (call.name, sent)
        assert call.data["args"].get("link_names") in (None, False, "false", "0"), call.data["args"]


async def test_words_of_people_and_the_model_mention_nobody_and_do_not_reach_the_log(
    tmp_path: Path, database_url: str
) -> None:
    with logging_everything() as caught:
        script = hostile_script(tmp_path, HOSTILE)
        async with playing(tmp_path, script, log_level="DEBUG", database_url=database_url) as stage:
            stage.slack.add_group("S0DESK", "Ben")
            await whole_story(stage, HOSTILE)
            assert_nobody_is_mentioned(stage)
            assert any(MARKER in str(call.data["args"]) for call in stage.slack.record.calls()), "it was there to leak"
            token = stage.slack.bot_token
    lines = caught.getvalue()
    assert '"event": "ready"' in lines
    assert sorted({json.loads(line).get("logger") for line in lines.splitlines() if MARKER in line}) == []
    assert token not in lines
    assert Sandbox.signing_secret not in lines


async def test_secrets_are_taken_out_before_they_are_shown_or_told(stage: Stage) -> None:
    secret = "xoxb-" + "123456789012-abcdefghijklmnop"
    root = await stage.start(problem=f"The bot token is {secret} and it fails")
    await stage.answer(stage.lane(root), "*Q1.*", f"password: {secret}")
    await stage.conclude(root, notes=f"the model is away {secret}")
    await stage.quiet()
    shown = [m for c in stage.slack.space.channels.values() for m in [*c.all.values(), *c.ephemerals] if m.bot]
    assert not [m for m in shown if secret in str(m.blocks) + m.text]
    assert "[removed]" in stage.notes(root).text_view()

"""The way in: both transports tell one story, repeated deliveries count once, nonsense is answered politely."""

import asyncio
import copy
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.sandbox import Sandbox
from tests.contract.storage.samples import fresh
from tests.scenario.post import thrice
from tests.scenario.stage import DESK, PRINTER, Stage, playing
from tests.scenario.story import Story

TRANSPORTS: Final[dict[str, dict[str, Any]]] = {"http": {}, "socket": {"slack_app_token": Sandbox.app_token}}


async def full_story(stage: Stage, story: Story) -> None:
    """Go from the first word to the posted notes."""
    await stage.ana.open_home()
    await stage.ana.command(DESK, f"/troubleshoot {PRINTER}")
    await story.goes_on()
    root = stage.slack.channel(DESK).messages[-1]
    lane = stage.lane(root)
    await stage.click(lane, "Answer", "*Q1.*")
    await stage.ana.type("Answer", "Ready", by_character=True)
    await stage.ana.escape()
    await story.goes_on()
    await stage.ana.command(DESK, "/tasks")
    await story.goes_on()
    await stage.click(lane, "Tasks (3)")
    await stage.answer(lane, "*Q1.*", "Ready, no error")
    await stage.click(lane, "Done", "*A1.*")
    await story.goes_on()
    await stage.click(lane, "Send answers")
    await story.goes_on()
    await stage.say(root, "The spooler had stopped")
    await stage.say(root, "@Tasklane and it is back", stage.ben)
    await story.goes_on()
    await stage.conclude(root, "Paused")
    await stage.quiet()
    await stage.click(stage.shown(root, "Session paused"), "Resume")
    await story.goes_on()
    await stage.conclude(root, "Resolved", "Restarted the spooler")
    await story.goes_on()
    notes = stage.notes(root)
    await stage.click(notes, "Regenerate")
    await stage.click(notes, "Post to channel")
    await stage.ana.choose("Team channel", "ticket-notes")
    await stage.ana.submit()
    await story.goes_on()


@pytest.mark.parametrize(("transport", "kind"), [("http", "postgresql"), ("socket", "sqlite")])
async def test_both_transports_tell_the_same_story(tmp_path: Path, transport: str, kind: str) -> None:
    with fresh(kind) as url:
        async with playing(tmp_path, database_url=url, **TRANSPORTS[transport]) as stage:
            story = Story(stage, homes=True)
            await full_story(stage, story)
            story.matches("full_story")
            assert bool(stage.slack.sockets.links) is (transport == "socket")
            assert stage.ana.warnings == []


async def test_everything_delivered_three_times_at_once_happens_once(tmp_path: Path, postgres_url: str) -> None:
    async with playing(tmp_path, database_url=postgres_url) as stage:
        story = Story(stage, homes=True)
        with thrice(stage):
            await full_story(stage, story)
        story.matches("full_story")


@asynccontextmanager
async def posting(stage: Stage) -> AsyncIterator["Poster"]:
    """Send the app requests of one's own making."""
    async with aiohttp.ClientSession() as http:
        yield Poster(stage, http)


class Poster:
    """Signs and sends requests as Slack does, whatever is in them."""

    def __init__(self, stage: Stage, http: aiohttp.ClientSession) -> None:
        self._url = f"http://127.0.0.1:{stage.app.port}/slack/events"
        self._secret = stage.slack.signing_secret
        self._http = http

    async def raw(self, body: str, kind: str = "application/json", *, secret: str = "", age: float = 0) -> int:
        """Send a body and return the status."""
        stamp = str(int(time.time() - age))
        signed = hmac.new((secret or self._secret).encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256)
        headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signed.hexdigest()}"}
        headers["Content-Type"] = kind
        async with self._http.post(self._url, data=body.encode(), headers=headers) as answer:
            return answer.status

    async def payload(self, kind: str, payload: Mapping[str, Any]) -> int:
        """Send an event, an interaction or a command."""
        form = "application/x-www-form-urlencoded"
        if kind == "events_api":
            return await self.raw(json.dumps(payload))
        if kind == "interactive":
            return await self.raw(urlencode({"payload": json.dumps(payload)}), form)
        return await self.raw(
            urlencode({k: v if isinstance(v, str) else json.dumps(v) for k, v in payload.items()}), form
        )


def mangled(payload: Mapping[str, Any], depth: int) -> Iterator[dict[str, Any]]:
    """Make one payload after the other in which one thing is missing or of another kind."""
    for path in list(_paths(payload, depth)):
        for wrong in (None, 7, ["z"]):
            broken = copy.deepcopy(dict(payload))
            at: Any = broken
            for step in path[:-1]:
                at = at[step]
            if wrong is None:
                del at[path[-1]]
            else:
                at[path[-1]] = wrong
            yield broken


def _paths(value: Any, depth: int) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict) and depth:
        for name, inner in value.items():
            yield (name,)
            if name not in ("blocks", "title", "submit", "close", "bot_profile", "authorizations", "message"):
                yield from ((name, *rest) for rest in _paths(inner, depth - 1))
    elif isinstance(value, list) and depth and value:
        yield (0,)
        yield from ((0, *rest) for rest in _paths(value[0], depth - 1))


async def test_mangled_payloads_never_break_the_app(stage: Stage) -> None:
    root = await stage.start()
    await stage.answer(stage.lane(root), "*Q1.*", "Ready")
    await stage.ana.shortcut(root, "Troubleshoot this")
    await stage.ana.open_home()
    await stage.conclude(root)
    await stage.quiet()
    stage.troubled = True
    first: dict[str, Any] = {}
    for entry in stage.slack.record.deliveries():
        first.setdefault(entry.name, entry)
    assert {"/troubleshoot", "message", "block_actions", "view_submission", "message_action"} <= set(first)
    statuses: dict[int, int] = {}
    async with posting(stage) as poster:
        for entry in first.values():
            for broken in mangled(entry.data["payload"], 2 if entry.name == "app_home_opened" else 3):
                status = await poster.payload(entry.data["type"], broken)
                assert status < 500, (entry.name, broken)
                statuses[status] = statuses.get(status, 0) + 1
    assert statuses.get(400), "what is not Slack's shape is refused"
    await stage.quiet()
    assert stage.lane(await stage.start()), "and the next session works"


async def test_requests_that_are_not_slacks_are_refused(stage: Stage) -> None:
    event = json.dumps({"type": "event_callback", "team_id": "T0SANDBOX", "event": {"type": "message"}})
    async with posting(stage) as poster:
        assert await poster.raw(event, secret="wrong") == 401
        assert await poster.raw(event, age=600) == 401
        assert await poster.raw("{not json") == 400
        assert await poster.raw("[]") == 400
        assert await poster.raw("") == 400
        assert await poster.raw("payload=%7B", "application/x-www-form-urlencoded") == 400
        assert await poster.raw("a=b", "application/x-www-form-urlencoded") == 400
        assert await poster.raw(json.dumps({"type": "url_verification", "challenge": "c"})) == 200
        foreign = json.loads(event) | {"team_id": "T0ELSEWHERE"}
        assert await poster.raw(json.dumps(foreign)) < 500
    assert stage.lane(await stage.start())


async def test_ids_that_this_version_does_not_know_are_answered_politely(stage: Stage) -> None:
    root = await stage.start()
    lane = stage.lane(root)
    await stage.click(lane, "Skip", "*Q1.*")
    await stage.click(lane, "Answer", "*Q2.*")
    await stage.ana.submit()
    await stage.ana.shortcut(root, "Conclude session")
    await stage.ana.escape()
    await stage.quiet()
    sent = {entry.name: entry.data["payload"] for entry in stage.slack.record.deliveries()}
    click = next(e.data["payload"] for e in stage.slack.record.deliveries("block_actions"))
    click["actions"][0]["action_id"] = "from_the_future"
    submission = copy.deepcopy(sent["view_submission"])
    submission["view"]["callback_id"] = "from_the_future"
    shortcut = copy.deepcopy(sent["message_action"]) | {"callback_id": "from_the_future"}
    command = copy.deepcopy(sent["/troubleshoot"]) | {"command": "/from_the_future"}
    async with posting(stage) as poster:
        assert await poster.payload("interactive", click) == 200
        assert await poster.payload("interactive", submission) == 200
        assert await poster.payload("interactive", shortcut) == 200
        assert await poster.payload("slash_commands", command) == 200
    await stage.quiet()
    assert "I do not know that any more. Use the newest message in the thread" in stage.told()[-1]
    await stage.click(lane, "Collapse tasks")
    assert lane.text_view() == "[Tasks (3)]"


async def test_a_button_of_a_session_or_a_task_that_is_gone_says_so(stage: Stage) -> None:
    root = await stage.start()
    await stage.click(stage.lane(root), "Skip", "*Q1.*")
    payload = stage.slack.record.deliveries("block_actions")[-1].data["payload"]
    session, task = payload["actions"][0]["value"].split(":")
    async with posting(stage) as poster:
        for value, said in [
            (f"{session}:{'0' * 16}", "That task is no longer open"),
            (f"{'0' * 16}:{task}", "That session does not exist any more"),
        ]:
            other = copy.deepcopy(payload)
            other["actions"][0]["value"] = value
            other["trigger_id"] += value
            assert await poster.payload("interactive", other) == 200
            await stage.quiet()
            assert said in stage.told()[-1]


async def test_two_people_and_two_transport_retries_at_the_same_moment(tmp_path: Path, postgres_url: str) -> None:
    async with playing(tmp_path, database_url=postgres_url) as stage:
        root = await stage.start()
        stage.slack.faults.duplicate_next_events(2)
        await asyncio.gather(
            stage.ana.say(DESK, "The display says Ready", thread=root),
            stage.ben.say(DESK, "The jobs pile up", thread=root),
        )
        await stage.quiet()
        assert 2 <= len(stage.replies(root)) <= 3, "one answer to both, or one to each"
        first, second = await asyncio.gather(
            stage.ana.command("vault", f"/troubleshoot {PRINTER}"),
            stage.ben.command("vault", f"/troubleshoot {PRINTER}"),
        )
        assert first.ok
        assert second.ok
        await stage.quiet()
        assert len(stage.slack.channel("vault").messages) == 2
        await asyncio.gather(stage.ana.command("vault", "/resolve"), stage.ana.command("vault", "/resolve"))
        await stage.quiet()
        mine = next(m for m in stage.slack.channel("vault").messages if "Owner @Ana" in m.text_view())
        assert "*Resolved*" in mine.text_view()
        assert stage.notes(mine)

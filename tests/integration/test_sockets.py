"""Socket Mode's connections: two, replaced without a gap, back after a cut, and drained when the app stops."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

import aiohttp
import pytest

from bot.sandbox import Ack, Sandbox
from bot.sandbox.delivery import Parcel
from tests.scenario.post import until
from tests.scenario.stage import DESK, PRINTER, Stage, playing


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with playing(tmp_path, slack_app_token=Sandbox.app_token) as found:
        found.slack.deliver_to("")  # there is no other way to the app
        await until_connected(found)
        yield found


async def until_connected(stage: Stage, count: int = 2) -> None:
    await until(lambda: len(stage.slack.sockets.links) == count == connected(stage))


def connected(stage: Stage) -> int:
    assert stage.app._sockets is not None
    return stage.app._sockets.connected


async def status(stage: Stage, path: str) -> tuple[int, str]:
    url = f"http://127.0.0.1:{stage.app.port}{path}"
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        return answer.status, await answer.text()


def opened(stage: Stage) -> int:
    return len(stage.slack.record.calls("apps.connections.open"))


async def test_there_are_two_connections_and_the_metrics_say_so(stage: Stage) -> None:
    assert opened(stage) == 2
    assert "tasklane_sockets 2.0" in (await status(stage, "/metrics"))[1]


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_a_refresh_of_both_at_once_leaves_no_gap(
    stage: Stage, reason: Literal["warning", "refresh_requested"]
) -> None:
    fewest = 2

    def look(_entry: object) -> None:
        nonlocal fewest
        fewest = min(fewest, connected(stage))

    stage.slack.subscribe(look)
    before = opened(stage)
    root = await stage.start()
    await stage.slack.sockets.refresh(reason=reason)
    said = [await stage.ana.say(DESK, f"Line {number}", thread=root) for number in range(3)]
    await stage.slack.until(lambda: opened(stage) == before + 2 or None)
    await until_connected(stage)
    await stage.quiet()
    assert fewest == 2
    assert len(said) == 3
    failed = [e for e in stage.slack.record.deliveries() if not e.data["ok"]]
    assert failed == []
    assert (await status(stage, "/readyz"))[0] == 200


async def test_after_both_are_cut_nothing_is_lost(stage: Stage) -> None:
    root = await stage.start()
    stage.slack.sockets.drop()
    await stage.ana.say(DESK, "Said while nobody listened", thread=root)
    await until_connected(stage)
    await stage.quiet()
    assert len(stage.replies(root)) == 2


async def test_an_envelope_whose_socket_is_cut_before_its_answer_is_handled_once(stage: Stage) -> None:
    root = await stage.start()
    stage.slack.faults.drop_next_sockets()
    await stage.ana.say(DESK, "The display says Ready", thread=root)
    await stage.slack.until(lambda: [e for e in stage.slack.record.deliveries("message") if not e.data["ok"]])
    await until_connected(stage)
    await stage.quiet()
    await stage.slack.until(lambda: len(stage.replies(root)) == 2 or None)
    await stage.quiet()
    assert len(stage.replies(root)) == 2


async def test_without_any_connection_the_app_is_not_ready_until_there_is_one_again(stage: Stage) -> None:
    stage.slack.faults.http_error("apps.connections.open", 503, times=3)
    stage.slack.sockets.drop()
    await until(lambda: connected(stage) == 0)
    found = await status(stage, "/readyz")
    assert found[0] == 503
    assert "No Socket Mode connection to Slack is up." in found[1]
    await until_connected(stage)
    assert (await status(stage, "/readyz"))[0] == 200


async def test_frames_that_are_no_envelopes_change_nothing(stage: Stage) -> None:
    before = opened(stage)
    for link in list(stage.slack.sockets.links):
        for frame in ("{", "[1]", "7", '{"type": "events_api"}', '{"type": "pong"}'):
            await link.socket.send_str(frame)
    root = await stage.start()
    await stage.say(root, "The display says Ready")
    assert len(stage.replies(root)) == 2
    assert opened(stage) == before


async def test_stopping_answers_what_is_here_and_takes_no_more(stage: Stage) -> None:
    await stage.ana.open_home()
    await stage.quiet()
    delivery = stage.slack._delivery
    once = delivery.send
    acks: list[Ack] = []
    sockets = stage.app._sockets
    assert sockets is not None

    async def send(parcel: Parcel, attempt: int = 0, reason: str = "") -> Ack:
        ack = await once(parcel, attempt, reason)
        acks.append(ack)
        return ack

    delivery.send = send  # type: ignore[method-assign]
    async with stage.app.database.write_everywhere():  # no handler can end before the app has been told to stop
        started = asyncio.ensure_future(stage.ana.command(DESK, f"/troubleshoot {PRINTER}"))
        await until(lambda: any(link._answering for link in sockets._links))
        stopping = asyncio.ensure_future(stage.app.stop(grace=0.5))
        await until(lambda: connected(stage) == 0)
    assert (await started).ok
    await stopping
    assert [ack.ok for ack in acks] == [True]
    assert stage.slack.sockets.links == []


async def test_a_command_that_cannot_be_answered_in_time_is_refused_in_words(stage: Stage) -> None:
    assert stage.app._sockets is not None
    door = stage.app._sockets._door
    with ExitStack() as inside:
        for _ in range(door.places):
            inside.enter_context(door.delivery())
        refused = await stage.ana.command(DESK, f"/troubleshoot {PRINTER}")
    assert "Try again in a moment" in refused.body["text"]
    assert stage.slack.channel(DESK).messages == []
    assert (await stage.start()).replies

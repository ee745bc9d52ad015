"""The door in front of deliveries, at a burst of them."""

import asyncio
import json
from contextlib import ExitStack
from itertools import islice

import pytest
from aiohttp import TCPConnector
from aiohttp.test_utils import TestClient, TestServer
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.app import door as doors
from bot.app import http
from bot.app.door import Door
from bot.errors import TooManyAtOnce
from bot.metrics import Metrics
from tests.unit.app.test_http import FORM, SECRET, signed


class DoorClock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def places_after(seconds: float, deliveries: int = 1_000) -> int:
    """Have deliveries leave, one every so many seconds, and return how many are let in then."""
    clock = DoorClock()
    door = Door(clock)
    inside = [ExitStack() for _ in range(20)]
    for stack in inside:
        stack.enter_context(door.delivery())
    for number in range(deliveries):
        clock.now += seconds
        inside[number % 20].close()
        inside[number % 20].enter_context(door.delivery())
    return door.places


@pytest.mark.parametrize(("seconds", "places"), [(0.01, 200), (0.004, 500), (0.1, doors.LEAST), (30.0, doors.LEAST)])
def test_as_many_are_let_in_as_can_be_answered_in_time(seconds: float, places: int) -> None:
    assert places_after(seconds) == pytest.approx(places, rel=0.02)


def test_whoever_comes_when_it_is_full_is_turned_away_and_those_inside_are_not() -> None:
    door = Door(DoorClock())
    with ExitStack() as inside:
        for _ in range(door.places):
            inside.enter_context(door.delivery())
        with pytest.raises(TooManyAtOnce), door.delivery():
            pass
    with door.delivery():
        pass


def test_one_that_fails_leaves_its_place() -> None:
    door = Door(DoorClock())
    for _ in range(2 * door.places):
        with pytest.raises(KeyError), door.delivery():
            raise KeyError


async def test_of_a_burst_all_are_answered_and_only_those_that_were_let_in_are_taken() -> None:
    taken: list[str] = []
    open_again = asyncio.Event()

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_user_id="UBOT")

    async def ready() -> None:
        return None

    bolt = AsyncApp(authorize=authorize, request_verification_enabled=False, process_before_response=True)

    @bolt.event("message")
    async def take(body: dict[str, str]) -> None:
        await open_again.wait()
        taken.append(body["event_id"])

    door = Door(DoorClock())
    places = door.places
    app = http.endpoints(bolt, SECRET, ready, list, Metrics(), door)
    async with TestClient(TestServer(app), connector=TCPConnector(limit=0)) as client:

        async def deliver(number: int) -> int:
            event = {"type": "message", "user": "U1", "text": "command=x", "channel": "C1", "ts": "1.1"}
            body = json.dumps({"type": "event_callback", "event_id": f"Ev{number}", "team_id": "T1", "event": event})
            async with client.post("/slack/events", data=body, headers=signed(body)) as response:
                return response.status

        burst = [asyncio.create_task(deliver(number)) for number in range(places + 200)]
        for turned_away in islice(asyncio.as_completed(burst), 200):
            assert await turned_away == 503
        body = "command=/troubleshoot&text=the+printer&team_id=T1&user_id=U1&channel_id=C1"
        async with client.post("/slack/events", data=body, headers=signed(body, content_type=FORM)) as response:
            assert "Try again in a moment" in (await response.json())["text"]
        assert not taken
        open_again.set()
        answers = await asyncio.gather(*burst)
        assert answers.count(200) == len(taken) == places
        assert await deliver(-1) == 200

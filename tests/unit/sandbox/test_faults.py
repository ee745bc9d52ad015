import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Fault, Faults, ManualClock, Plan, Sandbox, faultsfile
from tests.support.examples import examples
from tests.unit.sandbox.apps import over_sockets

EXAMPLE = """
seed: 7
faults:
  - fault: ratelimited       # a storm: three calls in a row, each to be tried again after 5 seconds
    method: chat.update
    after: 2
    times: 1
    in_a_row: 3
    retry_after: 5
  - {fault: latency, method: "chat.*", seconds: 0.5}
  - {fault: http_error, method: views.publish, probability: 0.5, status: 503}
  - {fault: error, method: conversations.info, error: fatal_error}
  - {fault: reset, method: users.info, times: 1}
  - {fault: lost_response, method: chat.postMessage, times: 1}
  - {fault: duplicate, event: message, probability: 0.1}
  - {fault: reorder, event: app_mention}
  - {fault: socket_drop, event: block_actions}
  - {fault: socket_refresh, event: view_submission}
  - {fault: socket_warning, event: /troubleshoot}
"""


def loaded(tmp_path: Path, content: str = EXAMPLE) -> faultsfile.FaultsFile:
    file = tmp_path / "faults.yaml"
    file.write_text(content)
    return faultsfile.load(file)


def test_a_file_orders_every_kind_of_trouble(tmp_path: Path) -> None:
    faults = Faults()
    faults.follow(loaded(tmp_path).plans(), seed=7)
    late = Fault(latency=0.5)
    stormy = Fault(latency=0.5, retry_after=5)
    assert [faults.take("chat.update") for _ in range(6)] == [late, late, stormy, stormy, stormy, late]
    assert faults.take("conversations.info") == Fault(error="fatal_error")
    assert [faults.take("users.info") for _ in range(2)] == [Fault(reset=True), None]
    assert faults.take("chat.postMessage") == Fault(latency=0.5, lost=True)
    assert faults.take_event("app_mention", "reorder")
    assert not faults.take_event("app_mention", "duplicate")
    assert faults.take_event("block_actions", "socket_drop")
    assert faults.take_event("view_submission", "socket_refresh")
    assert faults.take_event("/troubleshoot", "socket_warning")
    drawn = [faults.take("views.publish") is not None for _ in range(200)]
    assert 60 < sum(drawn) < 140
    faults.clear()
    assert faults.take("chat.update") is None


@examples(30)
@given(st.integers(0, 99), st.floats(0.01, 1), st.integers(0, 5), st.integers(1, 4), st.integers(1, 5))
def test_the_same_seed_gives_the_same_trouble(seed: int, chance: float, after: int, times: int, row: int) -> None:
    plan = Plan(what=Fault(status=500), probability=chance, after=after, times=times, in_a_row=row)

    def drawn() -> list[bool]:
        faults = Faults()
        faults.follow([plan], seed=seed)
        return [faults.take("chat.update") is not None for _ in range(60)]

    hit = drawn()
    assert hit == drawn()
    assert sum(hit) <= times * row
    assert not any(hit[:after])


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("faults: [{fault: latency}]", "faults, entry 1, seconds: Field required"),
        ("faults: [{fault: latency, seconds: soon}]", "faults, entry 1, seconds: Input should be a valid number"),
        ("faults: [{fault: reset, method: chat.updat}]", "'chat.updat' is not known to the sandbox"),
        ("faults: [{fault: duplicate, event: mesage}]", "'mesage' is not known to the sandbox"),
        ("faults: [{fault: reset, probabilty: 1}]", "faults, entry 1, probabilty: Extra inputs are not permitted"),
        ("faults: [{fault: explode}]", "does not match any of the expected tags"),
        ("faults: [{}]", "Unable to extract tag"),
        ("seed: 1", "faults: Field required"),
        ("- 1", "the file: Input should be a valid dictionary"),
        ("faults: [", "is not YAML"),
    ],
)
def test_a_bad_file_gives_one_readable_line(tmp_path: Path, content: str, line: str) -> None:
    with pytest.raises(faultsfile.BadFaultsFile) as caught:
        loaded(tmp_path, content)
    assert line in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path}/faults.yaml: ")
    assert "\n" not in str(caught.value)


def test_a_missing_file_gives_one_readable_line(tmp_path: Path) -> None:
    with pytest.raises(faultsfile.BadFaultsFile, match="cannot be read: No such file"):
        faultsfile.load(tmp_path / "nowhere.yaml")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(faultsfile.BadFaultsFile, match="is not a text file"):
        faultsfile.load(tmp_path / "binary")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["faults", "seed", "fault", "method", "times"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@examples(30)
@given(json_values)
def test_no_file_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, content: Any) -> None:
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_text(yaml.safe_dump(content))
    with suppress(faultsfile.BadFaultsFile):
        faultsfile.load(file)


async def test_a_storm_of_429_hits_calls_in_a_row(slack: Sandbox, client: AsyncWebClient) -> None:
    slack.faults.follow([Plan(what=Fault(retry_after=3), match="chat.*", after=1, times=1, in_a_row=2)])
    outcomes = []
    for number in range(4):
        try:
            await client.chat_postMessage(channel="C0HELPDESK", text=str(number))
            outcomes.append("ok")
        except SlackApiError as refused:
            outcomes.append(refused.response.headers["Retry-After"])
    assert outcomes == ["ok", "3", "3", "ok"]
    calls = slack.record.calls("chat.postMessage", ok=False)
    assert [call.data["fault"] for call in calls] == [{"retry_after": 3}] * 2
    assert json.loads(calls[0].as_json())["status"] == 429


async def test_an_event_can_be_overtaken_by_the_next_one(http_app: AsyncApp, slack: Sandbox) -> None:
    seen: list[str] = []

    @http_app.event("message")
    async def note(event: dict[str, Any]) -> None:
        seen.append(event["text"])

    slack.faults.reorder_next_events()
    await slack.person("Ana").dm("first")
    await slack.person("Ana").dm("second")
    await slack.until(lambda: len(seen) == 2)
    assert seen == ["second", "first"]


async def test_an_event_that_nothing_overtakes_comes_after_two_seconds(
    http_app: AsyncApp, slack: Sandbox, clock: ManualClock
) -> None:
    slack.faults.reorder_next_events()
    await slack.person("Ana").dm("alone")
    await clock.someone_sleeps()
    assert not slack.record.deliveries()
    clock.advance(2)
    await slack.until(lambda: slack.record.deliveries("message"))


async def test_a_dropped_socket_makes_the_event_come_again(app: AsyncApp, slack: Sandbox) -> None:
    seen: list[str] = []

    @app.event("message")
    async def note(body: dict[str, Any]) -> None:
        seen.append(body["event_id"])

    slack.faults.drop_next_sockets()
    async with over_sockets(app, slack), over_sockets(app, slack):
        await slack.person("Ana").dm("once")
        await slack.until(lambda: len(slack.record.deliveries("message")) == 2)
        first, second = slack.record.deliveries("message")
        assert (first.data["ok"], first.data["reason"], second.data["ok"]) == (False, "connection_failed", True)
        assert len(set(seen)) == 1


async def test_a_response_url_can_fail_too(slack: Sandbox, client: AsyncWebClient) -> None:
    url = slack.person("Ana").client.response_url(slack.channel("help-desk"), None)
    slack.faults.http_error("response_url", 500)
    slack.faults.ratelimited("response_url", 3)
    slack.faults.lost_response("response_url")
    session = client.session
    assert session
    async with session.post(url, json={"text": "x"}) as answer:
        assert answer.status == 500
    async with session.post(url, json={"text": "x"}) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "3")
    with pytest.raises(aiohttp.ClientError):
        await session.post(url, json={"text": "x"})
    assert len(slack.person("Ana").ephemerals) == 1

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.ids import ChannelId, Place, TeamId, Tenant
from bot.errors import SlackRateLimited
from bot.sandbox import ManualClock, Sandbox
from bot.slack.views.kit import feedback, folded, message, section
from bot.slack.web.client import SlackClient, SlackClients

TENANT = Tenant(team=TeamId(Sandbox.team_id))
POSTS = "chat.postMessage"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def slack(clock: ManualClock) -> AsyncIterator[Sandbox]:
    async with Sandbox(limits="slack", clock=clock) as slack:
        yield slack


@pytest.fixture
async def client(slack: Sandbox, clock: ManualClock) -> AsyncIterator[SlackClient]:
    async with aiohttp.ClientSession() as http:
        web = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=http, retry_handlers=[])
        yield SlackClients(lambda _tenant: web, http, clock.sleep).of(TENANT)


def posting(slack: Sandbox, client: SlackClient, text: str, room: str = "help-desk") -> "asyncio.Task[str]":
    place = Place(channel=ChannelId(slack.channel(room).id))
    return asyncio.create_task(client.post(place, message(text, section(text))))


def posted(slack: Sandbox) -> list[str]:
    return [one.text for one in slack.channel("help-desk").all.values()]


async def test_a_post_that_waits_is_not_overtaken_and_other_channels_do_not_wait(
    slack: Sandbox, client: SlackClient, clock: ManualClock
) -> None:
    slack.faults.ratelimited(POSTS, retry_after=10)
    first = posting(slack, client, "first")
    await clock.someone_sleeps()
    second = posting(slack, client, "second")
    await posting(slack, client, "elsewhere", "ticket-notes")
    assert posted(slack) == []
    clock.advance(10)
    await asyncio.gather(first, second)
    assert posted(slack) == ["first", "second"]


async def test_a_crowd_of_posts_gets_through_one_channel_without_asking_in_vain(
    slack: Sandbox, client: SlackClient, clock: ManualClock
) -> None:
    crowd = [posting(slack, client, f"number {number}") for number in range(40)]
    whole: asyncio.Future[Any] = asyncio.gather(*crowd)
    while not whole.done():
        waiting: asyncio.Future[Any] = asyncio.ensure_future(clock.someone_sleeps())
        await asyncio.wait({waiting, whole}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        clock.advance(1)
    assert len(posted(slack)) == len(crowd)
    calls = [entry for entry in slack.record.entries if entry.kind == "call" and entry.name == POSTS]
    assert len(calls) <= 2 * len(crowd)


async def test_a_wait_that_is_too_long_is_the_callers(slack: Sandbox, client: SlackClient) -> None:
    slack.faults.ratelimited(POSTS, retry_after=300)
    with pytest.raises(SlackRateLimited):
        await posting(slack, client, "first")
    await posting(slack, client, "second")
    assert posted(slack) == ["second"]


async def test_a_slack_that_refuses_the_newest_blocks_gets_the_words_without_them_from_then_on(
    slack: Sandbox, client: SlackClient
) -> None:
    place = Place(channel=ChannelId(slack.channel("help-desk").id))
    away = folded("Sent to the assistant (1)", [section("Sent")], "sent")
    rated = message("It prints", section("It prints"), *away, feedback("rate", "good", "bad", "this answer"))
    slack.faults.error(POSTS, "invalid_blocks")
    ts = await client.post(place, rated)
    await client.update(place.channel, ts, rated, key="")
    (shown,) = slack.channel("help-desk").all.values()
    assert shown.text_view() == "It prints\nSent", "nothing is lost, and nothing folds"
    calls = [entry for entry in slack.record.entries if entry.kind == "call"]
    assert [entry.name for entry in calls] == [POSTS, POSTS, "chat.update"], "it is refused once, and not again"

from dataclasses import replace

import pytest

from bot.domain.ids import MessageTs, Place
from bot.errors import ThreadGone
from bot.slack.views.kit import Rendered, message, section
from bot.slack.web.find_posted import FEW, PAGE, PAGES, RECENT
from tests.unit.slack.conftest import SlackRoom

WORD: Rendered = message("Word", section("Word"))


async def thread_of(room: SlackRoom, before: int, after: int, pause: float = 0.0) -> tuple[Place, MessageTs]:
    """Fill a thread with what others say, around one message of ours. Return the thread and the message's ts."""
    root = await room.client.post(room.place, WORD)
    place = replace(room.place, thread=root)
    await chatter(room, before, root)
    began = room.slack.space.clock
    room.slack.space.clock = lambda: began() + pause
    ts = await room.client.post(place, WORD, key="reply:1")
    await chatter(room, after, root)
    return place, ts


async def chatter(room: SlackRoom, count: int, thread: str | None = None) -> None:
    channel, ana = room.slack.channel("help-desk"), room.slack.person("Ana")
    for number in range(count):
        room.slack.space.post(channel, ana.user, f"word {number}", thread_ts=thread)


@pytest.mark.parametrize(("before", "after"), [(0, 0), (FEW, 0), (PAGE * 2, 0), (PAGE * 2, 3), (FEW, PAGE + 7)])
async def test_a_message_is_found_wherever_in_its_thread_it_is(room: SlackRoom, before: int, after: int) -> None:
    place, ts = await thread_of(room, before, after)
    assert await room.client.find(place, "reply:1") == ts
    assert await room.client.find(place, "reply:2") is None


async def test_the_end_of_a_long_thread_is_read_first(room: SlackRoom) -> None:
    place, _ = await thread_of(room, PAGE * PAGES * 2, 0, pause=RECENT)
    assert await room.client.find(place, "reply:1") is not None
    assert len(room.slack.record.calls("conversations.replies")) == 2


async def test_a_search_that_finds_nothing_ends(room: SlackRoom) -> None:
    place, _ = await thread_of(room, PAGE * (PAGES + 3), 0)
    assert await room.client.find(place, "reply:2") is None
    assert len(room.slack.record.calls("conversations.replies")) == PAGES + 2


@pytest.mark.parametrize("after", [0, FEW, FEW + PAGE + 1])
async def test_a_card_is_found_although_the_channel_went_on(room: SlackRoom, after: int) -> None:
    ts = await room.client.post(room.place, WORD, key="card:1")
    await chatter(room, after)
    assert await room.client.find(room.place, "card:1") == ts


async def test_a_thread_that_is_gone_is_told_and_what_missed_it_is_deleted(room: SlackRoom) -> None:
    place = replace(room.place, thread=MessageTs("1.000000"))
    desk = Place(channel=room.place.channel)
    await room.client.post(desk, WORD, key="reply:1")
    await room.client.post(desk, WORD, key="reply:2")
    with pytest.raises(ThreadGone):
        await room.client.find(place, "reply:1")
    assert [m.text_view().strip() for m in room.slack.channel("help-desk").messages] == ["Word"]

import pytest

from bot import errors
from bot.domain.fences import split
from bot.slack.live import Look
from bot.slack.views.kit import Rendered, markdown, message, section
from tests.unit.slack.conftest import Room


def look(limit: int = 10_000) -> Look:
    return Look(
        placeholder=message("Waiting…", section("Waiting…")),
        writing=lambda text, part, last: message(text, markdown(text), section("writing" if last else "rolled over")),
        parts=lambda text: split(text, limit),
    )


def final(text: str) -> Rendered:
    return message(text, markdown(text))


async def test_the_placeholder_is_there_before_the_text_and_the_last_word_is_what_stays(room: Room) -> None:
    async with room.live.open(room.tenant, "reply:1", room.place, look()) as live:
        posted = room.slack.channel("help-desk").messages[-1]
        assert "Waiting…" in posted.text_view()
        live.show("Hello")
        await room.slack.until(lambda: "Hello" in posted.text_view())
        live.show("Hello there")
        await live.finish([final("Hello there, Ana")])
    assert posted.text_view().strip() == "Hello there, Ana"
    assert len(room.slack.channel("help-desk").messages) == 1


async def test_nothing_is_sent_after_the_last_word(room: Room) -> None:
    async with room.live.open(room.tenant, "reply:1", room.place, look()) as live:
        await live.finish([final("Done")])
        live.show("Too late")
        await room.slack.settled()
    assert room.slack.channel("help-desk").messages[-1].text_view().strip() == "Done"


async def test_a_message_whose_posts_answer_is_lost_is_found_and_not_posted_twice(room: Room) -> None:
    room.slack.faults.lost_response("chat.postMessage")
    async with room.live.open(room.tenant, "reply:1", room.place, look()) as live:
        await live.finish([final("Once")])
    assert [m.text_view().strip() for m in room.slack.channel("help-desk").messages] == ["Once"]


async def test_an_edit_whose_answer_is_lost_does_no_harm(room: Room) -> None:
    async with room.live.open(room.tenant, "reply:1", room.place, look()) as live:
        room.slack.faults.lost_response("chat.update")
        await live.finish([final("Last word")])
    assert room.slack.channel("help-desk").messages[-1].text_view().strip() == "Last word"


async def test_a_server_error_does_not_lose_the_last_word(room: Room) -> None:
    async with room.live.open(room.tenant, "reply:1", room.place, look()) as live:
        room.slack.faults.http_error("chat.update", 503, times=2)
        await live.finish([final("Last word")])
    assert room.slack.channel("help-desk").messages[-1].text_view().strip() == "Last word"


@pytest.mark.parametrize("error", ["message_not_found", "edit_window_closed"])
async def test_a_message_that_is_gone_is_continued_in_a_new_one(room: Room, error: str) -> None:
    async with room.live.open(room.tenant, "reply:1", room.place, look()) as live:
        room.slack.faults.error("chat.update", error)
        await live.finish([final("Last word")])
    assert room.slack.channel("help-desk").messages[-1].text_view().strip() == "Last word"


async def test_a_long_text_rolls_over_and_both_parts_end_final(room: Room) -> None:
    parts = ["first " * 20, "second"]
    async with room.live.open(room.tenant, "notes:1", room.place, look(limit=100)) as live:
        live.show(parts[0])
        await room.slack.until(lambda: len(room.slack.channel("help-desk").messages) == 2)
        await live.finish([final(part) for part in parts])
    shown = [m.text_view().strip() for m in room.slack.channel("help-desk").messages]
    assert shown == [part.strip() for part in parts]


async def test_a_second_run_edits_the_same_message_and_drops_what_it_no_longer_needs(room: Room) -> None:
    async with room.live.open(room.tenant, "notes:1", room.place, look()) as live:
        await live.finish([final("one"), final("two")])
    async with room.live.open(room.tenant, "notes:1", room.place, look()) as live:
        await live.finish([final("only one")])
    assert [m.text_view().strip() for m in room.slack.channel("help-desk").messages] == ["only one"]


async def test_a_run_that_was_taken_over_stops(room: Room) -> None:
    async with room.live.open(room.tenant, "reply:1", room.place, look()) as live:
        await room.ledger.claim(room.tenant, "reply:1", room.place)
        with pytest.raises(errors.Superseded):
            await live.finish([final("stale")])
    assert "stale" not in room.slack.channel("help-desk").messages[-1].text_view()


async def test_a_message_is_left_open_until_its_last_word_was_shown(room: Room) -> None:
    async with room.live.open(room.tenant, "reply:1", room.place, look()) as live:
        assert await room.live.left_open(room.tenant, "reply:1")
        await live.finish([final("Done")])
    assert not await room.live.left_open(room.tenant, "reply:1")
    assert not await room.live.left_open(room.tenant, "reply:unknown")


async def test_a_mistake_in_drawing_does_not_cost_the_last_word(room: Room) -> None:
    broken = Look(
        placeholder=message("Waiting…", section("Waiting…")),
        writing=lambda text, part, last: final(text[100]),
        parts=lambda text: [text],
    )
    with pytest.raises(IndexError):
        await write_badly(room, broken)
    assert room.slack.channel("help-desk").messages[-1].text_view().strip() == "Done"


async def write_badly(room: Room, broken: Look) -> None:
    async with room.live.open(room.tenant, "reply:1", room.place, broken) as live:
        live.show("short")
        await room.slack.settled()
        await live.finish([final("Done")])

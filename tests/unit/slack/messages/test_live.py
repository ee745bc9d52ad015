import contextlib
from collections.abc import Callable, Sequence

import pytest

from bot import errors
from bot.domain.ids import SessionId
from bot.domain.safety import inert
from bot.sandbox.faults import Faults
from bot.slack.messages.live import Look
from bot.slack.views import replies
from bot.slack.views.kit import Rendered, markdown, message, section
from tests.unit.slack.conftest import SlackRoom


def look(limit: int = 10_000) -> Look:
    return Look(
        placeholder=message("Waiting…", section("Waiting…")),
        writing=lambda text, part, last: message(text, markdown(text), section("writing" if last else "rolled over")),
        limit=limit,
    )


def final(parts: Sequence[str]) -> list[Rendered]:
    return [message(text, markdown(text)) for text in parts]


async def test_the_placeholder_is_there_before_the_text_and_the_last_word_is_what_stays(room: SlackRoom) -> None:
    async with room.messages.live("reply:1", room.place, look()) as live:
        posted = room.slack.channel("help-desk").messages[-1]
        assert "Waiting…" in posted.text_view()
        live.show("Hello there ")
        await room.slack.until(lambda: "Hello there" in posted.text_view())
        live.show("Ana")
        await live.finish("Hello there, Ana", final)
    assert posted.text_view().strip() == "Hello there, Ana"
    assert len(room.slack.channel("help-desk").messages) == 1


async def test_nothing_is_sent_after_the_last_word(room: SlackRoom) -> None:
    async with room.messages.live("reply:1", room.place, look()) as live:
        await live.finish("Done", final)
        live.show("Too late")
        await room.slack.settled()
    assert room.slack.channel("help-desk").messages[-1].text_view().strip() == "Done"


async def test_a_message_whose_posts_answer_is_lost_is_found_and_not_posted_twice(room: SlackRoom) -> None:
    room.slack.faults.lost_response("chat.postMessage")
    async with room.messages.live("reply:1", room.place, look()) as live:
        await live.finish("Once", final)
    assert [m.text_view().strip() for m in room.slack.channel("help-desk").messages] == ["Once"]


@pytest.mark.parametrize(
    "trouble",
    [
        lambda faults: faults.lost_response("chat.update"),
        lambda faults: faults.http_error("chat.update", 503, times=2),
        lambda faults: faults.error("chat.update", "message_not_found"),
        lambda faults: faults.error("chat.update", "edit_window_closed"),
    ],
)
async def test_an_edit_that_fails_does_not_lose_the_last_word(
    room: SlackRoom, trouble: Callable[[Faults], None]
) -> None:
    async with room.messages.live("reply:1", room.place, look()) as live:
        trouble(room.slack.faults)
        await live.finish("Last word", final)
    assert shown(room)[-1] == "Last word"


async def test_a_long_text_rolls_over_and_both_parts_end_final(room: SlackRoom) -> None:
    text = "first " * 16 + "and second "
    async with room.messages.live("notes:1", room.place, look(limit=100)) as live:
        live.show(text)
        await room.slack.until(lambda: len(room.slack.channel("help-desk").messages) == 2)
        await live.finish(text, final)
    shown = [m.text_view().strip() for m in room.slack.channel("help-desk").messages]
    assert shown == ["first " * 16 + "and", "second"]


async def test_a_second_run_edits_the_same_message_and_drops_what_it_no_longer_needs(room: SlackRoom) -> None:
    async with room.messages.live("notes:1", room.place, look(limit=100)) as live:
        await live.finish("one " * 40, final)
    async with room.messages.live("notes:1", room.place, look()) as live:
        await live.finish("only one", final)
    assert [m.text_view().strip() for m in room.slack.channel("help-desk").messages] == ["only one"]


async def test_a_run_that_was_taken_over_stops(room: SlackRoom) -> None:
    async with room.messages.live("reply:1", room.place, look()) as live:
        await room.ledger.claim("reply:1", room.place)
        with pytest.raises(errors.Superseded):
            await live.finish("stale", final)
    assert "stale" not in room.slack.channel("help-desk").messages[-1].text_view()


async def test_a_message_is_left_open_until_its_last_word_was_shown(room: SlackRoom) -> None:
    async with room.messages.live("reply:1", room.place, look()) as live:
        assert await room.messages.left_open("reply:1")
        await live.finish("Done", final)
    assert not await room.messages.left_open("reply:1")
    assert not await room.messages.left_open("reply:unknown")


async def test_a_mistake_in_drawing_does_not_cost_the_last_word(room: SlackRoom) -> None:
    broken = Look(
        placeholder=message("Waiting…", section("Waiting…")),
        writing=lambda text, part, last: final(text[100])[0],
    )
    with pytest.raises(IndexError):
        await write_badly(room, broken)
    assert room.slack.channel("help-desk").messages[-1].text_view().strip() == "Done"


async def write_badly(room: SlackRoom, broken: Look) -> None:
    async with room.messages.live("reply:1", room.place, broken) as live:
        live.show("short ")
        await room.slack.settled()
        await live.finish("Done", final)


def shown(room: SlackRoom) -> list[str]:
    return [m.text_view().strip() for m in room.slack.channel("help-desk").messages]


@pytest.mark.parametrize("error", ["msg_too_long", "msg_blocks_too_long"])
async def test_an_interim_edit_that_is_too_long_goes_on_in_a_continuation(room: SlackRoom, error: str) -> None:
    words = " ".join(f"word{number}" for number in range(800))
    async with room.messages.live("reply:1", room.place, look()) as live:
        live.show("word0 word1 ")
        await room.slack.until(lambda: "word1" in shown(room)[0])
        room.slack.faults.error("chat.update", error)
        live.show(words.removeprefix("word0 word1 ") + " ")
        await room.slack.until(lambda: "word799" in shown(room)[-1])
        assert len(shown(room)) == 2
        await live.finish(words, final)
    assert " ".join(shown(room)) == words


async def test_a_full_part_that_is_too_long_is_cut_anew_while_the_text_goes_on(room: SlackRoom) -> None:
    words = " ".join(f"word{number}" for number in range(6_000))
    async with room.messages.live("reply:1", room.place, look()) as live:
        room.slack.faults.error("chat.update", "msg_blocks_too_long", times=2)
        live.show(words + " ")
        await room.slack.until(lambda: "word5999" in shown(room)[-1])
        assert " ".join(one.removesuffix("\nrolled over") for one in shown(room)).startswith(words)
        await live.finish(words, final)
    assert " ".join(shown(room)) == words


@pytest.mark.parametrize("method", ["chat.update", "chat.postMessage"])
async def test_a_last_word_that_is_too_long_is_cut_until_it_fits(room: SlackRoom, method: str) -> None:
    words = " ".join(f"word{number}" for number in range(3_000))
    async with room.messages.live("reply:1", room.place, look()) as live:
        room.slack.faults.error(method, "msg_blocks_too_long", times=3)
        await live.finish(words, final)
    assert " ".join(shown(room)) == words


async def test_what_is_on_the_screen_stays_in_its_message_when_the_rest_is_cut_off(room: SlackRoom) -> None:
    words = " ".join(f"word{number}" for number in range(900)) + " "
    async with room.messages.live("reply:1", room.place, look()) as live:
        live.show(words)
        await room.slack.until(lambda: "word899" in shown(room)[0])
        room.slack.faults.error("chat.update", "msg_too_long")
        live.show("and a little more of it ")
        await room.slack.until(lambda: len(shown(room)) == 2)
        await live.finish(words + "and a little more of it", final)
    for revision in room.slack.channel("help-desk").messages[0].revisions[2:]:
        assert "word899" in revision.text or "word899" in str(revision.blocks)


async def break_off(room: SlackRoom, text: str) -> None:
    with contextlib.suppress(TimeoutError):
        async with room.messages.live("reply:1", room.place, look(limit=300)) as live:
            live.show(text)
            await room.slack.until(lambda: text.split()[-1] in shown(room)[-1])
            raise TimeoutError  # as a job ends whose time is up


async def test_after_a_run_that_broke_off_its_text_stays_until_there_is_as_much_anew(room: SlackRoom) -> None:
    old, new = "old words " * 50 + "end ", "new words " * 49 + "almost "
    await break_off(room, old)
    before = shown(room)
    async with room.messages.live("reply:1", room.place, look(limit=300)) as live:
        live.show(new)
        await room.slack.settled(0.3)
        assert shown(room) == before, "nothing goes back while the new text is shorter"
        live.show("as long as it was then ")
        await room.slack.until(lambda: "as it was then" in shown(room)[-1])
        await live.finish(new + "as long as it was then", final)
    assert len(shown(room)) == len(before) == 2
    assert "old" not in "".join(shown(room))
    assert not await room.messages.left_open("reply:1")


async def test_after_a_run_that_broke_off_a_short_last_word_leaves_nothing_behind(room: SlackRoom) -> None:
    await break_off(room, "old words " * 50 + "end ")
    async with room.messages.live("reply:1", room.place, look()) as live:
        await live.finish("Short.", final)
    assert shown(room) == ["Short."]


@pytest.mark.parametrize(
    "text",
    [
        "\ud800 half a pair",
        "nul\x00, bell\x07 ",
        "\u202eright to left\u202c \u200f",
        "x" * 100_000,
        "👍" * 12_000,
        "\n" * 50,
    ],
)
async def test_any_text_can_be_written_and_ended(room: SlackRoom, text: str) -> None:
    look_here = Look(
        placeholder=replies.thinking(SessionId("s1")),
        writing=lambda part, _n, last: replies.streaming(SessionId("s1"), part, last),
    )
    async with room.messages.live("reply:1", room.place, look_here) as live:
        for at in range(0, len(text), 5_000):
            live.show(text[at : at + 5_000])
            await room.slack.settled(0.01)
        await live.finish(text + " the end", lambda parts: [replies.reply(part) for part in parts])
    assert shown(room)[-1].endswith("the end")
    refused = room.slack.record.calls(ok=False)
    assert not refused, refused[0].data["response"]
    said = "".join("".join(shown(room)).split())
    assert said == "".join(inert(text + "the end").split())

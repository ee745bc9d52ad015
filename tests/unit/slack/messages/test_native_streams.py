import contextlib
from collections.abc import Sequence

import pytest

from bot import errors
from bot.domain.ids import MessageTs, Place, UserId
from bot.sandbox import Fault, Message, Plan
from bot.slack.messages.live import LiveMessage, Look
from bot.slack.messages.native_streams import NativeStreams, Transport
from bot.slack.views.kit import Rendered, actions, button, markdown, message, section
from tests.unit.slack.conftest import SlackRoom

ANA = UserId("U0ANA")
LOOK = Look(
    placeholder=message("Waiting…", section("Waiting…")), writing=lambda text, part, last: message(text, markdown(text))
)
TRANSPORTS: tuple[Transport, ...] = ("auto", "native", "edit")
REFUSALS = ["message_not_in_streaming_state", "stopped_by_user", "msg_too_long", "no_permission", "internal_error"]


def final(parts: Sequence[str]) -> list[Rendered]:
    return [message(text, markdown(text), actions(button("Copy", "copy", "v"))) for text in parts]


def thread(room: SlackRoom) -> list[Message]:
    (root,) = room.slack.person("Ana").direct.messages
    return root.replies


def methods(room: SlackRoom) -> list[str]:
    return [c.name for c in room.slack.record.calls() if c.name.startswith("chat.")]


async def shows(room: SlackRoom, text: str) -> None:
    await room.slack.until(lambda: thread(room)[-1].text_view("U0ANA").endswith(text))


async def say_and_end(room: SlackRoom, live: LiveMessage) -> None:
    live.show("The first words. ")
    await shows(room, "The first words.")
    live.show("And the rest.")
    await live.finish("The first words. And the rest.", final)


def is_whole(said: Message) -> bool:
    return said.text_view() == "The first words. And the rest.\n[Copy]" and not said.streaming


async def test_a_reply_in_direct_messages_is_a_stream_that_ends_with_its_buttons(room: SlackRoom) -> None:
    async with room.messages.live("reply:1", room.direct, LOOK, ANA) as live:
        await say_and_end(room, live)
    (said,) = thread(room)
    assert is_whole(said)
    assert methods(room) == ["chat.startStream", "chat.appendStream", "chat.stopStream"]
    assert (await room.ledger.get("reply:1")).final  # type: ignore[union-attr]
    assert await room.client.find(room.direct, "reply:1") == said.ts


async def test_a_last_word_that_is_not_what_was_appended_replaces_it(room: SlackRoom) -> None:
    async with room.messages.live("reply:1", room.direct, LOOK, ANA) as live:
        live.show("Something quite different. ")
        await shows(room, "different.")
        await live.finish("The first words. And the rest.", final)
    (said,) = thread(room)
    assert is_whole(said)


async def test_in_a_channel_a_reply_is_edited_unless_streams_are_forced(room: SlackRoom) -> None:
    root = await room.slack.person("Ana").say("help-desk", "help")
    place = Place(channel=room.place.channel, thread=MessageTs(root.ts))
    auto, native, edit = (NativeStreams(transport).of(room.tenant, room.client) for transport in TRANSPORTS)
    assert auto.possible(room.direct, ANA)
    assert not auto.possible(place, ANA)
    assert native.possible(place, ANA)
    assert not native.possible(place, None)
    assert not edit.possible(room.direct, ANA)


@pytest.mark.parametrize("error", ["unknown_method", "feature_not_enabled", "not_allowed_token_type", "ratelimited"])
async def test_a_stream_that_cannot_begin_is_a_message_that_is_edited(room: SlackRoom, error: str) -> None:
    room.slack.faults.error("chat.startStream", error, times=5)
    async with room.messages.live("reply:1", room.direct, LOOK, ANA) as live:
        await say_and_end(room, live)
    async with room.messages.live("reply:2", room.direct, LOOK, ANA) as live:
        await live.finish("The first words. And the rest.", final)
    assert [is_whole(said) for said in thread(room)] == [True, True]
    assert methods(room).count("chat.startStream") == 1, "a workspace that refused is not asked at once again"


@pytest.mark.parametrize("error", REFUSALS)
@pytest.mark.parametrize("method", ["chat.appendStream", "chat.stopStream"])
async def test_a_stream_that_is_refused_goes_on_with_edits(room: SlackRoom, error: str, method: str) -> None:
    async with room.messages.live("reply:1", room.direct, LOOK, ANA) as live:
        room.slack.faults.error(method, error)
        await say_and_end(room, live)
    (said,) = thread(room)
    assert is_whole(said)


@pytest.mark.parametrize("method", ["chat.startStream", "chat.appendStream", "chat.stopStream"])
async def test_lost_answers_double_nothing_and_lose_nothing(room: SlackRoom, method: str) -> None:
    room.slack.faults.lost_response(method)
    async with room.messages.live("reply:1", room.direct, LOOK, ANA) as live:
        await say_and_end(room, live)
    (said,) = thread(room)
    assert is_whole(said)


@pytest.mark.parametrize("method", ["chat.appendStream", "chat.stopStream"])
async def test_a_429_is_waited_out(room: SlackRoom, method: str) -> None:
    room.slack.faults.ratelimited(method, 1)
    async with room.messages.live("reply:1", room.direct, LOOK, ANA) as live:
        await say_and_end(room, live)
    (said,) = thread(room)
    assert is_whole(said)
    assert "chat.update" not in methods(room)


async def test_a_stream_that_somebody_stopped_is_finished_by_an_edit(room: SlackRoom) -> None:
    async with room.messages.live("reply:1", room.direct, LOOK, ANA) as live:
        live.show("The first words. ")
        await shows(room, "The first words.")
        await room.slack.person("Ana").stop(thread(room)[-1])
        live.show("And the rest.")
        await live.finish("The first words. And the rest.", final)
    (said,) = thread(room)
    assert is_whole(said)


async def test_a_stream_rolls_over_by_bytes_and_every_part_ends(room: SlackRoom) -> None:
    text = "Grüße an alle, und so weiter. " * 800
    async with room.messages.live("reply:1", room.direct, LOOK, ANA) as live:
        live.show(text)
        await room.slack.until(lambda: len(thread(room)) == 3)
        await live.finish(text, lambda parts: [message(part, markdown(part)) for part in parts])
    said = thread(room)
    assert not any(one.streaming for one in said)
    assert all(len(one.text_view().encode()) <= 9_000 for one in said)
    assert "".join("".join(one.text_view() for one in said).split()) == "".join(text.split())
    assert "chat.update" not in methods(room)


async def test_a_stream_rolls_over_before_its_time_is_up(room: SlackRoom) -> None:
    messages = room.messages_with(NativeStreams(lifetime=0.3))
    text = "Run this:\n```sh\n" + "ls -l /var/log and more\n" * 40 + "```\nThat is all."
    async with messages.live("reply:1", room.direct, LOOK, ANA) as live:
        for line in text.splitlines(keepends=True):
            live.show(line)
            await room.slack.settled(0.02)
        await live.finish(text, final)
    said = thread(room)
    assert len(said) > 1
    assert not any(one.streaming for one in said)
    assert "".join(one.text_view() for one in said).count("ls -l /var/log and more") == 40
    assert all(one.text_view().count("```") % 2 == 0 for one in said)
    assert said[-1].text_view().endswith("That is all.\n[Copy]")


async def test_a_run_that_broke_off_in_a_stream_is_taken_over_by_edits_of_its_message(room: SlackRoom) -> None:
    with contextlib.suppress(TimeoutError):
        async with room.messages.live("reply:1", room.direct, LOOK, ANA) as live:
            live.show("The first wor and more ")
            await shows(room, "more")
            raise TimeoutError
    (said,) = thread(room)
    assert said.streaming
    async with room.messages.live("reply:1", room.direct, LOOK, ANA) as live:
        await live.finish("The first words. And the rest.", final)
    (said,) = thread(room)
    assert is_whole(said)
    assert await room.client.find(room.direct, "reply:1") == said.ts


async def test_a_stream_that_broke_off_carries_its_key_even_when_it_is_only_deleted(room: SlackRoom) -> None:
    ts = await room.client.start_stream(room.direct, ANA)
    room.slack.faults.add(Plan(what=Fault(error="cant_delete_message"), match="chat.delete", after=1))
    with pytest.raises(errors.SlackFault):
        await room.client.delete(room.direct.channel, ts, key="reply:1")
    assert await room.client.find(room.direct, "reply:1") == ts


async def test_a_stream_whose_start_was_lost_with_its_process_is_found_again(room: SlackRoom) -> None:
    await room.ledger.claim("reply:1", room.direct, posting=True)
    await room.client.start_stream(room.direct, ANA)
    async with room.messages.live("reply:1", room.direct, LOOK, ANA) as live:
        await say_and_end(room, live)
    (said,) = thread(room)
    assert is_whole(said)


async def write_late(room: SlackRoom) -> None:
    async with room.messages.live("reply:1", room.direct, LOOK, ANA) as live:
        await room.ledger.claim("reply:1", room.direct)
        live.show("stale words ")
        await room.slack.settled(0.3)


async def test_a_run_that_was_taken_over_appends_nothing(room: SlackRoom) -> None:
    with pytest.raises(errors.Superseded):
        await write_late(room)
    (said,) = thread(room)
    assert said.text_view("U0ANA") == ""

"""Answers in direct messages are native streams. Whatever Slack says to that, there is one whole answer."""

from pathlib import Path

import pytest

from benchmarks.support.app import MANIFEST
from bot.sandbox import Message, Sandbox
from tests.scenario.stage import CHANNELS, PRINTER, Stage, playing, serving

WHOLE = "which has never once been the reason."


def answers(root: Message) -> list[Message]:
    return [m for m in root.replies if m.bot and "First answer" in m.text_view("U0ANA")]


def streamed(stage: Stage, method: str = "chat.startStream") -> int:
    return len(stage.slack.record.calls(method))


def edits(stage: Stage, message: Message) -> int:
    return sum(call.data["args"]["ts"] == message.ts for call in stage.slack.record.calls("chat.update"))


def is_whole(message: Message) -> bool:
    return not message.streaming and message.text_view().strip().endswith(f"{WHOLE}\n[Helpful] [Not helpful]")


async def test_an_answer_in_direct_messages_is_streamed_and_never_edited(tmp_path: Path) -> None:
    async with playing(tmp_path, "slow") as stage:
        asked = await stage.ana.dm(PRINTER)
        await stage.quiet()
        (answer,) = answers(asked)
        assert is_whole(answer)
        assert streamed(stage) == streamed(stage, "chat.stopStream") == 1
        assert streamed(stage, "chat.appendStream") >= 1
        assert edits(stage, answer) == 0
        assert stage.lane(asked)


async def test_an_answer_in_a_channel_is_edited_so_that_everyone_sees_it_grow(tmp_path: Path) -> None:
    async with playing(tmp_path, "slow") as stage:
        root = await stage.start()
        assert is_whole(answers(root)[0])
        assert streamed(stage) == 0


async def test_native_streams_can_be_forced_in_channels(tmp_path: Path) -> None:
    async with playing(tmp_path, "slow", tasklane_transport="native") as stage:
        root = await stage.start()
        assert is_whole(answers(root)[0])
        assert streamed(stage) == 1


async def test_native_streams_can_be_forbidden(tmp_path: Path) -> None:
    async with playing(tmp_path, "slow", tasklane_transport="edit") as stage:
        asked = await stage.ana.dm(PRINTER)
        await stage.quiet()
        assert is_whole(answers(asked)[0])
        assert streamed(stage) == 0


@pytest.mark.parametrize(
    ("method", "error"),
    [
        ("chat.startStream", "unknown_method"),
        ("chat.startStream", "feature_not_enabled"),
        ("chat.appendStream", "message_not_in_streaming_state"),
        ("chat.appendStream", "msg_too_long"),
        ("chat.stopStream", "stopped_by_user"),
    ],
)
async def test_what_slack_refuses_to_stream_is_edited_into_one_message(tmp_path: Path, method: str, error: str) -> None:
    async with playing(tmp_path, "slow") as stage:
        stage.slack.faults.error(method, error)
        asked = await stage.ana.dm(PRINTER)
        await stage.quiet()
        (answer,) = answers(asked)
        assert is_whole(answer)


@pytest.mark.parametrize("method", ["chat.startStream", "chat.appendStream", "chat.stopStream"])
async def test_lost_answers_leave_one_whole_message(tmp_path: Path, method: str) -> None:
    async with playing(tmp_path, "slow") as stage:
        stage.slack.faults.lost_response(method)
        asked = await stage.ana.dm(PRINTER)
        await stage.quiet()
        (answer,) = answers(asked)
        assert is_whole(answer)
        assert not [m for m in asked.replies if m.bot and not m.text_view().strip() and m.subtype != "tombstone"]


async def test_an_answer_whose_process_ended_is_finished_in_the_same_message(tmp_path: Path) -> None:
    async with Sandbox(manifest=MANIFEST, limits="off", channels=CHANNELS) as slack:
        async with serving(slack, tmp_path, "slow") as stage:
            asked = await stage.ana.dm(PRINTER)
            (begun,) = await slack.until(lambda: answers(asked))
            await stage.app.stop(grace=0.0)
        assert begun.streaming
        async with serving(slack, tmp_path, "slow") as stage:
            await stage.quiet()
            (answer,) = answers(asked)
            assert answer is begun
            assert is_whole(answer)


async def test_the_notes_are_edited_for_their_stop_button(tmp_path: Path) -> None:
    async with playing(tmp_path) as stage:
        asked = await stage.ana.dm("no tasks please")
        await stage.quiet()
        begun = streamed(stage)
        await stage.conclude(asked.replies[0])
        await stage.quiet()
        assert stage.notes(asked)
        assert streamed(stage) == begun

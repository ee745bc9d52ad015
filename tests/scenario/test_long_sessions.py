"""Sessions that outgrow the model's window: nothing is lost silently, and the person goes on as before.

The real Anthropic client talks to a server that counts tokens, keeps a prompt cache, and refuses what is too long.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.support.anthropic_wire import Answer, AnthropicWire, SeenRequest, lane
from bot.domain.dialogue.summarising import NOT_SUMMARISED, REQUEST
from bot.sandbox import Message
from tests.scenario.stage import DESK, PRINTER, Stage, playing

BUDGET = 8_000
WINDOW = 24_000
MARK = re.compile(r"MARK-\d+")
LOG = "ERROR 0x8007 スプーラーが応答しません driver KX-8.3 at PRINT02 port 9100\n" * 40


class CountingModel:
    """The other end of the wire. A summary names the marks that it was told, and so do the ticket notes."""

    def __init__(self, wire: AnthropicWire) -> None:
        self.wire = wire
        self.summaries_fail = False
        wire.default = self.answer

    def answer(self, seen: SeenRequest) -> Answer:
        texts = told(seen)
        marks = ", ".join(dict.fromkeys(MARK.findall("\n".join(texts))))
        if texts[-1] == REQUEST:
            if self.summaries_fail:
                return Answer.failure(500)
            return Answer(text=lane(f"Known so far: {marks}.", title=None, summary=None, questions=(), actions=()))
        if "Write its ticket notes" in texts[-1]:
            notes = f"## Problem Summary\n{marks}\n## Steps Taken\n- One\n## Resolution\nDone\n## Next Steps\nNone"
            return Answer(text=lane(notes, title=None, summary=None, questions=(), actions=()))
        return Answer(text=lane(f"Step {len(self.wire.requests)}.", questions=(("What does the display show?", None),)))

    @property
    def asked(self) -> list[SeenRequest]:
        """What it was asked, without the warm-up."""
        return [seen for seen in self.wire.requests if seen.body.get("system")]


def told(seen: SeenRequest) -> list[str]:
    return [str(message["content"]) for message in seen.body["messages"]]


@asynccontextmanager
async def desk(folder: Path, window: int = WINDOW) -> AsyncIterator[tuple[Stage, CountingModel]]:
    async with AnthropicWire(window=window) as wire:
        settings = {"anthropic_api_key": "key", "anthropic_base_url": wire.url}
        more = {"tasklane_provider": "anthropic", "tasklane_session_tokens": BUDGET}
        async with playing(folder, **settings, **more) as stage:
            yield stage, CountingModel(wire)


async def worked(stage: Stage, root: Message, numbers: range) -> None:
    for number in numbers:
        await stage.say(root, f"MARK-{number}\n{LOG}")


async def test_a_session_goes_on_behind_a_summary_and_its_answers_and_notes_reach_the_ticket_notes(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path) as (stage, model):
        root = await stage.start()
        await stage.answer(stage.lane(root), "What does the display show?", "Ready, MARK-100")
        await stage.click(stage.lane(root), "Send answers")
        await stage.say(root, "// the client is told, MARK-200")
        await worked(stage, root, range(1, 13))
        assert "I know the first" in root.text_view()
        newest = told([seen for seen in model.asked if told(seen)[-1] != REQUEST][-1])
        assert newest[0].startswith("(summary) This stands for the first")
        assert "Known so far: MARK-100, MARK-200, MARK-1" in newest[0]
        assert "Q: What does the display show?\nA: Ready, MARK-100" in newest[0]
        assert "(note) the client is told, MARK-200" in newest[0]
        assert PRINTER in newest[0]
        assert max(seen.counted.prompt for seen in model.asked) < 2 * BUDGET
        assert model.wire.refused == 0
        assert (await stage.ana.command(DESK, "/resolve")).ok
        await stage.quiet()
        notes = stage.notes(root).text_view()
        assert all(f"MARK-{number}" in notes for number in (*range(1, 13), 100, 200))
        assert "messages went into these notes as a summary, and all answers and notes word by word." in notes
        first = next(seen.counted for seen in model.asked if told(seen)[-1] == REQUEST)
        assert first.cache_read > 0.8 * first.prompt, "a summary is made on the same prefix"
        await stage.click(root, "Reopen")
        await stage.conclude(root, "Paused")
        await stage.quiet()
        await stage.click(root, "Resume in New Chat")
        begun = told([seen for seen in model.asked if told(seen)[-1] != REQUEST][-1])[0]
        assert begun.startswith("This continues an earlier session")
        assert "Summary of its first" in begun
        assert set(MARK.findall(begun)) >= {f"MARK-{number}" for number in (*range(1, 13), 100, 200)}


async def test_what_the_model_refuses_as_too_long_is_shortened_and_asked_again(tmp_path: Path) -> None:
    async with desk(tmp_path, window=14_000) as (stage, model):
        root = await stage.start()
        await worked(stage, root, range(1, 3))
        for number in range(3, 9):  # nobody asks for an answer to these, so nobody has counted them
            await stage.ben.say(DESK, f"MARK-{number}\n{LOG * 2}", thread=root)
        await stage.quiet()
        await stage.say(root, "@Tasklane and now? MARK-9")
        assert model.wire.refused > 0
        assert len(stage.replies(root)) == 4
        newest = told(model.asked[-1])
        assert "MARK-9" in newest[-1]
        assert set(MARK.findall("".join(newest))) == {f"MARK-{number}" for number in range(1, 10)}


async def test_without_a_summary_the_answer_comes_all_the_same_and_the_model_is_told_what_is_missing(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path, window=14_000) as (stage, model):
        model.summaries_fail = True
        root = await stage.start()
        await stage.answer(stage.lane(root), "What does the display show?", "Ready, MARK-100")
        await stage.click(stage.lane(root), "Send answers")
        for number in range(1, 9):
            await stage.ben.say(DESK, f"MARK-{number}\n{LOG * 2}", thread=root)
        stage.troubled = True
        await stage.quiet()
        await stage.say(root, "@Tasklane and now?")
        assert len(stage.replies(root)) == 3
        newest = told(model.asked[-1])
        assert NOT_SUMMARISED in newest[0]
        assert "A: Ready, MARK-100" in newest[0]


async def test_a_summary_of_a_message_that_is_deleted_is_made_anew_without_it(tmp_path: Path) -> None:
    async with desk(tmp_path) as (stage, model):
        root = await stage.start()
        first = await stage.say(root, f"MARK-77 was the wrong customer\n{LOG}")
        await worked(stage, root, range(1, 9))
        assert "MARK-77" in told(model.asked[-1])[0]
        before = len(model.asked)
        await stage.ana.delete(first)
        await stage.quiet()
        await stage.say(root, "Go on")
        later = model.asked[before:]
        assert any(told(seen)[-1] == REQUEST for seen in later)
        assert not any("MARK-77" in text for seen in later for text in told(seen))
        assert "MARK-1" in told(later[-1])[0]

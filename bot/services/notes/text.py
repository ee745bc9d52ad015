"""Getting the text of ticket notes: streamed, else whole, else put together from what the session knows."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace

from bot import errors
from bot.ai.provider import Prompt, PromptMessage, Use
from bot.domain import prompts, safety
from bot.domain.notes import confirming
from bot.domain.notes import sections as rules
from bot.domain.notes.record import NotesSource
from bot.domain.sessions import Author
from bot.services.evidence import EvidenceReader, Told
from bot.services.facts import Facts
from bot.services.long.sessions import LongSessions
from bot.services.model_text import FILES_TAKE, ModelText
from bot.services.stopping import unless
from bot.slack.messages.live import LiveMessage
from bot.slack.views import notes as views


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The text of notes, and how it came about."""

    text: str
    source: NotesSource
    summarised: int = 0
    """How many messages went into it as a summary."""


class NotesText:
    """Writes the text of notes."""

    def __init__(self, model: ModelText, evidence: EvidenceReader, long_sessions: LongSessions) -> None:
        self._model = model
        self._evidence = evidence
        self._long = long_sessions

    async def write(self, facts: Facts, live: LiveMessage | None, wish: asyncio.Event) -> Written:
        """Get the notes from the first of the three ways that gives any, in the time that `Patience` gives.

        Without a message nobody sees them grow.
        """
        patience = self._model.patience
        by_model = self._by_model(facts, live, wish)
        written = await self._model.within(facts, Use.NOTES, patience.notes_written, by_model)
        if written is not None:
            return written
        if (own := facts.assembled()) is not None:
            return Written(text=rules.render(own, facts.house.headings), source=NotesSource.ASSEMBLED)
        return Written(text="", source=NotesSource.TRANSCRIPT)

    async def _by_model(self, facts: Facts, live: LiveMessage | None, wish: asyncio.Event) -> Written | None:
        model, patience = self._model, self._model.patience
        streaming = self._fitting(facts, live, wish)
        streamed = await model.within(facts, Use.NOTES, patience.notes_streamed, streaming)
        if streamed is not None:
            return streamed
        if wish.is_set():
            return None
        return await model.within(facts, Use.NOTES, patience.notes_written, self._whole(facts))

    async def _fitting(self, facts: Facts, live: LiveMessage | None, wish: asyncio.Event) -> Written | None:
        """Stream the notes. A request that the model refuses as too long is made again, shorter."""
        try:
            return await self._stream(facts, live, wish)
        except errors.ModelContextFull:
            if facts.evidence and not self._long.too_long(facts.dialogue):
                raise  # the files are why, and the next way goes without them
        async with aclosing(self._long.shorter(facts.dialogue)) as shorter:
            async for dialogue in shorter:
                with suppress(errors.ModelContextFull):
                    return await self._stream(replace(facts, dialogue=dialogue), live, wish)
        raise errors.ModelContextFull

    async def _told(self, facts: Facts) -> tuple[Facts, Told]:
        """Tell the dialogue, and take in what its files are called by now."""
        told = await self._evidence.tell(facts.dialogue, FILES_TAKE)
        named = {one.id: one for one in (*facts.evidence, *told.evidence)}
        return replace(facts, evidence=tuple(named.values())), told

    async def _stream(self, facts: Facts, live: LiveMessage | None, wish: asyncio.Event) -> Written | None:
        """Stream the notes into the message. It is None when they have no good end."""
        with_files = await unless(wish, self._told(facts))
        if with_files is None:
            return None
        facts, told = with_files
        prompt = _prompt(facts, told.messages)
        text = await self._model.stream(facts, prompt, live, wish, views.waiting(facts.session))
        return _written(facts, text, NotesSource.STREAMED)

    async def _whole(self, facts: Facts) -> Written | None:
        """Get the notes in one piece, without the files: they may be why the stream failed."""
        facts, told = await self._told(facts)
        text = await self._model.whole(facts, _prompt(facts, told.without_files()))
        return _written(facts, text, NotesSource.WHOLE)


def _prompt(facts: Facts, messages: Sequence[PromptMessage]) -> Prompt:
    known = prompts.NotesFacts(
        session=facts.session,
        lane=facts.lane,
        handled=facts.handled,
        time_spent=facts.time_spent,
        edited=facts.edited,
        evidence=facts.evidence_names,
        summarised=facts.dialogue.messages,
        house=facts.house,
        steps=facts.steps,
    )
    request = prompts.notes_request(known)
    return facts.prompt(Use.NOTES, messages, request)


def _written(facts: Facts, text: str | None, source: NotesSource) -> Written | None:
    if text is None:
        return None
    return Written(text=_exact(text, facts), source=source, summarised=facts.dialogue.messages)


def _exact(markdown: str, facts: Facts) -> str:
    """Bring what the model wrote into the four sections, filled from the session's data where it left gaps."""
    notes = rules.completed(rules.repair(safety.redact(markdown).text), facts.assembled())
    proposed = confirming.unconfirmed(facts.lane, facts.handled)
    said = [turn.text for turn in facts.history if turn.author is Author.MEMBER]
    confirmed = replace(notes, steps_taken=confirming.marked(notes.steps_taken, proposed, said))
    return rules.render(confirmed, facts.house.headings)

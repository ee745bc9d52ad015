"""Long sessions: from a number of tokens on their beginning is told as a summary, which is made in the background.

The tokens are those that the provider counted. A request that it refuses as too long all the same is shortened while
the person waits, and made again. A summary is stored only when no message that it may hold was changed or erased
meanwhile.
"""

from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Final

import structlog

from bot import errors
from bot.ai.provider import Prompt, PromptMessage, Provider, Stop, Use
from bot.domain import prompts
from bot.domain.dialogue import cutting
from bot.domain.dialogue.record import Dialogue
from bot.domain.dialogue.summarising import NOT_SUMMARISED, REQUEST, summary_of
from bot.domain.ids import Tenant
from bot.domain.jobs import Job
from bot.domain.reply.reader import SCHEMA
from bot.domain.sessions import Session
from bot.jobs.queue import JobName
from bot.services.evidence import EvidenceReader
from bot.services.names import Names
from bot.services.work import Work, WorkDatabase
from bot.storage import sessions as rows
from bot.storage import summaries, turns, usage

BUDGET: Final = 80_000
"""The tokens of a request from which on the oldest messages are told as a summary."""
SUMMARY_TOKENS: Final = 4_000
_AT_ONCE: Final = 2.0
"""How many times the budget a request may have before the person waits for it to be shortened."""
_CLIPPED: Final = (20_000, 4_000)
"""To how many characters each message is shortened where nothing else helps."""
_FILES_TAKE: Final = 10.0


class LongSessions:
    """Keeps what the model is told of each session within a budget of tokens."""

    def __init__(
        self,
        database: WorkDatabase,
        provider: Provider,
        evidence: EvidenceReader,
        names: Names,
        budget: int = BUDGET,
    ) -> None:
        self._database = database
        self._provider = provider
        self._evidence = evidence
        self._names = names
        self._budget = budget
        self._log = structlog.get_logger(__name__)

    async def counted(self, work: Work, session: Session, tokens: int, *, full: bool) -> None:
        """Take in how many tokens a reply and its request had. Beyond the budget the beginning is summarised.

        `full` says that there was no room for the whole reply, whatever the budget is.
        """
        if full or tokens > self._budget:
            await work.enqueue(JobName.SUMMARISE, session=session.id, full=full)

    async def dialogue(self, tenant: Tenant, session: Session, before: int) -> Dialogue:
        """Read a session as the model is told it before a turn. What is far too long is shortened first."""
        async with self._database.read(tenant) as uow:
            stored = await summaries.dialogue(uow, session, before)
        dialogue = await self.named(stored)
        if cutting.too_long(dialogue, int(_AT_ONCE * self._budget)):
            return await self._within(dialogue, cutting.keeps(dialogue, self._budget))
        return dialogue

    async def named(self, dialogue: Dialogue) -> Dialogue:
        """Add how those are called who have written."""
        return replace(dialogue, names=await self._names.people(dialogue.tenant, dialogue.colleagues))

    def too_long(self, dialogue: Dialogue) -> bool:
        """Tell whether the words alone are more than the budget."""
        return cutting.too_long(dialogue, self._budget)

    async def shorter(self, dialogue: Dialogue) -> AsyncGenerator[Dialogue, None]:
        """Yield a dialogue that the model has refused as too long, shorter and shorter. The last is very short."""
        keep = cutting.keeps(dialogue, self._budget)
        for most, longest in ((keep, None), (keep / 4, None), *((0.0, chars) for chars in _CLIPPED)):
            shorter = replace(await self._within(dialogue, most), longest=longest)
            if shorter != dialogue:
                dialogue = shorter
                yield dialogue

    async def summarise(self, job: Job) -> None:
        """Summarise the beginning of a session that has outgrown the budget. A job, safe to run twice."""
        async with self._database.read(job.tenant) as uow:
            session = await rows.get(uow, job.session)
            stored = await summaries.dialogue(uow, session) if session is not None else None
        if stored is None or not (self.too_long(stored) or job.args.get("full")):
            return
        dialogue = await self.named(stored)
        try:
            await self._shorten(dialogue, cutting.keeps(dialogue, self._budget))
        except errors.Superseded:
            async with self._database.write(job.tenant) as work:
                await work.enqueue(JobName.SUMMARISE, session=job.session)

    async def _within(self, dialogue: Dialogue, keep: float) -> Dialogue:
        """Shorten a dialogue for a request that somebody waits for: without a summary where there can be none now."""
        upto = cutting.cut(dialogue, keep)
        if upto is None:
            return dialogue
        try:
            return await self._shorten(dialogue, keep)
        except (errors.ModelFault, errors.Superseded) as fault:
            self._log.warning("not summarised", session=dialogue.session.id, fault=type(fault).__name__)
        former = dialogue.summary.text if dialogue.summary is not None else ""
        text = "\n\n".join(part for part in (former, NOT_SUMMARISED) if part)
        return dialogue.behind(text, upto, cutting.room(self._budget))

    async def _shorten(self, dialogue: Dialogue, keep: float) -> Dialogue:
        """Summarise what has to go, in as many parts as the model needs, and store each."""
        upto = cutting.cut(dialogue, keep)
        while upto is not None and dialogue.upto < upto:
            end = cutting.first_part(dialogue, upto, self._budget)
            dialogue = await self._store(await self._summarised(dialogue, end))
        return dialogue

    async def _summarised(self, dialogue: Dialogue, end: int) -> Dialogue:
        """Put a summary in the place of the turns up to one, or of as many as the model takes at once."""
        for longest in (None, *_CLIPPED):
            upto: int | None = end
            while upto is not None:
                try:
                    text = await self._summary(replace(dialogue.until(upto), longest=longest))
                except errors.ModelContextFull:
                    end = upto
                    upto = cutting.halved(dialogue, upto)
                else:
                    return dialogue.behind(text, upto, cutting.room(self._budget))
        raise errors.ModelContextFull

    async def _summary(self, part: Dialogue) -> str:
        """Have the model summarise a dialogue, on the beginning of a request that its provider may still have."""
        told = await self._evidence.tell(part, _FILES_TAKE)
        messages = told.messages if part.longest is None else told.without_files()
        prompt = Prompt(
            use=Use.SUMMARY,
            system=prompts.system(part.house),
            messages=[*messages, PromptMessage(role="user", text=REQUEST)],
            schema=SCHEMA,
            max_tokens=SUMMARY_TOKENS,
            session=part.session.id,
            before=part.replies,
        )
        raw, done = await self._provider.complete(prompt)
        async with self._database.write(part.tenant) as work:
            await usage.add(work, done.call(part.session.id, Use.SUMMARY, self._provider.name, work.now))
        text = summary_of(raw) if done.stop is Stop.COMPLETE else ""
        if done.stop is Stop.FULL:
            raise errors.ModelContextFull(request_id=done.request_id)
        if not text:
            raise errors.ModelFault(request_id=done.request_id)
        return text

    async def _store(self, dialogue: Dialogue) -> Dialogue:
        """Store a summary. Raises `Superseded` when a message was changed or erased since the turns were read."""
        assert dialogue.summary is not None
        async with self._database.write(dialogue.tenant) as work:
            await work.session(dialogue.session.id)
            since = await turns.newest(work, dialogue.session.id)
            summary = replace(dialogue.summary, since=since)
            if not await summaries.save(work, summary):
                raise errors.Superseded
            await work.redraw_card(dialogue.session.id)
        return replace(dialogue, summary=summary)

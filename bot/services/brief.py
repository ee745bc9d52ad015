"""The brief of an escalation: the data is there at once, the model's likely cause and next steps stream in below."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Final

import structlog

from bot import errors
from bot.ai.provider import Use
from bot.domain import safety
from bot.domain.brief import TEXT_CHARS, Brief, BriefState, StoredBrief
from bot.domain.ids import SessionId
from bot.domain.jobs import Job
from bot.domain.requests import brief_request
from bot.domain.sessions import Session, Status
from bot.services.facts import Facts, facts_of
from bot.services.model_text import ModelText
from bot.services.stopping import Stops
from bot.services.tickets.pushing import standings
from bot.services.work import WorkDatabase
from bot.slack.messages.live import LiveMessage, Look
from bot.slack.messages.workspace import Messages, WorkspaceMessages
from bot.slack.views import conclude as views
from bot.slack.views.kit import Rendered, clip
from bot.slack.web.client import SlackClients
from bot.storage import briefs, sessions, tickets
from bot.storage.database import UnitOfWork

RECIPIENTS: Final = ("person", "channel")


def alert_key(session: SessionId, revision: int, to: str) -> str:
    """Name the message with which a person or a channel is told of an escalation."""
    return f"announce:{session}:{revision}:{to}"


async def read_brief(uow: UnitOfWork, facts: Facts, revision: int) -> Brief:
    """Read what a brief says now. Of an earlier escalation than the newest the model's part is not kept."""
    stored = await briefs.get(uow, facts.session.id)
    mine = stored if stored is not None and stored.revision == revision else None
    own = facts.assembled()
    brief = Brief(
        evidence=facts.evidence,
        ticket=await tickets.link(uow, facts.session.id),
        text=mine.text if mine is not None else "",
        state=mine.state if mine is not None else BriefState.NONE,
        push=(await standings(uow, [facts.session.id])).get(facts.session.id),
    )
    return brief if own is None else replace(brief, notes=own)


class Several:
    """Messages that show one text while it grows."""

    def __init__(self, messages: Sequence[LiveMessage]) -> None:
        self._messages = messages

    def show(self, text: str) -> None:
        """Give the text that comes next. Never waits."""
        for message in self._messages:
            message.show(text)

    async def wait(self, placeholder: Rendered) -> None:
        """Say why there is no text yet."""
        for message in self._messages:
            await message.wait(placeholder)


class Briefs:
    """Writes the model's part of briefs, and draws briefs anew."""

    def __init__(
        self,
        database: WorkDatabase,
        slack: SlackClients,
        messages: Messages,
        model: ModelText,
        stops: Stops,
    ) -> None:
        self._database = database
        self._slack = slack
        self._messages = messages
        self._model = model
        self._stops = stops
        self._log = structlog.get_logger(__name__)

    async def write(self, job: Job) -> None:
        """Stream likely cause and next steps into the messages that brief whoever a session comes to. A job."""
        begun = await self._begin(job)
        if begun is None:
            return
        facts, link = begun
        revision, messages = job.number("revision"), self._messages.of(job.tenant)
        keys = await _there(messages, job.session, revision)
        async with self._database.read(job.tenant) as uow:
            brief = await read_brief(uow, facts, revision)
        async with AsyncExitStack() as stack:
            lives = []
            for key in keys:
                stored = await messages.state(key).stored()
                if stored is not None:
                    look = _look(facts.session, link, brief)
                    lives.append(await stack.enter_async_context(messages.live(key, stored.place, look)))
            text = await self._text(job, facts, Several(lives), _writing(facts.session, link, brief))
            await self._keep(job, text)
            for live in lives:
                await self._finish(job, live, link)

    async def give_up(self, job: Job) -> None:
        """Show the brief without what the model would have said. It gives up the job."""
        await self._keep(job, None)
        await self.show(job)

    async def show(self, job: Job) -> None:
        """Draw the newest brief of a session as it stands now. A job."""
        async with self._database.read(job.tenant) as uow:
            stored = await briefs.get(uow, job.session)
        if stored is None or stored.state is BriefState.WRITING:
            return  # the last word of what is being written says how things stand
        messages = self._messages.of(job.tenant)
        for key in await _there(messages, job.session, stored.revision):
            message = messages.state(key)
            record = await message.stored()
            drawn = await self._drawn(job, stored.revision)
            if record is not None and drawn is not None:
                await message.amend(drawn, record.shown + 1)

    async def _begin(self, job: Job) -> tuple[Facts, str] | None:
        """Note that the model is asked. It is None when that is over, or somebody else has the session by now."""
        async with self._database.write(job.tenant) as work:
            session = await work.session(job.session)
            stored = await briefs.get(work, session.id)
            revision = job.number("revision")
            if session.thread is None or not _open(session, revision, stored):
                return None
            await briefs.save(work, StoredBrief(session=session.id, revision=revision, state=BriefState.WRITING))
            facts = await facts_of(work, session.id, work.now)
        assert facts is not None
        link = await self._slack.of(job.tenant).permalink(session.channel, session.thread)
        return facts, link

    async def _text(self, job: Job, facts: Facts, several: Several, waiting: Rendered) -> str | None:
        request = brief_request(facts.session, facts.lane, facts.handled)

        async def wanted() -> bool:
            async with self._database.read(job.tenant) as uow:
                session = await sessions.get(uow, job.session)
            return session is None or session.status is not Status.ESCALATED

        async with self._stops.running(f"brief:{job.session}", wanted) as wish:
            prompt = await self._model.asked(facts, Use.BRIEF, request)
            streaming = self._model.stream(facts, prompt, several, wish, waiting)
            return await self._model.within(facts, Use.BRIEF, self._model.patience.notes_written, streaming)

    async def _keep(self, job: Job, text: str | None) -> None:
        state = BriefState.WRITTEN if text else BriefState.FAILED
        kept = clip(safety.redact(text or "").text.strip(), TEXT_CHARS)
        async with self._database.write(job.tenant) as work:
            stored = await briefs.get(work, job.session)
            if stored is not None and stored.revision == job.number("revision"):
                await briefs.save(work, replace(stored, text=kept, state=state))

    async def _finish(self, job: Job, live: LiveMessage, link: str) -> None:
        """Show the last word of one message. One that is gone is not missed by the other."""
        drawn = await self._drawn(job, job.number("revision"), link)
        if drawn is None:
            return
        async with self._database.read(job.tenant) as uow:
            stored = await briefs.get(uow, job.session)
        text = stored.text if stored is not None else ""
        try:
            await live.finish(text, lambda parts: [drawn] * len(parts))
        except errors.SlackFault as fault:
            if fault.away:
                raise
            self._log.warning("brief not shown", session=job.session, error=fault.error)

    async def _drawn(self, job: Job, revision: int, link: str = "") -> Rendered | None:
        async with self._database.read(job.tenant) as uow:
            facts = await facts_of(uow, job.session, self._database.clock())
            if facts is None or facts.session.thread is None:
                return None
            brief = await read_brief(uow, facts, revision)
        session = facts.session
        assert session.thread is not None
        link = link or await self._slack.of(job.tenant).permalink(session.channel, session.thread)
        over = session.status is not Status.ESCALATED
        return views.escalation_alert(session, link, brief, over=over)


async def _there(messages: WorkspaceMessages, session: SessionId, revision: int) -> list[str]:
    """List the messages with which an escalation was told."""
    wanted = [alert_key(session, revision, to) for to in RECIPIENTS]
    there = await messages.keys(f"announce:{session}:{revision}:")
    return [key for key in wanted if key in there]


def _open(session: Session, revision: int, stored: StoredBrief | None) -> bool:
    """Tell whether the model's part of a brief is still wanted."""
    written = stored is not None and stored.revision >= revision and stored.state not in _UNWRITTEN
    return session.status is Status.ESCALATED and not written


_UNWRITTEN: Final = (BriefState.NONE, BriefState.WRITING)


def _look(session: Session, link: str, brief: Brief) -> Look:
    def writing(text: str, part: int, last: bool) -> Rendered:
        state = BriefState.WRITING if last else BriefState.NONE
        return views.escalation_alert(session, link, replace(brief, text=text, state=state), part=part)

    return Look(placeholder=_writing(session, link, brief), writing=writing, limit=2 * TEXT_CHARS)


def _writing(session: Session, link: str, brief: Brief) -> Rendered:
    return views.escalation_alert(session, link, replace(brief, text="", state=BriefState.WRITING))

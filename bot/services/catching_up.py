"""Telling somebody who comes late what a session is about, what was tried and what is open."""

from typing import Final

from bot import errors
from bot.ai.provider import Prompt, PromptMessage, Provider, Stop, Use
from bot.domain import prompts
from bot.domain.dialogue.catching_up import CATCH_UP, words_for_who_comes_late
from bot.domain.incoming import Click
from bot.domain.jobs import Job
from bot.domain.reply.reader import SCHEMA, read
from bot.domain.rights import Verb
from bot.jobs.queue import JobName
from bot.services.evidence import EvidenceReader
from bot.services.long.sessions import LongSessions
from bot.services.members import Members
from bot.services.private_replies import PrivateReplies
from bot.services.spending import Spending
from bot.services.work import WorkDatabase
from bot.slack.views import catch_up as views
from bot.slack.views.kit import Rendered
from bot.storage import lanes, turns, usage
from bot.storage import sessions as rows

_TOKENS: Final = 1_000
_FILES_TAKE: Final = 5.0


class CatchingUp:
    """Sums a session up from what is stored, at once, and a moment later in the assistant's words."""

    def __init__(
        self,
        database: WorkDatabase,
        members: Members,
        provider: Provider,
        long_sessions: LongSessions,
        evidence: EvidenceReader,
        private: PrivateReplies,
        spending: Spending,
    ) -> None:
        self._database = database
        self._members = members
        self._provider = provider
        self._long = long_sessions
        self._evidence = evidence
        self._private = private
        self._spending = spending

    async def summary(self, click: Click) -> Rendered:
        """Return what is known of the session of a card, and have the assistant put it into words."""
        standing = await self._members.person(click)
        async with self._database.write(click.tenant) as work:
            session = await work.session(click.session)
            standing.check(Verb.CATCH_UP, session)
            lane = await lanes.load(work, session.id)
            handled = [task for _, task in await lanes.handled(work, session.id)]
            newest = await turns.newest_reply(work, session.id)
            if await work.first_time(click):
                await work.enqueue(JobName.CATCH_SOMEBODY_UP, session=session.id, user=click.user)
        return views.catch_up(session, handled, lane, read(newest.text) if newest is not None else "")

    async def put_into_words(self, job: Job) -> None:
        """Tell somebody in the assistant's words where a session stands. A job that needs a model to do anything."""
        async with self._database.write(job.tenant) as work:
            session = await rows.get(work, job.session)
            newest = await turns.newest(work, job.session)
            if session is None or await self._spending.refusal(work, job.user) is not None:
                return
        dialogue = await self._long.dialogue(job.tenant, session, newest + 1)
        told = await self._evidence.tell(dialogue, _FILES_TAKE)
        prompt = Prompt(
            use=Use.SUMMARY,
            system=prompts.system(dialogue.house),
            messages=[*told.messages, PromptMessage(role="user", text=CATCH_UP)],
            schema=SCHEMA,
            max_tokens=_TOKENS,
            session=session.id,
            before=dialogue.replies,
        )
        try:
            raw, done = await self._provider.complete(prompt)
        except errors.ModelFault:
            return  # what is stored was shown, and the log has the fault
        async with self._database.write(job.tenant) as work:
            await usage.add(work, done.call(session.id, Use.SUMMARY, self._provider.name, work.now, job.user))
        if done.stop is Stop.COMPLETE and (words := words_for_who_comes_late(raw)):
            await self._private.inform(job.tenant, job.user, session.place, views.in_words(session, words))

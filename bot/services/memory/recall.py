"""Finding resolved sessions: those like a new problem, and those that somebody looks for."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from bot import errors
from bot.domain import memory as rules
from bot.domain.ids import ChannelId, SessionId, Tenant, UserId
from bot.domain.incoming import Click, Incoming, SlashCommand
from bot.domain.jobs import Job
from bot.domain.memory import Memory
from bot.domain.rights import Verb, refusal, roles
from bot.domain.sessions import Status
from bot.services.members import Members
from bot.services.private_replies import PrivateReplies
from bot.services.work import WorkDatabase
from bot.slack.views import memory as views
from bot.slack.web.client import SlackClients
from bot.storage import memories
from bot.storage import notes as note_rows
from bot.storage import sessions as rows

FOUND: Final = 8
"""How many sessions a search shows."""
SIMILAR: Final = 3
"""How many sessions are shown beside a new problem."""
_PATIENCE: Final = 1.8
"""Seconds for which somebody waits for Slack to say what they may see. Slack gives up on an answer after three."""
_NOTES_CHARS: Final = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What a search has found, with where each session's thread is."""

    memories: Sequence[Memory]
    links: Sequence[str]
    at: float


class Recall:
    """Looks into what is remembered, with the eyes of the person who asks. Of whom Slack says nothing sees nothing."""

    def __init__(self, database: WorkDatabase, slack: SlackClients, members: Members, replies: PrivateReplies) -> None:
        self._database = database
        self._slack = slack
        self._members = members
        self._replies = replies

    async def search(self, command: SlashCommand) -> Hits:
        """Find the resolved sessions that have all words of a search."""
        wanted = rules.asked(command.text)
        channels = await self._sight(command)
        async with self._database.read(command.tenant) as uow:
            candidates = await memories.with_all(uow, wanted, channels)
        now = self._database.clock()
        return self._found(command, rules.ranked(wanted, candidates, now, FOUND))

    async def suggest(self, job: Job) -> None:
        """Show the owner of a new session those that are like it, privately. The assistant is not told. A job."""
        async with self._database.read(job.tenant) as uow:
            session = await rows.get(uow, job.session)
        if session is None or session.thread is None or session.status is not Status.ACTIVE:
            return
        wanted = rules.telling(f"{session.title}\n{session.problem}")
        if len(wanted) < 2:
            return
        member = await self._members.get(job.tenant, session.owner, None)
        if refusal(Verb.SEARCH, roles(member)) is not None:
            return
        channels = await self._channels(job.tenant, session.owner)
        async with self._database.read(job.tenant) as uow:
            candidates = await memories.with_some(uow, wanted, channels)
        others = [one for one in candidates if one.memory.session != session.id]
        hits = rules.similar(wanted, others, self._database.clock(), SIMILAR)
        if hits:
            slack = self._slack.of(job.tenant)
            links = [slack.link(hit.channel, hit.thread) for hit in hits]
            drawn = views.similar(session.id, hits, links, self._database.clock())
            await self._replies.inform(job.tenant, session.owner, session.place, drawn)

    async def tell(self, click: Click) -> None:
        """Give the notes of an earlier session to the assistant, as the owner of the present one asks for."""
        standing = await self._members.person(click)
        channels = await self._sight(click)
        async with self._database.write(click.tenant) as work:
            session = await work.session(click.session)
            standing.check(Verb.WORK, session)
            if session.status is not Status.ACTIVE:
                raise errors.TransitionRefused
            earlier = SessionId(click.task)
            memory = await memories.get(work, earlier, channels)
            record = await note_rows.get(work, earlier)
            if memory is None or record is None:
                raise errors.MemoryGone
            if not await work.first_time(click):
                return
            text = views.as_told(memory.title, record.text[:_NOTES_CHARS])
            turn = work.turn(click, text, source=f"memory:{session.id}:{earlier}")
            if await work.add_turn(session.id, replace(turn, guided=session.guided)):
                await work.reply(session.id)
                await work.redraw_card(session.id)

    async def _sight(self, incoming: Incoming) -> frozenset[ChannelId]:
        """Return the channels that a person may see. It is asked of Slack each time, and never guessed."""
        try:
            async with asyncio.timeout(_PATIENCE):
                (await self._members.person(incoming)).check(Verb.SEARCH)
                return await self._channels(incoming.tenant, incoming.user)
        except (TimeoutError, errors.SlackFault, errors.PersonUnknown) as fault:
            raise errors.SightUnknown from fault

    async def _channels(self, tenant: Tenant, user: UserId) -> frozenset[ChannelId]:
        """Ask Slack for the channels that a person is in, and for their direct messages with the app."""
        slack = self._slack.of(tenant)
        channels = await slack.channels_of(user)
        with suppress(errors.CannotPost):
            channels |= {await slack.direct_channel(user)}
        return channels

    def _found(self, incoming: Incoming, hits: Sequence[Memory]) -> Hits:
        slack = self._slack.of(incoming.tenant)
        links = [slack.link(hit.channel, hit.thread) for hit in hits]
        return Hits(memories=hits, links=links, at=self._database.clock())

"""Starting a session and talking in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot import errors
from bot.domain import safety
from bot.domain.ids import ChannelId, MessageTs, Place, SessionId, Tenant, TurnId, UserId
from bot.domain.sessions import (
    CONCLUDABLE_FROM,
    MAX_MESSAGE_CHARS,
    OPEN,
    Author,
    Session,
    Status,
    TurnState,
    first_words,
)
from bot.jobs.queue import Job, JobName
from bot.services.announcements import announce
from bot.services.tools import (
    STATUS,
    TALK,
    WRITTEN,
    By,
    Tools,
    catch_up,
    existing,
    first_time,
    redraw_card,
    redraw_home,
    redraw_lane,
    thread_of,
)
from bot.slack.views import card, notices
from bot.storage import lanes, turns
from bot.storage import sessions as rows
from bot.storage.database import UnitOfWork

OPENING_TAKES: Final = 2.0
"""Seconds after which the card of a session that is just being opened can be drawn again."""
LATE: Final = 2.0
"""Seconds after which Slack has delivered a message late: what was said after it may have come before it."""
OPENING: Final = frozenset({Status.ACTIVE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What a session begins with, and where."""

    text: str
    channel: ChannelId
    thread: MessageTs | None = None
    """The thread that becomes the session; None when the card starts one."""
    source: str | None = None
    """The message that holds the problem, so that it is taken as a turn once."""
    called: MessageTs | None = None
    """The message that called the app into the thread: all that members say after it is meant for the app."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message of a member in a thread."""

    text: str
    channel: ChannelId
    thread: MessageTs
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The session that a start led to; `new` is False when the thread already was one."""

    session: Session | None
    new: bool


def checked(text: str) -> str:
    """Take secrets out of what a person wrote; raises when it is empty or too long to be a turn."""
    if len(text) > MAX_MESSAGE_CHARS:
        raise errors.MessageTooBig
    if safety.blank(text):
        raise errors.EmptyMessage
    return safety.redact(text.strip()).text


class Sessions:
    """Sessions from their first word on."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    async def start(self, tenant: Tenant, by: By, problem: Problem) -> Started:
        """Open a session for a problem; a thread that already is one stays what it is."""
        text = checked(problem.text)
        async with self._tools.database.write() as uow:
            if not await first_time(self._tools, uow, tenant, by):
                return Started(session=None, new=False)
            if problem.thread is not None:
                known = await rows.lock_thread(uow, tenant, problem.channel, problem.thread)
                if known is not None:
                    return Started(session=known, new=False)
            session = self._fresh(by.user, problem, text)
            await rows.insert(uow, tenant, session)
            await self._add_turn(uow, tenant, session, by, text, problem.source)
            await self.enqueue_opening(uow, tenant, session, by)
            if problem.called is not None and session.opened_at - float(problem.called) > LATE:
                await catch_up(self._tools, uow, tenant, session, problem.called)
        return Started(session=session, new=True)

    def _fresh(self, owner: UserId, problem: Problem, text: str) -> Session:
        now = self._tools.clock()
        return Session(
            id=SessionId(self._tools.new_id()),
            channel=problem.channel,
            thread=problem.thread,
            owner=owner,
            status=Status.ACTIVE,
            title=first_words(text),
            titled=False,
            problem=text,
            summary="",
            resolution="",
            opened_at=now,
            active_since=now,
            worked=0.0,
        )

    async def enqueue_opening(self, uow: UnitOfWork, tenant: Tenant, session: Session, by: By) -> None:
        """Have the card posted, and the problem answered once it is there."""
        await self._enqueue_card(uow, tenant, session.id, by.user, by.response_url)
        await redraw_home(self._tools, uow, tenant, session.owner)

    async def _enqueue_card(
        self, uow: UnitOfWork, tenant: Tenant, session: SessionId, user: UserId, response_url: str | None
    ) -> None:
        """Have the card posted, under the lock of its redraws: two at once would post two cards."""
        args = {"session": session, "user": user, "response_url": response_url}
        lock = f"card:{session}"
        await self._tools.queue.enqueue(
            uow, Job(name=JobName.OPEN, tenant=tenant, args=args, lock=lock, priority=STATUS)
        )

    async def enqueue_reply(self, uow: UnitOfWork, tenant: Tenant, session: SessionId) -> None:
        """Have the newest turns answered, after whatever is being written in this session."""
        job = Job(
            name=JobName.REPLY, tenant=tenant, args={"session": session}, lock=f"{TALK}:{session}", priority=WRITTEN
        )
        await self._tools.queue.enqueue(uow, job)

    async def _add_turn(
        self, uow: UnitOfWork, tenant: Tenant, session: Session, by: By, text: str, source: str | None
    ) -> bool:
        turn = await turns.add(
            uow,
            tenant,
            session.id,
            id=TurnId(self._tools.new_id()),
            author=Author.MEMBER,
            user=by.user,
            text=text,
            state=TurnState.DONE,
            at=self._tools.clock() if by.at is None else by.at,
            source=source,
        )
        return turn is not None

    async def take_turn(self, tenant: Tenant, by: By, said: Said) -> Session | None:
        """Store a message of a session's thread as a turn and have it answered.

        Returns the session when it is not active, so that the person can be told; None otherwise, also for
        a thread that is no session and for a message that was taken before.
        """
        async with self._tools.database.write() as uow:
            session = await rows.lock_thread(uow, tenant, said.channel, said.thread)
            if session is None or not await first_time(self._tools, uow, tenant, by):
                return None
            text = checked(said.text)
            if not await self._add_turn(uow, tenant, session, by, text, said.source):
                return None
            if session.status is not Status.ACTIVE:
                return session
            await self.enqueue_reply(uow, tenant, session.id)
            # A first answer that is still being written is counted, but the card has not been drawn since.
            first = session.messages == CONCLUDABLE_FROM and await turns.writing(uow, tenant, session.id)
            if first or session.messages + 1 == CONCLUDABLE_FROM:
                await rows.save(uow, tenant, await existing(uow, tenant, session.id))
                await redraw_card(self._tools, uow, tenant, session.id, delay=OPENING_TAKES)
            return None

    async def known(self, tenant: Tenant, channel: ChannelId, thread: MessageTs) -> Session | None:
        """Find the session of a thread."""
        async with self._tools.database.read() as uow:
            return await rows.by_thread(uow, tenant, channel, thread)

    async def opening(self, tenant: Tenant, channel: ChannelId) -> bool:
        """Tell whether a session of a conversation waits for its card to begin a thread."""
        async with self._tools.database.read() as uow:
            return any(s.thread is None for s in await rows.in_channel(uow, tenant, channel, OPENING))

    async def current(self, tenant: Tenant, user: UserId, channel: ChannelId) -> Sequence[Session]:
        """List what a command may mean: the person's active sessions here, else their paused ones here."""
        async with self._tools.database.read() as uow:
            here = [s for s in await rows.in_channel(uow, tenant, channel, OPEN) if s.owner == user]
        return [s for s in here if s.status is Status.ACTIVE] or here

    async def elsewhere(self, tenant: Tenant, user: UserId) -> Sequence[Session]:
        """List the person's open sessions wherever they are."""
        async with self._tools.database.read() as uow:
            return await rows.of_owner(uow, tenant, user, OPEN, limit=100)

    async def of_others(self, tenant: Tenant, user: UserId, channel: ChannelId) -> Sequence[Session]:
        """List the active sessions of other people in a conversation."""
        async with self._tools.database.read() as uow:
            here = await rows.in_channel(uow, tenant, channel, OPENING)
        return [s for s in here if s.owner != user]

    async def open(self, tenant: Tenant, session_id: SessionId, user: UserId, response_url: str | None) -> None:
        """Post the card and, where it starts the thread, learn the thread's root. A job.

        A channel that refuses the card ends the session before it began: the person gets their words back.
        """
        async with self._tools.database.read() as uow:
            session = await rows.get(uow, tenant, session_id)
        if session is None:
            return
        try:
            ts = await self._show_card(tenant, session)
        except (errors.NotInChannel, errors.ChannelGone, errors.ChannelArchived):
            await self._give_back(tenant, session, user, response_url)
            return
        async with self._tools.database.write() as uow:
            session = await existing(uow, tenant, session_id)
            if session.thread is None:
                await rows.save(uow, tenant, replace(session, thread=ts))
                await redraw_lane(self._tools, uow, tenant, session_id)  # a new thread's; there is none at a start
                if session.continues is not None:
                    before = await existing(uow, tenant, session.continues)
                    await announce(self._tools, uow, tenant, before, "continued")
            await self.enqueue_reply(uow, tenant, session_id)

    async def give_up_opening(
        self, tenant: Tenant, session_id: SessionId, user: UserId, response_url: str | None
    ) -> None:
        """Answer without a card that cannot be posted; a session without a thread gives the person's words back."""
        async with self._tools.database.write() as uow:
            session = await rows.get(uow, tenant, session_id)
            if session is not None and session.thread is not None:
                await self.enqueue_reply(uow, tenant, session_id)
        if session is not None and session.thread is None:
            await self._give_back(tenant, session, user, response_url)

    async def card(self, tenant: Tenant, session_id: SessionId) -> None:
        """Draw the card as the session stands now. A job."""
        async with self._tools.database.read() as uow:
            session = await rows.get(uow, tenant, session_id)
        if session is not None and session.thread is not None:
            try:
                await self._show_card(tenant, session)
            except errors.ThreadGone:
                await self.reroot(tenant, session_id)

    async def _show_card(self, tenant: Tenant, session: Session) -> MessageTs:
        drawn = card.card(session, self._tools.clock())
        return await self._tools.board.show(tenant, f"card:{session.id}", thread_of(session), drawn, session.revision)

    async def _give_back(self, tenant: Tenant, session: Session, user: UserId, response_url: str | None) -> None:
        """Tell a person that their session cannot begin, then drop it: told twice, at worst, but not never."""
        answer = notices.cannot_post(session.channel, session.problem)
        if not (response_url and await self._tools.slack.respond(response_url, answer, replace=False)):
            channel = await self._tools.slack.direct_channel(tenant, user)
            await self._tools.slack.post(tenant, Place(channel=channel), answer)
        async with self._tools.database.write() as uow:
            await rows.delete(uow, tenant, session.id)
            await redraw_home(self._tools, uow, tenant, session.owner)

    async def reroot(self, tenant: Tenant, session_id: SessionId) -> None:
        """Give a session whose thread was deleted a new one: a new card, and the lane below it."""
        await self._tools.board.remove(tenant, f"card:{session_id}")
        async with self._tools.database.write() as uow:
            session = await existing(uow, tenant, session_id)
            await rows.save(uow, tenant, replace(session, thread=None))
            await lanes.touch(uow, tenant, session_id)
            await self._enqueue_card(uow, tenant, session.id, session.owner, None)

    async def continue_in_new_thread(
        self, uow: UnitOfWork, tenant: Tenant, by: By, before: Session, text: str
    ) -> Session:
        """Open a session that starts from a summary of another one, in the same conversation."""
        problem = Problem(text=text, channel=before.channel)
        fresh = self._fresh(before.owner, problem, text)
        session = replace(fresh, title=before.title, titled=before.titled, summary=before.summary, continues=before.id)
        await rows.insert(uow, tenant, session)
        await self._add_turn(uow, tenant, session, by, text, None)
        await self.enqueue_opening(uow, tenant, session, by)
        return session

"""Hearing what members say: a turn of a session, the start of one, or none of our business."""

from contextlib import suppress
from dataclasses import replace
from typing import Final

from bot import errors
from bot.domain import safety
from bot.domain.content import FileAccess
from bot.domain.ids import ChannelId, DeliveryId, MessageTs, Place, Tenant
from bot.domain.incoming import IncomingMessage, MessageTakenBack, Taken
from bot.domain.jobs import Job
from bot.domain.sessions import MAX_MESSAGE_CHARS, Session, first_words
from bot.jobs.queue import JobName
from bot.services.memory.keeping import remember
from bot.services.names import Names
from bot.services.private_replies import PrivateReplies
from bot.services.sessions import LATE, Sessions
from bot.services.work import Work, WorkDatabase
from bot.slack import incoming
from bot.slack.views import notices
from bot.slack.web.client import SlackClients
from bot.storage import evidence, inbox, summaries, turns
from bot.storage import sessions as rows

_STORED_WITHIN: Final = (0.05, 0.1, 0.2, 0.4, 0.6)
"""Seconds between looks for the session of a thread. Together they are less than Slack waits for an answer."""

_ON_ITS_WAY: Final = 3_600.0
"""For how many seconds Slack may still deliver a message, or deliver it again."""


class Talk:
    """Takes messages."""

    def __init__(
        self, database: WorkDatabase, sessions: Sessions, replies: PrivateReplies, slack: SlackClients, names: Names
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._replies = replies
        self._slack = slack
        self._names = names

    async def catch_up(self, job: Job) -> None:
        """Hear what overtook the message that called the app into a thread: it was none of our business then. A job."""
        place = Place(channel=ChannelId(job.text("channel")), thread=MessageTs(job.text("root")))
        with suppress(errors.ThreadGone, errors.CannotPost):
            since = MessageTs(job.text("since"))
            for stored in await self._slack.of(job.tenant).messages_since(place, since):
                message = incoming.read_back(stored, job.tenant, place, self._slack.of(job.tenant).bot_user)
                if message is not None:
                    await self.tell(message, await self.hear(message))

    async def hear(self, message: IncomingMessage) -> Taken:
        """Take a message as a turn, or start a session with one that is addressed to the app.

        One that comes after a change of it is taken as it stands now. One that was deleted meanwhile is not taken.
        """
        if await self._overtaken(message):
            async with self._database.write(message.tenant) as work:
                await _read_anew(work, message)
            return Taken()
        taken = await self._take_in(message)
        if taken is None:
            return Taken()
        await self._follow_change(message)
        return taken

    async def _take_in(self, message: IncomingMessage) -> Taken | None:
        """Store a message as it is given. It is None for what is none of our business."""
        session = await self._session(message)
        if session is None and not message.addressed:
            return None
        try:
            return Taken(dormant=await self._take(message, session))
        except errors.EmptyMessage:
            return Taken(empty=True)
        except errors.MessageTooBig:
            return Taken(too_big=True)

    async def take_back(self, change: MessageTakenBack) -> None:
        """Let a message that was edited say what it says now, and one that was deleted nothing at all."""
        words = await self._names.said(change.tenant, change.content) if change.content is not None else None
        text = words.text.strip() if words is not None else ""
        async with self._database.write(change.tenant) as work:
            await work.alone("said", work.team, change.source)
            located = await turns.of_source(work, change.source)
            if located is None:
                if work.now - float(change.ts) < _ON_ITS_WAY:
                    await inbox.first_time(work, _changed(change.source), work.now)
                return
            if not await work.first_time(change):
                return
            session_id, turn = located
            session = await work.session(session_id)
            kept = safety.redact(text).text if len(text) <= MAX_MESSAGE_CHARS else ""
            files = change.content.all_files if change.content is not None else ()
            await evidence.keep_only(work, turn.id, [file.id for file in files])
            await evidence.withdraw(work, turn.id, [file.id for file in files if file.access is FileAccess.GONE])
            await turns.save(work, replace(turn, text=kept, wants_answer=turn.wants_answer and bool(kept)))
            if await summaries.void(work, session_id, turn.seq):
                await work.enqueue(JobName.SUMMARISE, session=session_id)
                await work.redraw_card(session_id)
            if session.problem == turn.text:
                title = session.title if session.titled else first_words(kept) or "Problem deleted"
                await rows.save(work, replace(session, problem=kept, title=title))
                await remember(work, session_id)
                await work.redraw_card(session_id)
                await work.redraw_homes(session)

    async def _overtaken(self, message: IncomingMessage) -> bool:
        """Tell whether a change of a message came before it. That can only be when it comes late."""
        if message.source is None or self._database.clock() - float(message.ts) < LATE:
            return False
        async with self._database.read(message.tenant) as uow:
            return await inbox.known(uow, _changed(message.source))

    async def _follow_change(self, message: IncomingMessage) -> None:
        """Have a message read anew when a change was handled while it was being stored, so that it changed nothing."""
        if message.source is None:
            return
        async with self._database.write(message.tenant) as work:
            await work.alone("said", work.team, message.source)
            if await inbox.known(work, _changed(message.source)):
                await _read_anew(work, message)

    async def read_anew(self, job: Job) -> None:
        """Let a message say what it says by now, and take it if it is not stored yet. A job: Slack may be away."""
        place = Place(channel=ChannelId(job.text("channel")), thread=MessageTs(job.text("thread")))
        ts = MessageTs(job.text("ts"))
        message = await self._as_it_stands(job.tenant, place, ts)
        if message is not None:
            message = replace(message, addressed=bool(job.args.get("addressed")))
            if (taken := await self._take_in(message)) is not None:
                await self.tell(message, taken)
        change = MessageTakenBack(
            tenant=job.tenant,
            delivery=DeliveryId(f"read_anew:{place.channel}:{ts}:{job.id}"),
            channel=place.channel,
            ts=ts,
            content=message.content if message is not None else None,
        )
        await self.take_back(change)

    async def _as_it_stands(self, tenant: Tenant, place: Place, ts: MessageTs) -> IncomingMessage | None:
        """Read a message from Slack. It is None when it is not there any more."""
        before = MessageTs(f"{float(ts) - 0.000001:.6f}")
        slack = self._slack.of(tenant)
        with suppress(errors.ThreadGone):
            for stored in await slack.messages_since(place, before):
                if stored.get("ts") == ts:
                    return incoming.read_back(stored, tenant, place, slack.bot_user)
        return None

    async def react(self, job: Job) -> None:
        """Show quietly that a message was recorded and is not answered. A job."""
        channel, ts = ChannelId(job.text("channel")), MessageTs(job.text("ts"))
        await self._slack.of(job.tenant).react(channel, ts, "eyes")

    async def tell(self, message: IncomingMessage, taken: Taken) -> None:
        """Tell the author of a message what they have to know.

        Slack delivers a mention as two events, and any of them again: its author is told once.
        """
        if notes := notices.after(taken, message.user):
            await self._replies.tell_once(message, *notes, key=f"told:{message.source}")

    async def _session(self, message: IncomingMessage) -> Session | None:
        """Find the session of the thread in which somebody writes. It is None when there is none.

        Who sees a card can reply to it before the session has stored that the card began its thread. That is waited
        for, and beyond `_STORED_WITHIN` raises `SessionOpening`, for Slack to deliver again.
        """
        for pause in _STORED_WITHIN:
            session = await self._sessions.of_thread(message)
            if session is not None or not message.reply:
                return session
            if not await self._sessions.opening_in(message):
                # It may have been stored between the two looks.
                return await self._sessions.of_thread(message)
            await self._slack.of(message.tenant).pause(pause)
        raise errors.SessionOpening

    async def _take(self, message: IncomingMessage, session: Session | None) -> Session | None:
        """Store the message, and return the session when it is not active."""
        if session is None:
            started = await self._sessions.start(message)
            if started.session is None or started.new:
                return None
            # Another message began the session meanwhile.
            message = replace(message, delivery=DeliveryId(f"{message.delivery}:joins"))
        return await self._sessions.take_turn(message)


async def _read_anew(work: Work, message: IncomingMessage) -> None:
    await work.enqueue(
        JobName.READ_ANEW,
        user=message.user,
        channel=message.channel,
        thread=message.thread,
        ts=message.ts,
        addressed=message.addressed,
    )


def _changed(source: str) -> DeliveryId:
    """Name under which it is remembered that a message was changed before it came."""
    return DeliveryId(f"changed:{source}")

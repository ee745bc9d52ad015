"""Starting a session and talking in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import structlog

from bot import errors
from bot.domain import guide, safety
from bot.domain.answering import AnswerMode, Utterance, is_note, wants_answer
from bot.domain.evidence import Evidence
from bot.domain.ids import ChannelId, EvidenceId, MessageTs, Place, SessionId, Tenant, UserId
from bot.domain.incoming import Click, Incoming, IncomingMessage, MessageShortcut, Opening, SlashCommand
from bot.domain.jobs import Job
from bot.domain.reply.reader import read
from bot.domain.rights import Verb
from bot.domain.sessions import (
    CONCLUDABLE_FROM,
    MAX_MESSAGE_CHARS,
    OPEN,
    Session,
    Status,
    Turn,
    TurnKind,
    first_words,
)
from bot.domain.tickets import TicketLink, ticket_in
from bot.jobs.queue import JobName
from bot.services.above import Above
from bot.services.announcements import announce
from bot.services.guide.reading import shown_lane
from bot.services.guide.steps import answer_by_message
from bot.services.members import Members
from bot.services.memory.keeping import remember
from bot.services.names import Names, Words
from bot.services.private_replies import PrivateReplies
from bot.services.work import Work, WorkDatabase
from bot.slack.messages.workspace import Messages
from bot.slack.views import card, notices
from bot.slack.web.client import SlackClients
from bot.storage import evidence, lanes, tickets, turns
from bot.storage import notes as note_rows
from bot.storage import sessions as rows

OPENING_TAKES: Final = 2.0
"""Seconds after which the card of a session that is just being opened can be drawn again."""
LATE: Final = 2.0
"""Seconds after which Slack has delivered a message late: what was said after it may have come before it."""
ACTIVE: Final = frozenset({Status.ACTIVE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The session that a start led to. `new` is False when the thread already was one."""

    session: Session | None
    new: bool


def checked(text: str, asked: str = "") -> str:
    """Take secrets out of what a person wrote. Raises when it is empty or too long to be a turn.

    `asked` is what it may answer: to a question for a password, a bare word is one.
    """
    if len(text) > MAX_MESSAGE_CHARS:
        raise errors.MessageTooBig
    if safety.blank(text):
        raise errors.EmptyMessage
    return safety.redact_answer(asked, text.strip()).text


class Sessions:
    """Sessions from their first word on."""

    def __init__(
        self,
        database: WorkDatabase,
        slack: SlackClients,
        messages: Messages,
        replies: PrivateReplies,
        names: Names,
        members: Members,
    ) -> None:
        self._members = members
        self._replies = replies
        self._database = database
        self._names = names
        self._slack = slack
        self._messages = messages
        self._above = Above(database, slack, names)

    async def start(self, opening: Opening) -> Started:
        """Open a session for a problem. A thread that already is one stays what it is."""
        words = await self._names.words(opening)
        guided, problem = (False, words.text) if isinstance(opening, MessageShortcut) else guide.wished(words.text)
        text = checked(problem)
        async with self._database.write(opening.tenant) as work:
            if not await work.first_time(opening):
                return Started(session=None, new=False)
            if opening.thread is not None:
                existing = await rows.lock_thread(work, opening.channel, opening.thread)
                if existing is not None:
                    return Started(session=existing, new=False)
            place = Place(channel=opening.channel, thread=opening.thread)
            own = guide.wished(words.own)[1] if guided else words.own
            session = replace(_fresh(work, opening.user, place, text, own), guided=guided)
            await self._open(work, session, opening)
            if opening.called is not None and session.opened_at - float(opening.called) > LATE:
                await work.enqueue(
                    JobName.CATCH_UP,
                    session=session.id,
                    channel=session.channel,
                    root=session.thread,
                    since=opening.called,
                )
        return Started(session=session, new=True)

    async def _open(self, work: Work, session: Session, incoming: Incoming, files: Sequence[Evidence] = ()) -> None:
        """Store a session with its problem, and have its card posted. The problem is answered once that is there.

        `files` are those of an earlier session, which come along.
        """
        message = incoming if isinstance(incoming, IncomingMessage) else None
        await rows.insert(work, session)
        turn = work.turn(incoming, session.problem, message.source if message else None)
        turn = replace(turn, guided=session.guided)
        if message is None:
            await work.add_turn(session.id, turn)
            await evidence.add(work, [_moved(work, one, turn, session) for one in files])
        else:
            await work.add_message(session.id, turn, message)
        if number := ticket_in(session.problem):
            await tickets.save_link(work, session.id, TicketLink(number=number))
        await work.enqueue(
            JobName.OPEN,
            session=session.id,
            user=incoming.user,
            response_url=incoming.response_url,
            above=message is not None and message.has_above,
            before=message.called if message else None,
        )
        await work.redraw_home(session.owner)

    async def take_turn(self, message: IncomingMessage) -> Session | None:
        """Store a message of a session's thread as a turn and have it answered.

        Returns the session when it is not active, so that the person can be told. It is None otherwise, also for a
        thread that is no session, for a message that was taken before, and for one that is only recorded.
        """
        words = await self._names.words(message)
        async with self._database.write(message.tenant) as work:
            session = await rows.lock_thread(work, message.channel, message.thread)
            if session is None or not await work.first_time(message) or await _stood_above(work, session, message):
                return None
            people = len({message.user, *await turns.writers(work, session.id)})
            turn = _turn(work, session, message, words, people, await _asked(work, session))
            if not await work.add_message(session.id, turn, message):
                return None
            if turn.guided and message.user == session.owner:
                await answer_by_message(work, session, turn)
            if people != session.people:
                await rows.save(work, replace(await work.session(session.id), people=people))
                await work.redraw_card(session.id)
            if not turn.wants_answer:
                await work.enqueue(JobName.REACT, channel=message.channel, ts=message.ts)
                return None
            if session.status is not Status.ACTIVE:
                return session
            await work.reply(session.id)
            # A first answer that is still being written is counted, but the card has not been drawn since.
            first = session.messages == CONCLUDABLE_FROM and await turns.writing(work, session.id)
            if first or session.messages + 1 == CONCLUDABLE_FROM:
                await rows.save(work, await work.session(session.id))
                await work.redraw_card(session.id, delay=OPENING_TAKES)
            return None

    async def set_answers(self, click: Click, mode: AnswerMode) -> None:
        """Switch which messages of a session are answered. Only its owner may."""
        standing = await self._members.person(click)
        async with self._database.write(click.tenant) as work:
            session = await work.session(click.session)
            standing.check(Verb.SWITCH, session)
            if await work.newest(click, f"answers:{session.id}"):
                await rows.save(work, replace(session, answers=mode))
                await work.redraw_card(session.id)

    async def of_thread(self, message: IncomingMessage) -> Session | None:
        """Find the session of the thread that a message belongs to."""
        async with self._database.read(message.tenant) as uow:
            return await rows.by_thread(uow, message.channel, message.thread)

    async def opening_in(self, message: IncomingMessage) -> bool:
        """Tell whether a session of the message's conversation waits for its card to begin a thread."""
        async with self._database.read(message.tenant) as uow:
            return await rows.opening_in(uow, message.channel)

    async def current(self, command: SlashCommand | MessageShortcut) -> Sequence[Session]:
        """List what a command may mean: the person's active sessions here, else their paused ones here."""
        async with self._database.read(command.tenant) as uow:
            here = await rows.in_channel(uow, command.channel, OPEN, command.user)
        return [s for s in here if s.status is Status.ACTIVE] or here

    async def elsewhere(self, incoming: Incoming) -> Sequence[Session]:
        """List the person's open sessions wherever they are."""
        async with self._database.read(incoming.tenant) as uow:
            return await rows.of_owner(uow, incoming.user, OPEN, limit=100)

    async def of_others(self, command: SlashCommand) -> Sequence[Session]:
        """List the active sessions of other people in a conversation."""
        async with self._database.read(command.tenant) as uow:
            here = await rows.in_channel(uow, command.channel, ACTIVE)
        return [s for s in here if s.owner != command.user]

    async def open(self, job: Job) -> None:
        """Post the card and, where it starts the thread, learn the thread's root. A job.

        A channel that refuses the card ends the session before it began: the person gets their words back. One whose
        thread was deleted is kept, and its owner is told that it has no thread any more.
        """
        async with self._database.read(job.tenant) as uow:
            session = await rows.get(uow, job.session)
        if session is None:
            return
        try:
            await self._leave_thread(job)
            ts = await self._show_card(job.tenant, session)
        except errors.CannotPost as fault:
            if job.optional("gone") is None:
                await self._give_back(job, session, fault)
            else:
                told = notices.without_thread(session, fault)
                await self._replies.inform(job.tenant, session.owner, session.place, told)
            return
        except errors.ThreadGone as fault:
            if session.thread is None:  # it takes a card that was to begin a thread for an answer in one
                await self._give_back(job, session, errors.CannotPost(fault.error))
                return
            await self.reroot(job, session)
            return
        if job.args.get("above"):
            await self._above.take_in(job, session)
        async with self._database.write(job.tenant) as work:
            session = await work.session(job.session)
            if session.thread is None:
                await rows.save(work, replace(session, thread=ts))
                await remember(work, session.id)  # one that was resolved is found in its new thread
                if await tickets.link(work, session.id) is not None:
                    await work.enqueue(JobName.CHECK_TICKET, session=session.id)
                await work.redraw_lane(session.id)  # a new thread's, for there is none at a start
                if session.continues is not None and job.optional("gone") is None:
                    former = await work.session(session.continues)
                    what = "continued" if former.owner == session.owner else "taken_over"
                    await announce(work, former, what, session.owner)
            await work.reply(session.id)
            if await note_rows.get(work, session.id) is not None:
                await work.enqueue(JobName.NOTES, session=session.id)  # what was to be shown in a thread that is gone

    async def give_up_opening(self, job: Job) -> None:
        """Answer without a card that cannot be posted. A session without a thread gives the person's words back."""
        async with self._database.write(job.tenant) as work:
            session = await rows.get(work, job.session)
            if session is not None and session.thread is not None:
                await work.reply(session.id)
        if session is not None and session.thread is None and job.optional("gone") is None:
            await self._give_back(job, session, _last_fault(job))

    async def card(self, job: Job) -> None:
        """Draw the card as the session stands now. A job."""
        async with self._database.read(job.tenant) as uow:
            session = await rows.get(uow, job.session)
        if session is not None and session.thread is not None:
            try:
                await self._show_card(job.tenant, session)
            except errors.ThreadGone:
                await self.reroot(job, session)
            except errors.CannotPost as fault:
                structlog.get_logger(__name__).warning("card not drawn", session=session.id, error=fault.error)

    async def _show_card(self, tenant: Tenant, session: Session) -> MessageTs:
        async with self._database.read(tenant) as uow:
            ticket = await tickets.link(uow, session.id)
        drawn = card.card(session, self._database.clock(), ticket)
        return await self._messages.of(tenant).state(_card_key(session.id), session.place).show(drawn, session.revision)

    async def _give_back(self, job: Job, session: Session, fault: errors.SlackFault) -> None:
        """Tell a person that their session cannot begin, then drop it: told twice, at worst, but not never."""
        slack, response_url = self._slack.of(job.tenant), job.optional("response_url")
        answer = notices.cannot_post(session.channel, session.problem, fault)
        if not (response_url and await slack.respond(response_url, answer, replace=False)):
            await slack.direct(job.user, answer)
        async with self._database.write(job.tenant) as work:
            await rows.delete(work, session.id)
            await work.redraw_home(session.owner)

    async def reroot(self, job: Job, former: Session) -> None:
        """Give a session whose thread was deleted a new one: a new card, and below it the lane and what is due.

        `former` is the session as it was when its thread was missed: several jobs may miss the same one.
        """
        async with self._database.write(job.tenant) as work:
            session = await work.session(job.session)
            if session.thread is None or session.thread != former.thread:
                return
            await rows.save(work, replace(session, thread=None))
            await lanes.touch(work, session.id)
            await work.enqueue(
                JobName.OPEN, session=session.id, user=session.owner, response_url=None, gone=session.thread
            )

    async def _leave_thread(self, job: Job) -> None:
        """Forget the card that stands in a thread which is gone, so that a new one is posted."""
        gone = job.optional("gone")
        if gone is None:
            return
        card_message = self._messages.of(job.tenant).state(_card_key(job.session))
        stored = await card_message.stored()
        if stored is not None and gone in (stored.ts, stored.place.thread):
            await card_message.remove()

    async def direct_channel(self, click: Click) -> ChannelId:
        """Return the direct messages of a person with the app."""
        return await self._slack.of(click.tenant).direct_channel(click.user)

    async def continue_in_new_thread(
        self, work: Work, incoming: Incoming, before: Session, text: str, files: Sequence[Evidence]
    ) -> None:
        """Open a session that starts from a summary of another one, with its files and its ticket.

        Owner and conversation are those of `before`.
        """
        fresh = _fresh(work, before.owner, Place(channel=before.channel), text, text)
        session = replace(
            fresh,
            title=before.title,
            titled=before.titled,
            summary=before.summary,
            continues=before.id,
            guided=before.guided,
        )
        await self._open(work, session, incoming, files)
        if (ticket := await tickets.link(work, before.id)) is not None:
            await tickets.save_link(work, session.id, ticket)


def _moved(work: Work, one: Evidence, turn: Turn, session: Session) -> Evidence:
    """Make a file of an earlier session one of another session's first turn, under the name that it has."""
    return replace(one, id=EvidenceId(work.new_id()), session=session.id, turn=turn.id)


def _last_fault(job: Job) -> errors.SlackFault:
    """Return what a job that was given up met last, as far as it tells a person what to do."""
    kind: object = getattr(errors, job.reason, None)
    if isinstance(kind, type) and issubclass(kind, errors.SlackFault) and kind.for_good:
        return kind()
    return errors.SlackUnavailable()


def _card_key(session: SessionId) -> str:
    return f"card:{session}"


async def _asked(work: Work, session: Session) -> str:
    """Return what the assistant asks at the moment: the prose of its newest answer, and its open tasks or its step."""
    reply = await turns.newest_reply(work, session.id)
    lane, _ = await shown_lane(work, session)
    return "\n".join((read(reply.text) if reply is not None else "", *(task.text for task in lane.tasks)))


async def _stood_above(work: Work, session: Session, message: IncomingMessage) -> bool:
    """Tell whether a message comes late that was said before the app was called: it is read with what stands above."""
    if float(message.ts) >= session.opened_at:
        return False
    called = await turns.began_with(work, session.id)
    return called is not None and float(message.ts) < float(called.rpartition(":")[2])


def _turn(work: Work, session: Session, message: IncomingMessage, words: Words, people: int, asked: str) -> Turn:
    """Make a turn of a message, and decide whether it is answered."""
    note = is_note(words.own)
    utterance = Utterance(
        by_owner=message.user == session.owner,
        addressed=message.addressed,
        to_colleague=words.to_colleague,
        note=note,
    )
    wanted = wants_answer(utterance, people, session.answers)
    return replace(
        work.turn(message, checked(words.text, asked), message.source),
        kind=TurnKind.NOTE if note else TurnKind.SAID,
        wants_answer=wanted,
        guided=session.guided and wanted,
    )


def _fresh(work: Work, owner: UserId, place: Place, text: str, own: str) -> Session:
    return Session(
        id=SessionId(work.new_id()),
        channel=place.channel,
        thread=place.thread,
        owner=owner,
        status=Status.ACTIVE,
        title=first_words(safety.redact(own).text) or first_words(text),
        titled=False,
        problem=text,
        summary="",
        resolution="",
        opened_at=work.now,
        active_since=work.now,
        worked=0.0,
    )

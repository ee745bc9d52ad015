"""Concluding a session, and everything that brings it back: the status changes at once, the rest follows."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from bot import errors
from bot.domain import prompts, safety
from bot.domain.dialogue.messages import written
from bot.domain.home import WAITING_AFTER
from bot.domain.ids import ChannelId, DeliveryId, MessageTs, SessionId, Tenant, UserId
from bot.domain.incoming import Click, Incoming
from bot.domain.jobs import Job
from bot.domain.memory import Verdict
from bot.domain.prompts import Earlier
from bot.domain.rights import Verb
from bot.domain.sessions import (
    DEFAULT_RESOLUTION,
    Outcome,
    Session,
    Status,
    allowed,
    time_spent,
)
from bot.domain.tickets import ticket_number
from bot.jobs.queue import JobName
from bot.services.announcements import announce, withdraw
from bot.services.guide.reading import dealt_with
from bot.services.members import Members, Standing
from bot.services.memory.keeping import forget
from bot.services.notes.write import begin_notes
from bot.services.private_replies import PrivateReplies
from bot.services.sessions import Sessions
from bot.services.stopping import Stops
from bot.services.tickets.naming import name_ticket
from bot.services.work import Work, WorkDatabase
from bot.slack.views import notices
from bot.storage import evidence, homes, lanes, summaries, turns
from bot.storage import sessions as rows

CONCLUSIONS_A_MINUTE: Final = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What a person says when they conclude a session."""

    session: SessionId
    outcome: Outcome
    notes: str = ""
    escalate_to: UserId | None = None
    channel: ChannelId | None = None
    ticket: str = ""
    """The number of the ticket, where the person gives one."""
    verdict: Verdict | None = None
    """What the person says of the assistant's way."""


class Conclusions:
    """Changes a session's status. Nothing here waits for the model."""

    def __init__(
        self, database: WorkDatabase, sessions: Sessions, members: Members, replies: PrivateReplies, stops: Stops
    ) -> None:
        self._database = database
        self._replies = replies
        self._sessions = sessions
        self._members = members
        self._stops = stops

    async def check(self, incoming: Incoming, session_id: SessionId) -> Session:
        """Return a session that this person may conclude now. Raises what says why not."""
        async with self._database.read(incoming.tenant) as uow:
            session = await rows.get(uow, session_id)
        if session is None:
            raise errors.SessionMissing
        with suppress(errors.PersonUnknown):  # they are asked about again when they submit
            (await self._members.standing(incoming)).check(Verb.CONCLUDE, session)
        if not allowed(session.status, Status.RESOLVED):
            raise errors.TransitionRefused
        return session

    async def conclude(self, incoming: Incoming, conclusion: Conclusion) -> Session | None:
        """Set the outcome and have the card, the thread, the lane, App Home and the notes follow.

        It is None when Slack does not say in time what the person may do. Then a job decides, and tells the person.
        """
        if conclusion.ticket.strip() and not ticket_number(conclusion.ticket):
            raise errors.NotATicket
        try:
            standing = await self._members.standing(incoming)
        except errors.PersonUnknown:
            await self._decide_later(incoming, conclusion)
            return None
        return await self._conclude(incoming, conclusion, standing)

    async def decide(self, job: Job) -> None:
        """Conclude a session, or say why not, once Slack has said what the person may do. A job."""
        incoming, conclusion = _postponed(job)
        try:
            standing = await self._members.standing(incoming, patience=None)
            session = await self._conclude(incoming, conclusion, standing)
            answer = notices.concluded(session)
        except errors.PersonUnknown:
            raise  # it is tried again
        except (errors.Refused, errors.SlackFault) as reason:
            answer = notices.refused(reason)
        await self._replies.tell(incoming, answer)

    async def give_up_deciding(self, job: Job) -> None:
        """Tell a person that nobody could say what they may do, and that nothing was done."""
        incoming, _ = _postponed(job)
        reason = errors.PersonUnknown()
        try:
            await self._members.standing(incoming)
        except errors.PersonUnknown as unknown:  # it says whether it is the person or the user group
            reason = unknown
        await self._replies.tell(incoming, notices.refused(reason))

    async def _decide_later(self, incoming: Incoming, conclusion: Conclusion) -> None:
        async with self._database.write(incoming.tenant) as work:
            session = await work.session(conclusion.session)
            if await work.first_time(incoming):
                await work.enqueue(
                    JobName.DECIDE,
                    session=conclusion.session,
                    user=incoming.user,
                    delivery=incoming.delivery,
                    channel=incoming.channel or session.channel,
                    thread=incoming.answered_in if incoming.channel else session.thread,
                    response_url=incoming.response_url,
                    outcome=conclusion.outcome.value,
                    notes=safety.redact(conclusion.notes).text,
                    escalate_to=conclusion.escalate_to,
                    notes_channel=conclusion.channel,
                    ticket=ticket_number(conclusion.ticket),
                    verdict=conclusion.verdict.value if conclusion.verdict is not None else None,
                )

    async def _conclude(self, incoming: Incoming, conclusion: Conclusion, standing: Standing) -> Session:
        async with self._database.write(incoming.tenant) as work:
            session = await work.session(conclusion.session)
            if not await work.first_time(incoming):
                return session
            standing.check(Verb.CONCLUDE, session)
            former, session = session.status, _moved(work, session, Status(conclusion.outcome.value))
            await work.limit(incoming.user, "conclude", CONCLUSIONS_A_MINUTE)
            session = await rows.save(work, _concluded(work, session, conclusion))
            if number := ticket_number(conclusion.ticket):
                await name_ticket(work, session, number)
            await self._follow(work, session, former)
        self._stops.request(f"talk:{session.id}")
        self._stops.request(f"brief:{session.id}")
        return session

    async def _follow(self, work: Work, session: Session, former: Status) -> None:
        await work.redraw_card(session.id)
        await lanes.touch(work, session.id)  # whether answers can be sent depends on the status
        await work.redraw_lane(session.id)
        await work.redraw_homes(session)
        if session.status is Status.RESOLVED:
            await begin_notes(work, session.id)
        else:
            await announce(work, session, session.status.value)
        await withdraw(work, session, former)

    async def conclude_waiting(self, click: Click) -> int:
        """Resolve the sessions in which nobody has said anything for a day, as many as a minute allows.

        Returns how many are left.
        """
        standing = await self._members.standing(click)
        resolved = Conclusion(session=SessionId(""), outcome=Outcome.RESOLVED)
        async with self._database.write(click.tenant) as work:
            if not await work.first_time(click):
                return 0
            waiting = await _waiting(work, click)
            for listed in waiting.sessions:
                session = await work.session(listed.id)
                if session.status is not Status.ACTIVE:
                    continue
                standing.check(Verb.CONCLUDE, session)
                await work.limit(click.user, "conclude", CONCLUSIONS_A_MINUTE)
                moved = _moved(work, session, Status.RESOLVED)
                await self._follow(work, await rows.save(work, _concluded(work, moved, resolved)), session.status)
        for session in waiting.sessions:
            self._stops.request(f"talk:{session.id}")
        return waiting.total - len(waiting.sessions)

    async def pause_waiting(self, click: Click) -> int:
        """Pause the sessions in which nobody has said anything for a day, without a word. Returns how many are left."""
        async with self._database.write(click.tenant) as work:
            if not await work.first_time(click):
                return 0
            waiting = await _waiting(work, click)
            for listed in waiting.sessions:
                await _pause(work, listed.id)
        return waiting.total - len(waiting.sessions)

    async def pause_idle(self, tenant: Tenant, session_id: SessionId) -> None:
        """Pause a session without a word. The card, the lane and App Home show it."""
        async with self._database.write(tenant) as work:
            await _pause(work, session_id)

    async def resume(self, click: Click) -> None:
        """Go on with a paused session. What was said meanwhile is answered."""
        await self._reactivate(click, Status.PAUSED, "resumed")

    async def reopen(self, click: Click) -> None:
        """Take a concluded session up again. Only its owner may."""
        await self._reactivate(click, None, "reopened")

    async def _reactivate(self, click: Click, only: Status | None, what: str) -> None:
        standing = await self._members.person(click)
        async with self._database.write(click.tenant) as work:
            session = await work.session(click.session)
            standing.check(Verb.RESUME, session)
            if not await work.first_time(click):
                return
            if only is not None and session.status is not only:
                raise errors.TransitionRefused
            former, session = session.status, _moved(work, session, Status.ACTIVE)
            await self._activated(work, session, former, what)

    async def _activated(self, work: Work, session: Session, former: Status, what: str) -> None:
        session = await rows.save(work, replace(session, concluded_at=None, escalated_to=None, verdict=None))
        await forget(work, session.id)
        await work.redraw_card(session.id)
        await announce(work, session, what, session.owner)
        await lanes.touch(work, session.id)
        await work.redraw_lane(session.id)
        await withdraw(work, session, former)
        await work.redraw_homes(session)
        if await turns.unanswered(work, session.id):
            await work.reply(session.id)

    async def take_over(self, click: Click) -> None:
        """Become the owner of an escalated session and go on with it in its thread.

        Only their owner sees direct messages. A session of theirs goes on in those of whoever takes it over.
        """
        standing = await self._members.standing(click)
        standing.check(Verb.TAKE_OVER)
        elsewhere = await self._elsewhere(click)
        async with self._database.write(click.tenant) as work:
            session = await work.session(click.session)
            if not await work.first_time(click):
                return
            await _check_not_taken(work, session, click.user)
            if elsewhere is not None:
                await self._go_on(work, click, session, replace(session, owner=click.user, channel=elsewhere))
            else:
                mine = replace(_moved(work, session, Status.ACTIVE), owner=click.user)
                await self._activated(work, mine, Status.ESCALATED, "taken_over")
            await work.redraw_home(session.owner)

    async def _elsewhere(self, click: Click) -> ChannelId | None:
        """Tell where an escalated session goes on for whoever takes it over. It is None for its own thread.

        Raises `NotInTheThread` for a thread in a channel that they are not in.
        """
        async with self._database.read(click.tenant) as uow:
            session = await rows.get(uow, click.session)
        if session is None or session.status is not Status.ESCALATED or click.channel == session.channel:
            return None
        if session.direct:
            return None if click.user == session.owner else await self._sessions.direct_channel(click)
        if session.channel not in await self._members.channels(click.tenant, click.user, Verb.TAKE_OVER):
            raise errors.NotInTheThread
        return None

    async def resume_in_new_chat(self, click: Click) -> None:
        """Go on in a new thread that starts from a summary of this one."""
        standing = await self._members.person(click)
        async with self._database.write(click.tenant) as work:
            session = await work.session(click.session)
            standing.check(Verb.RESUME, session)
            if not await work.first_time(click):
                return
            if session.status is not Status.PAUSED:
                raise errors.TransitionRefused
            await self._go_on(work, click, session, session)

    async def _go_on(self, work: Work, click: Click, session: Session, following: Session) -> None:
        """Let a session go on in a new thread. Owner and conversation of that are those of `following`."""
        former, ended = session.status, _moved(work, session, Status.CONTINUED)
        ended = await rows.save(work, replace(ended, concluded_at=work.now))
        await withdraw(work, ended, former)
        files = [one for one in await evidence.of_session(work, session.id) if one.unread is None]
        text = prompts.continuation(await _known(work, session, [one.name for one in files if one.name]))
        along = [replace(one, position=position) for position, one in enumerate(files)]
        await self._sessions.continue_in_new_thread(work, click, following, text, along)
        await work.redraw_card(session.id)
        await work.redraw_lane(session.id)


async def _known(work: Work, session: Session, files: Sequence[str]) -> Earlier:
    """Read what goes along with a session into a new thread: tasks, files, summary, and what people wrote."""
    dealt = await dealt_with(work, session.id)
    dialogue = await summaries.dialogue(work, session)
    return Earlier(
        session=session,
        lane=dealt.lane,
        handled=dealt.handled,
        newest=await turns.newest_reply(work, session.id),
        evidence=files,
        summary=dialogue.summary.text if dialogue.summary is not None else "",
        summarised=dialogue.messages,
        written=written(dialogue),
    )


async def _check_not_taken(work: Work, session: Session, user: UserId) -> None:
    """Raise when an escalated session was taken over or concluded before."""
    owner = session.owner if session.status is Status.ACTIVE else None
    if session.status is Status.CONTINUED and (following := await rows.continuing(work, session.id)) is not None:
        owner = following.owner
    if owner not in (None, user):
        raise errors.AlreadyTakenOver(str(owner))
    if session.status is not Status.ESCALATED:
        raise errors.TransitionRefused


async def _waiting(work: Work, click: Click) -> homes.SessionPage:
    return await homes.waiting(work, click.user, work.now - WAITING_AFTER, CONCLUSIONS_A_MINUTE)


async def _pause(work: Work, session_id: SessionId) -> None:
    session = await work.session(session_id)
    if session.status is not Status.ACTIVE:
        return
    await rows.save(work, _moved(work, session, Status.PAUSED))
    await work.redraw_card(session.id)
    await lanes.touch(work, session.id)
    await work.redraw_lane(session.id)
    await work.redraw_homes(session)


def _moved(work: Work, session: Session, status: Status) -> Session:
    """Change the status, keeping the time that was worked. It is the caller who saves."""
    if not allowed(session.status, status):
        raise errors.TransitionRefused
    active_since = work.now if status is Status.ACTIVE else session.active_since
    return replace(session, status=status, worked=time_spent(session, work.now), active_since=active_since)


def _concluded(work: Work, session: Session, conclusion: Conclusion) -> Session:
    resolution = safety.redact(conclusion.notes.strip()).text or DEFAULT_RESOLUTION[conclusion.outcome]
    return replace(
        session,
        resolution=resolution or session.resolution,
        concluded_at=work.now,
        escalated_to=conclusion.escalate_to,
        notes_channel=conclusion.channel,
        verdict=conclusion.verdict if conclusion.outcome is Outcome.RESOLVED else None,
    )


def _postponed(job: Job) -> tuple[Incoming, Conclusion]:
    """Read back what a conclusion has put into a job."""
    channel, thread = job.optional("channel"), job.optional("thread")
    escalate_to, notes_channel = job.optional("escalate_to"), job.optional("notes_channel")
    incoming = Incoming(
        tenant=job.tenant,
        user=job.user,
        delivery=DeliveryId(f"{job.text('delivery')}:decided"),
        channel=ChannelId(channel) if channel else None,
        thread=MessageTs(thread) if thread else None,
        response_url=job.optional("response_url"),
    )
    conclusion = Conclusion(
        session=job.session,
        outcome=Outcome(job.text("outcome")),
        notes=job.text("notes"),
        escalate_to=UserId(escalate_to) if escalate_to else None,
        channel=ChannelId(notes_channel) if notes_channel else None,
        ticket=job.optional("ticket") or "",
        verdict=Verdict(verdict) if (verdict := job.optional("verdict")) else None,
    )
    return incoming, conclusion

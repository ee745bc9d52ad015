"""Concluding a session, and everything that brings it back: the status changes at once, the rest follows."""

from dataclasses import dataclass, replace
from typing import Final

from bot import errors
from bot.domain import prompts, safety
from bot.domain.ids import ChannelId, SessionId, Tenant, UserId
from bot.domain.sessions import (
    DEFAULT_RESOLUTION,
    Outcome,
    Session,
    Status,
    allowed,
    may_conclude,
    may_take_over,
    time_spent,
)
from bot.services.announcements import announce, withdraw
from bot.services.lane import refuse
from bot.services.members import Members
from bot.services.notes.write import Notes
from bot.services.sessions import Sessions
from bot.services.stopping import Stops
from bot.services.tools import (
    By,
    Tools,
    existing,
    first_time,
    redraw_card,
    redraw_home,
    redraw_lane,
)
from bot.storage import lanes, limits, turns
from bot.storage import sessions as rows
from bot.storage.database import UnitOfWork

CONCLUSIONS_A_MINUTE: Final = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What a person says when they conclude a session."""

    outcome: Outcome
    notes: str = ""
    escalate_to: UserId | None = None
    channel: ChannelId | None = None


class Conclusions:
    """Changes a session's status; nothing here waits for the model."""

    def __init__(self, tools: Tools, sessions: Sessions, notes: Notes, members: Members, stops: Stops) -> None:
        self._tools = tools
        self._sessions = sessions
        self._notes = notes
        self._members = members
        self._stops = stops

    async def check(self, tenant: Tenant, user: UserId, session_id: SessionId) -> Session:
        """Return a session that this person may conclude now; raises what says why not."""
        member = await self._members.get(tenant, user)
        engineers = await self._members.engineers(tenant)
        async with self._tools.database.read() as uow:
            session = await rows.get(uow, tenant, session_id)
        if session is None:
            raise errors.SessionMissing
        refuse(may_conclude(session, member, engineers))
        if not allowed(session.status, Status.RESOLVED):
            raise errors.TransitionRefused
        return session

    async def conclude(self, tenant: Tenant, by: By, session_id: SessionId, conclusion: Conclusion) -> Session:
        """Set the outcome and have the card, the thread, the lane, App Home and the notes follow."""
        member = await self._members.get(tenant, by.user)
        engineers = await self._members.engineers(tenant)
        async with self._tools.database.write() as uow:
            session = await existing(uow, tenant, session_id)
            if not await first_time(self._tools, uow, tenant, by):
                return session
            refuse(may_conclude(session, member, engineers))
            before, session = session.status, self._moved(session, Status(conclusion.outcome.value))
            await self._count(uow, tenant, by.user)
            said = safety.redact(conclusion.notes.strip()).text or DEFAULT_RESOLUTION[conclusion.outcome]
            session = await rows.save(
                uow,
                tenant,
                replace(
                    session,
                    resolution=said or session.resolution,
                    concluded_at=self._tools.clock(),
                    escalated_to=conclusion.escalate_to,
                    notes_channel=conclusion.channel,
                ),
            )
            await self._follow(uow, tenant, session, before)
        self._stops.request(f"talk:{session_id}")
        return session

    async def _count(self, uow: UnitOfWork, tenant: Tenant, user: UserId) -> None:
        wait = await limits.take(
            uow,
            tenant,
            user,
            "conclude",
            limit=CONCLUSIONS_A_MINUTE,
            window=60.0,
            now=self._tools.clock(),
        )
        if wait is not None:
            raise errors.TryAgainLater(wait)

    def _moved(self, session: Session, status: Status) -> Session:
        """Change the status, keeping the time that was worked; it is the caller who saves."""
        if not allowed(session.status, status):
            raise errors.TransitionRefused
        now = self._tools.clock()
        active_since = now if status is Status.ACTIVE else session.active_since
        return replace(session, status=status, worked=time_spent(session, now), active_since=active_since)

    async def _follow(self, uow: UnitOfWork, tenant: Tenant, session: Session, before: Status) -> None:
        await redraw_card(self._tools, uow, tenant, session.id)
        await lanes.touch(uow, tenant, session.id)  # whether answers can be sent depends on the status
        await redraw_lane(self._tools, uow, tenant, session.id)
        await redraw_home(self._tools, uow, tenant, session.owner)
        if session.status is Status.RESOLVED:
            await self._notes.enqueue(uow, tenant, session.id)
        else:
            await announce(self._tools, uow, tenant, session, session.status.value)
        await withdraw(self._tools, uow, tenant, session, before)

    async def resume(self, tenant: Tenant, by: By, session_id: SessionId) -> None:
        """Go on with a paused session; what was said meanwhile is answered."""
        await self._reactivate(tenant, by, session_id, Status.PAUSED, "resumed")

    async def reopen(self, tenant: Tenant, by: By, session_id: SessionId) -> None:
        """Take a concluded session up again; only its owner may."""
        await self._reactivate(tenant, by, session_id, None, "reopened")

    async def _reactivate(self, tenant: Tenant, by: By, session_id: SessionId, only: Status | None, what: str) -> None:
        async with self._tools.database.write() as uow:
            session = await existing(uow, tenant, session_id)
            if session.owner != by.user:
                raise errors.NotTheOwner
            if not await first_time(self._tools, uow, tenant, by):
                return
            if only is not None and session.status is not only:
                raise errors.TransitionRefused
            before, session = session.status, self._moved(session, Status.ACTIVE)
            await self._activated(uow, tenant, session, before, what, by.user)

    async def _activated(
        self, uow: UnitOfWork, tenant: Tenant, session: Session, before: Status, what: str, user: UserId
    ) -> None:
        session = await rows.save(uow, tenant, replace(session, concluded_at=None, escalated_to=None))
        await redraw_card(self._tools, uow, tenant, session.id)
        await announce(self._tools, uow, tenant, session, what, user)
        await lanes.touch(uow, tenant, session.id)
        await redraw_lane(self._tools, uow, tenant, session.id)
        await withdraw(self._tools, uow, tenant, session, before)
        await redraw_home(self._tools, uow, tenant, session.owner)
        if await turns.unanswered(uow, tenant, session.id):
            await self._sessions.enqueue_reply(uow, tenant, session.id)

    async def take_over(self, tenant: Tenant, by: By, session_id: SessionId) -> None:
        """Become the owner of an escalated session, and go on with it."""
        member = await self._members.get(tenant, by.user)
        engineers = await self._members.engineers(tenant)
        async with self._tools.database.write() as uow:
            session = await existing(uow, tenant, session_id)
            refuse(may_take_over(member, engineers))
            if not await first_time(self._tools, uow, tenant, by):
                return
            if session.status is not Status.ESCALATED:
                raise errors.TransitionRefused
            owner, session = session.owner, self._moved(session, Status.ACTIVE)
            mine = replace(session, owner=by.user)
            await self._activated(uow, tenant, mine, Status.ESCALATED, "taken_over", by.user)
            await redraw_home(self._tools, uow, tenant, owner)

    async def resume_in_new_chat(self, tenant: Tenant, by: By, session_id: SessionId) -> None:
        """Go on in a new thread that starts from a summary of this one."""
        async with self._tools.database.write() as uow:
            session = await existing(uow, tenant, session_id)
            if session.owner != by.user:
                raise errors.NotTheOwner
            if not await first_time(self._tools, uow, tenant, by):
                return
            before, session = session.status, self._moved(session, Status.CONTINUED)
            session = await rows.save(uow, tenant, replace(session, concluded_at=self._tools.clock()))
            await withdraw(self._tools, uow, tenant, session, before)
            lane = await lanes.load(uow, tenant, session_id)
            handled = await lanes.handled(uow, tenant, session_id)
            said = await turns.newest_reply(uow, tenant, session_id)
            text = prompts.continuation(session, lane, handled, said)
            await self._sessions.continue_in_new_thread(uow, tenant, by, session, text)
            await redraw_card(self._tools, uow, tenant, session_id)
            await redraw_lane(self._tools, uow, tenant, session_id)

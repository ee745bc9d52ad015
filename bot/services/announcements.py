"""Announcements: what the thread, and those a session is escalated to, are told of what became of it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

from bot import errors
from bot.domain.brief import Brief, BriefState
from bot.domain.ids import Place, SessionId, Tenant, UserId
from bot.domain.jobs import Job
from bot.domain.sessions import Session, Status
from bot.errors import FaultKind
from bot.jobs.queue import JobName
from bot.services.brief import RECIPIENTS, read_brief
from bot.services.facts import facts_of
from bot.services.private_replies import PrivateReplies
from bot.services.work import Work, WorkDatabase
from bot.slack.messages.workspace import Messages
from bot.slack.views import conclude as views
from bot.slack.views import notices
from bot.slack.views.kit import Rendered, channel_name, person
from bot.slack.web.client import SlackClients
from bot.storage import sessions as rows

_NEW_THREAD: Final = 2.0
"""Seconds after which a session that lost its thread mostly has a new one."""
_OFFERING: Final = frozenset({Status.PAUSED, Status.ESCALATED})
"""What these announcements offer ends with the status."""


async def announce(work: Work, session: Session, what: str, user: UserId | None = None) -> None:
    """Have the thread told what became of its session, and the lane drawn below that.

    The revision makes each announcement a message of its own.
    """
    await work.enqueue(JobName.ANNOUNCE, session=session.id, what=what, user=user, revision=session.revision)


async def withdraw(work: Work, session: Session, former: Status) -> None:
    """Have the offers taken back that were announced with the status which a session has left."""
    if former in _OFFERING:
        await work.enqueue(JobName.WITHDRAW, session=session.id, left=former.value, revision=session.revision)


class Rerooting(Protocol):
    """Gives a session whose thread was deleted a new one."""

    async def reroot(self, job: Job, former: Session) -> None:
        """Have a new card posted, and below it what is due."""
        ...


class Announcements:
    """Posts announcements, and takes back what the old ones offer."""

    def __init__(
        self,
        database: WorkDatabase,
        slack: SlackClients,
        messages: Messages,
        replies: PrivateReplies,
        sessions: Rerooting,
    ) -> None:
        self._replies = replies
        self._sessions = sessions
        self._database = database
        self._slack = slack
        self._messages = messages

    async def post(self, job: Job) -> None:
        """Tell the thread what happened to the session and, on an escalation, those it goes to. A job."""
        session = await self._session(job)
        if session is None:
            return
        if session.thread is None:
            await self._later(job)
            return
        revision, what = job.number("revision"), job.text("what")
        key = f"{_prefix(session.id)}{revision}"
        user = job.optional("user")
        drawn = await self._drawn(job.tenant, session, what, UserId(user) if user else session.owner)
        there = True
        try:
            await self._messages.of(job.tenant).state(key, session.place).show(drawn, revision)
        except errors.ThreadGone:
            there = False
        except errors.CannotPost as fault:
            told = notices.not_shown(session, "What became", fault)
            await self._replies.inform(job.tenant, session.owner, session.place, told)
        if what == Status.ESCALATED.value:
            await self._alert(job, session, key)
        if not there:
            await self._sessions.reroot(job, session)
            await self._later(job)

    async def _later(self, job: Job) -> None:
        """Have the announcement made in the thread that the session gets."""
        async with self._database.write(job.tenant) as work:
            await work.enqueue(JobName.ANNOUNCE, at=work.now + _NEW_THREAD, **job.args)

    async def withdraw(self, job: Job) -> None:
        """Take the buttons off the newest announcement before a revision, wherever it was made. A job."""
        session = await self._session(job)
        if session is None or session.thread is None:
            return
        messages, revision = self._messages.of(job.tenant), job.number("revision")
        keys = await messages.keys(_prefix(session.id))
        before = [announced for key in keys if (announced := _revision(key)) < revision]
        if not before:
            return
        key = f"{_prefix(session.id)}{max(before)}"
        escalated = Status(job.text("left")) is Status.ESCALATED
        over = views.escalated(session, over=True) if escalated else views.paused(session, over=True)
        await messages.state(key).amend(over, revision)
        alerts = [f"{key}:{to}" for to in RECIPIENTS if f"{key}:{to}" in keys]
        if alerts:
            brief, link = await self._brief(job, max(before))
            for alert in alerts:
                message = messages.state(alert)
                stored = await message.stored()
                if stored is not None:
                    drawn = views.escalation_alert(session, link, brief, over=True)
                    await message.amend(drawn, max(revision, stored.shown + 1))

    async def _brief(self, job: Job, revision: int) -> tuple[Brief, str]:
        """Read what is known of an escalated session, and where its thread is."""
        async with self._database.read(job.tenant) as uow:
            facts = await facts_of(uow, job.session, self._database.clock())
            assert facts is not None
            brief = await read_brief(uow, facts, revision)
        session = facts.session
        assert session.thread is not None
        return brief, await self._slack.of(job.tenant).permalink(session.channel, session.thread)

    async def _session(self, job: Job) -> Session | None:
        async with self._database.read(job.tenant) as uow:
            return await rows.get(uow, job.session)

    async def _drawn(self, tenant: Tenant, session: Session, what: str, user: UserId) -> Rendered:
        plain: dict[str, Callable[[], Rendered]] = {
            "escalated": lambda: views.escalated(session),
            "paused": lambda: views.paused(session),
            "resumed": lambda: views.resumed(user),
            "reopened": lambda: views.reopened(user),
            "taken_over": lambda: views.taken_over(user),
        }
        if what in plain:
            return plain[what]()
        return views.continued(await self._link_to_next(tenant, session))

    async def _link_to_next(self, tenant: Tenant, session: Session) -> str:
        async with self._database.read(tenant) as uow:
            following = await rows.continuing(uow, session.id)
        if following is None or following.thread is None:
            return ""
        return await self._slack.of(tenant).permalink(following.channel, following.thread)

    async def _alert(self, job: Job, session: Session, key: str) -> None:
        """Brief the person and the channel that a session was escalated to. One that cannot be told is said.

        What the data knows is there at once. What the model adds follows in a job of its own.
        """
        tenant, revision = job.tenant, job.number("revision")
        slack, messages = self._slack.of(tenant), self._messages.of(tenant)
        if session.escalated_to is None and session.notes_channel is None:
            return
        brief, link = await self._brief(job, revision)
        expected = replace(brief, state=BriefState.WRITING) if brief.state is BriefState.NONE else brief
        alert = views.escalation_alert(session, link, expected)
        untold: list[Rendered] = []
        if (to := session.escalated_to) is not None:
            try:
                place = Place(channel=await slack.direct_channel(to))
                await messages.state(f"{key}:person", place).show(alert, revision)
            except errors.SlackFault as fault:
                untold.append(_untold(views.not_told(person(to), fault), fault))
        if (channel := session.notes_channel) is not None:
            try:
                await messages.state(f"{key}:channel", Place(channel=channel)).show(alert, revision)
            except errors.SlackFault as fault:
                untold.append(_untold(views.not_told(channel_name(channel), fault), fault))
        async with self._database.write(tenant) as work:
            await work.enqueue(JobName.BRIEF, session=session.id, revision=revision)
        for notice in untold:
            await self._replies.inform(tenant, session.owner, session.place, notice)


def _untold(notice: Rendered, fault: errors.SlackFault) -> Rendered:
    """Return what the owner is told of a fault that stays. One that passes by itself is raised."""
    if fault.kind is FaultKind.TRANSIENT:
        raise fault
    return notice


def _prefix(session_id: SessionId) -> str:
    return f"announce:{session_id}:"


def _revision(key: str) -> int:
    return int(key.split(":")[2])

"""Announcements: what the thread, and those a session is escalated to, are told of what became of it."""

from collections.abc import Callable
from typing import Final

from bot import errors
from bot.domain.ids import Place, SessionId, Tenant, UserId
from bot.domain.sessions import Session, Status
from bot.jobs.queue import Args, Job, JobName
from bot.services.tools import SHOWN_AT_ONCE, Tools, thread_of
from bot.slack.views import conclude as views
from bot.slack.views.kit import Rendered
from bot.storage import live
from bot.storage import sessions as rows
from bot.storage.database import UnitOfWork

_OFFERING: Final = frozenset({Status.PAUSED, Status.ESCALATED})
"""What these announcements offer ends with the status."""


async def announce(
    tools: Tools, uow: UnitOfWork, tenant: Tenant, session: Session, what: str, user: UserId | None = None
) -> None:
    """Have the thread told what became of its session, and the lane drawn below that.

    The revision makes each announcement a message of its own.
    """
    args = {"session": session.id, "what": what, "user": user, "revision": session.revision}
    await _enqueue(tools, uow, tenant, JobName.ANNOUNCE, session, args)


async def withdraw(tools: Tools, uow: UnitOfWork, tenant: Tenant, session: Session, left: Status) -> None:
    """Have the offers taken back that were announced with the status which a session has left."""
    if left in _OFFERING:
        args = {"session": session.id, "left": left.value, "revision": session.revision}
        await _enqueue(tools, uow, tenant, JobName.WITHDRAW, session, args)


async def _enqueue(tools: Tools, uow: UnitOfWork, tenant: Tenant, name: JobName, session: Session, args: Args) -> None:
    lock = f"lane:{session.id}"
    await tools.queue.enqueue(uow, Job(name=name, tenant=tenant, args=args, lock=lock, priority=SHOWN_AT_ONCE))


class Announcements:
    """Posts announcements, and takes back what the old ones offer."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    async def post(self, tenant: Tenant, session_id: SessionId, what: str, user: UserId | None, revision: int) -> None:
        """Tell the thread what happened to the session and, on an escalation, those it goes to. A job."""
        session = await self._session(tenant, session_id)
        if session is None or session.thread is None:
            return
        key = f"{_prefix(session_id)}{revision}"
        message = await self._drawn(tenant, session, what, user)
        await self._tools.board.show(tenant, key, thread_of(session), message, revision)
        if what == Status.ESCALATED.value:
            await self._alert(tenant, session, key, revision)

    async def withdraw(self, tenant: Tenant, session_id: SessionId, left: Status, revision: int) -> None:
        """Take the buttons off the newest announcement before a revision, wherever it was made. A job."""
        session = await self._session(tenant, session_id)
        if session is None or session.thread is None:
            return
        async with self._tools.database.read() as uow:
            keys = await live.keys(uow, tenant, _prefix(session_id))
        before = [made for key in keys if (made := _revision(key)) < revision]
        if not before:
            return
        key, board = f"{_prefix(session_id)}{max(before)}", self._tools.board
        over = views.escalated(session, over=True) if left is Status.ESCALATED else views.paused(session, over=True)
        await board.amend(tenant, key, over, revision)
        alerts = [f"{key}:{to}" for to in ("person", "channel") if f"{key}:{to}" in keys]
        if alerts:
            link = await self._tools.slack.permalink(tenant, session.channel, session.thread)
            for alert in alerts:
                await board.amend(tenant, alert, views.escalation_alert(session, link, over=True), revision)

    async def _session(self, tenant: Tenant, session_id: SessionId) -> Session | None:
        async with self._tools.database.read() as uow:
            return await rows.get(uow, tenant, session_id)

    async def _drawn(self, tenant: Tenant, session: Session, what: str, user: UserId | None) -> Rendered:
        person = user or session.owner
        plain: dict[str, Callable[[], Rendered]] = {
            "escalated": lambda: views.escalated(session),
            "paused": lambda: views.paused(session),
            "resumed": lambda: views.resumed(person),
            "reopened": lambda: views.reopened(person),
            "taken_over": lambda: views.taken_over(person),
        }
        if what in plain:
            return plain[what]()
        return views.continued(await self._link_to_next(tenant, session))

    async def _link_to_next(self, tenant: Tenant, session: Session) -> str:
        async with self._tools.database.read() as uow:
            following = await rows.continuing(uow, tenant, session.id)
        if following is None or following.thread is None:
            return ""
        return await self._tools.slack.permalink(tenant, following.channel, following.thread)

    async def _alert(self, tenant: Tenant, session: Session, key: str, revision: int) -> None:
        """Tell the person and the channel that a session was escalated to; one that cannot be told is said."""
        assert session.thread is not None
        link = await self._tools.slack.permalink(tenant, session.channel, session.thread)
        alert = views.escalation_alert(session, link)
        if session.escalated_to is not None:
            channel = await self._tools.slack.direct_channel(tenant, session.escalated_to)
            await self._tools.board.show(tenant, f"{key}:person", Place(channel=channel), alert, revision)
        if session.notes_channel is not None:
            place = Place(channel=session.notes_channel)
            try:
                await self._tools.board.show(tenant, f"{key}:channel", place, alert, revision)
            except (errors.NotInChannel, errors.ChannelGone, errors.ChannelArchived) as fault:
                await self._tools.slack.ephemeral(
                    tenant,
                    thread_of(session),
                    session.owner,
                    views.not_told(session.notes_channel, fault),
                )


def _prefix(session_id: SessionId) -> str:
    return f"announce:{session_id}:"


def _revision(key: str) -> int:
    return int(key.split(":")[2])

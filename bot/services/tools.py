"""What every service works with, handed in once by the app."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot import errors
from bot.domain.ids import DeliveryId, MessageTs, Place, SessionId, Tenant, UserId
from bot.domain.sessions import Session
from bot.jobs.queue import Job, JobName, Queue
from bot.slack.messages.live import LiveMessages
from bot.slack.messages.state import Board
from bot.slack.web.client import SlackClient
from bot.storage import inbox
from bot.storage import sessions as session_rows
from bot.storage.database import Database, UnitOfWork

TALK = "talk"
"""Replies and notes of one session take turns under this lock."""

STATUS: Final = 3
"""The priority of the card, which says how a session stands."""
SHOWN_AT_ONCE: Final = 2
"""The priority of what a person waits for."""
WRITTEN: Final = 1
"""The priority of replies and notes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """Database, queue and Slack, and the two things that tests replace: the clock and new ids."""

    database: Database
    queue: Queue
    slack: SlackClient
    board: Board
    live: LiveMessages
    clock: Callable[[], float]
    new_id: Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who asks, on which delivery of Slack's, and how the message they clicked can be redrawn."""

    user: UserId
    delivery: DeliveryId
    response_url: str | None = None
    at: float | None = None
    """When they did it, by Slack's clock; None where Slack does not say."""
    view: str = ""
    """The id of the modal or App Home in which they did it."""


def random_id() -> str:
    """Make an id that fits Slack's button values and is safe in a file name."""
    return secrets.token_hex(8)


async def first_time(tools: Tools, uow: UnitOfWork, tenant: Tenant, by: By) -> bool:
    """Tell whether this delivery is new; Slack repeats what it is not sure that we got."""
    return await inbox.first_time(uow, tenant, by.delivery, tools.clock())


async def newest(tools: Tools, uow: UnitOfWork, tenant: Tenant, by: By, *subjects: str) -> bool:
    """Tell whether this delivery is new, and nothing done later on the first of its subjects was handled before it."""
    if by.at is None:
        return await first_time(tools, uow, tenant, by)
    return await inbox.newest(uow, tenant, by.delivery, subjects, by.at, tools.clock())


async def existing(uow: UnitOfWork, tenant: Tenant, session: SessionId) -> Session:
    """Read a session for change; `SessionMissing` when this workspace has none of that id."""
    found = await session_rows.lock(uow, tenant, session)
    if found is None:
        raise errors.SessionMissing
    return found


async def redraw_card(tools: Tools, uow: UnitOfWork, tenant: Tenant, session: SessionId, *, delay: float = 0.0) -> None:
    """Have the session card drawn again once this transaction is committed."""
    job = Job(
        name=JobName.CARD,
        tenant=tenant,
        args={"session": session},
        lock=f"card:{session}",
        priority=STATUS,
        run_at=tools.clock() + delay if delay else None,
        coalesce=True,
    )
    await tools.queue.enqueue(uow, job)


async def redraw_lane(
    tools: Tools,
    uow: UnitOfWork,
    tenant: Tenant,
    session: SessionId,
    response_url: str | None = None,
    *,
    delay: float = 0.0,
) -> None:
    """Have the lane drawn again; a click on it hands in the URL through which that is free."""
    job = Job(
        name=JobName.LANE,
        tenant=tenant,
        args={"session": session, "response_url": response_url},
        lock=f"lane:{session}",
        priority=SHOWN_AT_ONCE,
        run_at=tools.clock() + delay if delay else None,
        coalesce=True,
    )
    await tools.queue.enqueue(uow, job)


async def redraw_home(tools: Tools, uow: UnitOfWork, tenant: Tenant, user: UserId, *, delay: float = 0.0) -> None:
    """Have a person's App Home drawn again; requests that still wait become one."""
    job = Job(
        name=JobName.HOME,
        tenant=tenant,
        args={"user": user},
        lock=f"home:{user}",
        run_at=tools.clock() + delay if delay else None,
        coalesce=True,
    )
    await tools.queue.enqueue(uow, job)


async def catch_up(tools: Tools, uow: UnitOfWork, tenant: Tenant, session: Session, since: MessageTs) -> None:
    """Have read back what was said in a session's thread after a message that came late."""
    args = {"channel": session.channel, "root": session.thread, "since": since}
    lock = f"catch_up:{session.id}"
    await tools.queue.enqueue(uow, Job(name=JobName.CATCH_UP, tenant=tenant, args=args, lock=lock, priority=WRITTEN))


def thread_of(session: Session) -> Place:
    """The place of everything that belongs to a session, its card included once the thread exists."""
    return Place(channel=session.channel, thread=session.thread)

"""The transaction of a use case: it knows its workspace, the time, and the jobs that follow it."""

import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

from bot import errors, tracing
from bot.domain.evidence import Evidence
from bot.domain.ids import DeliveryId, EvidenceId, SessionId, Tenant, TurnId, UserId
from bot.domain.incoming import Incoming, IncomingMessage, MessageTakenBack
from bot.domain.jobs import TRACE, Value
from bot.domain.pacing.publishing import Publishing
from bot.domain.sessions import Author, Session, Turn
from bot.jobs.queue import JobKind, JobName, Queue
from bot.metrics import Metrics
from bot.storage import evidence, inbox, lanes, limits, turns
from bot.storage import sessions as session_rows
from bot.storage.database import Database, UnitOfWork

_SAME_TRACE: Final = 60.0
"""Seconds within which a job is still part of what asked for it. What is due later begins a trace of its own."""
Kinds = Mapping[JobName, JobKind[Any]]


def random_id() -> str:
    """Make an id that fits Slack's button values and is safe in a file name."""
    return secrets.token_hex(8)


class WorkDatabase:
    """The database as the services see it, with the queue, the clock and the source of new ids."""

    def __init__(
        self,
        database: Database,
        queue: Queue,
        kinds: Kinds,
        clock: Callable[[], float],
        metrics: Metrics,
        new_id: Callable[[], str] = random_id,
    ) -> None:
        """Bring together what a use case needs. `kinds` says what is true of every job of a name."""
        self._database = database
        self.queue = queue
        self.kinds = kinds
        self.clock = clock
        self.metrics = metrics
        self.new_id = new_id
        self.publishing = Publishing()
        """Whose App Home has to wait for that of others."""

    @property
    def shared(self) -> bool:
        """Whether other processes work on the same database."""
        return self._database.shared

    @asynccontextmanager
    async def write(self, tenant: Tenant) -> AsyncIterator["Work"]:
        """Open the transaction of a use case. It is committed at the end, or rolled back when the body raises."""
        async with self._database.write(tenant) as uow:
            yield Work(uow, self)

    @asynccontextmanager
    async def read(self, tenant: Tenant) -> AsyncIterator[UnitOfWork]:
        """Open a transaction that only reads, everything as it was at one moment."""
        async with self._database.read(tenant) as uow:
            yield uow

    @property
    def everywhere(self) -> Database:
        """The database for what is done across all workspaces."""
        return self._database


class Work(UnitOfWork):
    """What one use case does in one workspace, all of it or nothing."""

    def __init__(self, uow: UnitOfWork, tools: WorkDatabase) -> None:
        super().__init__(uow.connection, uow.tenant)
        self._uow = uow
        self._tools = tools
        self.now = tools.clock()
        """The unix time at which the use case began."""

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Have a plain callable run once the transaction is committed. It never runs after a rollback."""
        self._uow.after_commit(callback)

    def new_id(self) -> str:
        """Make an id for something new."""
        return self._tools.new_id()

    async def first_time(self, incoming: Incoming | MessageTakenBack) -> bool:
        """Tell whether this delivery is new. Slack repeats what it is not sure that we got."""
        tracing.note(delivery=incoming.delivery, team=self.team)
        return await inbox.first_time(self, incoming.delivery, self.now)

    async def newest(self, incoming: Incoming, *subjects: str, unless: DeliveryId | None = None) -> bool:
        """Tell whether this delivery is new, and nothing done later on the first of its subjects was handled before.

        It is False, too, once `unless` was handled.
        """
        if incoming.at is None:
            ended = unless is not None and await inbox.known(self, unless)
            return not ended and await self.first_time(incoming)
        tracing.note(delivery=incoming.delivery, team=self.team)
        return await inbox.newest(self, incoming.delivery, subjects, incoming.at, self.now, unless)

    async def limit(self, user: UserId, kind: str, a_minute: int) -> None:
        """Count what a person does. Raises `TryAgainLater` when that is more than so often a minute."""
        wait = await limits.take(self, user, kind, limit=a_minute, window=60.0, now=self.now)
        if wait is not None:
            raise errors.TryAgainLater(wait)

    async def session(self, session_id: SessionId) -> Session:
        """Read a session for change. Raises `SessionMissing` when this workspace has none of that id."""
        session = await session_rows.lock(self, session_id)
        if session is None:
            raise errors.SessionMissing
        return session

    def turn(self, incoming: Incoming, text: str, source: str | None = None) -> Turn:
        """Make a turn of what a person said."""
        at = self.now if incoming.at is None else incoming.at
        id = TurnId(self.new_id())
        return Turn(id=id, author=Author.MEMBER, user=incoming.user, text=text, at=at, source=source)

    async def add_turn(self, session: SessionId, turn: Turn) -> Turn | None:
        """Add a turn, and return it with its place. It is None when one of the same source is there already."""
        added = await turns.add(self, session, turn)
        if added is not None:
            self.after_commit(partial(self._tools.metrics.turns.labels(turn.author).inc))
        return added

    async def add_message(self, session: SessionId, turn: Turn, message: IncomingMessage) -> bool:
        """Add the turn that a message is, with its files. It is False when the message was taken before."""
        if await self.add_turn(session, turn) is None:
            return False
        files = [
            Evidence(id=EvidenceId(self.new_id()), session=session, turn=turn.id, position=position, file=file)
            for position, file in enumerate(message.content.all_files)
        ]
        await evidence.add(self, files)
        return True

    async def enqueue(self, name: JobName, *, at: float | None = None, **args: Value) -> None:
        """Have a job done once this transaction is committed, or later, `at` a unix time."""
        kind: JobKind[Any] = self._tools.kinds[name]
        soon = at is None or at - self.now < _SAME_TRACE
        if soon and (step := tracing.carried()) is not None:
            args = {**args, TRACE: step}
        await self._tools.queue.enqueue(self, kind.job(name, self.tenant, at, args))

    async def redraw_card(self, session: SessionId, *, delay: float = 0.0) -> None:
        """Have the session card drawn again."""
        await self.enqueue(JobName.CARD, at=self._in(delay), session=session)

    async def redraw_lane(self, session: SessionId, response_url: str | None = None, *, delay: float = 0.0) -> None:
        """Have the lane drawn again. A click on it hands in the URL through which that is free."""
        await self.enqueue(JobName.LANE, at=self._in(delay), session=session, response_url=response_url)

    async def redraw_home(self, user: UserId, *, delay: float = 0.0) -> None:
        """Have a person's App Home drawn again, as soon as it has not to wait for that of others."""
        delay = max(delay, self._tools.publishing.wait(self.team, user, self.now))
        await self.enqueue(JobName.HOME, at=self._in(delay), user=user)

    async def redraw_homes(self, session: Session, *, delay: float = 0.0, shared: bool = True) -> None:
        """Have App Home drawn again for the owner of a session and, if it is shared, for those with a task of it."""
        others = await lanes.assignees(self, session.id) if shared else ()
        for user in sorted({session.owner, *others}):  # two at once would block each other
            await self.redraw_home(user, delay=delay)

    async def reply(self, session: SessionId) -> None:
        """Have the newest turns answered, after whatever is being written in this session."""
        await self.enqueue(JobName.REPLY, session=session)

    def _in(self, delay: float) -> float | None:
        return self.now + delay if delay else None

"""Who waits to write into a SQLite file. Those who wait together share one transaction, and so one trip to the disk."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import islice
from typing import Final

from sqlalchemy.exc import DBAPIError

from bot.errors import StorageUnavailable
from bot.storage import dialects
from bot.storage.direct import DirectConnection, SharedTransaction

PATIENCE: Final = 2.5
"""Seconds for which a person's turn may be waited for. Slack waits three for the answer."""
JOBS_PATIENCE: Final = 15.0
"""Seconds for which a job's turn may be waited for."""
HANGS: Final = 2.0
"""Seconds after which somebody's turn is over, whatever they still wait for."""
MOST: Final = 64
"""How many share a transaction at most, and how many are woken for one."""
LONGEST: Final = 0.02
"""Seconds after which a transaction takes in nobody else. Those who are done wait for its commit."""
STARVED: Final = 0.25
"""Seconds after which a job that waits goes first, however many people wait."""
TOO_MANY: Final = "too many wait to write"
TOO_LONG: Final = "it takes too long"
LOST: Final = "what was written was rolled back"


class WriteTurn:
    """Somebody's turn in a transaction that others share."""

    def __init__(self, since: float) -> None:
        self.since = since
        loop = asyncio.get_running_loop()
        self.called: asyncio.Future[None] = loop.create_future()
        """Done when it is worth looking whether the turn has come."""
        self.refused: BaseException | None = None
        """Why it will not come."""
        self.stored: asyncio.Future[None] = loop.create_future()
        """Done with the commit."""
        self.connection: DirectConnection
        self.after_commit: Callable[[], None] | None = None
        """What runs right after the commit, also when the one who wrote has been cancelled since."""

    def tell(self, error: Exception | None) -> None:
        """Tell that what was written is on the disk, or why it is not."""
        if error is None:
            if self.after_commit is not None:
                asyncio.get_running_loop().call_soon(self.after_commit)
            if not self.stored.done():
                self.stored.set_result(None)
        elif not self.stored.done():
            self.stored.set_exception(dialects.for_each(error))
            self.stored.exception()  # nobody may be there to ask for it


class WriteLine:
    """The line in front of the one connection that writes: people first, jobs behind them.

    Each has their turn alone. One who raises, or is cancelled, takes nothing of the others with it. Whoever is done is
    answered after the common commit, which comes as soon as nobody waits. It needs no task. Many are called at once:
    mostly nothing of what one writes has to be waited for, and each is done before the next one looks.
    """

    def __init__(self, begin: "Callable[[], asyncio.Future[SharedTransaction]]", clock: Callable[[], float]) -> None:
        """Stand in front of what `begin` makes: transactions, one at a time."""
        self._begin = begin
        self._clock = clock
        self.patience = PATIENCE
        self.hangs = HANGS
        self._people: deque[WriteTurn] = deque()
        self._jobs: deque[WriteTurn] = deque()
        self._shared: SharedTransaction | None = None
        """The transaction that is open for turns."""
        self._held = False
        """Whether somebody has the turn."""
        self._passed_over = False
        """Whether somebody who was called found the turn taken."""
        self._began = 0.0
        self._done: list[WriteTurn] = []
        self._idle = asyncio.Event()
        """Set unless a transaction begins, is open, or ends."""
        self._idle.set()

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._people) + len(self._jobs)

    @asynccontextmanager
    async def turn(self, *, person: bool) -> AsyncIterator[WriteTurn]:
        """Wait for a turn, write, and wait for the commit. What the body raises is rolled back, and nothing else."""
        turn = WriteTurn(self._clock())
        shared = await self._wait(turn, self._people if person else self._jobs, person=person)
        self._held = True
        raised: BaseException | None = None
        try:
            shared.enter()
            turn.connection = shared.connection
            async with asyncio.timeout(self.hangs) as hanging:
                yield turn
        except BaseException as error:
            raised = error
            if isinstance(error, TimeoutError) and hanging.expired():
                raise StorageUnavailable(TOO_LONG) from error
            raise
        finally:
            self._leave(turn, shared, raised)
        await turn.stored

    async def _wait(self, turn: WriteTurn, line: "deque[WriteTurn]", *, person: bool) -> SharedTransaction:
        """Stand in line until the turn has come."""
        first = not self._people and (person or not self._jobs)
        line.append(turn)
        if self._idle.is_set():
            self._open()
        try:
            shared = self._come(turn) if first or turn.called.done() else None
            if shared is None:
                self._passed_over = True
                async with asyncio.timeout(self.patience if person else JOBS_PATIENCE):
                    while shared is None:
                        await turn.called
                        shared = self._come(turn)
        except BaseException as error:
            if turn in line:
                line.remove(turn)
            self._settle()  # others may have waited for this one
            if isinstance(error, TimeoutError):
                raise StorageUnavailable(TOO_MANY) from None
            raise
        line.remove(turn)
        return shared

    def _come(self, turn: WriteTurn) -> SharedTransaction | None:
        """Return the transaction in which a turn has come. Else it waits until it is called again."""
        if turn.refused is not None:
            raise dialects.for_each(turn.refused)
        if self._shared is not None and not self._held and not self._full:
            return self._shared
        self._passed_over = True
        if turn.called.done():
            turn.called = asyncio.get_running_loop().create_future()
        self._settle()  # it may have become too late for this transaction
        return None

    @property
    def _full(self) -> bool:
        return bool(self._done) and (len(self._done) >= MOST or self._clock() - self._began > LONGEST)

    def _leave(self, turn: WriteTurn, shared: SharedTransaction, error: BaseException | None) -> None:
        """End a turn."""
        self._held = False
        if not shared.leave(undo=error is not None):
            lost = error if isinstance(error, DBAPIError) else StorageUnavailable(LOST)
            turn.tell(lost)
            self._close(lost)
            return
        if error is None:
            self._done.append(turn)
        self._settle()

    def _settle(self) -> None:
        """Bring everything to the disk once nobody else can have a turn, and call those who were passed over."""
        if self._shared is None or self._held:
            return
        if self.waiting and not self._full:
            if self._passed_over:
                self._call()
            return
        shared, self._shared = self._shared, None
        if not self._done:
            self._close(None, shared)
            return
        shared.commit().add_done_callback(lambda commit: self._committed(commit, shared))

    def _committed(self, commit: "asyncio.Future[None]", shared: SharedTransaction) -> None:
        error = commit.exception()
        self._close(error if isinstance(error, Exception) else None, shared)

    def _close(self, error: Exception | None, ended: SharedTransaction | None = None) -> None:
        """Answer all who are done, and begin with those who have come meanwhile."""
        shared, self._shared = ended or self._shared, None
        done, self._done = self._done, []
        if shared is not None:
            shared.drop()
        for turn in done:
            turn.tell(error)
        self._open()

    def _open(self) -> None:
        """Begin a transaction if somebody waits."""
        if not self.waiting:
            self._idle.set()
            return
        self._idle.clear()
        begun = self._begin()
        if begun.done():
            self._opened(begun)
        else:
            begun.add_done_callback(self._opened)

    def _opened(self, begun: "asyncio.Future[SharedTransaction]") -> None:
        """Give turns. Everybody who waits is told when there can be none."""
        if (error := begun.exception()) is None:
            self._shared, self._began = begun.result(), self._clock()
            self._call()
            self._settle()  # those who waited may all have gone
            return
        for turn in (*self._people, *self._jobs):
            turn.refused = error
            if not turn.called.done():
                turn.called.set_result(None)
        self._people.clear()
        self._jobs.clear()
        self._idle.set()

    def _call(self) -> None:
        """Call those who wait, in the order of their turns."""
        self._passed_over = False
        first = [self._jobs[0]] if self._jobs and self._clock() - self._jobs[0].since > STARVED else []
        for turn in (*first, *islice(self._people, MOST), *islice(self._jobs, MOST)):
            if not turn.called.done():
                turn.called.set_result(None)

    async def close(self) -> None:
        """Wait until nobody writes."""
        await self._idle.wait()

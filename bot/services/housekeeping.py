"""Keeping the database small: what has served its purpose goes."""

from typing import Final

from bot.domain.installed import EVERYWHERE
from bot.domain.jobs import Job
from bot.jobs.queue import JobName
from bot.services.conclude import Conclusions
from bot.services.evidence import EvidenceReader
from bot.services.memory.keeping import EarlierSessions
from bot.services.work import WorkDatabase
from bot.storage import inbox, limits, messages, sessions, usage

REMEMBERED: Final = 3 * 24 * 3600.0
"""Seconds for which a delivery's id is kept: with delayed events on, Slack repeats one for up to a day."""
LIMITED: Final = 3600.0
"""Seconds after which what a person did counts for no limit any more."""
KEPT: Final = 90 * 24 * 3600.0
"""Seconds for which is known what a call to the model cost."""
PASSED: Final = 30 * 24 * 3600.0
"""Seconds after which nobody comes back to a reply's message, or to a job that was given up."""
PAUSED_AT_ONCE: Final = 200
"""How many idle sessions are paused in an hour: each costs two edits."""
_EVERY: Final = 3600.0


class Housekeeping:
    """Prunes old rows once an hour."""

    def __init__(self, database: WorkDatabase, conclusions: Conclusions, evidence: EvidenceReader, idle: float) -> None:
        """Keep house. A session is paused after `idle` seconds without a word, or never when that is 0."""
        self._database = database
        self._conclusions = conclusions
        self._evidence = evidence
        self._idle = idle
        self._earlier = EarlierSessions(database)

    async def schedule(self) -> None:
        """Have the next tidying done at once, if none is waiting."""
        async with self._database.write(EVERYWHERE) as work:
            await work.enqueue(JobName.TIDY, at=work.now)

    async def tidy(self, job: Job) -> None:
        """Prune, and have it done again in an hour. A job."""
        now = self._database.clock()
        async with self._database.everywhere.write_everywhere() as everywhere:
            await inbox.prune(everywhere, now - REMEMBERED)
            await limits.prune(everywhere, now - LIMITED)
            await usage.prune(everywhere, now - KEPT)
            await messages.prune(everywhere, now - PASSED)
        await self._database.queue.prune(now - PASSED)
        await self._evidence.forget_old()
        await self._pause_idle(now)
        await self._earlier.remember()
        if job.tenant == EVERYWHERE:  # a version before has enqueued one for a workspace
            await self.later(job)

    async def _pause_idle(self, now: float) -> None:
        """Pause, without a word, the sessions in which nothing has been said for so long."""
        if not self._idle:
            return
        before = now - self._idle
        async with self._database.everywhere.read_everywhere() as everywhere:
            idle = await sessions.idle(everywhere, before, PAUSED_AT_ONCE)
        for tenant, session_id in idle:
            await self._conclusions.pause_idle(tenant, session_id)

    async def later(self, job: Job) -> None:
        """Have it done again in an hour, also after it failed for good."""
        async with self._database.write(job.tenant) as work:
            await work.enqueue(JobName.TIDY, at=work.now + _EVERY)

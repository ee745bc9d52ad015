"""Doing the jobs: each name's service method, measured, with an end that a person sees when it is given up."""

from collections.abc import Mapping

import structlog

from bot import errors
from bot.domain.ids import SessionId, UserId
from bot.jobs.catalog import Perform, catalog
from bot.jobs.queue import Job, JobName
from bot.metrics import Metrics
from bot.services.bundle import Services


class Work:
    """What the job runner calls."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._catalog: Mapping[JobName, Perform] = {}
        self._services: Services | None = None
        self._log = structlog.get_logger(__name__)

    def bind(self, services: Services) -> None:
        """Hand the services in; they need the queue, whose runner needs this."""
        self._services = services
        self._catalog = catalog(services)

    async def perform(self, job: Job, _attempt: int) -> None:
        """Do a job; one that a later run has taken over is done."""
        name = JobName(job.name)
        with self._metrics.job_seconds.labels(name).time():
            try:
                await self._catalog[name](job)
            except errors.Superseded:
                self._metrics.jobs.labels(name, "superseded").inc()
                return
            except errors.TasklaneError:
                self._metrics.jobs.labels(name, "failed").inc()
                raise
        self._metrics.jobs.labels(name, "done").inc()

    async def give_up(self, job: Job) -> None:
        """Leave nothing half said: the message that waits for this job tells so."""
        name = JobName(job.name)
        self._metrics.jobs.labels(name, "given_up").inc()
        assert self._services is not None
        session = SessionId(str(job.args.get("session", "")))
        if name is JobName.OPEN:
            user, url = UserId(str(job.args["user"])), job.args.get("response_url")
            await self._services.sessions.give_up_opening(job.tenant, session, user, str(url) if url else None)
        elif name is JobName.REPLY:
            await self._services.replies.give_up(job.tenant, session)
        elif name is JobName.NOTES:
            await self._services.notes.give_up(job.tenant, session)

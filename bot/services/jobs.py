"""Every kind of job in one table: what does it, what ends it when it is given up, its lock and its priority."""

from collections.abc import Mapping
from typing import Final

from bot import errors
from bot.domain.jobs import Job
from bot.jobs.queue import SHOWN_AT_ONCE, STATUS, WRITTEN, JobKind, JobName
from bot.metrics import Metrics
from bot.services.services import Services

KINDS: Final[Mapping[JobName, JobKind[Services]]] = {
    JobName.OPEN: JobKind(
        runs=lambda services: services.sessions.open,
        gives_up=lambda services: services.sessions.give_up_opening,
        lock="card:{session}",  # that of the card's redraws, for two at once would post two cards
        priority=STATUS,
    ),
    JobName.CARD: JobKind(
        runs=lambda services: services.sessions.card, lock="card:{session}", priority=STATUS, coalesce=True
    ),
    JobName.CATCH_UP: JobKind(
        runs=lambda services: services.talk.catch_up, lock="catch_up:{session}", priority=WRITTEN
    ),
    JobName.REACT: JobKind(runs=lambda services: services.talk.react, lock="react:{channel}:{ts}"),
    JobName.REPLY: JobKind(
        runs=lambda services: services.replies.write,
        gives_up=lambda services: services.replies.give_up,
        lock="talk:{session}",  # replies and notes of one session take turns
        priority=WRITTEN,
    ),
    JobName.NOTES: JobKind(
        runs=lambda services: services.notes.write,
        gives_up=lambda services: services.notes.give_up,
        lock="talk:{session}",
        priority=WRITTEN,
    ),
    JobName.DECIDE: JobKind(
        runs=lambda services: services.conclusions.decide,
        gives_up=lambda services: services.conclusions.give_up_deciding,
        lock="decide:{session}",
        priority=SHOWN_AT_ONCE,
    ),
    JobName.LANE: JobKind(
        runs=lambda services: services.lanes.redraw, lock="lane:{session}", priority=SHOWN_AT_ONCE, coalesce=True
    ),
    JobName.ANNOUNCE: JobKind(
        runs=lambda services: services.announcements.post,
        lock="lane:{session}",  # the lane is drawn below what is announced
        priority=SHOWN_AT_ONCE,
    ),
    JobName.WITHDRAW: JobKind(
        runs=lambda services: services.announcements.withdraw, lock="lane:{session}", priority=SHOWN_AT_ONCE
    ),
    JobName.HOME: JobKind(runs=lambda services: services.homes.publish, lock="home:{user}", coalesce=True),
    JobName.POST_NOTES: JobKind(runs=lambda services: services.finished.deliver, lock="post:{session}:{channel}"),
    JobName.TIDY: JobKind(runs=lambda services: services.housekeeping.tidy, lock="tidy", coalesce=True),
}


class Performer:
    """Does the jobs that the runner hands it, and measures them."""

    def __init__(self, services: Services, metrics: Metrics) -> None:
        self._services = services
        self._metrics = metrics

    async def perform(self, job: Job) -> None:
        """Do a job. One that a later run has taken over is done."""
        name = JobName(job.name)
        with self._metrics.job_seconds.labels(name).time():
            try:
                await KINDS[name].runs(self._services)(job)
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
        gives_up = KINDS[name].gives_up
        if gives_up is not None:
            await gives_up(self._services)(job)

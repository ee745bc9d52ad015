"""Every kind of job in one table: what does it, what ends it when it is given up, its lock and its priority."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Final

import structlog

from bot import errors, tracing
from bot.domain.installed import EVERYWHERE
from bot.domain.jobs import TRACE, Job
from bot.jobs.queue import SHOWN_AT_ONCE, STATUS, WRITTEN, Does, JobKind, JobName
from bot.metrics import Metrics
from bot.services.services import Services

KINDS: Final[Mapping[JobName, JobKind[Services]]] = {
    JobName.OPEN: JobKind(
        runs=lambda services: services.sessions.open,
        gives_up=lambda services: services.sessions.give_up_opening,
        undone="I could not open your session. Start it once more with `/troubleshoot <problem>`.",
        lock="card:{session}",  # that of the card's redraws, for two at once would post two cards
        priority=STATUS,
    ),
    JobName.CARD: JobKind(
        runs=lambda services: services.sessions.card,
        undone="The card of your session may be out of date: I could not redraw it. Its buttons still work.",
        lock="card:{session}",
        priority=STATUS,
        coalesce=True,
    ),
    JobName.CATCH_UP: JobKind(
        runs=lambda services: services.talk.catch_up,
        undone="I could not read what was written in the thread before I was there. Write again what I should know.",
        lock="catch_up:{session}",
        priority=WRITTEN,
    ),
    JobName.ADD_MESSAGE: JobKind(
        runs=lambda services: services.adding.take_in,
        undone="I could not read the message that you added to your session. Write in its thread what it says.",
        lock="catch_up:{session}",
        priority=WRITTEN,
    ),
    JobName.READ_ANEW: JobKind(
        runs=lambda services: services.talk.read_anew,
        undone="I could not read a message that you have changed. Say it once more.",
        lock="read_anew:{channel}:{ts}",
        coalesce=True,
    ),
    JobName.REACT: JobKind(runs=lambda services: services.talk.react, undone=None, lock="react:{channel}:{ts}"),
    JobName.CATCH_SOMEBODY_UP: JobKind(
        runs=lambda services: services.catching_up.put_into_words,
        undone=None,  # they were told at once what is stored
        slow=True,
        lock="catch_somebody_up:{session}:{user}",
        priority=WRITTEN,
        coalesce=True,
    ),
    JobName.SUGGEST: JobKind(
        runs=lambda services: services.agent.suggest, undone=None, lock="suggest:{user}", coalesce=True
    ),
    JobName.RECALL: JobKind(runs=lambda services: services.recall.suggest, undone=None, lock="recall:{session}"),
    JobName.REPLY: JobKind(
        runs=lambda services: services.replies.write,
        gives_up=lambda services: services.replies.give_up,
        undone="I could not answer in your session. Write your last message once more.",
        lock="talk:{session}",  # replies and notes of one session take turns
        slow=True,
        priority=WRITTEN,
    ),
    JobName.NOTES: JobKind(
        runs=lambda services: services.notes.write,
        gives_up=lambda services: services.notes.give_up,
        undone="I could not write the ticket notes. Reopen the session and resolve it once more, or copy its thread.",
        lock="talk:{session}",
        slow=True,
        priority=WRITTEN,
    ),
    JobName.SUMMARISE: JobKind(
        runs=lambda services: services.long_sessions.summarise,
        undone=None,  # nobody waits for it, and a request that is too long is shortened while it is made
        lock="summarise:{session}",
        slow=True,
        coalesce=True,
    ),
    JobName.DECIDE: JobKind(
        runs=lambda services: services.conclusions.decide,
        gives_up=lambda services: services.conclusions.give_up_deciding,
        undone="I could not conclude your session. Conclude it once more.",
        lock="decide:{session}",
        priority=SHOWN_AT_ONCE,
    ),
    JobName.LANE: JobKind(
        runs=lambda services: services.lanes.redraw,
        undone="I could not redraw the tasks in the thread. "
        "App Home shows them as they are, and `/tasks` draws them anew.",
        lock="lane:{session}",
        priority=SHOWN_AT_ONCE,
        coalesce=True,
    ),
    JobName.ANNOUNCE: JobKind(
        runs=lambda services: services.announcements.post,
        undone="I could not tell the thread, nor anyone it was to go to, what became of your session. "
        "Tell them yourself.",
        lock="lane:{session}",  # the lane is drawn below what is announced
        priority=SHOWN_AT_ONCE,
    ),
    JobName.WITHDRAW: JobKind(
        runs=lambda services: services.announcements.withdraw,
        undone="An older message of your session still offers what is over. Its buttons do nothing any more.",
        lock="lane:{session}",
        priority=SHOWN_AT_ONCE,
    ),
    JobName.ASSIGNED: JobKind(
        runs=lambda services: services.assignments.tell,
        undone="I could not tell your colleague that you gave them a task. Tell them yourself.",
        lock="assigned:{task}",
    ),
    JobName.BRIEF: JobKind(
        runs=lambda services: services.briefs.write,
        gives_up=lambda services: services.briefs.give_up,
        undone=None,
        lock="brief:{session}",
        slow=True,
        priority=WRITTEN,
    ),
    JobName.SHOW_BRIEF: JobKind(
        runs=lambda services: services.briefs.show,
        undone="I could not redraw the brief of your escalated session. App Home says how its push stands.",
        lock="lane:{session}",  # that of what takes back what a brief offers
        coalesce=True,
    ),
    JobName.HOME: JobKind(
        runs=lambda services: services.homes.publish,
        undone="I could not redraw your App Home. Open it once more.",
        lock="home:{user}",
        priority=SHOWN_AT_ONCE,
        coalesce=True,
    ),
    JobName.POST_NOTES: JobKind(
        runs=lambda services: services.finished.deliver,
        undone="I could not post the ticket notes in the team channel. Press *Post to channel* once more.",
        lock="post:{session}:{channel}",
    ),
    JobName.FOLLOW_POSTS: JobKind(
        runs=lambda services: services.finished.follow,
        undone=None,
        calls_slack=False,
        lock="follow:{session}",
        coalesce=True,
    ),
    JobName.TIDY: JobKind(
        runs=lambda services: services.housekeeping.tidy,
        gives_up=lambda services: services.housekeeping.later,
        undone=None,
        calls_slack=False,
        lock="tidy",
        coalesce=True,
    ),
    JobName.COPY_FILE: JobKind(
        runs=lambda services: services.finished.follow_with_file,
        gives_up=lambda services: services.finished.give_up_file,
        undone=None,
        lock="file:{session}",
        priority=SHOWN_AT_ONCE,
    ),
    JobName.EXPIRE: JobKind(
        runs=lambda services: services.retention.expire, undone=None, calls_slack=False, lock="expire", coalesce=True
    ),
    JobName.FORGET: JobKind(
        runs=lambda services: services.retention.forget, undone=None, calls_slack=False, lock="forget"
    ),
    JobName.CHECK_TICKET: JobKind(
        runs=lambda services: services.links.check,
        undone="I could not look your ticket up. Use *Link ticket* on the card once more.",
        calls_slack=False,
        lock="ticket:{session}",
    ),
    JobName.TAKE_IN_TICKET: JobKind(
        runs=lambda services: services.links.read_in,
        undone="I could not read your ticket. Use *Take in the ticket* on the card once more.",
        calls_slack=False,
        lock="ticket:{session}",
    ),
    JobName.CREATE_TICKET: JobKind(
        runs=lambda services: services.links.creation,
        gives_up=lambda services: services.links.not_created,
        undone=None,
        calls_slack=False,
        lock="ticket:{session}",
    ),
    JobName.PUSH: JobKind(
        runs=lambda services: services.pusher.push,
        gives_up=lambda services: services.pusher.give_up,
        undone=None,
        calls_slack=False,
        lock="push:{session}",  # what follows on a ticket is sent after what came before it
        priority=SHOWN_AT_ONCE,
    ),
    JobName.PUSH_BY_ITSELF: JobKind(
        runs=lambda services: services.pushes.by_itself,
        undone="I could not push your ticket notes by itself. Press *Push to ticket* below them.",
        lock="push_by_itself:{session}",
    ),
    JobName.FILL_PUSH: JobKind(
        runs=lambda services: services.push_forms.fill,
        undone=None,
        lock="fill_push:{dialog}",
        priority=SHOWN_AT_ONCE,
    ),
    JobName.CLIENT_TEXT: JobKind(
        runs=lambda services: services.client_texts.write,
        gives_up=lambda services: services.client_texts.give_up,
        undone=None,
        slow=True,
        lock="client_text:{session}",
        priority=WRITTEN,
    ),
    JobName.TRY_RULES: JobKind(
        runs=lambda services: services.trials.write,
        gives_up=lambda services: services.trials.give_up,
        undone=None,
        slow=True,
        lock="try_rules:{view}",
        priority=WRITTEN,
    ),
    JobName.SHOW_NOTES: JobKind(
        runs=lambda services: services.edited.show,
        undone="I could not redraw your ticket notes. *View notes* in App Home shows them as they are.",
        lock="talk:{session}",  # that of those who write the notes
        priority=WRITTEN,
        coalesce=True,
    ),
    JobName.SAY_AS_THEY_ARE: JobKind(
        runs=lambda services: services.disclosure.say_as_they_are, undone=None, lock="say_as_they_are"
    ),
}


class Performer:
    """Does the jobs that the runner hands it, and measures them."""

    def __init__(self, services: Services, metrics: Metrics) -> None:
        self._services = services
        self._metrics = metrics
        self._log = structlog.get_logger(__name__)

    async def perform(self, job: Job) -> None:
        """Do a job. One that a later run has taken over is done, and none is tried while Slack is away."""
        name = JobName(job.name)
        if not await self._has_app(job) and name is not JobName.FORGET:
            self._metrics.jobs.labels(name, "left").inc()
            return
        with self._metrics.job_seconds.labels(name).time(), self._step(job):
            try:
                await self._unless_away(job, KINDS[name].runs(self._services))
            except errors.Superseded:
                self._metrics.jobs.labels(name, "superseded").inc()
                return
            except errors.TasklaneError as fault:
                self._metrics.jobs.labels(name, "waits" if fault.away else "failed").inc()
                raise
        self._metrics.jobs.labels(name, "done").inc()

    async def _has_app(self, job: Job) -> bool:
        """Tell whether the app is installed where a job is for. Nothing is called on behalf of others."""
        return job.tenant == EVERYWHERE or await self._services.installations.look_up(job.tenant.team) is not None

    def _step(self, job: Job) -> AbstractContextManager[None]:
        """Have what a job does be a step of the trace in which it was asked for."""
        return tracing.step(
            f"job {job.name}",
            job.optional(TRACE),
            job=job.id,
            team=job.tenant.team,
            session=job.optional("session"),
            attempt=job.attempts + 1,
        )

    async def give_up(self, job: Job) -> None:
        """Leave nothing half said: the message that waits for this job tells so, else the person hears it directly."""
        name = JobName(job.name)
        self._metrics.jobs.labels(name, "given_up").inc()
        await self._unless_away(job, self._end)

    async def _end(self, job: Job) -> None:
        kind = KINDS[JobName(job.name)]
        try:
            if kind.gives_up is not None:
                await kind.gives_up(self._services)(job)
                return
        except errors.SlackFault as fault:
            if fault.away:
                raise
            self._log.warning("not told in its place", job=job.id, name=job.name, error=fault.error)
        if kind.undone is None:
            return
        try:
            await self._services.giving_up.tell(job, kind.undone)
        except errors.SlackFault as fault:
            if fault.away:
                raise
            self._log.error("nobody told", job=job.id, name=job.name, reference=job.reference, error=fault.error)

    async def _unless_away(self, job: Job, does: Does) -> None:
        """Do something unless Slack is known to be away, and find out whether it is when it does not answer."""
        outages = self._services.outages
        if KINDS[JobName(job.name)].calls_slack:
            await outages.check(job.tenant)
        try:
            await does(job)
        except errors.SlackUnavailable:
            await outages.suspect(job.tenant)
            raise

"""Which service method a job's name stands for."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.domain.ids import ChannelId, MessageTs, SessionId, UserId
from bot.domain.sessions import Status
from bot.jobs.queue import Job, JobName
from bot.services.bundle import Services

Perform = Callable[[Job], Awaitable[None]]


def catalog(services: Services) -> Mapping[JobName, Perform]:
    """Make the table of everything that can be done later."""
    return {
        JobName.OPEN: lambda job: services.sessions.open(
            job.tenant, _session(job), UserId(_text(job, "user")), _optional(job, "response_url")
        ),
        JobName.CARD: lambda job: services.sessions.card(job.tenant, _session(job)),
        JobName.CATCH_UP: lambda job: services.talk.catch_up(
            job.tenant, ChannelId(_text(job, "channel")), MessageTs(_text(job, "root")), MessageTs(_text(job, "since"))
        ),
        JobName.REPLY: lambda job: services.replies.write(job.tenant, _session(job)),
        JobName.LANE: lambda job: services.lanes.redraw(job.tenant, _session(job), _optional(job, "response_url")),
        JobName.HOME: lambda job: services.homes.publish(job.tenant, UserId(_text(job, "user"))),
        JobName.ANNOUNCE: lambda job: services.announcements.post(
            job.tenant,
            _session(job),
            _text(job, "what"),
            UserId(user) if (user := _optional(job, "user")) else None,
            int(job.args["revision"] or 0),
        ),
        JobName.WITHDRAW: lambda job: services.announcements.withdraw(
            job.tenant, _session(job), Status(_text(job, "left")), int(job.args["revision"] or 0)
        ),
        JobName.NOTES: lambda job: services.notes.write(job.tenant, _session(job)),
        JobName.POST_NOTES: lambda job: services.finished.deliver(
            job.tenant, _session(job), ChannelId(_text(job, "channel")), UserId(_text(job, "user"))
        ),
        JobName.TIDY: lambda job: services.housekeeping.tidy(job.tenant),
    }


def _session(job: Job) -> SessionId:
    return SessionId(_text(job, "session"))


def _text(job: Job, name: str) -> str:
    return str(job.args[name])


def _optional(job: Job, name: str) -> str | None:
    value: Any = job.args.get(name)
    return str(value) if value else None

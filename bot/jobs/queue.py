"""What the app asks of a job queue, whichever engine runs it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bot.domain.ids import Tenant
from bot.storage.database import UnitOfWork

Args = Mapping[str, str | int | float | bool | None]


class JobName(StrEnum):
    """Every kind of job; `bot.jobs.catalog` says what each does."""

    OPEN = "open"
    CARD = "card"
    CATCH_UP = "catch_up"
    REPLY = "reply"
    LANE = "lane"
    HOME = "home"
    ANNOUNCE = "announce"
    WITHDRAW = "withdraw"
    NOTES = "notes"
    POST_NOTES = "post_notes"
    TIDY = "tidy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A piece of work that is done at least once, also after a crash: it must be safe to run twice."""

    name: str
    tenant: Tenant
    args: Args = field(default_factory=dict)
    lock: str | None = None
    """Jobs of one workspace and lock run one at a time, in the order in which they were enqueued."""
    priority: int = 0
    """Higher ones start first; give the jobs of one lock the same, for engines differ in which rule wins."""
    run_at: float | None = None
    """Not before this time, in unix seconds; None for at once."""
    coalesce: bool = False
    """Whether one of this name and lock that has not begun yet will do; it then runs at the earlier time, with the
    newer arguments."""

    def __post_init__(self) -> None:
        if self.coalesce and self.lock is None:
            raise ValueError("a job coalesces with others of its lock, and it has none")


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedJob:
    """A job that was given up and is kept to be looked at."""

    id: int
    job: Job
    attempts: int
    reason: str
    """The class of the last error, never its text."""
    reference: str
    """The last error's id in the log."""
    failed_at: float


class Queue(Protocol):
    """Takes jobs in the caller's transaction: a rollback leaves none, a commit starts them at once."""

    async def enqueue(self, uow: UnitOfWork, job: Job) -> None:
        """Add a job."""
        ...

    async def cancel(self, uow: UnitOfWork, tenant: Tenant, name: str, lock: str) -> None:
        """Drop the jobs of a name and lock that are not running."""
        ...

    async def failed(self, tenant: Tenant | None) -> list[FailedJob]:
        """List the jobs that were given up, of one workspace or of all, newest first."""
        ...

    async def retry(self, job_id: int) -> bool:
        """Run a job that was given up once more, with all its attempts before it; False when there is none."""
        ...

"""What the app asks of a job queue, whichever engine runs it, and what is said of each kind of job."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Generic, Protocol, TypeVar

from bot.domain.ids import Tenant
from bot.domain.jobs import AT_ONCE, Job, Value
from bot.storage.database import Transaction

Services = TypeVar("Services", contravariant=True)
Does = Callable[[Job], Awaitable[None]]

STATUS: Final = 3
"""The priority of the card, which says how a session stands."""
SHOWN_AT_ONCE: Final = 2
"""The priority of what a person waits for."""
WRITTEN: Final = 1
"""The priority of replies and notes."""


class JobName(StrEnum):
    """Every kind of job. `bot.services.jobs` says what each does."""

    OPEN = "open"
    CARD = "card"
    CATCH_UP = "catch_up"
    READ_ANEW = "read_anew"
    ADD_MESSAGE = "add_message"
    REPLY = "reply"
    CATCH_SOMEBODY_UP = "catch_somebody_up"
    REACT = "react"
    SUGGEST = "suggest"
    RECALL = "recall"
    LANE = "lane"
    HOME = "home"
    ANNOUNCE = "announce"
    WITHDRAW = "withdraw"
    ASSIGNED = "assigned"
    BRIEF = "brief"
    SHOW_BRIEF = "show_brief"
    NOTES = "notes"
    SUMMARISE = "summarise"
    DECIDE = "decide"
    POST_NOTES = "post_notes"
    COPY_FILE = "copy_file"
    SHOW_NOTES = "show_notes"
    SAY_AS_THEY_ARE = "say_as_they_are"
    FOLLOW_POSTS = "follow_posts"
    CHECK_TICKET = "check_ticket"
    TAKE_IN_TICKET = "take_in_ticket"
    CREATE_TICKET = "create_ticket"
    PUSH = "push"
    PUSH_BY_ITSELF = "push_by_itself"
    FILL_PUSH = "fill_push"
    CLIENT_TEXT = "client_text"
    TRY_RULES = "try_rules"
    TIDY = "tidy"
    EXPIRE = "expire"
    FORGET = "forget"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobKind(Generic[Services]):
    """What the jobs of one name have in common: what does them, what ends them, their lock and priority."""

    runs: Callable[[Services], Does]
    gives_up: Callable[[Services], Does] | None = None
    """What tells the people concerned, where the job's own message can, that it will not be done."""
    undone: str | None
    """What the person reads in their direct messages otherwise. It is None when it concerns nobody."""
    slow: bool = False
    """Whether the job waits for a model or a slot itself, so that others must not wait for its place."""
    calls_slack: bool = True
    """Whether the job waits while Slack is away."""
    lock: str
    """The lock, with the names of arguments in braces."""
    priority: int = 0
    coalesce: bool = False

    def job(self, name: JobName, tenant: Tenant, run_at: float | None, args: dict[str, Value]) -> Job:
        """Make a job of this kind."""
        return Job(
            name=name,
            tenant=tenant,
            args=args,
            lock=self.lock.format_map(args),
            priority=self.priority,
            run_at=AT_ONCE if run_at is None else run_at,
            coalesce=self.coalesce,
        )


class Queue(Protocol):
    """Takes jobs in the caller's transaction: a rollback leaves none, a commit starts them at once."""

    async def enqueue(self, work: Transaction, job: Job) -> None:
        """Add a job."""
        ...

    async def failed(self, tenant: Tenant | None) -> list[Job]:
        """List the jobs that were given up, of one workspace or of all, newest first."""
        ...

    async def retry(self, job_id: int) -> bool:
        """Run a job that was given up once more, with all its attempts before it. It is False when there is none."""
        ...

    async def prune(self, before: float) -> None:
        """Forget the jobs that were given up before a time."""
        ...

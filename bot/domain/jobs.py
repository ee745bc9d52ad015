"""A job: a piece of work that is done later, at least once, also after a crash."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.domain.ids import SessionId, Tenant, UserId

Value = str | int | float | bool | None

TRACE: Final = "traceparent"
"""The argument that says below which step of a trace the job is, where traces are kept."""
AT_ONCE: Final = 0.0
"""The time of a job that is due whatever a clock says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A piece of work and what has become of it so far. It must be safe to run twice."""

    name: str
    tenant: Tenant
    args: Mapping[str, Value] = field(default_factory=dict)
    lock: str | None = None
    """Jobs of one workspace and lock run one at a time, in the order in which they were enqueued."""
    priority: int = 0
    """Higher ones start first. Jobs of one lock have the same, because engines differ in which rule wins."""
    run_at: float = AT_ONCE
    """The job does not start before this unix time."""
    coalesce: bool = False
    """Whether one of this name and lock that does not run just now will do.

    It then runs at the earlier of the two times, with the newer arguments and all its attempts before it.
    """
    id: int = 0
    """The queue's number of the job. It is 0 before the job is stored."""
    worker: int | None = None
    """Which replica has taken it, where there are several."""
    errors: int = 0
    crashes: int = 0
    reason: str = ""
    """The class of the last error, never its text."""
    reference: str = ""
    """The last error's id in the log."""
    failed_at: float | None = None
    enqueued_at: float | None = field(default=None, compare=False)
    """When the job was stored. None when a version that did not note it has stored it."""

    def __post_init__(self) -> None:
        if self.coalesce and self.lock is None:
            raise ValueError("a job coalesces with others of its lock, and it has none")

    @property
    def attempts(self) -> int:
        """How often the job was begun without success."""
        return self.errors + self.crashes

    def waited(self, now: float) -> float:
        """Return for how many seconds the job has been under way, when a process has died over it. Else it is 0."""
        return max(0.0, now - self.enqueued_at) if self.crashes and self.enqueued_at is not None else 0.0

    @property
    def session(self) -> SessionId:
        """The session that the job is about."""
        return SessionId(self.text("session"))

    @property
    def user(self) -> UserId:
        """The person whom the job concerns."""
        return UserId(self.text("user"))

    def text(self, name: str) -> str:
        """Return an argument that must be there."""
        return str(self.args[name])

    def optional(self, name: str) -> str | None:
        """Return an argument, or None when it is empty or missing."""
        value = self.args.get(name)
        return str(value) if value else None

    def number(self, name: str) -> int:
        """Return a whole number, 0 when it is missing."""
        return int(self.args.get(name) or 0)

"""What this room needs of the database: the fenced record of every message that the app keeps editing."""

from typing import Protocol

from bot.domain.ids import MessageTs, Place, Tenant


class Entry(Protocol):
    """The record of one message; `run` fences it, `shown` is the revision last drawn."""

    @property
    def place(self) -> Place:
        """Where the message is."""
        ...

    @property
    def ts(self) -> MessageTs | None:
        """Slack's id of the message, once it is known."""
        ...

    @property
    def posting(self) -> bool:
        """Whether a post was begun; without `ts` its answer was lost."""
        ...

    @property
    def text(self) -> str:
        """What the message was last made to show; empty for a placeholder."""
        ...

    @property
    def run(self) -> int:
        """The number of the run that may edit; every claim raises it."""
        ...

    @property
    def final(self) -> bool:
        """Whether the last word of the newest run was shown."""
        ...

    @property
    def shown(self) -> int:
        """The revision last drawn; -1 before the first."""
        ...


class Ledger(Protocol):
    """Keeps the records; each call is one short transaction."""

    async def get(self, tenant: Tenant, key: str) -> Entry | None:
        """Read a record without claiming it."""
        ...

    async def claim(self, tenant: Tenant, key: str, place: Place) -> Entry:
        """Take the message over: create its record when absent, and raise `run`."""
        ...

    async def set_posting(self, tenant: Tenant, key: str, run: int) -> bool:
        """Store that a post is about to be made; False when fenced."""
        ...

    async def set_posted(self, tenant: Tenant, key: str, run: int, ts: MessageTs) -> bool:
        """Store where the message is; False when fenced."""
        ...

    async def advance(self, tenant: Tenant, key: str, run: int, text: str, final: bool) -> bool:
        """Store the text that is about to be shown; False when fenced: then do not edit.

        `final` is stored after the last word was shown.
        """
        ...

    async def mark_shown(self, tenant: Tenant, key: str, revision: int) -> None:
        """Store which revision a message shows; never lowers it."""
        ...

    async def forget(self, tenant: Tenant, key: str) -> None:
        """Drop the record: the message is gone."""
        ...

"""What this room needs of the database: the fenced records of the messages of one workspace."""

from collections.abc import Callable
from typing import Any, Protocol

from bot.domain.ids import Place, Tenant
from bot.domain.messages import MessageRecord


class Ledger(Protocol):
    """Keeps the records of one workspace. Each call is one short transaction."""

    async def get(self, key: str) -> MessageRecord | None:
        """Read a record without claiming it."""
        ...

    async def keys(self, prefix: str) -> list[str]:
        """List the keys that begin so, of the messages that are there."""
        ...

    async def claim(self, key: str, place: Place, *, posting: bool = False, text: str = "") -> MessageRecord:
        """Take a message over and return its record as it was, with the new run.

        With `posting`, a message that is not there yet is marked as being posted with this text.
        """
        ...

    async def change(self, record: MessageRecord, **values: Any) -> bool:
        """Store what is about to happen to a message, or has happened to it. It is False when fenced."""
        ...

    async def mark_shown(self, key: str, revision: int) -> None:
        """Store which revision a message shows. It never goes down."""
        ...

    async def forget(self, key: str) -> None:
        """Drop the record, because the message is gone."""
        ...


Ledgers = Callable[[Tenant], Ledger]
"""Gives the ledger of a workspace."""

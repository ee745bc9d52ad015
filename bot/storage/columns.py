"""Column types that behave alike on SQLite and PostgreSQL."""

import json
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import BigInteger, Dialect, Double, Integer, Text, TypeDecorator

Member = TypeVar("Member", bound=StrEnum)

Serial = BigInteger().with_variant(Integer, "sqlite")
"""A number that the database gives out; SQLite does so for INTEGER alone."""

Revision = BigInteger().with_variant(Integer, "sqlite")
"""A number that only grows; some are times in milliseconds, which PostgreSQL's INTEGER does not hold."""


class CleanText(TypeDecorator[str]):
    """Text from people, Slack or a model, without what a database refuses: NUL and lone surrogates."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Clean a text on its way in."""
        if value is None:
            return None
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


class Lines(TypeDecorator[tuple[str, ...]]):
    """Some texts in their order, stored as JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        """Store a list. JSON escapes what a database refuses."""
        return None if value is None else json.dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        """Return the texts."""
        return None if value is None else tuple(json.loads(value))


class Seconds(TypeDecorator[float]):
    """A time or a length in seconds. What SQLite returns of a write is an int where it is whole."""

    impl = Double
    cache_ok = True

    def process_result_value(self, value: float | None, dialect: Dialect) -> float | None:
        """Return a float whichever way the value was read."""
        return None if value is None else float(value)


class OneOf(TypeDecorator[Member], Generic[Member]):
    """A member of a StrEnum, stored as its value."""

    impl = Text
    cache_ok = True

    def __init__(self, members: type[Member]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: Member | None, dialect: Dialect) -> str | None:
        """Store the value."""
        return None if value is None else value.value

    def process_result_value(self, value: Any, dialect: Dialect) -> Member | None:
        """Return the member. A value this version does not know raises ValueError."""
        return None if value is None else self.members(value)

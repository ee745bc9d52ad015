"""Trouble on order for fake ticket systems: before a step is done, after it, instead of it, or for a while."""

from dataclasses import dataclass
from enum import StrEnum


class Trouble(StrEnum):
    """What happens to a request instead of the usual."""

    DROP = "drop"
    """The connection is cut before anything is done."""
    LOST = "lost"
    """It is done, and the connection is cut instead of an answer."""
    SLOW = "slow"
    """It is done late."""
    ERROR = "error"
    """A server error before anything is done."""
    ERROR_AFTER = "error_after"
    """It is done, and answered with a server error."""
    UNAUTHORIZED = "unauthorized"
    """The key or token is not accepted."""
    FORBIDDEN = "forbidden"
    """A right is missing."""
    BUSY = "busy"
    """Too many requests; Retry-After says how many seconds."""
    INVALID = "invalid"
    """A field is refused."""
    PAGE = "page"
    """A web page with status 200 and no data, like a login."""
    ERROR_PAGE = "error_page"
    """A web page with status 502, like a proxy's."""
    AWAY = "away"
    """503 until the order is taken back."""
    REDIRECT = "redirect"
    """Another address."""


@dataclass
class Order:
    """One kind of trouble for the next requests of a step. `*` is every step."""

    trouble: Trouble
    step: str = "*"
    times: int | None = 1
    seconds: float = 1.0
    """How late, or for how many seconds to wait."""
    target: str = ""
    """Where a redirect leads."""


class Orders:
    """The orders that are still open."""

    def __init__(self) -> None:
        self._open: list[Order] = []

    def add(
        self, trouble: Trouble, step: str = "*", *, times: int | None = 1, seconds: float = 1.0, target: str = ""
    ) -> None:
        """Order trouble. `times` None stands until `clear`."""
        self._open.append(Order(trouble, step, times, seconds, target))

    def clear(self) -> None:
        """Take every order back."""
        self._open.clear()

    def take(self, step: str) -> Order | None:
        """Return what happens to a request of a step."""
        for order in self._open:
            if order.step in ("*", step) and order.times != 0:
                if order.times is not None:
                    order.times -= 1
                return order
        return None

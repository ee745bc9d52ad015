"""How often a job is tried, and when again: plain rules without a clock."""

from enum import Enum, auto
from typing import Final

MAX_ERRORS: Final = 4
MAX_CRASHES: Final = 20
"""High, because a job is killed with the process whoever is to blame."""
GIVING_UP: Final = 20
"""How many more errors or crashes the giving up itself may have."""
BACKOFF: Final = (2.0, 10.0, 60.0)
"""Seconds between an error and the next attempt; the last value stays."""


class Step(Enum):
    """What is to be done with a job that is due."""

    RUN = auto()
    GIVE_UP = auto()
    """Its attempts are used up: tell the people concerned, then park it."""
    PARK = auto()
    """Not even giving up works."""


def step(errors: int, crashes: int) -> Step:
    """Decide what a job's record allows."""
    if errors >= MAX_ERRORS + GIVING_UP or crashes >= MAX_CRASHES + GIVING_UP:
        return Step.PARK
    if errors >= MAX_ERRORS or crashes >= MAX_CRASHES:
        return Step.GIVE_UP
    return Step.RUN


def delay(errors: int, error: BaseException) -> float:
    """Return the seconds until a job with that many errors, this one included, is due again.

    An error that knows when (`retry_after`) says so itself. Giving up comes right after the last attempt.
    """
    if errors == MAX_ERRORS:
        return 0.0
    wait = getattr(error, "retry_after", None)
    if isinstance(wait, int | float) and wait >= 0:
        return float(wait)
    return BACKOFF[min(errors, len(BACKOFF)) - 1]

"""How often a job is tried, and when again: plain rules without a clock."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

MAX_ERRORS: Final = 4
MAX_CRASHES: Final = 20
"""High, because a job is killed with the process whoever is to blame."""
GIVING_UP: Final = 20
"""How many more errors or crashes the giving up itself may have."""
BACKOFF: Final = (2.0, 10.0, 60.0)
"""Seconds between an error and the next attempt; the last value stays."""
AWAY: Final = 5.0
"""Seconds until a job is tried again that met an outage."""
OUTAGE: Final = 24 * 3600.0
"""Seconds from the enqueueing for which a job waits for an outage to end, and then once more its giving up."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Setback:
    """What an attempt that failed leaves behind: the job's errors, and the seconds until it is due again."""

    errors: int
    wait: float


def setback(errors: int, error: BaseException, age: float) -> Setback:
    """Say what an error means for a job with so many errors before it that was enqueued `age` seconds ago.

    An outage (`away`) counts as no attempt. One that lasts for too long ends the attempts all the same, and so does at
    once what is so `for_good`.
    """
    if errors < MAX_ERRORS and getattr(error, "for_good", False):
        return Setback(errors=MAX_ERRORS, wait=0.0)
    if not getattr(error, "away", False):
        return Setback(errors=errors + 1, wait=delay(errors + 1, error))
    if age < (OUTAGE if errors < MAX_ERRORS else 2 * OUTAGE):
        return Setback(errors=errors, wait=_asked(error, AWAY))
    return Setback(errors=MAX_ERRORS if errors < MAX_ERRORS else MAX_ERRORS + GIVING_UP, wait=0.0)


def delay(errors: int, error: BaseException) -> float:
    """Return the seconds until a job with that many errors, this one included, is due again.

    An error that knows when (`retry_after`) says so itself. Giving up comes right after the last attempt.
    """
    if errors == MAX_ERRORS:
        return 0.0
    return _asked(error, BACKOFF[min(errors, len(BACKOFF)) - 1])


def _asked(error: BaseException, otherwise: float) -> float:
    """Return the wait that an error asks for."""
    wait = getattr(error, "retry_after", None)
    return float(wait) if isinstance(wait, int | float) and wait >= 0 else otherwise

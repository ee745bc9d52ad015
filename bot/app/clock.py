"""How far this machine's clock is from Slack's, as the dates of Slack's answers tell."""

from email.utils import parsedate_to_datetime
from typing import Final

TOLERATED: Final = 60.0
"""Seconds that the clock may be wrong."""
REFUSED: Final = 300.0
"""Seconds by which a clock must be wrong for the signatures of Slack's requests to count as too old."""


def seconds_off(date: str, now: float) -> float:
    """Say by how many seconds the clock is fast of the `Date` of an answer. Without a date it counts as right."""
    try:
        return now - parsedate_to_datetime(date).timestamp()
    except ValueError:
        return 0.0


def problem(off: float) -> str | None:
    """Say in one line that the clock is wrong. It is None when it is right."""
    if abs(off) <= TOLERATED:
        return None
    way = "fast" if off > 0 else "slow"
    wrong = f"The clock of this machine is {abs(off) / 60:.0f} min {way}."
    return f"{wrong} Set it by NTP: from 5 min on, what Slack sends over HTTP is refused."

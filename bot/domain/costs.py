"""What the assistant may cost in a month, and what is said when that is nearly or wholly used up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

WARNED_AT: Final = 0.8
"""The share of the monthly cap from which on people are told."""
WEEK: Final = 7
"""Days."""
_DAY: Final = 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What calls to models have cost in some time."""

    calls: int = 0
    prompt: int = 0
    """Tokens of all requests, cached or not."""
    cached: int = 0
    """Those of them that came from the cache."""
    output: int = 0
    dollars: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CostReport:
    """What admins see of the costs of their workspace."""

    week: Costs
    """The last seven days, today among them."""
    before: Costs
    """The seven days before."""
    month: float
    """Dollars since the first of the month."""
    cap: float | None = None
    """The dollars that a month may cost. It is None where nobody has set a cap."""


def day_of(at: float) -> int:
    """Number the day of a time, in UTC."""
    return int(at // _DAY)


def added(days: Mapping[int, Costs], first: int, last: int) -> Costs:
    """Add up the costs of some days, both ends among them."""
    some = [costs for day, costs in days.items() if first <= day <= last]
    return Costs(
        calls=sum(costs.calls for costs in some),
        prompt=sum(costs.prompt for costs in some),
        cached=sum(costs.cached for costs in some),
        output=sum(costs.output for costs in some),
        dollars=sum(costs.dollars for costs in some),
    )


def report(days: Mapping[int, Costs], now: float, cap: float | None) -> CostReport:
    """Sum the last weeks and the month up."""
    today = day_of(now)
    return CostReport(
        week=added(days, today - WEEK + 1, today),
        before=added(days, today - 2 * WEEK + 1, today - WEEK),
        month=added(days, day_of(month_start(now)), today).dollars,
        cap=cap,
    )


def reported_since(now: float) -> float:
    """Return the time from which on days are needed for a report."""
    return min(month_start(now), now - 2 * WEEK * _DAY)


def month_start(now: float) -> float:
    """Return when the month began, in UTC."""
    at = datetime.fromtimestamp(now, UTC)
    return at.replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp()


def crosses(cap: float, before: float, after: float) -> bool:
    """Tell whether a call has brought the month's costs to where people are told."""
    return before < WARNED_AT * cap <= after


def in_words(costs: Costs) -> str:
    """Say what some time has cost, in one line."""
    if not costs.calls:
        return "no calls"
    cached = f"{costs.cached / costs.prompt:.0%} of the requests from the cache" if costs.prompt else ""
    parts = (
        f"{costs.calls:,} call{'' if costs.calls == 1 else 's'}",
        f"{costs.prompt + costs.output:,} tokens",
        cached,
        f"${costs.dollars:,.2f}",
    )
    return " · ".join(part for part in parts if part)

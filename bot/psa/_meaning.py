"""What ticket systems mean when they refuse in words, since their codes say little. The words go no further."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from bot.psa.faults import (
    FeatureMissing,
    FieldsNotTaken,
    FileNotTaken,
    MemberInactive,
    NoteTooLong,
    PeriodClosed,
    RightMissing,
    StatusNotTaken,
    TicketClosed,
    TicketMissing,
    TicketRefused,
    TicketSystemFault,
    TimeNotTaken,
    TimeOverlaps,
)
from bot.psa.line import together
from bot.psa.values import Feature, MissingRight, TestReport

_MEANINGS: Final[tuple[tuple[re.Pattern[str], type[TicketRefused]], ...]] = (
    (re.compile(r"overlap"), TimeOverlaps),
    (re.compile(r"ticket\b.*(does not exist|not found|could not be found)"), TicketMissing),
    (
        re.compile(r"(resource|member|agent|user)\b.*\b(inactive|not active|disabled)|inactive (resource|member)"),
        MemberInactive,
    ),
    (
        re.compile(
            r"time ?sheet|(time|accounting|fiscal) period|period (is|has been) closed|already (been )?submitted"
        ),
        PeriodClosed,
    ),
    (
        re.compile(r"(status|ticket|board).*(not allow|does not permit|no|disallow).*time|time entr.*not allowed"),
        TimeNotTaken,
    ),
    (re.compile(r"hours ?worked|greater than 24|must be greater than 0"), TimeNotTaken),
    (re.compile(r"ticket.*\b(is|has been|already) (closed|complete)|closed ticket"), TicketClosed),
    (
        re.compile(r"too long|max(imum)? ?length|exceeds? the max|must not exceed|at most \d+ char|longer than"),
        NoteTooLong,
    ),
    (re.compile(r"file.*(type|extension|size|large)|attachment.*(size|type|large)"), FileNotTaken),
    (re.compile(r"permission|not authorized|access denied|security (level|role)|forbidden"), RightMissing),
    (
        re.compile(r"\bstatus\b.*(invalid|not valid|not found|does not exist|inactive)|invalid.*\bstatus\b"),
        StatusNotTaken,
    ),
)

_OF_ONE_TICKET: Final = frozenset({Feature.NOTE, Feature.ATTACHMENT})
"""Features that are tried on a ticket which need not exist: who learns that it is missing was let in."""


def meaning(words: str) -> type[TicketRefused]:
    """Tell which refusal the words of a ticket system are."""
    words = " ".join(words.lower().split())[:2_000]
    return next((kind for pattern, kind in _MEANINGS if pattern.search(words)), FieldsNotTaken)


@dataclass(frozen=True, slots=True)
class Probe:
    """A harmless request that shows whether a feature works, and the right that it wants."""

    feature: Feature
    right: str
    ask: Callable[[], Awaitable[Any]]


async def tried(first: Probe, *others: Probe, unproved: frozenset[Feature] = frozenset()) -> TestReport:
    """Send one harmless request for each feature. `unproved` features need none to be believed.

    The first goes alone: when the key is wrong, one failed login is enough.
    """
    outcomes = dict([await _outcome(first)])
    if (fault := outcomes[first.feature]) is None or isinstance(fault, RightMissing | FeatureMissing):
        outcomes |= dict(await together(*map(_outcome, others)))
    rights = {probe.feature: probe.right for probe in (first, *others)}
    missing = tuple(
        MissingRight(feature=feature, right=rights[feature])
        for feature, fault in outcomes.items()
        if isinstance(fault, RightMissing | FeatureMissing)
    )
    broken = [f for f in outcomes.values() if f is not None and not isinstance(f, RightMissing | FeatureMissing)]
    if broken:
        return TestReport(missing=missing, fault=broken[0])
    works = unproved | {feature for feature, fault in outcomes.items() if fault is None}
    return TestReport(works=works, missing=missing)


async def _outcome(probe: Probe) -> tuple[Feature, TicketSystemFault | None]:
    try:
        await probe.ask()
    except TicketSystemFault as fault:
        let_in = probe.feature in _OF_ONE_TICKET and isinstance(fault, TicketMissing | FieldsNotTaken)
        return probe.feature, None if let_in else fault
    return probe.feature, None

"""Tickets as the app knows them: the link of a session, the rules of the house, and what forms and cards show."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.ids import ChannelId, UserId
from bot.domain.notes.names import HeadingLanguage

_FIRST: Final = re.compile(r"\s*#([A-Za-z]{0,6}-?\d[A-Za-z0-9.\-]{0,30})(?=[\s:,]|$)")
_NUMBER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.\-_/]{0,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketLink:
    """The ticket of a session. Only the number is known until the ticket system was asked."""

    number: str
    ticket_id: str = ""
    """The ticket's id in the API of its system."""
    summary: str = ""
    client: str = ""
    client_id: str = ""
    contact: str = ""
    url: str = ""
    trouble: str = ""
    """What is wrong with the number, in words for people."""
    taken_in: bool = False
    """Whether what stands on the ticket is context of the session."""
    marker: str = ""
    """The marker under which the ticket is being created. It is empty for one that was there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketMember:
    """The person in the ticket system who a person in Slack is."""

    user: UserId
    member_id: str
    name: str
    email: str
    role: str = ""
    active: bool = True
    by_admin: bool = False
    """Whether an admin said so. Then no look-up by e-mail address changes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberTable:
    """Who is known to be who in a ticket system."""

    system: str
    rows: Sequence[TicketMember] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseRules:
    """What a workspace wants of its ticket notes and of the time on its tickets."""

    language: str = ""
    """The language of answers and notes. It is empty for the one in which the engineer writes."""
    headings: HeadingLanguage = HeadingLanguage.ENGLISH
    """The language of the four headings."""
    round_to: int = 1
    """Minutes are rounded up to a multiple of this."""
    least: int = 0
    """The fewest minutes that are proposed."""
    owner_and_date: bool = False
    """Whether the next steps of a ticket that stays open need an owner and a date."""
    instructions: str = ""
    push_by_itself: bool = False
    """Whether notes go to the session's ticket as soon as they are final."""
    post_by_itself: bool = False
    """Whether notes go to the team channel as soon as they are final."""
    post_from: str = ""
    """The channels whose sessions are posted by themselves, with commas between them. It is empty for all."""

    def posts(self, channel: ChannelId) -> bool:
        """Tell whether the notes of a session in a channel are posted by themselves."""
        return self.post_by_itself and (not self.post_from or channel in self.post_from.split(","))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The last notes, written by rules that are not stored yet."""

    text: str = ""
    told: str = ""
    """Which notes they are, or why there are none."""


NO_TRIAL: Final = Trial()


@dataclass(frozen=True, slots=True, kw_only=True)
class FormInput:
    """One input of the form in which a ticket system is set."""

    key: str
    label: str
    hint: str = ""
    value: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionForm:
    """The form in which an admin sets the ticket system."""

    systems: Sequence[str]
    system: str
    inputs: Sequence[FormInput]
    told: Sequence[str] = ()
    """What a test of the connection has shown, line by line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One entry of a list to choose from."""

    id: str
    name: str


def ticket_in(text: str) -> str:
    """Return the ticket number with which a text begins, like `#4411`. It is empty when it begins with none."""
    match = _FIRST.match(text)
    return match[1] if match else ""


def ticket_number(typed: str) -> str:
    """Return the number that a person typed into a field for it. It is empty when it can be none."""
    number = typed.strip().removeprefix("#").strip()
    return number if _NUMBER.fullmatch(number) else ""


def time_line(minutes: int) -> str:
    """Say in a line how long was worked, as it stands on the time that is logged."""
    return f"Troubleshooting, {minutes} min"


def rounded(seconds: float, rules: HouseRules) -> int:
    """Return the minutes to propose for a stretch of work. Minutes that were begun count."""
    minutes = max(math.ceil(seconds / 60), rules.least)
    step = max(rules.round_to, 1)
    return -(-minutes // step) * step

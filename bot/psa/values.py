"""What goes to a ticket system and what comes back, the same for all of them."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.psa.faults import TicketSystemFault


class Feature(StrEnum):
    """What a ticket system may be able to do."""

    NOTE = "note"
    TIME = "time"
    STATUS = "status"
    ATTACHMENT = "attachment"
    LOOKUP = "lookup"
    CREATE = "create"


class Recovery(StrEnum):
    """How a step whose answer was lost is brought to an end."""

    LOOK = "look"
    """`find_…` tells whether the step was done; it is repeated only when nothing is there."""
    REPEAT = "repeat"
    """Nothing can be looked for; the same step may be sent again, since the receiver drops what it has by its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a ticket system can do, and within which limits."""

    features: frozenset[Feature]
    recovery: Recovery
    least_minutes: int = 0
    """The shortest time that can be logged."""
    most_file_bytes: int = 20 * 1024 * 1024
    """The largest attachment that can be sent."""
    text_on_create: bool = True
    """Whether a new ticket takes its text with it; if not, the text has to follow as a note."""

    @property
    def note(self) -> bool:
        """Whether notes can be written."""
        return Feature.NOTE in self.features

    @property
    def time(self) -> bool:
        """Whether time can be logged."""
        return Feature.TIME in self.features

    @property
    def status(self) -> bool:
        """Whether the status of a ticket can be set."""
        return Feature.STATUS in self.features

    @property
    def attachment(self) -> bool:
        """Whether files can be attached."""
        return Feature.ATTACHMENT in self.features

    @property
    def lookup(self) -> bool:
        """Whether tickets, statuses and members can be looked up."""
        return Feature.LOOKUP in self.features

    @property
    def create(self) -> bool:
        """Whether tickets can be created."""
        return Feature.CREATE in self.features


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketStatus:
    """A status that a ticket can have."""

    id: str
    name: str
    closed: bool = False
    takes_time: bool = True
    """Whether time can be logged while a ticket has this status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketNote:
    """A note that is on a ticket already, as plain text."""

    id: str
    text: str
    author: str = ""
    written: str = ""
    """When it was written, as the ticket system spells it."""
    internal: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket as the ticket system has it. `id` is for its API, `number` is what people call it."""

    id: str
    number: str
    summary: str
    status: TicketStatus
    client: str = ""
    client_id: str = ""
    contact: str = ""
    board_id: str = ""
    url: str = ""
    mails_contact: bool = False
    """Whether the ticket itself is set to mail its contact about changes."""
    notes: tuple[TicketNote, ...] = ()
    """The last notes, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRef:
    """A person in the ticket system."""

    id: str
    name: str
    email: str
    active: bool = True
    role: str = ""
    """The role under which the person logs time, where the ticket system wants one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteDraft:
    """A note, or one part of a long note, that is to be written. `parts` of a destination makes the parts."""

    markdown: str
    marker: str
    internal: bool = True
    member: MemberRef | None = None
    """Under whose name it goes in; None for the API's own user."""
    engineer: str = ""
    """The name that stands in the text when there is no member."""
    title: str = "Ticket notes"
    part: int = 1
    parts: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeEntry:
    """Time that is to be logged. `started` knows its time zone."""

    started: datetime
    minutes: int
    text: str
    member: MemberRef
    marker: str
    billable: bool | None = None
    """None leaves it to the ticket system's own rules."""

    @property
    def ended(self) -> datetime:
        """When the time ends."""
        return self.started + timedelta(minutes=self.minutes)

    @property
    def hours(self) -> float:
        """The time in hours."""
        return round(self.minutes / 60, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """A status that a ticket is to be given."""

    status_id: str
    marker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that is to be attached, not visible to the client where the ticket system can say so."""

    name: str
    content_type: str
    data: bytes = field(repr=False)
    marker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketDraft:
    """A ticket that is to be created."""

    title: str
    markdown: str
    client_id: str
    board_id: str
    marker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One entry of a list to choose from: a client or a board."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a step left in the ticket system. `id` is empty where there is nothing to name."""

    id: str = ""
    under_api_user: bool = False
    """Whether it went in under the API's own user although a member was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingRight:
    """A feature that does not work, and the right that it wants, in the ticket system's own words."""

    feature: Feature
    right: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TestReport:
    """What works on a connection and what does not. `fault` is set when nothing does."""

    __test__ = False

    works: frozenset[Feature] = frozenset()
    missing: tuple[MissingRight, ...] = ()
    fault: "TicketSystemFault | None" = None


def marker_of(key: str) -> str:
    """Make the marker of a step from the key that names it: twelve hex digits that the step is found by again."""
    return f"[ref:{hashlib.sha256(key.encode()).hexdigest()[:12]}]"

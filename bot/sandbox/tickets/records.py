"""What a desk keeps: clients, people, tickets and what is written on them, and who and what is there at first."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

Reason = Literal[
    "missing", "closed", "period", "inactive", "no_time", "too_long", "overlap", "status", "invalid", "right", "file"
]


class DeskRefuses(Exception):
    """The desk does not take it. Each system says so in its own way."""

    def __init__(self, reason: Reason, name: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.name = name
        """The field, the rule or the right that it is about."""


@dataclass
class DeskClient:
    """A client of the service desk."""

    id: int
    name: str
    contact: str


@dataclass
class DeskPerson:
    """A person who works on tickets."""

    id: int
    name: str
    email: str
    active: bool = True
    role: int = 29


@dataclass
class DeskStatus:
    """A status of tickets."""

    id: int
    name: str
    closed: bool = False
    takes_time: bool = True


@dataclass
class DeskNote:
    """A note on a ticket, in the form in which it came in."""

    id: int
    text: str
    form: Literal["text", "html", "blocks"]
    internal: bool
    author: str
    author_id: int
    at: datetime
    mailed: bool = False
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass
class DeskTime:
    """Time on a ticket."""

    id: int
    ticket: int
    person: int
    started: datetime | None
    ended: datetime | None
    hours: float
    text: str
    internal_text: str
    billable: bool | None
    mailed: bool = False


@dataclass
class DeskFile:
    """A file on a ticket."""

    id: int
    name: str
    title: str
    content_type: str
    data: bytes
    internal: bool


@dataclass
class DeskTicket:
    """A ticket."""

    id: int
    number: str
    summary: str
    client: int
    status: int
    board: int = 1
    text: str = ""
    reference: str = ""
    notes: list[DeskNote] = field(default_factory=list)
    times: list[DeskTime] = field(default_factory=list)
    files: list[DeskFile] = field(default_factory=list)


PEOPLE: Final = (
    DeskPerson(id=21, name="Ana Ortiz", email="ana@example.com"),
    DeskPerson(id=22, name="Ben Lee", email="ben@example.com"),
    DeskPerson(id=23, name="Dana Fox", email="dana@example.com"),
    DeskPerson(id=24, name="Ivo Gone", email="ivo@example.com", active=False),
)
CLIENTS: Final = (
    DeskClient(id=11, name="Fabrikam", contact="Pat Hall"),
    DeskClient(id=12, name="Contoso", contact="Lee Wong"),
)
STATUSES: Final = (
    DeskStatus(id=1, name="New"),
    DeskStatus(id=2, name="In Progress"),
    DeskStatus(id=3, name="Waiting Parts", takes_time=False),
    DeskStatus(id=4, name="Resolved"),
    DeskStatus(id=9, name="Closed", closed=True),
)
BOARDS: Final = {1: "Help Desk", 2: "Projects"}
TICKETS: Final = (
    (4411, "Printer on floor 2 prints blank pages", 11, 2),
    (4412, "Outlook asks for the password again and again", 12, 1),
    (4413, "VPN drops every ten minutes", 11, 3),
    (4400, "New laptop for Kim", 11, 9),
)

"""What is left when the dust has settled, as plain values: what people were promised is held against this."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownText:
    """One look of a text, in the order of the record."""

    number: int
    final: bool
    reopened: bool = False
    """Not a look: here the text was cut off before its end was stored."""
    asked: bool = False
    """Not a look: here a person had the text written anew, once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A message of the app that is there in the end."""

    key: str
    channel: str
    thread: str | None
    ts: str
    body: str
    """The Markdown that it shows."""
    gist: tuple[str, ...]
    """Every text and control in it, without what depends on the time."""
    final: bool
    """Whether it looks as if nothing more were coming; of a reply and the notes only."""
    waiting: bool
    """Whether it shows a placeholder or a way to stop."""
    pings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTurn:
    """One stored turn."""

    id: str
    seq: int
    assistant: bool
    state: str
    text: str
    """A member's words, or the prose of a reply."""
    source: str | None = None
    lane: bool = False
    """Whether it is a reply that replaced the lane."""
    failure: str | None = None
    wants_answer: bool = True
    """The sentence that says why a reply failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTask:
    """One stored task."""

    text: str
    draft: str
    answer: str
    mark: str
    sent: bool
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredStep:
    """A step of a guided session that counts."""

    id: str
    open: bool
    told: str
    """What the assistant is told of it."""
    by_message: bool = False
    """Whether a message in the thread was its answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """What a person has clicked below a message: the newest that was thanked for, and those after it that were not."""

    thanked: bool | None = None
    unsure: tuple[bool, ...] = ()

    @property
    def allowed(self) -> tuple[bool | None, ...]:
        """What may be stored."""
        return (self.thanked, *self.unsure)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSession:
    """One stored session, with how its card and its lane must look."""

    id: str
    channel: str
    thread: str | None
    status: str
    problem: str
    card: tuple[str, ...]
    lane: tuple[str, ...] | None
    """None when there is nothing to show."""
    turns: Sequence[StoredTurn] = ()
    tasks: Sequence[StoredTask] = ()
    steps: Sequence[StoredStep] = ()
    notes_state: str | None = None
    notes_text: str = ""
    notes_generation: int = -1
    notes_stopped: bool = False
    team: str | None = None
    """The channel into which the notes are posted by themselves."""
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredHome:
    """One person's App Home: as it is, and as the database says it should be."""

    user: str
    shown: tuple[str, ...]
    due: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message that a person wrote into a session's thread."""

    channel: str
    ts: str
    text: str
    written: int
    """Its number in the record."""
    accepted: int | None
    """The record's number when the app first acknowledged it; None when it never did."""
    now: str | None = None
    """What its author has changed it to, empty when it was deleted. It is None unless the app acknowledged that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Something that people asked for a number of times: how often it was acknowledged, and how often it was not.

    What was not acknowledged may have been done or not.
    """

    accepted: int = 0
    unsure: int = 0

    def allows(self, done: int) -> bool:
        """Tell whether something may have happened so many times."""
        return self.accepted <= done <= self.accepted + self.unsure


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a person typed into one task: the last text that was acknowledged.

    One that never was may have been stored at any time, also after that one: Slack gave up on it, the app did not.
    """

    session: str
    task: str
    accepted: str
    unsure: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A session's notes that people posted into the team's channel."""

    begun: int | None = None
    """The record's number when the last one that was acknowledged was asked for; None when there was none."""
    unsure: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamStop:
    """A click on Stop while notes were being written."""

    session: str
    accepted: int | None
    """The record's number when it was acknowledged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What a person copied, and what the message with the notes showed before and after."""

    session: str
    text: str
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessedEvidence:
    """Everything that is judged."""

    messages: Sequence[Seen] = ()
    sessions: Sequence[StoredSession] = ()
    histories: Mapping[str, Sequence[ShownText]] = field(default_factory=dict)
    homes: Sequence[StoredHome] = ()
    said: Sequence[Said] = ()
    drafts: Sequence[Draft] = ()
    starts: Mapping[str, Counted] = field(default_factory=dict)
    """By the problem's text."""
    sends: Mapping[str, Counted] = field(default_factory=dict)
    """How often answers were sent, by session."""
    conclusions: Mapping[str, Counted] = field(default_factory=dict)
    """How often notes were asked for, by session: by resolving it, and by Regenerate."""
    owners: Mapping[str, Sequence[tuple[str, bool]]] = field(default_factory=dict)
    """Who began each session and who pressed Take over, in order, and whether that was acknowledged."""
    posts: Mapping[str, Posting] = field(default_factory=dict)
    """By session."""
    steps: Mapping[str, Counted] = field(default_factory=dict)
    """How often people answered the steps of a session."""
    answered: Sequence[tuple[str, str]] = ()
    """The steps that were answered with a click which was acknowledged, by session and step."""
    rated: Mapping[tuple[str, str], Rated] = field(default_factory=dict)
    """What people clicked, by session and message, and by person."""
    ratings: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    """What is stored of it."""
    stops: Sequence[StreamStop] = ()
    copies: Sequence[Copied] = ()
    stuck: Sequence[str] = ()
    """Jobs that are due or running although everything is quiet."""
    failed: Sequence[str] = ()
    """Jobs that were given up."""
    allowed_pings: frozenset[str] = frozenset()
    complaints: Mapping[str, int] = field(default_factory=dict)
    """What the processes logged as an error that no trouble explains."""

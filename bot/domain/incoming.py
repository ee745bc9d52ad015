"""What a person did in Slack, as frozen values: who, where, when, on which delivery, and how they can be answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.content import MessageContent
from bot.domain.ids import ChannelId, DeliveryId, MessageTs, Place, SessionId, TaskId, Tenant, UserId
from bot.domain.sessions import Session
from bot.errors import BadPayload


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The session that a control is about, and the task, turn or page of it where there is one."""

    session: SessionId
    item: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """Anything that a person did."""

    tenant: Tenant
    user: UserId
    delivery: DeliveryId
    """Slack's name for the delivery. Slack repeats a delivery when it is not sure that we got it."""
    channel: ChannelId | None = None
    thread: MessageTs | None = None
    at: float | None = None
    """When they did it, by Slack's clock. It is None where Slack does not say."""
    trigger: str = ""
    """What a modal can be opened with, for three seconds."""
    response_url: str | None = None
    target: Target | None = None

    @property
    def session(self) -> SessionId:
        """The session that the control is about. Raises `BadPayload` when it names none."""
        if self.target is None:
            raise BadPayload
        return self.target.session

    @property
    def task(self) -> TaskId:
        """The task that the control is about. Raises `BadPayload` when it names none."""
        if self.target is None or not self.target.item:
            raise BadPayload
        return TaskId(self.target.item)

    @property
    def redraws(self) -> str | None:
        """The URL through which the message that was clicked is redrawn."""
        return None

    @property
    def answered_in(self) -> MessageTs | None:
        """The thread in which a private answer is shown."""
        return self.thread

    @property
    def in_modal(self) -> bool:
        """Whether they did it in a modal, which stays open below an answer."""
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class SlashCommand(Incoming):
    """A slash command. Slack has none inside threads."""

    channel: ChannelId
    text: str
    """What was typed, with a word that stands for every name that Slack did not send along."""
    content: MessageContent

    @property
    def source(self) -> str | None:
        """A command is no message."""
        return None

    @property
    def called(self) -> MessageTs | None:
        """A command calls the app into no thread."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingMessage(Incoming):
    """What a member said, or was seen to say when a thread was read back."""

    channel: ChannelId
    thread: MessageTs
    """The thread that the message belongs to, or begins."""
    ts: MessageTs
    content: MessageContent
    addressed: bool = False
    """Whether it was said to the app: in a direct message, or by mentioning it."""

    @property
    def reply(self) -> bool:
        """Whether it was written into a thread that was there before."""
        return self.ts != self.thread

    @property
    def has_above(self) -> bool:
        """Whether something stands in its thread that was said before the app was called."""
        return self.reply

    @property
    def answered_in(self) -> MessageTs | None:
        """A thread without a reply shows nothing that is for one person alone."""
        return self.thread if self.reply else None

    @property
    def source(self) -> str | None:
        """Names the message within the workspace, so that it is taken as a turn once."""
        return f"{self.channel}:{self.ts}"

    @property
    def called(self) -> MessageTs | None:
        """The message that called the app into its thread: all that members say after it is meant for the app."""
        return self.ts


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardInShared:
    """What tells whose app is meant in a channel that several workspaces share."""

    place: Place
    """The thread, or the message with which one would begin."""
    mentioned: frozenset[UserId]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageTakenBack:
    """A message that was edited, with what it says now, or deleted."""

    tenant: Tenant
    delivery: DeliveryId
    channel: ChannelId
    ts: MessageTs
    content: MessageContent | None = None
    """What it says now. It is None when it was deleted."""

    @property
    def source(self) -> str:
        """Names the message within the workspace."""
        return f"{self.channel}:{self.ts}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageShortcut(IncomingMessage):
    """A message shortcut: who used it, on which message."""

    has_thread: bool
    """Whether the message belongs to a thread, or has one."""

    @property
    def called(self) -> MessageTs | None:
        """A shortcut calls the app to a message that may be old."""
        return None

    @property
    def has_above(self) -> bool:
        """Whether something stands in its thread that was said before the app was called."""
        return self.has_thread

    @property
    def answered_in(self) -> MessageTs | None:
        """A message without a thread shows no answers in one."""
        return self.thread if self.has_thread else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Click(Incoming):
    """A button, a menu or an input that a person used, on a message, in a modal or in App Home."""

    action: str
    value: str = ""
    typed: str = ""
    """What the control holds, whatever its kind."""
    surface: str = "message"
    """Where the control is: `message`, `modal` or `home`."""
    view_id: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    """What the inputs of the modal hold that the control is in, by action id."""
    metadata: str = ""
    """What the modal carries that the control is in."""
    beside: str = ""
    """What App Home's input holds for the task that a button is about."""

    @property
    def page(self) -> int:
        """The page to show. Raises `BadPayload` when the control names none."""
        number = self.target.item if self.target is not None and self.target.item else self.value
        if not number.isascii() or not number.isdigit() or len(number) > 6:
            raise BadPayload
        return int(number)

    @property
    def redraws(self) -> str | None:
        """The URL through which the message that was clicked is redrawn."""
        return self.response_url

    @property
    def in_modal(self) -> bool:
        """Whether they did it in a modal, which stays open below an answer."""
        return self.surface == "modal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission(Incoming):
    """A modal that was submitted or closed, with what its inputs hold by action id."""

    values: Mapping[str, str]
    view_id: str = ""
    metadata: str = ""


Opening = SlashCommand | IncomingMessage
"""What can begin a session: a command, a message to the app, or a shortcut on any message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a message, as far as its author has to be told."""

    dormant: Session | None = None
    """The session of the thread, when it is not active."""
    empty: bool = False
    too_big: bool = False

"""What comes in from Slack, as frozen values: who, where, what, and under which of Slack's ids."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.ids import ChannelId, DeliveryId, MessageTs, SessionId, TaskId, Tenant, UserId
from bot.errors import TasklaneError


class BadPayload(TasklaneError):
    """A payload does not have the shape that Slack documents."""

    user_text = "I did not understand that. Please try again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A slash command."""

    tenant: Tenant
    user: UserId
    channel: ChannelId
    text: str
    trigger: str
    response_url: str | None
    delivery: DeliveryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a member said, or was seen to say: a message event, a mention, or a shortcut's message."""

    tenant: Tenant
    user: UserId
    channel: ChannelId
    ts: MessageTs
    thread: MessageTs | None
    text: str
    direct: bool
    files: bool
    delivery: DeliveryId

    @property
    def root(self) -> MessageTs:
        """The thread that the message belongs to or begins."""
        return self.thread or self.ts

    @property
    def source(self) -> str:
        """Names the message within the workspace."""
        return f"{self.channel}:{self.ts}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """A button, a menu or an input that a person used, on a message, in a modal or in App Home."""

    tenant: Tenant
    user: UserId
    action: str
    value: str
    channel: ChannelId | None
    thread: MessageTs | None
    view: str | None
    """The type of the view that holds the control, `home` or `modal`; None on a message."""
    trigger: str
    response_url: str | None
    delivery: DeliveryId
    at: float | None
    """When it was used, by Slack's clock."""
    typed: str
    block: str
    private: str
    view_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A modal that was submitted or closed, with what its inputs hold by action id."""

    tenant: Tenant
    user: UserId
    private: str
    values: Mapping[str, str]
    delivery: DeliveryId
    view_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """A message shortcut: who used it on which message."""

    message: Message
    trigger: str
    response_url: str | None

    @property
    def delivery(self) -> DeliveryId:
        """The delivery that it came in."""
        return self.message.delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The session, and the task where there is one, that a button or a modal is about."""

    session: SessionId
    item: str | None

    @property
    def task(self) -> TaskId:
        """The task; `BadPayload` when the value names none."""
        if self.item is None:
            raise BadPayload
        return TaskId(self.item)

    @property
    def number(self) -> int:
        """The page to show; `BadPayload` when the value names none."""
        return number(self.item or "")


def number(value: str) -> int:
    """Read a page number."""
    if not value.isascii() or not value.isdigit() or len(value) > 6:
        raise BadPayload
    return int(value)

"""What a workspace is made of: people, conversations, messages, files."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from bot.sandbox import text as rendering
from bot.sandbox.state import Values, values
from bot.sandbox.streams import Stream

if TYPE_CHECKING:
    from bot.sandbox.workspace import Workspace

_REVISIONS: Final = 500
ChannelKind = Literal["public", "private", "mpim", "im"]


@dataclass(slots=True, kw_only=True)
class User:
    """A member of the workspace, the app's bot user among them."""

    id: str
    name: str
    real_name: str
    title: str = ""
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_bot: bool = False
    deleted: bool = False


@dataclass(slots=True, kw_only=True)
class File:
    """An uploaded file."""

    id: str
    name: str
    title: str
    content: bytes = b""
    mimetype: str = "text/plain"
    user: str = ""
    url: str = ""
    permalink: str = ""
    complete: bool = False

    @property
    def text(self) -> str:
        """The content as text."""
        return self.content.decode(errors="replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What a message said at one time."""

    at: float
    text: str
    blocks: Sequence[dict[str, Any]]


@dataclass(slots=True, kw_only=True, eq=False)
class Channel:
    """A conversation: public or private channel, a group's direct messages, or those of one person with the app."""

    space: "Workspace" = field(repr=False)
    id: str
    name: str
    kind: ChannelKind = "public"
    members: set[str] = field(default_factory=set)
    is_archived: bool = False
    user: str = ""
    all: dict[str, "Message"] = field(default_factory=dict, repr=False)
    threads: dict[str, list["Message"]] = field(default_factory=dict, repr=False)
    ephemerals: list["Message"] = field(default_factory=list, repr=False)

    @property
    def messages(self) -> list["Message"]:
        """The messages at the top level, oldest first."""
        return [m for m in self.all.values() if not m.in_thread or m.broadcast]

    @property
    def type(self) -> str:
        """Slack's channel_type."""
        return {"public": "channel", "private": "group", "mpim": "mpim", "im": "im"}[self.kind]

    def add(self, message: "Message") -> None:
        """Take a message in."""
        self.all[message.ts] = message
        if message.in_thread:
            self.threads.setdefault(str(message.thread_ts), []).append(message)

    def remove(self, message: "Message") -> None:
        """Take a message out; one with replies stays as a tombstone."""
        if self.threads.get(message.ts):
            message.subtype, message.text, message.blocks = "tombstone", "This message was deleted.", []
            return
        self.all.pop(message.ts, None)
        if message.in_thread:
            self.threads[str(message.thread_ts)].remove(message)


@dataclass(slots=True, kw_only=True, eq=False)
class Message:
    """A message; the same object all its life, so that a test sees every edit."""

    space: "Workspace" = field(repr=False)
    channel: Channel = field(repr=False)
    ts: str
    user: str
    bot: bool
    text: str
    blocks: list[dict[str, Any]]
    attachments: list[dict[str, Any]] = field(default_factory=list)
    thread_ts: str | None = None
    subtype: str | None = None
    metadata: dict[str, Any] | None = None
    files: list[File] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    edited: dict[str, str] | None = None
    viewer: str | None = None
    broadcast: bool = False
    deleted: bool = False
    stream: Stream | None = None
    typed: dict[str, Values] = field(default_factory=dict, repr=False)
    revisions: list[Revision] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        self.keep_revision(float(self.ts))

    @property
    def in_thread(self) -> bool:
        """True for a reply, false for a thread's first message."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def replies(self) -> list["Message"]:
        """The replies below this message, oldest first."""
        return list(self.channel.threads.get(self.ts, ()))

    @property
    def author(self) -> str:
        """The name of who wrote it."""
        return rendering.user_name(self.space, self.user)

    @property
    def streaming(self) -> bool:
        """True while the app may append to it with chat.appendStream."""
        return self.stream is not None and self.stream.state(self.space.clock()) == "open"

    def keep_revision(self, at: float) -> None:
        """Remember what the message says now; of very many revisions the first and the latest."""
        self.revisions.append(Revision(at=at, text=self.text, blocks=self.blocks))
        if len(self.revisions) > 2 * _REVISIONS:
            del self.revisions[1:_REVISIONS]

    def shown_to(self, user: str) -> list[dict[str, Any]]:
        """Return the blocks on one person's screen: only its recipient sees a stream grow."""
        if self.stream is None or user in ("", self.stream.recipient) or not self.streaming:
            return self.blocks
        return self.stream.first

    def values(self, user: str) -> Values:
        """Return the state of the message's inputs as one person filled them in."""
        return values(self.blocks, self.typed.get(user, {}), self.channel.id)

    def text_view(self, user: str = "") -> str:
        """Return the text that a person reads."""
        return rendering.message(self, user)

    def mentions(self) -> list[str]:
        """Return whom this message notifies: `@channel`, `@here`, `@Ana`, …."""
        return rendering.mentions(self)

    def brief(self) -> dict[str, Any]:
        """Return what the record keeps of the message."""
        return {
            "channel": self.channel.id,
            "ts": self.ts,
            "thread_ts": self.thread_ts,
            "user": self.user,
            "text": self.text,
            "blocks": self.blocks,
            "viewer": self.viewer,
            "subtype": self.subtype,
            "edited": self.edited is not None,
            "broadcast": self.broadcast,
            "files": [file.name for file in self.files],
            "reactions": {name: len(users) for name, users in self.reactions.items()},
        }

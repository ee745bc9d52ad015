"""What a workspace is made of: people, conversations, messages, files."""

import itertools
import mimetypes
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from bot.sandbox import limits
from bot.sandbox import text as rendering
from bot.sandbox.record import SandboxRecord
from bot.sandbox.state import Values, values
from bot.sandbox.streams import MessageStream

Block = dict[str, Any]
OUR_TEAM: Final = "T0SANDBOX"
SLACKBOT: Final = "USLACKBOT"
"""The user id under which Slack itself speaks."""
_REVISIONS: Final = 500
ChannelKind = Literal["public", "private", "mpim", "im"]
Posting = Literal["everything", "nothing", "replies", "no_replies"]
"""What the app may post in a channel whose admins restrict it."""
Uploads = Literal["everything", "images", "nothing"]
"""Which files a workspace takes."""
_IN_ADDRESS: Final = re.compile(r"[^a-z0-9._-]")
"""What Slack writes as an underscore where a file's name stands in its address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackTeam:
    """A workspace: ours, or that of a partner whom Slack Connect brings in."""

    id: str
    name: str
    domain: str

    @classmethod
    def named(cls, name: str) -> "SlackTeam":
        """Make a team from its name."""
        plain = "".join(letter for letter in name.lower() if letter.isalnum())
        return cls(id=f"T0{plain.upper()}", name=name, domain=plain)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserGroup:
    """Some people under one handle, which a message mentions as `<!subteam^S…>`."""

    id: str
    handle: str
    name: str
    members: Sequence[str]


@dataclass(slots=True, kw_only=True)
class User:
    """Somebody who writes: a person of ours or of a partner, or the bot user of an app."""

    id: str
    name: str
    real_name: str
    team_id: str = OUR_TEAM
    email: str = ""
    bot_id: str = ""
    app_id: str = ""
    title: str = ""
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_bot: bool = False
    deleted: bool = False

    def __post_init__(self) -> None:
        if self.is_bot:
            self.bot_id = self.bot_id or f"B{self.id[1:]}"
            self.app_id = self.app_id or f"A{self.id[1:]}"


FileMode = Literal["hosted", "snippet", "tombstone", "hidden_by_limit"]
_CHUNK: Final = 64 * 1024


@dataclass(slots=True, kw_only=True, eq=False)
class File:
    """An uploaded file. `size` announces more bytes than there are: the rest are zeros when it is downloaded."""

    id: str
    name: str
    title: str
    content: bytes = b""
    mimetype: str = "text/plain"
    user: str = ""
    url: str = ""
    permalink: str = ""
    complete: bool = False
    created: float = 0.0
    mode: FileMode = "hosted"
    size: int = 0

    @property
    def deleted(self) -> bool:
        """True for a file of which only the place is left."""
        return self.mode == "tombstone"

    @property
    def announced(self) -> int:
        """The size that Slack says."""
        return max(self.size, len(self.content))

    def chunks(self, step: int) -> Iterator[bytes]:
        """Yield the bytes of a download in pieces."""
        for start in range(0, len(self.content), step):
            yield self.content[start : start + step]
        missing = self.announced - len(self.content)
        while missing > 0:
            yield bytes(min(missing, step))
            missing -= step

    @property
    def text(self) -> str:
        """The content as text."""
        return self.content.decode(errors="replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadStatus:
    """What the app says it is doing in a thread: `is thinking…`."""

    text: str
    at: float
    loading_messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What a message said at one time."""

    at: float
    text: str
    blocks: Sequence[dict[str, Any]]


@dataclass(slots=True, kw_only=True, eq=False)
class Channel:
    """A conversation: public or private channel, a group's direct messages, or those of one person with the app."""

    space: "Directory" = field(repr=False)
    id: str
    name: str
    kind: ChannelKind = "public"
    members: set[str] = field(default_factory=set)
    is_archived: bool = False
    user: str = ""
    posting: Posting = "everything"
    locked: set[str] = field(default_factory=set)
    host: str = ""
    teams: Sequence[str] = ()
    statuses: dict[str, ThreadStatus] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    prompts: list[dict[str, str]] = field(default_factory=list)
    all: dict[str, "Message"] = field(default_factory=dict, repr=False)
    threads: dict[str, list["Message"]] = field(default_factory=dict, repr=False)
    ephemerals: list["Message"] = field(default_factory=list, repr=False)

    @property
    def is_shared(self) -> bool:
        """True for a channel of Slack Connect: people of another team are in it."""
        return any(team != self.space.team_id for team in self.connected)

    @property
    def connected(self) -> list[str]:
        """The ids of the teams in it, the one that created it first."""
        return list(dict.fromkeys([self.host or self.space.team_id, *self.teams]))

    @property
    def messages(self) -> list["Message"]:
        """The messages at the top level, oldest first."""
        return [m for m in self.all.values() if not m.in_thread or m.broadcast]

    @property
    def type(self) -> str:
        """Slack's channel_type."""
        return {"public": "channel", "private": "group", "mpim": "mpim", "im": "im"}[self.kind]

    def status(self, thread_ts: str) -> str:
        """Return the app's status in a thread: gone after two minutes, and when the app posts there."""
        status = self.statuses.get(thread_ts)
        if status is None or self.space.clock() - status.at >= limits.STATUS_SECONDS:
            return ""
        return status.text

    def add(self, message: "Message") -> None:
        """Take a message in."""
        if message.is_ours:
            self.statuses.pop(message.thread_ts or "", None)
        self.all[message.ts] = message
        if message.in_thread:
            self.threads.setdefault(str(message.thread_ts), []).append(message)

    def remove(self, message: "Message") -> None:
        """Take a message out. One with replies stays as a tombstone, as long as it has some."""
        if self.threads.get(message.ts):
            message.become_tombstone()
            return
        self.all.pop(message.ts, None)
        if message.in_thread:
            self.threads[str(message.thread_ts)].remove(message)

    def forget(self, root: "Message") -> None:
        """Drop a thread, of which nobody is told: a workspace keeps messages only for so long."""
        for message in (*self.threads.pop(root.ts, ()), root):
            self.all.pop(message.ts, None)
        self.statuses.pop(root.ts, None)
        self.titles.pop(root.ts, None)
        self.ephemerals[:] = [message for message in self.ephemerals if message.ts > root.ts]

    def thread(self, ts: str | None) -> str | None:
        """Return the thread that a post with this `thread_ts` lands in, None for the channel's top level.

        Slack does not refuse a `thread_ts` that names a message which is gone, or none at all: it posts at the top.
        """
        root = self.all.get(ts or "")
        if root is None:
            return None
        return root.thread_ts if root.in_thread else root.ts

    def shows_ephemerals(self, thread_ts: str | None) -> bool:
        """Say whether an ephemeral message is seen there: in a thread only once somebody has replied."""
        return thread_ts is None or bool(self.threads.get(self.thread(thread_ts) or ""))


@dataclass(slots=True, kw_only=True, eq=False)
class Message:
    """A message. It stays the same object all its life, so that a test sees every edit."""

    space: "Directory" = field(repr=False)
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
    stream: MessageStream | None = None
    typed: dict[str, Values] = field(default_factory=dict, repr=False)
    toggled: dict[str, dict[str, bool]] = field(default_factory=dict, repr=False)
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
    def is_ours(self) -> bool:
        """True for what the app itself wrote, false for other apps."""
        return self.user == self.space.bot_user_id

    @property
    def streaming(self) -> bool:
        """True while the app may append to it with chat.appendStream."""
        return self.stream is not None and self.stream.state(self.space.clock()) == "open"

    def become_tombstone(self) -> None:
        """Keep the place of a deleted message that has replies, and nothing of what it said."""
        self.user, self.bot, self.subtype, self.text = SLACKBOT, False, "tombstone", "This message was deleted."
        self.blocks, self.attachments, self.files, self.reactions = [], [], [], {}
        self.metadata, self.edited = None, None

    def keep_revision(self, at: float) -> None:
        """Remember what the message says now. Of very many revisions the first and the latest stay."""
        self.revisions.append(Revision(at=at, text=self.text, blocks=self.blocks))
        if len(self.revisions) > 2 * _REVISIONS:
            del self.revisions[1:_REVISIONS]

    def shown_to(self, user: str) -> list[dict[str, Any]]:
        """Return the blocks on one person's screen: only its recipient sees a stream grow."""
        if self.stream is None or user in ("", self.stream.recipient) or not self.streaming:
            return self.blocks
        return self.stream.first

    def is_open(self, user: str, block: Mapping[str, Any]) -> bool:
        """Say whether a collapsible container is open on one person's screen."""
        usual = not block.get("default_collapsed")
        return self.toggled.get(user, {}).get(str(block.get("block_id")), usual)

    def forget_toggled(self) -> None:
        """Fold what is left to how it was sent: only a container with the same block_id stays as somebody left it."""
        there = {block.get("block_id") for block in self.blocks if block.get("is_collapsible")}
        for user, blocks in self.toggled.items():
            self.toggled[user] = {name: is_open for name, is_open in blocks.items() if name in there}

    def values(self, user: str) -> Values:
        """Return the state of the message's inputs as one person filled them in."""
        return values(self.blocks, self.typed.get(user, {}), self.channel.id)

    def text_view(self, user: str = "") -> str:
        """Return the text that a person reads, without a name everything that there is to unfold."""
        shown = [self._folded(user, block) if user else block for block in self.shown_to(user)]
        body = rendering.blocks(self.space, shown, self.values(user), {}) if shown else self._readable()
        attached = [rendering.attachment(self.space, item) for item in self.attachments]
        names = ["📎 (deleted)" if file.deleted else f"📎 {file.name}" for file in self.files]
        return "\n".join(part for part in (body, *attached, *names) if part)

    def _folded(self, user: str, block: Block) -> Block:
        if not block.get("is_collapsible") or self.is_open(user, block):
            return block
        return {**block, "child_blocks": []}

    def _readable(self) -> str:
        return rendering.readable(self.space, self.text)

    def mentions(self) -> list[str]:
        """Return whom this message notifies: `@channel`, `@here`, `@Ana`, …."""
        return rendering.mentions(self.space, self.text, self.blocks)

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


class Directory:
    """Who and what is in a workspace, and how its ids are made."""

    team_id = OUR_TEAM
    team_name = "Sandbox"
    domain = "sandbox"
    app_id: Final = "A0SANDBOX"
    bot_id = "B0SANDBOX"
    bot_user_id = "U0BOT"

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        record: SandboxRecord,
        manifest: dict[str, Any] | None,
        team: SlackTeam | None = None,
    ) -> None:
        if team is not None:
            self.team_id, self.team_name, self.domain = team.id, team.name, team.domain
            self.bot_id, self.bot_user_id = f"B{team.id[1:]}", f"U0BOT{team.id[2:]}"
        self.installed = True
        """Whether the app is installed, so that it is told of what happens."""
        self.granted: Sequence[str] | None = None
        """The scopes that were granted. None when they are those of the manifest."""
        self.clock = clock
        self.record = record
        self.manifest = manifest
        self.base_url = ""
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, UserGroup] = {}
        self.files: dict[str, File] = {}
        self._numbers = itertools.count(1)
        self._last_ts = 0
        self.teams = {self.team_id: SlackTeam(id=self.team_id, name=self.team_name, domain=self.domain)}
        self.users[self.bot_user_id] = User(
            id=self.bot_user_id,
            team_id=self.team_id,
            name=self.bot_name.lower(),
            real_name=self.bot_name,
            is_bot=True,
            bot_id=self.bot_id,
            app_id=self.app_id,
        )

    @property
    def bot_name(self) -> str:
        """The name under which people mention the app."""
        features = (self.manifest or {}).get("features") or {}
        return str((features.get("bot_user") or {}).get("display_name") or "Tasklane")

    def app_sees(self, file: File) -> bool:
        """Say whether the app may read a file: its own, or one that is shared where it is a member."""
        places = (c for c in self.channels.values() if self.bot_user_id in c.members)
        return file.user == self.bot_user_id or any(file in m.files for c in places for m in c.all.values())

    def new_file(self, name: str, user: str, mimetype: str = "") -> File:
        """Take in a file that somebody uploads, with its addresses."""
        file = File(id=self.fresh("F"), name=name, title=name, user=user, created=self.clock())
        file.mimetype = mimetype or mimetypes.guess_type(name)[0] or "text/plain"
        file.url = f"{self.base_url}/files/{file.id}/{_IN_ADDRESS.sub('_', name.lower())}"
        file.permalink = f"{self.base_url}/files/{file.id}"
        self.files[file.id] = file
        return file

    def team(self, name: str) -> SlackTeam:
        """Return the team of that name, and take in a partner that was not known."""
        for team in self.teams.values():
            if name in (team.name, team.id):
                return team
        team = SlackTeam.named(name)
        self.teams[team.id] = team
        return team

    def is_foreign(self, user: User) -> bool:
        """Say whether somebody belongs to another team than the one that installed the app."""
        return user.team_id != self.team_id

    def is_stranger(self, user: User) -> bool:
        """Say whether somebody of another team is in no channel that the app sees."""
        seen = (c for c in self.channels.values() if self.bot_user_id in c.members)
        return self.is_foreign(user) and not any(user.id in channel.members for channel in seen)

    def fresh(self, prefix: str) -> str:
        """Return a new id."""
        return f"{prefix}{next(self._numbers):08X}"

    def next_ts(self) -> str:
        """Return a message timestamp that no other message has."""
        self._last_ts = max(self._last_ts + 1, int(self.clock() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def allows(self, *scopes: str) -> bool:
        """Say whether the app was granted one of the scopes. Without a manifest it may do everything."""
        return self.manifest is None or any(scope in self.scopes for scope in scopes)

    @property
    def scopes(self) -> Sequence[str]:
        """The bot scopes that the app was granted."""
        return self.scopes_of_manifest if self.granted is None else self.granted

    @property
    def scopes_of_manifest(self) -> Sequence[str]:
        """The bot scopes of the manifest."""
        oauth = (self.manifest or {}).get("oauth_config") or {}
        return tuple((oauth.get("scopes") or {}).get("bot") or ())

    def find_channel(self, name: str) -> Channel | None:
        """Find a conversation by id, by `#name` or by name."""
        channel = self.channels.get(name)
        if channel is None:
            plain = name.removeprefix("#")
            channel = next((c for c in self.channels.values() if c.name == plain and c.kind != "im"), None)
        return channel

    def with_ids(self, blocks: Sequence[Block]) -> list[Block]:
        """Fill in the block and action ids that the app left to Slack, on copies."""
        return [self._identified(block) for block in blocks]

    def _identified(self, block: Block) -> Block:
        block = dict(block)
        if block.get("type") == "markdown":
            block.pop("block_id", None)
        block.setdefault("block_id", self.fresh("b"))
        for name in ("accessory", "element"):
            if isinstance(block.get(name), dict):
                block[name] = self._with_action(block[name])
        if block.get("type") in ("actions", "context_actions"):
            block["elements"] = [self._with_action(element) for element in block["elements"]]
        if block.get("type") == "carousel":
            block["elements"] = [self._identified(card) for card in block["elements"]]
        if isinstance(block.get("child_blocks"), list):
            block["child_blocks"] = [self._identified(child) for child in block["child_blocks"]]
        if isinstance(block.get("actions"), list):
            block["actions"] = [self._with_action(element) for element in block["actions"]]
        return block

    def _with_action(self, element: Block) -> Block:
        return (
            element
            if element.get("action_id") or element.get("type") == "image"
            else {**element, "action_id": self.fresh("a")}
        )

"""The workspace: its people, conversations, messages and files, in memory."""

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from bot.sandbox import payloads, state
from bot.sandbox.model import Channel, File, Message, User
from bot.sandbox.record import Record
from bot.sandbox.streams import Stream
from bot.sandbox.views import Views

Block = dict[str, Any]


class Workspace:
    """State and the changes to it; every change is recorded and becomes an event for the app."""

    team_id: Final = "T0SANDBOX"
    team_name: Final = "Sandbox"
    domain: Final = "sandbox"
    app_id: Final = "A0SANDBOX"
    bot_id: Final = "B0SANDBOX"
    bot_user_id: Final = "U0BOT"

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        record: Record,
        manifest: dict[str, Any] | None,
        edit_window: float | None = None,
    ) -> None:
        self.clock = clock
        self.record = record
        self.manifest = manifest
        self.edit_window = edit_window
        self.base_url = ""
        self.outbox: Callable[[dict[str, Any]], None] = lambda event: None
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, list[str]] = {}
        self.files: dict[str, File] = {}
        self.views = Views(self)
        self._numbers = itertools.count(1)
        self._last_ts = 0
        bot = User(id=self.bot_user_id, name=self.bot_name.lower(), real_name=self.bot_name, is_bot=True)
        self.users[bot.id] = bot

    @property
    def bot_name(self) -> str:
        """The name under which people mention the app."""
        features = (self.manifest or {}).get("features") or {}
        return str((features.get("bot_user") or {}).get("display_name") or "Tasklane")

    def fresh(self, prefix: str) -> str:
        """Return a new id."""
        return f"{prefix}{next(self._numbers):08X}"

    def next_ts(self) -> str:
        """Return a message timestamp that no other message has."""
        self._last_ts = max(self._last_ts + 1, int(self.clock() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def allows(self, *scopes: str) -> bool:
        """Say whether the app was granted one of the scopes; without a manifest it may everything."""
        return self.manifest is None or any(scope in self.scopes for scope in scopes)

    @property
    def scopes(self) -> Sequence[str]:
        """The bot scopes of the manifest."""
        oauth = (self.manifest or {}).get("oauth_config") or {}
        return tuple((oauth.get("scopes") or {}).get("bot") or ())

    def add_channel(self, channel: Channel) -> Channel:
        """Take a conversation into the workspace."""
        self.channels[channel.id] = channel
        self._note_place("opened", channel)
        return channel

    def find_channel(self, name: str) -> Channel | None:
        """Find a conversation by id, by `#name` or by name."""
        found = self.channels.get(name)
        if found is None:
            plain = name.removeprefix("#")
            found = next((c for c in self.channels.values() if c.name == plain and c.kind != "im"), None)
        return found

    def direct(self, user: User) -> Channel:
        """Return the conversation between a person and the app."""
        name = f"D{user.id[1:]}"
        if name not in self.channels:
            members = {user.id, self.bot_user_id}
            self.add_channel(Channel(space=self, id=name, name=user.name, kind="im", members=members, user=user.id))
        return self.channels[name]

    def group(self, users: Sequence[User]) -> Channel:
        """Return the direct messages of several people with the app."""
        people = sorted({user.id for user in users})
        name = "G0MPDM" + "".join(person[2:] for person in people)
        if name not in self.channels:
            names = [self.users[person].name for person in people] + [self.users[self.bot_user_id].name]
            members = {*people, self.bot_user_id}
            title = f"mpdm-{'--'.join(names)}-1"
            self.add_channel(Channel(space=self, id=name, name=title, kind="mpim", members=members))
        return self.channels[name]

    def join(self, channel: Channel, user: User) -> None:
        """Make someone a member, with the line that Slack writes about it."""
        if user.id in channel.members:
            return
        channel.members.add(user.id)
        self._note_place("joined", channel)
        text = f"<@{user.id}> has joined the channel"
        self.post(channel, user, text, subtype="channel_join")
        self.emit(payloads.member_joined(channel, user, self.next_ts()), channel)

    def post(
        self,
        channel: Channel,
        user: User,
        text: str,
        *,
        blocks: Sequence[Block] = (),
        thread_ts: str | None = None,
        metadata: dict[str, Any] | None = None,
        files: Iterable[File] = (),
        attachments: Sequence[Block] = (),
        subtype: str | None = None,
        viewer: str | None = None,
        broadcast: bool = False,
        stream: Stream | None = None,
    ) -> Message:
        """Add a message; with `viewer` it is ephemeral and raises no event."""
        message = Message(
            space=self,
            channel=channel,
            ts=self.next_ts(),
            user=user.id,
            bot=user.is_bot,
            text=text,
            blocks=self.with_ids(blocks),
            thread_ts=thread_ts,
            metadata=metadata,
            files=list(files),
            attachments=list(attachments),
            subtype=subtype,
            viewer=viewer,
            broadcast=broadcast,
            stream=stream,
        )
        if viewer:
            channel.ephemerals.append(message)
        else:
            channel.add(message)
        self.record.add("message", "ephemeral" if viewer else "posted", message, **message.brief())
        if not viewer:
            self.emit(payloads.message_event(message), channel)
            if self._mentions_app(message):
                self.emit(payloads.app_mention(message), channel)
        return message

    def edit(
        self,
        message: Message,
        *,
        text: str | None = None,
        blocks: Sequence[Block] | None = None,
        attachments: Sequence[Block] | None = None,
        metadata: dict[str, Any] | None = None,
        mark: bool,
        by: str,
    ) -> None:
        """Change a message in place; `mark` shows people that it was edited."""
        previous = payloads.message(message)
        if text is not None:
            message.text = text
        if blocks is not None:
            message.blocks = self.with_ids(blocks)
            message.typed = {u: state.survivors(t, message.blocks) for u, t in message.typed.items()}
        if attachments is not None:
            message.attachments = list(attachments)
        if metadata is not None:
            message.metadata = metadata or None
        if mark:
            message.edited = {"user": by, "ts": self.next_ts()}
        message.keep_revision(self.clock())
        self.record.add("message", "edited", message, **message.brief())
        if message.viewer is None:
            self.emit(payloads.message_changed(message, previous, self.next_ts()), message.channel)

    def stream_on(self, message: Message) -> None:
        """Show what was appended to a streamed message; no event tells of it."""
        assert message.stream is not None
        message.text = message.stream.text()
        message.blocks = self.with_ids(message.stream.blocks())
        message.keep_revision(self.clock())
        self.record.add("message", "edited", message, **message.brief())

    def delete(self, message: Message) -> None:
        """Take a message away; the root of a thread leaves a tombstone."""
        previous = payloads.message(message)
        message.deleted = True
        if message.viewer:
            message.channel.ephemerals.remove(message)
        else:
            message.channel.remove(message)
        self.record.add("message", "deleted", message, **message.brief())
        if message.viewer is None:
            self.emit(payloads.message_deleted(message, previous, self.next_ts()), message.channel)

    def emit(self, event: dict[str, Any], channel: Channel | None = None) -> None:
        """Send an event to the app when the app may know of it."""
        if channel is None or self.bot_user_id in channel.members:
            self.outbox(event)

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

    def _note_place(self, what: str, channel: Channel) -> None:
        names = {name: user.real_name for name, user in self.users.items() if name in channel.members}
        self.record.add(
            "place", what, channel, channel=channel.id, title=channel.name, type=channel.kind, members=names
        )

    def _mentions_app(self, message: Message) -> bool:
        mentioned = f"<@{self.bot_user_id}>" in message.text
        return (
            mentioned and not message.bot and message.channel.kind != "im" and message.subtype in (None, "file_share")
        )

"""What happens in the workspace: messages are posted, changed and deleted, people join."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from bot.sandbox import payloads, state
from bot.sandbox.model import Block, Channel, Directory, File, FileMode, Message, SlackTeam, Uploads, User
from bot.sandbox.record import SandboxRecord
from bot.sandbox.streams import MessageStream
from bot.sandbox.views import Views


class SandboxWorkspace(Directory):
    """The changes to a workspace: every change is recorded and becomes an event for the app."""

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        record: SandboxRecord,
        manifest: dict[str, Any] | None,
        team: SlackTeam | None = None,
    ) -> None:
        super().__init__(clock=clock, record=record, manifest=manifest, team=team)
        self.exchange: Callable[[Mapping[str, Any]], dict[str, Any]] = lambda args: {}
        """Hands out the token for a code that somebody's consent was answered with."""
        self.came: Callable[[Channel], None] = lambda channel: None
        """Is told that the app came into a channel."""
        self.teller: Callable[[Channel], Callable[[dict[str, Any]], None]] = lambda channel: self.outbox
        """Says what tells the app of an event in a channel."""
        self.edit_window: float | None = None
        self.uploads: Uploads = "everything"
        self.outbox: Callable[[dict[str, Any]], None] = lambda event: None
        self.views = Views(self)

    def add_channel(self, channel: Channel) -> Channel:
        """Take a conversation into the workspace."""
        self.channels[channel.id] = channel
        self._note_place("opened", channel)
        return channel

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
        if user.id == self.bot_user_id:
            self.came(channel)
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
        stream: MessageStream | None = None,
    ) -> Message:
        """Add a message. With `viewer` it is ephemeral and raises no event."""
        if broadcast and thread_ts and subtype is None:
            subtype = "thread_broadcast"
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
            broadcast=broadcast and thread_ts is not None,
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
        """Change a message in place. `mark` shows people that it was edited."""
        previous = payloads.message_object(message)
        if text is not None:
            message.text = text
        if blocks is not None:
            message.blocks = self.with_ids(blocks)
            message.typed = {u: state.survivors(t, message.blocks) for u, t in message.typed.items()}
            message.forget_toggled()
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

    def change_file(self, file: File, mode: FileMode) -> None:
        """Delete or hide a file, of which its messages show as much as is left."""
        shown = [m for channel in self.channels.values() for m in channel.all.values() if file in m.files]
        previous = [payloads.message_object(message) for message in shown]
        file.mode = mode
        for message, before in zip(shown, previous, strict=True):
            self.record.add("message", "edited", message, **message.brief())
            self.emit(payloads.message_changed(message, before, self.next_ts()), message.channel)

    def stream_on(self, message: Message) -> None:
        """Show what was appended to a streamed message. No event tells of it."""
        assert message.stream is not None
        message.text = message.stream.text()
        message.blocks = self.with_ids(message.stream.blocks())
        message.keep_revision(self.clock())
        self.record.add("message", "edited", message, **message.brief())

    def delete(self, message: Message) -> None:
        """Take a message away. The root of a thread leaves a tombstone, of which Slack tells as of an edit."""
        previous = payloads.message_object(message)
        root = message.channel.all.get(message.thread_ts or "") if message.in_thread else None
        message.deleted = True
        if message.viewer:
            message.channel.ephemerals.remove(message)
        else:
            message.channel.remove(message)
        self.record.add("message", "deleted", message, **message.brief())
        if message.viewer is None:
            tell = payloads.message_changed if message.subtype == "tombstone" else payloads.message_deleted
            self.emit(tell(message, previous, self.next_ts()), message.channel)
        if root is not None and root.subtype == "tombstone" and not root.replies:
            root.subtype = None
            root.channel.remove(root)
            self.record.add("message", "deleted", root, **root.brief())

    def emit(self, event: dict[str, Any], channel: Channel | None = None) -> None:
        """Send an event to the app when the app may know of it."""
        if channel is None:
            self.outbox(event)
        elif self.bot_user_id in channel.members:
            self.teller(channel)(event)

    def _note_place(self, what: str, channel: Channel) -> None:
        names = {name: user.real_name for name, user in self.users.items() if name in channel.members}
        self.record.add(
            "place", what, channel, channel=channel.id, title=channel.name, type=channel.kind, members=names
        )

    def _mentions_app(self, message: Message) -> bool:
        mentioned = f"<@{self.bot_user_id}>" in message.text
        telling = message.subtype in (None, "file_share", "thread_broadcast", "bot_message")
        return mentioned and telling and not message.is_ours and message.channel.kind != "im"

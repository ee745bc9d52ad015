"""A record read back: the conversation again, without the app that led it."""

import itertools
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bot.sandbox.model import Channel, File, Message, User
from bot.sandbox.record import Entry, SandboxRecord
from bot.sandbox.views import View
from bot.sandbox.workspace import SandboxWorkspace

_ENTRY = ("number", "at", "kind", "name")


class BadRecord(Exception):
    """A record cannot be read. The text says where and why, in one line."""


class Replay:
    """Builds the workspace up again, entry by entry, and passes each on with what it is about."""

    def __init__(self) -> None:
        self._now = 0.0
        self._files = itertools.count(1)
        self.space = SandboxWorkspace(clock=lambda: self._now, record=SandboxRecord(lambda: self._now), manifest=None)

    def entry(self, line: str) -> Entry:
        """Read one line and return what listeners of the live workspace got."""
        content = json.loads(line)
        data = {name: value for name, value in content.items() if name not in _ENTRY}
        self._now = float(content["at"])
        subject = self._subject(content["kind"], content["name"], data)
        return Entry(**{name: content[name] for name in _ENTRY}, data=data, subject=subject)

    def _subject(self, kind: str, name: str, data: Mapping[str, Any]) -> Any:
        if kind == "place":
            return self._place(data)
        if kind == "message":
            return self._message(name, data)
        if kind == "view":
            return self._view(name, data)
        if kind == "person":
            return self.space.users[data["user"]]
        return None

    def _place(self, data: Mapping[str, Any]) -> Channel:
        for user, name in data["members"].items():
            self._person(user, name)
        known = self.space.channels.get(data["channel"])
        if known is not None:
            known.members = set(data["members"])
            return known
        alone = next((user for user in data["members"] if user != self.space.bot_user_id), "")
        place = Channel(
            space=self.space,
            id=data["channel"],
            name=data["title"],
            kind=data["type"],
            members=set(data["members"]),
            user=alone if data["type"] == "im" else "",
        )
        return self.space.add_channel(place)

    def _person(self, user: str, name: str) -> None:
        bot = user == self.space.bot_user_id
        team = self.space.team_id
        self.space.users[user] = User(id=user, team_id=team, name=name.lower(), real_name=name, is_bot=bot)

    def _message(self, name: str, data: Mapping[str, Any]) -> Message:
        channel = self.space.channels[data["channel"]]
        message = channel.all.get(data["ts"]) or next((m for m in channel.ephemerals if m.ts == data["ts"]), None)
        message = message or self._posted(channel, data)
        message.text, message.blocks, message.subtype = data["text"], data["blocks"], data["subtype"]
        message.edited = {"user": message.user, "ts": message.ts} if data["edited"] else None
        message.reactions = {emoji: [""] * count for emoji, count in data["reactions"].items()}
        if name == "deleted":
            message.deleted = True
            channel.ephemerals.remove(message) if message.viewer else channel.remove(message)
        return message

    def _posted(self, channel: Channel, data: Mapping[str, Any]) -> Message:
        message = Message(
            space=self.space,
            channel=channel,
            ts=data["ts"],
            user=data["user"],
            bot=data["user"] == self.space.bot_user_id,
            text=data["text"],
            blocks=data["blocks"],
            thread_ts=data["thread_ts"],
            viewer=data["viewer"],
            broadcast=data["broadcast"],
            files=[File(id=f"F{next(self._files)}", name=file, title=file) for file in data["files"]],
        )
        if message.viewer:
            channel.ephemerals.append(message)
        else:
            channel.add(message)
        return message

    def _view(self, name: str, data: Mapping[str, Any]) -> View:
        views, user = self.space.views, data["user"]
        shown = [*views.homes.values(), *views.stack(user)]
        view = next((v for v in shown if v.id == data["view_id"]), None)
        if view is None:
            view = View(space=self.space, id=data["view_id"], user=user, source=data, root_id=data["view_id"])
            if data["type"] == "home":
                views.homes[user] = view
            else:
                views.stacks[user] = [*(() if name == "opened" else views.stack(user)), view]
        if name == "closed":
            views.stack(user).remove(view)
        view.source, view.conversation = data, data["conversation"]
        view.blocks, view.typed = data["blocks"], data["typed"]
        return view


def replay(path: Path, listener: Callable[[Entry], None]) -> SandboxWorkspace:
    """Pass a record on, line by line, and return the workspace as it was at the end."""
    played = Replay()
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                listener(_read(played, path, number, line))
    except OSError as cause:
        raise BadRecord(f"{path}: cannot be read: {cause.strerror}") from cause
    except UnicodeDecodeError as cause:
        raise BadRecord(f"{path}: is not a text file") from cause
    return played.space


def _read(played: Replay, path: Path, number: int, line: str) -> Entry:
    try:
        return played.entry(line)
    except (ValueError, LookupError, TypeError, AttributeError) as cause:
        raise BadRecord(f"{path}: line {number} is not from a record of the sandbox") from cause

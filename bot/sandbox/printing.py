"""Prints what happens in the workspace as it happens: `slack.subscribe(Printer())`."""

import difflib
from collections.abc import Callable
from typing import Final

from rich.console import Console
from rich.text import Text

from bot.sandbox import text as rendering
from bot.sandbox.model import Message, User
from bot.sandbox.record import Entry
from bot.sandbox.views import View

_COLORS: Final = ("cyan", "green", "magenta", "yellow", "blue")
_DOES: Final = {
    "runs": "runs {text}",
    "clicks": "clicks [{label}]",
    "confirms": "confirms [{label}]",
    "denies": "backs out of [{label}]",
    "types": "types into “{label}”: {text}",
    "chooses": "chooses {choice} for “{label}”",
    "picks": "picks “{label}”",
    "submits": "submits “{label}”",
    "escapes": "closes “{label}” with Escape",
    "cancels": "closes “{label}”",
    "uses": "uses the shortcut “{label}”",
    "opens": "opens the app's {label} tab",
    "stops": "presses Stop",
    "is_warned": "is told by Slack: {text}",
}


class Printer:
    """Prints messages, edits (only what changed), and what people do, in color where there is a terminal."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)
        self._shown: dict[int, list[str]] = {}
        self._last_place = ""

    def __call__(self, entry: Entry) -> None:
        """Print one entry, if it is something people see."""
        by_kind: dict[str, Callable[[Entry], None]] = {
            "message": self._message,
            "view": self._view,
            "person": self._person,
        }
        show = by_kind.get(entry.kind)
        if show is not None:
            show(entry)

    def _message(self, entry: Entry) -> None:
        message = entry.subject
        assert isinstance(message, Message)
        space = message.space
        place = rendering.channel_name(space, message.channel.id)
        only = f" → only {rendering.user_name(space, message.viewer)}" if message.viewer else ""
        where = "  ↳ " if message.in_thread else ""
        if entry.name in ("posted", "ephemeral"):
            lines = message.text_view().split("\n")
            self._shown[id(message)] = lines
            self._head(place, message.user, message.author, f"{where}{message.author}{only}")
            self._lines(lines, where)
        elif entry.name == "edited":
            new = message.text_view().split("\n")
            old = self._shown.get(id(message), [])
            self._shown[id(message)] = new
            delta = changes(old, new)
            if delta:
                self._head(place, message.user, message.author, f"{where}{message.author} (edits)")
                self._lines(delta, where)
        elif entry.name == "deleted":
            self._head(place, message.user, message.author, f"{where}{message.author} (deleted a message)")

    def _view(self, entry: Entry) -> None:
        view = entry.subject
        assert isinstance(view, View)
        name = rendering.user_name(view.space, view.user)
        if view.kind == "home":
            self._rule(f"App Home of {name} was redrawn")
        elif entry.name == "closed":
            self._rule(f"the modal “{view.title}” of {name} closed")
        else:
            self._rule(f"{name} sees a modal")
            self._lines(view.text_view().split("\n"), "  │ ")

    def _person(self, entry: Entry) -> None:
        user = entry.subject
        assert isinstance(user, User)
        does = _DOES.get(entry.name)
        if does is not None:
            self._console.print(Text(f"» {user.real_name} {does.format(**entry.data)}", style="italic"))
        if entry.name == "sees_errors":
            for problem in entry.data["errors"].values():
                self._console.print(Text(f"  ! {problem}", style="red"))

    def _head(self, place: str, user: str, author: str, label: str) -> None:
        if place != self._last_place:
            self._rule(place)
            self._last_place = place
        color = "bold" if user.endswith("BOT") else _COLORS[sum(map(ord, author)) % len(_COLORS)]
        self._console.print(Text(label, style=color))

    def _rule(self, label: str) -> None:
        self._console.print(Text(f"── {label} ──", style="dim"))

    def _lines(self, lines: list[str], indent: str) -> None:
        margin = indent if "│" in indent else " " * (len(indent) + 2)
        for line in lines:
            self._console.print(Text(f"{margin}{line}"))


def changes(old: list[str], new: list[str]) -> list[str]:
    """Return what an edit added: whole new lines, and the rest of lines that grew."""
    new_lines: list[str] = []
    gone = 0
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    for tag, a_from, a_to, b_from, b_to in matcher.get_opcodes():
        if tag == "equal":
            continue
        replaced = old[a_from:a_to]
        for index, line in enumerate(new[b_from:b_to]):
            before = replaced[index] if index < len(replaced) else ""
            grew = before and line.startswith(before)
            new_lines.append(f"… {line[len(before) :].lstrip()}" if grew else line)
        gone += max(0, len(replaced) - (b_to - b_from))
    return [*new_lines, f"({gone} {'line' if gone == 1 else 'lines'} gone)"] if gone else new_lines

"""The story of a scenario as a reader would tell it: what a person does, and what everybody sees then."""

import os
import re
from pathlib import Path
from typing import Final

from bot.sandbox import Message, View
from bot.sandbox.text import channel_name, user_name
from tests.scenario.stage import Stage

TRANSCRIPTS: Final = Path(__file__).parent / "transcripts"
REWRITE: Final = os.environ.get("TRANSCRIPTS") == "rewrite"
"""`TRANSCRIPTS=rewrite pytest tests/scenario` writes the transcripts anew; read the diff before you keep it."""

_DOES: Final = {
    "runs": "runs {text}",
    "clicks": "clicks [{label}]",
    "picks": "picks [⋯ {label}]",
    "types": "types into “{label}”: {text}",
    "chooses": "chooses {choice} for “{label}”",
    "submits": "submits “{label}”",
    "escapes": "closes “{label}” with Escape",
    "uses": "uses the shortcut “{label}”",
    "opens": "opens the app's {label} tab",
    "is_warned": "is told by Slack: {text}",
}
_LINK: Final = re.compile(r"https?://127\.0\.0\.1:\d+/(archives|files|v4_6_release)/\S+?(?=[)\s]|$)")


class Story:
    """Collects a story, step by step, and compares it with its transcript."""

    def __init__(self, stage: Stage, *, homes: bool = False) -> None:
        self._stage = stage
        self._homes = homes
        self._lines: list[str] = []
        self._read = len(stage.slack.record)
        self._shown: dict[int, str] = {}

    async def goes_on(self) -> None:
        """Wait until everything has happened, and write down what was done and what is new on the screens."""
        await self._stage.quiet()
        entries = self._stage.slack.record.entries[self._read :]
        self._read += len(entries)
        for entry in entries:
            if entry.kind == "person" and entry.name in _DOES:
                name = entry.subject.real_name
                near = f" at “{entry.data['near']}”" if entry.data.get("near") else ""
                self._add(f"» {name} {_DOES[entry.name].format(**entry.data)}{near}")
        touched = {id(e.subject): e.subject for e in entries if e.kind in ("message", "view")}
        messages = [m for m in touched.values() if isinstance(m, Message)]
        # Threads go on beside each other, and so does what one person alone sees.
        for message in sorted(messages, key=lambda m: (m.thread_ts or m.ts, m.viewer is not None, m.ts)):
            self._message(message)
        for view in (v for v in touched.values() if isinstance(v, View) and (self._homes or v.kind == "modal")):
            self._view(view)

    def matches(self, name: str) -> None:
        """Compare the story with the transcript of that name."""
        path = TRANSCRIPTS / f"{name}.txt"
        told = "\n".join(self._lines) + "\n"
        if REWRITE:
            path.write_text(told, encoding="utf-8")
        assert path.exists(), f"there is no transcript {path.name}: run with TRANSCRIPTS=rewrite"
        assert told == path.read_text(encoding="utf-8")

    def _message(self, message: Message) -> None:
        body = "(deleted)" if message.deleted else message.text_view()
        known = self._shown.get(id(message))
        if known == body or (message.deleted and known is None):
            return
        self._shown[id(message)] = body
        place = channel_name(message.space, message.channel.id)
        where = f"{place}, thread" if message.thread_ts and message.in_thread else place
        only = f", only for {user_name(message.space, message.viewer)}" if message.viewer else ""
        again = ", now" if known is not None else ""
        self._add(f"{message.author} ({where}{only}{again}):", body)

    def _view(self, view: View) -> None:
        stack = self._stage.slack.space.views.stack(view.user)
        gone = view.kind == "modal" and view not in stack
        body = "(closed)" if gone else view.text_view()
        if self._shown.get(id(view)) == body or (gone and id(view) not in self._shown):
            return
        self._shown[id(view)] = body
        self._add(f"[{'App Home' if view.kind == 'home' else 'Modal'} of {user_name(view.space, view.user)}]", body)

    def _add(self, head: str, body: str = "") -> None:
        if head.startswith("»"):
            self._lines.append("")
        indented = [f"    {line}".rstrip() for line in body.strip().split("\n")] if body else []
        self._lines += [_LINK.sub("(link)", line) for line in (head, *indented)]

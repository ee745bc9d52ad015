"""Sees everything that happens in the workspace as it happens, and keeps the little that is judged in the end."""

import re
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from bot.sandbox import Entry, Message, Sandbox
from tests.integration.chaos.evidence import ShownText

END: Final = "∎"
"""With this every text of the chaos script ends, so that one that is whole is known by its look."""
CASE: Final = re.compile(r"Case (\d+)\b")


def key_of(message: Message) -> str:
    """Return the app's own id of a message. Empty when it has none."""
    payload = (message.metadata or {}).get("event_payload") or {}
    return str(payload.get("key") or "")


def body_of(message: Message) -> str:
    """Return the Markdown that a message shows."""
    return "".join(str(block["text"]).strip() for block in message.blocks if block.get("type") == "markdown")


def actions_of(blocks: list[dict[str, Any]]) -> tuple[str, ...]:
    """List the controls of a message, in order."""
    found = []
    for block in blocks:
        found += [str(e.get("action_id")) for e in block.get("elements") or () if e.get("type") == "button"]
    return tuple(found)


def base_of(key: str) -> str:
    """Return the key of the message that a continuation continues."""
    return ":".join(key.split(":")[:2])


def is_final(message: Message, key: str = "") -> bool:
    """Say by its look whether a reply or the notes have had their last word."""
    if (key or key_of(message)).startswith("notes:"):
        return "regenerate" in actions_of(message.blocks)
    return body_of(message).endswith(END) or ":warning:" in str(message.blocks)


@dataclass(slots=True)
class Open:
    """A text that is being written, as those who read it see it. One that is written anew is another."""

    key: str
    since: float
    final_at: float | None = None


@dataclass(slots=True)
class Witness:
    """Keeps who said what, what of it was acknowledged, and how each message of the app came to look as it does."""

    slack: Sandbox
    clock: Callable[[], float] = time.monotonic
    keyed: dict[str, list[Message]] = field(default_factory=lambda: defaultdict(list))
    histories: dict[str, list[ShownText]] = field(default_factory=lambda: defaultdict(list))
    live: dict[str, Open] = field(default_factory=dict)
    cases: dict[int, str] = field(default_factory=dict)
    """The session of each case."""
    acked: dict[tuple[str, str], int] = field(default_factory=dict)
    """When (by the record's numbers) an event about a message was acknowledged first: by type and ts."""
    changed: set[str] = field(default_factory=set)
    """The ts of each message whose change by its author was acknowledged."""
    said: dict[str, int] = field(default_factory=dict)
    """When a member's message was written, by its ts."""
    numbers: int = 0

    def watch(self) -> Callable[[], None]:
        """Begin, until the returned function is called."""
        return self.slack.subscribe(self._see)

    def message(self, key: str) -> Message | None:
        """Return the message of a key that is there now."""
        return next((m for m in reversed(self.keyed.get(key, [])) if not m.deleted), None)

    def cut_off(self, key: str) -> None:
        """Say that a kill came before a text's end was stored: however it looks, it may be written anew."""
        if key in self.live:
            self.histories[key].append(ShownText(number=self.numbers, final=False, reopened=True))

    def asked_for(self, key: str) -> None:
        """Say that a person has a text written anew, which may begin after its former end is shown."""
        self.histories[key].append(ShownText(number=self.numbers, final=False, asked=True))

    def unfinished(self) -> list[Open]:
        """List the texts that are there and have not had their last word."""
        return [one for one in self.live.values() if one.final_at is None]

    def _see(self, entry: Entry) -> None:
        self.numbers = entry.number
        if entry.kind == "message" and isinstance(entry.subject, Message):
            self._message(entry, entry.subject)
        elif entry.kind == "delivery" and entry.data["ok"] and entry.data["type"] == "events_api":
            event = entry.data["payload"]["event"]
            self.acked.setdefault((str(event["type"]), str(event.get("ts"))), entry.number)
            if event.get("subtype") == "message_changed":
                self.changed.add(str(event["message"]["ts"]))
            elif event.get("subtype") == "message_deleted":
                self.changed.add(str(event["deleted_ts"]))

    def _message(self, entry: Entry, message: Message) -> None:
        if not message.bot:
            self.said.setdefault(message.ts, entry.number)
            return
        key = key_of(message)
        if key and message not in self.keyed[key]:  # a native stream is given its key when it ends
            self.keyed[key].append(message)
            if key.startswith("card:") and (case := CASE.search(message.text_view())):
                self.cases.setdefault(int(case[1]), key.removeprefix("card:"))
        if key.startswith(("reply:", "notes:")) and entry.name in ("posted", "edited"):
            self._text(entry, message, base_of(key))

    def _text(self, entry: Entry, message: Message, base: str) -> None:
        last = self._last_part(base)
        final = last is not None and is_final(last)
        known = self.live.get(base)
        if known is None or (known.final_at is not None and not final):
            known = self.live[base] = Open(key=base, since=self.clock())
        if known.final_at is None and final:
            known.final_at = self.clock()
        self.histories[base].append(ShownText(number=entry.number, final=final))

    def _last_part(self, base: str) -> Message | None:
        number = 1
        found = self.message(base)
        while (more := self.message(f"{base}:{number}")) is not None:
            found, number = more, number + 1
        return found

"""The record: everything that happened in the workspace, in order."""

import asyncio
import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Kind = Literal["call", "delivery", "message", "view", "person", "socket", "place"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened: a Web API call, a delivery to the app, a change that people see, a new conversation."""

    number: int
    at: float
    kind: Kind
    name: str
    data: Mapping[str, Any] = field(default_factory=dict)
    subject: Any = field(default=None, repr=False)

    def as_json(self) -> str:
        """Write the entry as one line of JSON."""
        line = {"number": self.number, "at": self.at, "kind": self.kind, "name": self.name, **self.data}
        return json.dumps(line, ensure_ascii=False, default=str)


class SandboxRecord:
    """A list of entries that wakes those who wait and calls those who listen."""

    def __init__(self, clock: Callable[[], float], *, keep: int | None = None) -> None:
        """Start empty. `keep` is how many entries stay in memory at least, None for all."""
        self._clock = clock
        self._keep = keep
        self._numbers = itertools.count(1)
        self._waiting: set[asyncio.Future[None]] = set()
        self._listeners: list[Callable[[Entry], None]] = []
        self.entries: list[Entry] = []

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def add(self, kind: Kind, name: str, subject: Any = None, **data: Any) -> Entry:
        """Note what happened."""
        number = next(self._numbers)
        entry = Entry(number=number, at=self._clock(), kind=kind, name=name, data=data, subject=subject)
        self.entries.append(entry)
        if self._keep is not None and len(self.entries) > 2 * self._keep:
            old, kept = self.entries[: -self._keep], self.entries[-self._keep :]
            self.entries[:] = [*(one for one in old if one.kind == "place"), *kept]
        for listener in self._listeners:
            listener(entry)
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)
        return entry

    def subscribe(self, listener: Callable[[Entry], None]) -> Callable[[], None]:
        """Call `listener` with every new entry, until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def changed(self) -> None:
        """Wait for the next entry."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await future
        finally:
            self._waiting.discard(future)

    def calls(self, method: str = "", *, ok: bool | None = None) -> list[Entry]:
        """Return the Web API calls, of one method or of all. `ok` selects by their outcome."""
        return [
            entry
            for entry in self.entries
            if entry.kind == "call"
            and method in ("", entry.name)
            and (ok is None or bool((entry.data["response"] or {}).get("ok")) is ok)
        ]

    def deliveries(self, name: str = "") -> list[Entry]:
        """Return what was delivered to the app, of one type (`message`, `block_actions`, `/tasks`) or all."""
        return [e for e in self.entries if e.kind == "delivery" and name in ("", e.name)]

    def write(self, path: Path) -> None:
        """Write everything that is kept as JSON lines."""
        path.write_text("".join(f"{entry.as_json()}\n" for entry in self.entries), encoding="utf-8")

    @contextmanager
    def written_to(self, path: Path) -> Iterator[None]:
        """Write what is kept, and then every entry as it comes: a process that is killed loses none."""
        with path.open("w", encoding="utf-8", buffering=1) as file:

            def put(entry: Entry) -> None:
                file.write(f"{entry.as_json()}\n")

            for entry in self.entries:
                put(entry)
            stop = self.subscribe(put)
            try:
                yield
            finally:
                stop()

"""What the handlers are for, and what they register with Bolt: an object that stands where its app does collects it."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from re import Pattern
from typing import Any, Final, cast

from slack_bolt.app.async_app import AsyncApp

from bot.services.services import Services
from handlers import SURFACES, register
from tests.meta.sources import ROOT

Listener = Callable[..., Any]
PARTS: Final = {
    "command": "commands",
    "shortcut": "shortcuts",
    "action": "actions",
    "view": "submissions",
    "view_closed": "closed",
    "event": "events",
}
"""The part of a surface's table in which the handlers stand of what Bolt calls by the other name."""


@dataclass(frozen=True)
class Registered:
    """One listener: the app's method it was registered by, what it is for, and the function."""

    kind: str
    what: str | Pattern[str]
    listener: Listener

    @property
    def where(self) -> str:
        """Say where the function is."""
        code = inspect.unwrap(self.listener).__code__
        path = Path(code.co_filename).relative_to(ROOT).as_posix()
        return f"{path}:{code.co_firstlineno}: {self.listener.__name__}"

    @property
    def catches_all(self) -> bool:
        """Whether it is for everything of its kind."""
        return isinstance(self.what, Pattern) and self.what.fullmatch("anything\nthat comes") is not None

    def __str__(self) -> str:
        return self.kind


class Recorder:
    """Takes registrations as `AsyncApp` does."""

    def __init__(self) -> None:
        self.taken: list[Registered] = []

    def __getattr__(self, kind: str) -> Callable[[str | Pattern[str]], Callable[[Listener], Listener]]:
        if kind not in PARTS:
            raise AttributeError(f"the recorder does not know app.{kind}: teach it, and the tests that read it")

        def registering(what: str | Pattern[str]) -> Callable[[Listener], Listener]:
            def take(listener: Listener) -> Listener:
                self.taken.append(Registered(kind, what, listener))
                return listener

            return take

        return registering

    def error(self, listener: Listener) -> Listener:
        """Take the error handler."""
        self.taken.append(Registered("error", "", listener))
        return listener


class Anything:
    """Has every attribute: registering asks for services, and calls none."""

    def __getattr__(self, name: str) -> "Anything":
        return Anything()


@cache
def registrations() -> tuple[Registered, ...]:
    """List every listener, in the order of registration."""
    recorder = Recorder()
    register(cast(AsyncApp, recorder), cast(Services, Anything()))
    return tuple(recorder.taken)


def entries() -> list[tuple[str, str]]:
    """List each kind and id that a surface has a handler for, once for each."""
    return [(kind, str(id)) for one in SURFACES for kind, part in PARTS.items() for id in getattr(one.HANDLERS, part)]


def handled(*kinds: str) -> set[str]:
    """List the ids of some kinds that there is a handler for."""
    return {id for kind, id in entries() if kind in kinds}

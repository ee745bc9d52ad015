"""What the handlers register, collected by an object that stands where Bolt's app would."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from re import Pattern
from typing import Any, cast

from slack_bolt.app.async_app import AsyncApp

from bot.services.services import Services
from handlers import register
from tests.meta.sources import ROOT

Listener = Callable[..., Any]


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
        """Whether it is the last resort for everything of its kind."""
        return isinstance(self.what, Pattern) and self.what.fullmatch("nothing that anybody named") is not None

    def names(self) -> list[str]:
        """List the ids it is for. A pattern that catches all has none."""
        if isinstance(self.what, Pattern):
            return [] if self.catches_all else self.what.pattern.split("|")
        return [self.what]

    def __str__(self) -> str:
        what = self.what.pattern if isinstance(self.what, Pattern) else self.what
        return f"{self.kind}-{what}".strip("-")


class Recorder:
    """Takes registrations as `AsyncApp` does."""

    def __init__(self) -> None:
        self.taken: list[Registered] = []

    def __getattr__(self, kind: str) -> Callable[[str | Pattern[str]], Callable[[Listener], Listener]]:
        if kind not in ("command", "shortcut", "event", "action", "view", "view_closed", "options"):
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


def handled(*kinds: str) -> set[str]:
    """List the ids that listeners of some kinds name."""
    return {name for one in registrations() if one.kind in kinds for name in one.names()}

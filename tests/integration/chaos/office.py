"""What the engineers share, and what each of them has at hand: eyes, patience, dice and a diary."""

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeVar

from bot.sandbox import Ack, CannotDo, Message, Person, Sandbox
from bot.sandbox.checks import elements_of, nested_blocks
from bot.sandbox.controls import Control, Surface, pressable
from bot.sandbox.views import View
from tests.integration.chaos.diary import Diary
from tests.integration.chaos.witness import Witness, actions_of

T = TypeVar("T")

DESK: Final = "help-desk"
TEAM: Final = "ticket-notes"
PATIENCE: Final = 40.0
"""How long a person waits for something that must come, in seconds; what does not come is judged in the end."""
TRIES: Final = 6
"""How often a person does again what met with trouble."""
QUESTIONS: Final = (
    "What does the printer's display show?",
    "Do the jobs pile up in the queue?",
    "Which job is at the head of the queue?",
    "Does it print a test page?",
)
TROUBLE: Final = (
    "you are overloaded",
    "you are unreachable",
    "you are rejected",
    "break off in the middle",
    "decline this",
    "talk too long",
    "the context is full",
    "say nothing",
    "talk nonsense",
    "fall silent",
)
MODEL_AWAY: Final = "the model is away"
"""Of notes that are waited for as long as the app has patience with an overloaded model. The fallback repeats it."""
ASKED_AGAIN: Final = "The assistant is busy"
"""What such notes show while the model is asked again."""
NOTES_TROUBLE: Final = ("the stream breaks", "the notes are declined", "the notes are nonsense", MODEL_AWAY)


class Away(Exception):
    """What a person waited for did not come. The case is left as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeCase:
    """One session, as those who work on it know it."""

    number: int
    session: str
    root: Message
    owner: str
    """The user id of whoever had it when it was last handed on."""


@dataclass(slots=True)
class Office:
    """What the engineers share."""

    slack: Sandbox
    witness: Witness
    diary: Diary
    pause: Callable[[float], Awaitable[None]]
    trouble: float = 0.2
    """How often the model is ordered to fail."""
    calm: float = 1.0
    patience: float = PATIENCE
    closing: bool = False
    """No new cases are begun."""
    cases: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    escalated: list[OfficeCase] = field(default_factory=list)
    """Who wants one of these takes it over; two may want the same."""
    finished: int = 0
    abandoned: int = 0


class Seat:
    """Where one person works: what they see, how long they wait, and what they leave to chance."""

    def __init__(self, office: Office, person: Person, seed: int) -> None:
        self.office = office
        self.person = person
        self.witness = office.witness
        self.diary = office.diary
        self.dice = random.Random(seed)

    def chance(self, of: float) -> bool:
        """Throw the dice."""
        return self.dice.random() < of

    def order(self, troubles: tuple[str, ...]) -> str:
        """Return words that make the model fail, now and then."""
        return f"; {self.dice.choice(troubles)}" if self.chance(self.office.trouble) else ""

    async def rest(self, most: float) -> None:
        """Do nothing for a moment."""
        await self.office.pause(self.dice.uniform(0.05, most) * self.office.calm)

    async def until(self, predicate: Callable[[], T | None], patience: float | None = None) -> T:
        """Wait for something to be seen."""
        try:
            async with asyncio.timeout(self.office.patience if patience is None else patience):
                while not (found := predicate()):
                    await self.office.slack.record.changed()
        except TimeoutError:
            raise Away from None
        return found

    async def modal(self, after: View | None = None) -> View:
        """Wait for the modal that a click opens. It may come on top of another."""
        return await self.until(lambda: None if self.person.modal is after else self.person.modal, 3.0)

    async def close_modals(self) -> None:
        """Leave no modal open."""
        if self.person.modal is not None:
            await self.person.escape()

    def controls(self, surface: Surface | None, session: str, *actions: str) -> list[Control]:
        """List what can be pressed of a session's controls on a surface, both sides of feedback buttons."""
        return [one for control in _controls(surface) for one in pressable(control) if _is_of(one, session, actions)]

    async def press_in(self, surface: Surface | None, session: str, *actions: str) -> tuple[str, Ack]:
        """Press one of a session's buttons on a surface that shows several sessions. Return which it was."""
        found = [one for one in _controls(surface) if _is_of(one, session, actions)]
        if surface is None or not found:
            raise CannotDo("there is no such button")
        chosen = self.dice.choice(found)
        return str(chosen.element["action_id"]), await self.person.press(surface, chosen)

    async def lane(self, session: str) -> Message:
        """Wait for a session's lane."""
        return await self.until(lambda: self.witness.message(f"lane:{session}"), 6.0)

    def with_button(self, session: str, action: str) -> Message | None:
        """Return a session's card if it has a button."""
        card = self.witness.message(f"card:{session}")
        return card if card is not None and action in actions_of(card.blocks) else None

    def shows(self, session: str, words: str) -> bool:
        """Tell whether a session's card says something."""
        card = self.witness.message(f"card:{session}")
        return card is not None and words in str(card.blocks)


def _controls(surface: Surface | None) -> Iterator[Control]:
    for block in nested_blocks(surface.blocks) if surface is not None else ():
        for element in elements_of(block):
            yield Control(block, element)


def _is_of(found: Control, session: str, actions: tuple[str, ...]) -> bool:
    value = str(found.element.get("value"))
    return found.element.get("action_id") in actions and value.partition(":")[0] == session

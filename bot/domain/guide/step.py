"""A step of a guided session, and all steps of one as they stand."""

from dataclasses import dataclass

from bot.domain.ids import SessionId, TaskId, TurnId
from bot.domain.lane import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideStep:
    """One step: what the assistant asked for, and what a person said to it."""

    id: TaskId
    position: int
    """Its place among all steps of the session. It never changes."""
    number: int = 0
    """Its place among those that count, from 1: those that a correction took back do not."""
    turn: TurnId
    """The reply that brought it."""
    generation: int
    """How many task lanes the session had before it."""
    text: str
    command: str | None = None
    options: tuple[str, ...] = ()
    mark: Mark = Mark.OPEN
    chosen: int | None = None
    """The number of the option that was chosen, from 0."""
    said: str = ""
    """The answer in words. Empty when an option was chosen."""
    said_in: TurnId | None = None
    """The message of the thread that holds the answer, where one does: it may be edited and deleted there."""
    draft: str = ""
    draft_rev: int = 0
    """Rises when the draft changes outside App Home."""
    at: float

    @property
    def answer(self) -> str:
        """What was answered: the option that was chosen, else the person's own words."""
        return self.said if self.chosen is None else self.options[self.chosen]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """The steps of a session that count, in order, and which of them is looked at."""

    session: SessionId
    steps: tuple[GuideStep, ...] = ()
    back_at: TaskId | None = None
    """The step that the person has gone back to. It is None for the newest."""

    @property
    def newest(self) -> GuideStep | None:
        """The step that the assistant asked for last."""
        return self.steps[-1] if self.steps else None

    @property
    def gone_back(self) -> GuideStep | None:
        """The step that the person has gone back to, if they have."""
        return next((step for step in self.steps if step.id == self.back_at), None)

    @property
    def shown(self) -> GuideStep | None:
        """The step that is looked at."""
        return self.gone_back or self.newest

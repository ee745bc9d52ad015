r"""A session of the field, as it is written down for the evaluation.

```yaml
title: Accounting prints nothing
language: German                  # of the session; English when it is left out
turns:                            # what was said, in order
  - engineer: …
  - assistant: {prose: …, questions: [{text: …}], actions: [{text: …, command: …}]}
  - answers:                      # to the questions and actions of the assistant above, in their words
      - {asked: …, said: …}
      - {asked: …, done: true}
      - {asked: …, skipped: true}
  - colleague: {name: Ben, text: …}
  - note: …
outcome: …                        # what the engineer says when concluding; may be empty
facts:                            # what the notes must hold: a name, and a regular expression that finds it
  The driver that broke it: 61\.310
never:                            # what they must not hold: a sentence that would be wrong, and what gives it away
  - {kind: step, sentence: Updated the firmware of the printer., tell: firmware}
notes: |                          # notes as a good colleague writes them
  ## Problem Summary
  …
```

| kind of `never` | what is wrong with it |
|---|---|
| `step` | nobody confirmed it. It may stand in the next steps, and where it is said that it was not done |
| `claim` | it was taken back, or never said |
| `secret` | it is one |
| `order` | somebody else's text ordered it |
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.errors import ConfigurationError

SESSIONS: Final = Path(__file__).parent / "sessions"


def _pattern(text: str) -> str:
    re.compile(text)
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]


class WrongKind(StrEnum):
    """What can be wrong with a sentence of the notes."""

    STEP = "step"
    CLAIM = "claim"
    SECRET = "secret"  # noqa: S105
    ORDER = "order"
    NUMBER = "number"
    """A figure that nobody has named."""
    LANGUAGE = "language"
    """The notes are in another language than the session."""


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldQuestion(_Written):
    """A question of the assistant."""

    text: str
    why: str | None = None


class FieldAction(_Written):
    """An action that the assistant proposed."""

    text: str
    command: str | None = None


class FieldReply(_Written):
    """A reply of the assistant."""

    prose: str
    questions: tuple[FieldQuestion, ...] = ()
    actions: tuple[FieldAction, ...] = ()


class FieldAnswer(_Written):
    """What became of one question or action."""

    asked: str
    said: str = ""
    done: bool = False
    skipped: bool = False


class FieldColleague(_Written):
    """What somebody else wrote in the thread."""

    name: str
    text: str


class FieldTurn(_Written):
    """One turn, of one of the kinds."""

    engineer: str | None = None
    assistant: FieldReply | None = None
    answers: tuple[FieldAnswer, ...] = ()
    colleague: FieldColleague | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> "FieldTurn":
        kinds = (self.engineer, self.assistant, self.answers or None, self.colleague, self.note)
        if sum(kind is not None for kind in kinds) != 1:
            raise ValueError("a turn is one of: engineer, assistant, answers, colleague, note")
        return self


class Never(_Written):
    """A sentence that would be wrong in the notes, and the expression by which it is found."""

    kind: WrongKind
    sentence: str
    tell: Pattern

    @model_validator(mode="after")
    def _tells(self) -> "Never":
        if not re.search(self.tell, self.sentence, re.IGNORECASE):
            raise ValueError(f"{self.tell!r} does not find {self.sentence!r}")
        return self


class FieldSession(_Written):
    """One session with what is expected of its notes."""

    title: str
    language: str = "English"
    turns: tuple[FieldTurn, ...] = Field(min_length=3)
    outcome: str = ""
    facts: Mapping[str, Pattern] = Field(min_length=3)
    never: tuple[Never, ...] = Field(min_length=1)
    notes: str

    @cached_property
    def told(self) -> str:
        """Everything that was said in it, and how it ended."""
        return "\n".join((self.title, self.outcome, *self._texts()))

    def _texts(self) -> Iterator[str]:
        for turn in self.turns:
            yield from (text for text in (turn.engineer, turn.note) if text)
            yield from (f"{one.asked}\n{one.said}" for one in turn.answers)
            if turn.colleague is not None:
                yield turn.colleague.text
            if (reply := turn.assistant) is not None:
                yield reply.prose
                yield from (question.text for question in reply.questions)
                yield from (f"{action.text}\n{action.command or ''}" for action in reply.actions)


def load(folder: Path = SESSIONS) -> dict[str, FieldSession]:
    """Read the sessions of a folder by name. Whatever is wrong with one becomes one readable line."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise ConfigurationError([f"{folder} holds no sessions: they are files that end in .yaml."])
    return {path.stem: _read(path) for path in files}


def _read(path: Path) -> FieldSession:
    try:
        return FieldSession.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        problem = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    except (OSError, UnicodeDecodeError, yaml.YAMLError, re.error) as error:
        problem = f"cannot be read ({type(error).__name__})"
    raise ConfigurationError([f"{path.name}: {' '.join(problem.split())}"])

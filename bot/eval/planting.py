"""Notes with errors on purpose, by which it is shown that the scoring finds each kind of them."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.eval.field import FieldSession, WrongKind
from bot.eval.scoring import Score

_NUMBER: Final = "The event log shows error 0x80071a2b."
_HEADING: Final = re.compile(r"^## Next Steps$", re.MULTILINE)
_OTHER_LANGUAGE: Final = (
    "The problem was seen by the engineer and it was solved with the steps that have been taken after this. " * 12
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """Notes with one error, and which it is."""

    error: str
    notes: str

    @property
    def kind(self) -> str:
        """Which kind of error it is."""
        return self.error.split(":")[0]

    def found_in(self, score: Score) -> bool:
        """Tell whether the scoring has found the error."""
        if self.error == "sections":
            return not score.sections
        if self.error.startswith("missing: "):
            return self.error.removeprefix("missing: ") in score.missing
        return any(wrong.kind == self.kind for wrong in score.wrong)


def plant(session: FieldSession) -> list[Planted]:
    """Plant each error that a session can have into its good notes, one at a time."""
    good = session.notes
    planted = [
        *(Planted(error=f"missing: {name}", notes=_without(good, pattern)) for name, pattern in session.facts.items()),
        *(Planted(error=f"{one.kind}: {one.sentence}", notes=_with(good, one.sentence)) for one in session.never),
        Planted(error=WrongKind.NUMBER, notes=_with(good, _NUMBER)),
        Planted(error="sections", notes=_HEADING.sub("**Next Steps**", good)),
    ]
    if session.language != "English":
        planted.append(Planted(error=WrongKind.LANGUAGE, notes=_with(good, _OTHER_LANGUAGE)))
    return planted


def one_each(sessions: Mapping[str, FieldSession]) -> dict[str, Planted]:
    """Plant one error in each session, so that all kinds of them have their turn."""
    chosen: dict[str, Planted] = {}
    used: Counter[str] = Counter()
    for name, session in sessions.items():
        chosen[name] = min(plant(session), key=lambda one: used[one.kind])
        used[chosen[name].kind] += 1
    return chosen


def _with(notes: str, sentence: str) -> str:
    """Tell something more among the steps that were taken."""
    return notes.replace("## Resolution", f"- {sentence}\n\n## Resolution", 1)


def _without(notes: str, pattern: str) -> str:
    return re.sub(pattern, "…", notes, flags=re.IGNORECASE)

"""How much one person and one workspace may have answered: turns a minute and tokens a day."""

from dataclasses import dataclass
from typing import Final

from bot.domain.ids import UserId
from bot.services.work import Work
from bot.storage import limits, usage

TOO_FAST: Final = "That is a lot at once, so I pause for a minute. Press *Try again* then."
SPENT: Final = (
    "The assistant has done as much here as it may within a day. "
    "Press *Try again* later, or ask your administrator to raise the limit."
)
_MINUTE: Final = 60.0
_DAY: Final = 24 * 3600.0
_EVERYBODY: Final = UserId("*")
"""Stands for all people of a workspace together. No id of Slack's looks like it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """The limits, each for one person and for everybody in a workspace."""

    turns: int = 20
    turns_of_all: int = 600
    tokens: int = 3_000_000
    tokens_of_all: int = 50_000_000

    async def refusal(self, work: Work, user: UserId) -> str | None:
        """Count one more answer for a person. Returns the sentence that says why there is none, if there is none."""
        since = work.now - _DAY
        if await usage.tokens(work, since) >= self.tokens_of_all:
            return SPENT
        if await usage.tokens(work, since, user) >= self.tokens:
            return SPENT
        for who, most in ((user, self.turns), (_EVERYBODY, self.turns_of_all)):
            if await limits.take(work, who, "turn", limit=most, window=_MINUTE, now=work.now) is not None:
                return TOO_FAST
        return None

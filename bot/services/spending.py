"""How much one person and one workspace may have answered: turns a minute, tokens a day, and dollars a month."""

from dataclasses import dataclass
from typing import Final

from bot.domain import costs
from bot.domain.costs import CostReport
from bot.domain.ids import UserId
from bot.services.work import Work
from bot.storage import limits, usage
from bot.storage.database import UnitOfWork

TOO_FAST: Final = "That is a lot at once, so I pause for a minute. Press *Try again* then."
SPENT: Final = (
    "The assistant has done as much here as it may within a day. "
    "Press *Try again* later, or ask your administrator to raise the limit."
)
MONTH_SPENT: Final = (
    "The assistant has cost as much in this workspace as it may in a month, so it answers again from the first of "
    "the next one on. Your session and your tasks stay as they are, and you can conclude it. "
    "Ask your administrator to raise the cap."
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
    dollars: float | None = None
    """What a workspace may cost in a month."""

    async def refusal(self, work: Work, user: UserId) -> str | None:
        """Count one more answer for a person. Returns the sentence that says why there is none, if there is none."""
        if self.dollars is not None and (await self.report(work, work.now)).month >= self.dollars:
            return MONTH_SPENT
        since = work.now - _DAY
        if await usage.tokens(work, since) >= self.tokens_of_all:
            return SPENT
        if await usage.tokens(work, since, user) >= self.tokens:
            return SPENT
        for who, most in ((user, self.turns), (_EVERYBODY, self.turns_of_all)):
            if await limits.take(work, who, "turn", limit=most, window=_MINUTE, now=work.now) is not None:
                return TOO_FAST
        return None

    async def nears_cap(self, work: Work, cost: float) -> bool:
        """Tell whether a call that was just stored has brought the month near to its cap. It does so once."""
        if self.dollars is None or not cost:
            return False
        spent = (await self.report(work, work.now)).month
        return costs.crosses(self.dollars, spent - cost, spent)

    async def report(self, uow: UnitOfWork, now: float) -> CostReport:
        """Say what a workspace has cost, for its admins."""
        days = await usage.costs(uow, costs.reported_since(now))
        return costs.report(days, now, self.dollars)

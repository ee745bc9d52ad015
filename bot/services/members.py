"""What the workspace says about people, remembered for a few minutes."""

from collections.abc import Callable, Sequence
from typing import Final

import structlog

from bot import errors
from bot.domain.ids import TeamId, Tenant, UserId
from bot.domain.sessions import Member
from bot.slack.web.client import SlackClient

_FRESH: Final = 300.0
_MOST: Final = 5_000


class Members:
    """Looks people and user groups up; both change rarely, and a click must not wait for either."""

    def __init__(self, slack: SlackClient, engineers: Sequence[str], clock: Callable[[], float]) -> None:
        self._slack = slack
        self._groups = tuple(engineers)
        self._clock = clock
        self._members: dict[tuple[TeamId, UserId], tuple[float, Member]] = {}
        self._engineers: dict[TeamId, tuple[float, frozenset[UserId]]] = {}
        self._log = structlog.get_logger(__name__)

    async def get(self, tenant: Tenant, user: UserId) -> Member:
        """Return a person; one whom Slack does not describe just now counts as a member without rights."""
        known = self._members.get((tenant.team, user))
        if known is not None and self._clock() - known[0] < _FRESH:
            return known[1]
        try:
            member = await self._slack.member(tenant, user)
        except errors.SlackFault as fault:
            self._log.warning("member lookup failed", team=tenant.team, user=user, error=fault.error)
            return known[1] if known else Member(user=user)
        if len(self._members) >= _MOST:
            self._members.clear()
        self._members[tenant.team, user] = (self._clock(), member)
        return member

    async def engineers(self, tenant: Tenant) -> frozenset[UserId] | None:
        """Return the members of the user groups that may conclude; None when every full member may."""
        if not self._groups:
            return None
        known = self._engineers.get(tenant.team)
        if known is not None and self._clock() - known[0] < _FRESH:
            return known[1]
        try:
            found = await self._slack.group_members(tenant, self._groups)
        except errors.SlackFault as fault:
            self._log.warning("user group lookup failed", team=tenant.team, error=fault.error)
            return known[1] if known else frozenset()
        self._engineers[tenant.team] = (self._clock(), found)
        return found

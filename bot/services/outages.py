"""Outages of Slack: while it is known to be away, one probe asks for all jobs of a workspace."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from bot import errors
from bot.domain.ids import TeamId, Tenant
from bot.slack.web.client import SlackClients

PROBED_FOR: Final = 2.0
"""Seconds for which the answer to a probe counts."""


@dataclass(slots=True)
class _Workspace:
    """What is known of Slack in one workspace."""

    probing: asyncio.Lock
    away: bool = False
    probed_at: float = float("-inf")


class Outages:
    """Knows in which workspaces Slack is away."""

    def __init__(self, slack: SlackClients, clock: Callable[[], float]) -> None:
        self._slack = slack
        self._clock = clock
        self._workspaces: dict[TeamId, _Workspace] = {}
        self._log = structlog.get_logger(__name__)

    async def check(self, tenant: Tenant) -> None:
        """Raise `SlackStillAway` while Slack is away. Every few seconds whoever comes first asks it."""
        if self._of(tenant).away and await self._away(tenant):
            raise errors.SlackStillAway("still_away")

    async def suspect(self, tenant: Tenant) -> None:
        """Find out whether Slack is away as a whole, because a call was not answered. It may be one method alone."""
        await self._away(tenant)

    async def _away(self, tenant: Tenant) -> bool:
        """Ask Slack, unless somebody else did so just now."""
        workspace = self._of(tenant)
        async with workspace.probing:
            if not 0.0 <= self._clock() - workspace.probed_at < PROBED_FOR:
                away = not await self._slack.of(tenant).answers()
                workspace.probed_at = self._clock()
                if away != workspace.away:
                    workspace.away = away
                    if away:
                        self._log.warning("slack away", team=tenant.team)
                    else:
                        self._log.info("slack there again", team=tenant.team)
        return workspace.away

    def _of(self, tenant: Tenant) -> _Workspace:
        return self._workspaces.setdefault(tenant.team, _Workspace(probing=asyncio.Lock()))

"""The app in one workspace."""

from dataclasses import dataclass, field
from typing import Final

from bot.domain.ids import TeamId, Tenant

EVERYWHERE: Final = Tenant(team=TeamId(""))
"""No workspace: it stands where something is done for all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledApp:
    """The app in one workspace: its token there, and who it is."""

    team: TeamId
    token: str = field(repr=False)
    bot_user: str
    bot_id: str
    url: str
    """The address of the workspace."""
    at: float = 0.0
    """When it was installed. An installation that replaces another one is newer."""

    @property
    def tenant(self) -> Tenant:
        """The workspace."""
        return Tenant(team=self.team)

"""In which workspaces the app is installed, with what token, and who it is there."""

from collections.abc import Sequence
from typing import Final

import structlog

from bot import errors
from bot.domain.ids import TeamId, Tenant
from bot.domain.incoming import HeardInShared
from bot.domain.installed import InstalledApp
from bot.services.work import WorkDatabase
from bot.storage import installations as rows
from bot.storage.crypto import SecretUnreadable, Vault
from bot.storage.installations import StoredInstallation

FRESH: Final = 5.0
"""Seconds after which an installation is read again, for another replica may have stored another one."""


class TokenUnreadable(errors.OutsideTrouble):
    """The stored token of a workspace was encrypted with a key that is not configured."""

    user_text = (
        "I cannot reach this workspace just now. "
        "Ask your administrator to restore the old `TASKLANE_SECRET_KEY`, or to install me again."
    )
    away = True


def token_unreadable(teams: Sequence[TeamId]) -> str:
    """Say in one line which tokens cannot be read, and what to do about it."""
    return (
        f"TASKLANE_SECRET_KEY: the token of {', '.join(teams)} was encrypted with another key. "
        "Add that key behind the new one, or install the app there again."
    )


class Installations:
    """Knows the installation of each workspace: of the one whose token is configured, or of all that are stored.

    A delivery and a job look one up before anything else is done for their workspace. What they do then reads what
    was looked up.
    """

    def __init__(self, database: WorkDatabase, vault: Vault | None, only: InstalledApp | None = None) -> None:
        """Know `only` the workspace whose token is configured, or those that are stored, encrypted with `vault`."""
        self._database = database
        self._vault = vault
        self._stored = only is None
        self._known: dict[TeamId, tuple[InstalledApp, float]] = {}
        self._log = structlog.get_logger(__name__)
        if only is not None:
            self._known[only.team] = (only, float("inf"))

    def get(self, team: TeamId) -> InstalledApp | None:
        """Return the installation of a workspace as it was looked up last. It is None when there is none."""
        known = self._known.get(team)
        return known[0] if known is not None else None

    async def look_up(self, team: TeamId) -> InstalledApp | None:
        """Return the installation of a workspace. What was known goes on counting while the database is away."""
        known = self._known.get(team)
        now = self._database.clock()
        if known is not None and known[1] > now:
            return known[0]
        if not self._stored:
            return None
        try:
            installed = await self._read(team)
        except errors.StorageUnavailable:
            if known is None:
                raise
            return known[0]
        if installed is None:
            self._known.pop(team, None)
        else:
            self._known[team] = (installed, now + FRESH)
        return installed

    async def meant(self, team: TeamId, heard: HeardInShared) -> TeamId:
        """Return the workspace whose app is meant in a channel that several of them share.

        Slack delivers what is said there once, for any of them that have the app: here for `team`. Whose app is
        mentioned comes first, then who has a session in the thread.
        """
        if not self._stored:
            return team
        async with self._database.everywhere.read_everywhere() as everywhere:
            teams = await rows.of_bots(everywhere, heard.mentioned) if heard.mentioned else []
            teams = teams or await rows.with_session(everywhere, heard.place)
        return team if team in teams or not teams else teams[0]

    async def install(self, installed: InstalledApp, name: str, scopes: str) -> None:
        """Store an installation in place of the workspace's former one. All that was stopped there goes on."""
        assert self._vault is not None
        async with self._database.write(installed.tenant) as work:
            stored = StoredInstallation(
                name=name,
                sealed=self._vault.encrypt(installed.token),
                bot_user=installed.bot_user,
                bot_id=installed.bot_id,
                url=installed.url,
                scopes=scopes,
                at=work.now,
            )
            await rows.save(work, stored)
        self._known.pop(installed.team, None)

    async def begin(self) -> list[Tenant]:
        """List the workspaces in which the app is installed. The one whose token is configured has it again."""
        if not self._stored:
            tenants = [installed.tenant for installed, _ in self._known.values()]
            for tenant in tenants:
                async with self._database.write(tenant) as work:
                    await rows.stay(work)
            return tenants
        async with self._database.everywhere.read_everywhere() as everywhere:
            stored = await rows.everywhere(everywhere)
        assert self._vault is not None
        unreadable = rows.unreadable(stored, self._vault)
        if unreadable and len(unreadable) == len(stored):
            raise errors.ConfigurationError([token_unreadable(unreadable)])
        for team in unreadable:
            self._log.error("token unreadable", team=team)
        return [Tenant(team=team) for team in stored]

    def forget(self, team: TeamId) -> None:
        """Take a workspace for one without the app."""
        self._known.pop(team, None)

    async def _read(self, team: TeamId) -> InstalledApp | None:
        async with self._database.read(Tenant(team=team)) as uow:
            stored = await rows.get(uow)
        if stored is None or not stored.sealed or self._vault is None:
            return None
        try:
            token = self._vault.decrypt(stored.sealed)
        except SecretUnreadable as unreadable:
            raise TokenUnreadable from unreadable
        return InstalledApp(
            team=team,
            token=token,
            bot_user=stored.bot_user,
            bot_id=stored.bot_id,
            url=stored.url,
            at=stored.at,
        )

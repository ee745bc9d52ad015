"""Workspaces and what their admins have set."""

from dataclasses import dataclass

from sqlalchemy import select

from bot.domain.ids import ChannelId, TeamId
from bot.storage.database import Everywhere, UnitOfWork
from bot.storage.tables import installations, sessions, workspaces


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceSettings:
    """What is set for a workspace."""

    notes_channel: ChannelId | None = None
    """The channel that an admin has set for posted notes."""
    retention_days: int | None = None
    """For how many days concluded sessions are kept. 0 is for ever, None what the configuration says."""


async def get(uow: UnitOfWork) -> WorkspaceSettings:
    """Read a workspace. For one that nobody has set up, everything is as the configuration says."""
    statement = select(workspaces.c.notes_channel, workspaces.c.retention_days)
    row = (await uow.execute(statement.where(workspaces.c.team_id == uow.team))).first()
    return WorkspaceSettings(**row._mapping) if row else WorkspaceSettings()


async def set_notes_channel(uow: UnitOfWork, channel: ChannelId | None) -> None:
    """Store the default channel for posted notes. It is None for the one of the configuration."""
    values = {"notes_channel": channel}
    statement = uow.insert(workspaces).values(team_id=uow.team, **values)
    await uow.execute(statement.on_conflict_do_update(index_elements=["team_id"], set_=values))


async def notes_channels(everywhere: Everywhere) -> list[ChannelId]:
    """List the channels that admins have set for posted notes, of all workspaces."""
    rows = await everywhere.execute(select(workspaces.c.notes_channel).where(workspaces.c.notes_channel.is_not(None)))
    return [ChannelId(channel) for channel in rows.scalars()]


async def set_retention(everywhere: Everywhere, team: TeamId, days: int | None) -> None:
    """Store for how many days a workspace keeps concluded sessions. 0 is for ever, None what the configuration says."""
    statement = everywhere.insert(workspaces).values(team_id=team, retention_days=days)
    await everywhere.execute(statement.on_conflict_do_update(index_elements=["team_id"], set_={"retention_days": days}))


async def retentions(everywhere: Everywhere) -> dict[TeamId, int | None]:
    """Say for each workspace with the app, a session or something set for how many days it keeps concluded ones."""
    others = (select(workspaces.c.team_id), select(installations.c.team_id).where(installations.c.left_at.is_(None)))
    known = select(sessions.c.team_id).union(*others).subquery()
    statement = select(known.c.team_id, workspaces.c.retention_days).join(
        workspaces, workspaces.c.team_id == known.c.team_id, isouter=True
    )
    rows = await everywhere.execute(statement.order_by(known.c.team_id))
    return {TeamId(row.team_id): row.retention_days for row in rows}

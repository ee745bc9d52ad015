"""Workspaces and what their admins have set."""

from dataclasses import dataclass

from sqlalchemy import select

from bot.domain.ids import ChannelId
from bot.storage.database import Everywhere, UnitOfWork
from bot.storage.tables import workspaces


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceSettings:
    """What is set for a workspace."""

    notes_channel: ChannelId | None = None
    """The channel that an admin has set for posted notes."""


async def get(uow: UnitOfWork) -> WorkspaceSettings:
    """Read a workspace. One that nobody has set up has no channel."""
    statement = select(workspaces.c.notes_channel)
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

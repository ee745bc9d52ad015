"""Workspaces and what their admins have set."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from bot.domain.ids import ChannelId, Tenant
from bot.storage.database import UnitOfWork
from bot.storage.tables import workspaces


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A workspace's name and settings."""

    name: str = ""
    notes_channel: ChannelId | None = None
    """The channel that an admin has set for posted notes."""


async def get(uow: UnitOfWork, tenant: Tenant) -> Workspace:
    """Read a workspace; one that nobody has set up has no name and no channel."""
    statement = select(workspaces.c.name, workspaces.c.notes_channel)
    row = (await uow.execute(statement.where(workspaces.c.team_id == tenant.team))).first()
    return Workspace(**row._mapping) if row else Workspace()


async def set_name(uow: UnitOfWork, tenant: Tenant, name: str) -> None:
    """Store what the workspace is called."""
    await _save(uow, tenant, {"name": name})


async def set_notes_channel(uow: UnitOfWork, tenant: Tenant, channel: ChannelId | None) -> None:
    """Store the default channel for posted notes; None for the one of the configuration."""
    await _save(uow, tenant, {"notes_channel": channel})


async def _save(uow: UnitOfWork, tenant: Tenant, values: dict[str, Any]) -> None:
    statement = uow.insert(workspaces).values(team_id=tenant.team, **values)
    await uow.execute(statement.on_conflict_do_update(index_elements=["team_id"], set_=values))

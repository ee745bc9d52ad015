"""The ticket system of a workspace, the tickets of its sessions, and who is who in it."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, select, update

from bot.domain.ids import SessionId, TeamId, UserId
from bot.domain.tickets import HouseRules, TicketLink, TicketMember
from bot.storage.database import Everywhere, UnitOfWork
from bot.storage.tables import house_rules, ticket_connections, ticket_links, ticket_members


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredConnection:
    """The ticket system of a workspace. Its values are encrypted."""

    system: str
    sealed: str
    set_by: UserId
    revision: int = 1
    """Rises whenever an admin saves."""
    at: float


async def connection(uow: UnitOfWork) -> StoredConnection | None:
    """Read the ticket system of the workspace."""
    columns = [column for column in ticket_connections.c if column is not ticket_connections.c.team_id]
    row = (await uow.execute(select(*columns).where(ticket_connections.c.team_id == uow.team))).first()
    return StoredConnection(**row._mapping) if row else None


async def connect(uow: UnitOfWork, stored: StoredConnection) -> None:
    """Store the ticket system of the workspace in place of the former one."""
    values = asdict(stored)
    statement = uow.insert(ticket_connections).values(team_id=uow.team, **values)
    changed = {**values, "revision": ticket_connections.c.revision + 1}
    await uow.execute(statement.on_conflict_do_update(index_elements=["team_id"], set_=changed))


async def connections_everywhere(work: Everywhere) -> dict[TeamId, tuple[str, str]]:
    """Read the system and the encrypted values of every workspace."""
    statement = select(ticket_connections.c.team_id, ticket_connections.c.system, ticket_connections.c.sealed)
    return {TeamId(row.team_id): (row.system, row.sealed) for row in await work.execute(statement)}


async def sealed_everywhere(work: Everywhere) -> dict[TeamId, str]:
    """Read the encrypted values of every workspace."""
    statement = select(ticket_connections.c.team_id, ticket_connections.c.sealed).with_for_update()
    return {TeamId(row.team_id): str(row.sealed) for row in await work.execute(statement)}


async def seal_anew(work: Everywhere, team: TeamId, sealed: str) -> None:
    """Store the values of a workspace as they read after a change of keys."""
    here = ticket_connections.c.team_id == team
    await work.execute(update(ticket_connections).where(here).values(sealed=sealed))


async def link(uow: UnitOfWork, session_id: SessionId) -> TicketLink | None:
    """Read the ticket of a session."""
    return (await links(uow, [session_id])).get(session_id)


async def links(uow: UnitOfWork, session_ids: list[SessionId]) -> dict[SessionId, TicketLink]:
    """Read the tickets of some sessions."""
    if not session_ids:
        return {}
    here = (ticket_links.c.team_id == uow.team) & ticket_links.c.session_id.in_(session_ids)
    rows = await uow.execute(select(ticket_links).where(here))
    return {row.session_id: TicketLink(**_without(row._mapping, "team_id", "session_id")) for row in rows}


async def save_link(uow: UnitOfWork, session_id: SessionId, ticket: TicketLink) -> None:
    """Store the ticket of a session in place of the former one."""
    values = asdict(ticket)
    statement = uow.insert(ticket_links).values(team_id=uow.team, session_id=session_id, **values)
    here = ticket_links.c.team_id == uow.team
    await uow.execute(statement.on_conflict_do_update(index_elements=["session_id"], set_=values, where=here))


async def forget_creation(uow: UnitOfWork, session_id: SessionId) -> None:
    """Drop the ticket of a session that could not be created."""
    here = (ticket_links.c.team_id == uow.team) & (ticket_links.c.session_id == session_id)
    await uow.execute(delete(ticket_links).where(here, ticket_links.c.ticket_id == ""))


async def member(uow: UnitOfWork, user: UserId, system: str) -> TicketMember | None:
    """Read who a person is in a ticket system."""
    here = (ticket_members.c.team_id == uow.team) & (ticket_members.c.user_id == user)
    row = (await uow.execute(select(ticket_members).where(here, ticket_members.c.system == system))).first()
    if row is None:
        return None
    return TicketMember(user=row.user_id, **_without(row._mapping, "team_id", "user_id", "system", "at"))


async def members(uow: UnitOfWork, system: str) -> list[TicketMember]:
    """List who is known to be who in a ticket system, what admins said first."""
    here = (ticket_members.c.team_id == uow.team) & (ticket_members.c.system == system)
    order = (ticket_members.c.by_admin.desc(), ticket_members.c.name)
    found = await uow.execute(select(ticket_members).where(here).order_by(*order))
    return [
        TicketMember(user=row.user_id, **_without(row._mapping, "team_id", "user_id", "system", "at")) for row in found
    ]


async def forget_member(uow: UnitOfWork, user: UserId, system: str) -> None:
    """Forget who a person is in a ticket system."""
    here = (ticket_members.c.team_id == uow.team) & (ticket_members.c.user_id == user)
    await uow.execute(delete(ticket_members).where(here, ticket_members.c.system == system))


async def save_member(uow: UnitOfWork, system: str, found: TicketMember, at: float) -> None:
    """Store who a person is in a ticket system. What an admin said stays, unless an admin says otherwise."""
    values = {**asdict(found), "at": at}
    user = values.pop("user")
    statement = uow.insert(ticket_members).values(team_id=uow.team, user_id=user, system=system, **values)
    keys = ["team_id", "user_id", "system"]
    mine = None if found.by_admin else ticket_members.c.by_admin.is_(False)
    await uow.execute(statement.on_conflict_do_update(index_elements=keys, set_=values, where=mine))


async def doubt_member(uow: UnitOfWork, user: UserId, system: str) -> None:
    """Have a person looked up anew whose account was refused as inactive, unless an admin has said who it is."""
    here = (ticket_members.c.team_id == uow.team) & (ticket_members.c.user_id == user)
    mine = (ticket_members.c.system == system) & ticket_members.c.by_admin.is_(False)
    await uow.execute(update(ticket_members).where(here, mine).values(active=False))


async def forget_account(uow: UnitOfWork, system: str) -> None:
    """Forget the ids that tickets and people have, since the ticket system is another one from here on."""
    unknown = {"ticket_id": "", "client_id": ""}
    await uow.execute(update(ticket_links).where(ticket_links.c.team_id == uow.team).values(**unknown))
    mine = (ticket_members.c.team_id == uow.team) & (ticket_members.c.system == system)
    await uow.execute(delete(ticket_members).where(mine))


async def other_clients(uow: UnitOfWork, client_id: str) -> list[str]:
    """List the names of the clients that sessions of the workspace are about, but for one client."""
    here = (ticket_links.c.team_id == uow.team) & (ticket_links.c.client != "")
    rows = await uow.execute(
        select(ticket_links.c.client).where(here, ticket_links.c.client_id != client_id).distinct()
    )
    return list(rows.scalars())


async def rules(uow: UnitOfWork) -> HouseRules:
    """Read the rules of the house."""
    columns = [column for column in house_rules.c if column is not house_rules.c.team_id]
    row = (await uow.execute(select(*columns).where(house_rules.c.team_id == uow.team))).first()
    return HouseRules(**row._mapping) if row else HouseRules()


async def save_rules(uow: UnitOfWork, chosen: HouseRules) -> None:
    """Store the rules of the house."""
    values = asdict(chosen)
    statement = uow.insert(house_rules).values(team_id=uow.team, **values)
    await uow.execute(statement.on_conflict_do_update(index_elements=["team_id"], set_=values))


def _without(mapping: Any, *names: str) -> dict[str, Any]:
    return {name: value for name, value in mapping.items() if name not in names}

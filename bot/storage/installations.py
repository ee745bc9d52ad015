"""In which workspaces the app is installed, and the states of installations that are under way."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import delete, select, update

from bot.domain.ids import Place, TeamId, UserId
from bot.storage.crypto import Vault
from bot.storage.database import Everywhere, UnitOfWork
from bot.storage.tables import installations, oauth_states, sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredInstallation:
    """The app in a workspace, as it was installed there. Its token is encrypted."""

    name: str
    sealed: str
    bot_user: str
    bot_id: str
    url: str
    scopes: str
    """The scopes that were granted, with commas."""
    at: float


async def get(uow: UnitOfWork) -> StoredInstallation | None:
    """Read the installation of the workspace. It is None when the app is not installed there, or not any more."""
    here = (installations.c.team_id == uow.team) & installations.c.left_at.is_(None)
    columns = [installations.c[name] for name in StoredInstallation.__dataclass_fields__]
    row = (await uow.execute(select(*columns).where(here))).first()
    return StoredInstallation(**row._mapping) if row else None


async def save(uow: UnitOfWork, stored: StoredInstallation) -> None:
    """Store the installation of the workspace in place of the former one. It ends that the app has left."""
    values = {**asdict(stored), "left_at": None}
    statement = uow.insert(installations).values(team_id=uow.team, **values)
    await uow.execute(statement.on_conflict_do_update(index_elements=["team_id"], set_=values))


async def leave(uow: UnitOfWork, at: int) -> None:
    """Store that the workspace has removed the app, and forget the token."""
    gone = {"sealed": "", "left_at": at}
    empty = dict.fromkeys(StoredInstallation.__dataclass_fields__, "")
    statement = uow.insert(installations).values(team_id=uow.team, **{**empty, "at": at, **gone})
    await uow.execute(statement.on_conflict_do_update(index_elements=["team_id"], set_=gone))


async def stay(uow: UnitOfWork) -> None:
    """Store that the workspace has the app, whose token is in the configuration."""
    here = installations.c.team_id == uow.team
    await uow.execute(update(installations).where(here, installations.c.left_at.is_not(None)).values(left_at=None))


async def left_at(uow: UnitOfWork) -> int | None:
    """Return when the workspace has removed the app. It is None while the app is installed."""
    here = installations.c.team_id == uow.team
    at = (await uow.execute(select(installations.c.left_at).where(here))).scalar_one_or_none()
    return None if at is None else int(at)


async def everywhere(work: Everywhere) -> dict[TeamId, StoredInstallation]:
    """Read the installations of all workspaces that have the app with a token of their own."""
    columns = [installations.c[name] for name in StoredInstallation.__dataclass_fields__]
    here = installations.c.left_at.is_(None) & (installations.c.sealed != "")
    rows = await work.execute(select(installations.c.team_id, *columns).where(here).order_by(installations.c.team_id))
    return {TeamId(row.team_id): StoredInstallation(**{c.name: row._mapping[c.name] for c in columns}) for row in rows}


async def of_bots(work: Everywhere, users: Collection[UserId]) -> list[TeamId]:
    """List the workspaces that have the app under one of these users."""
    here = installations.c.left_at.is_(None) & installations.c.bot_user.in_(users)
    return [TeamId(team) for team in (await work.execute(select(installations.c.team_id).where(here))).scalars()]


async def with_session(work: Everywhere, place: Place) -> list[TeamId]:
    """List the workspaces that have the app, and a session in a thread."""
    having = select(installations.c.team_id).where(installations.c.left_at.is_(None))
    here = (sessions.c.channel == place.channel) & (sessions.c.thread == place.thread)
    statement = select(sessions.c.team_id).where(sessions.c.team_id.in_(having), here)
    return [TeamId(team) for team in (await work.execute(statement)).scalars()]


def unreadable(stored: Mapping[TeamId, StoredInstallation], vault: Vault) -> list[TeamId]:
    """List the workspaces whose token none of the keys decrypts."""
    return [team for team, installation in stored.items() if not vault.reads(installation.sealed)]


async def sealed_everywhere(work: Everywhere) -> dict[TeamId, str]:
    """Read the encrypted tokens of all workspaces."""
    columns = (installations.c.team_id, installations.c.sealed)
    statement = select(*columns).where(installations.c.sealed != "").with_for_update()
    return {TeamId(row.team_id): str(row.sealed) for row in await work.execute(statement)}


async def seal_anew(work: Everywhere, team: TeamId, sealed: str) -> None:
    """Store the token of a workspace as it reads after a change of keys."""
    here = installations.c.team_id == team
    await work.execute(update(installations).where(here).values(sealed=sealed))


async def issue_state(work: Everywhere, state: str, *, now: float, seconds: float) -> None:
    """Store the state of an installation that begins, for so many seconds. Those that are over go."""
    await work.execute(delete(oauth_states).where(oauth_states.c.expires_at <= now))
    await work.execute(work.insert(oauth_states).values(state=state, expires_at=now + seconds))


async def consume_state(work: Everywhere, state: str, now: float) -> bool:
    """Take a state back. It is False for one that is unknown, over, or was taken before."""
    taken = delete(oauth_states).where(oauth_states.c.state == state).returning(oauth_states.c.expires_at)
    expires_at = (await work.execute(taken)).scalar_one_or_none()
    return expires_at is not None and expires_at > now

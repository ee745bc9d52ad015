"""Turns: the dialogue of a session."""

from itertools import groupby
from typing import Any, Final

from sqlalchemy import Row, Select, exists, func, literal, select, update

from bot import errors
from bot.domain.ids import SessionId, Tenant, TurnId, UserId
from bot.domain.sessions import Author, Turn, TurnState
from bot.storage.database import UnitOfWork
from bot.storage.tables import sessions, turns

_COLUMNS: Final = [
    turns.c.id,
    turns.c.seq,
    turns.c.author,
    turns.c.user_id.label("user"),
    turns.c.text,
    turns.c.state,
    turns.c.at,
    turns.c.failure,
]


def _turn(row: Row[Any]) -> Turn:
    return Turn(**{column.name: row._mapping[column.name] for column in _COLUMNS})


def _of(tenant: Tenant, session_id: SessionId) -> Select[Any]:
    return select(*_COLUMNS).where(turns.c.team_id == tenant.team, turns.c.session_id == session_id)


async def add(
    uow: UnitOfWork,
    tenant: Tenant,
    session_id: SessionId,
    *,
    id: TurnId,
    author: Author,
    user: UserId | None,
    text: str,
    state: TurnState,
    at: float,
    source: str | None = None,
) -> Turn | None:
    """Append a turn and count it on the session; None and no change when its source is there already.

    Raises `SessionMissing` when there is no such session.
    """
    session = (sessions.c.team_id == tenant.team) & (sessions.c.id == session_id)
    # The lock keeps two writers from taking the same seq.
    if (await uow.execute(select(sessions.c.id).where(session).with_for_update())).first() is None:
        raise errors.SessionMissing
    newest = select(func.coalesce(func.max(turns.c.seq), literal(0))).where(turns.c.session_id == session_id)
    seq = int((await uow.execute(newest)).scalar_one()) + 1
    values = {"id": id, "author": author, "user_id": user, "text": text, "state": state, "at": at}
    statement = (
        uow.insert(turns)
        .values(team_id=tenant.team, session_id=session_id, seq=seq, source=source, **values)
        .on_conflict_do_nothing(index_elements=["team_id", "source"])
        .returning(*_COLUMNS)
    )
    row = (await uow.execute(statement)).first()
    if row is None:
        return None
    await uow.execute(update(sessions).where(session).values(messages=sessions.c.messages + 1))
    return _turn(row)


async def finish(
    uow: UnitOfWork, tenant: Tenant, turn_id: TurnId, *, text: str, state: TurnState, failure: str | None = None
) -> None:
    """Store how far a turn has come and what it says, and with which sentence it failed."""
    here = (turns.c.team_id == tenant.team) & (turns.c.id == turn_id)
    await uow.execute(update(turns).where(here).values(text=text, state=state, failure=failure))


async def get(uow: UnitOfWork, tenant: Tenant, turn_id: TurnId) -> Turn | None:
    """Read a turn."""
    statement = select(*_COLUMNS).where(turns.c.team_id == tenant.team, turns.c.id == turn_id)
    row = (await uow.execute(statement)).first()
    return _turn(row) if row else None


async def history(uow: UnitOfWork, tenant: Tenant, session_id: SessionId) -> list[Turn]:
    """List the finished turns in the order of the dialogue.

    Messages that came in between two replies are in the order in which they were written, whatever order Slack
    delivered them in; what a reply has seen stays before it.
    """
    statement = _of(tenant, session_id).add_columns(turns.c.source).where(turns.c.state == TurnState.DONE)
    rows = [(_turn(row), row.source) for row in await uow.execute(statement.order_by(turns.c.seq))]
    ordered: list[Turn] = []
    for written, run in groupby(rows, key=lambda row: row[1] is not None):
        said = [turn for turn, _ in run]
        ordered += sorted(said, key=lambda turn: (turn.at, turn.seq)) if written else said
    return ordered


async def unanswered(uow: UnitOfWork, tenant: Tenant, session_id: SessionId) -> bool:
    """Tell whether a member said something after the assistant's newest finished reply."""
    reply = turns.alias()
    answered = (
        select(func.coalesce(func.max(reply.c.seq), literal(0)))
        .where(
            reply.c.team_id == tenant.team,
            reply.c.session_id == session_id,
            reply.c.author == Author.ASSISTANT,
            reply.c.state == TurnState.DONE,
        )
        .scalar_subquery()
    )
    said = exists().where(
        turns.c.team_id == tenant.team,
        turns.c.session_id == session_id,
        turns.c.author == Author.MEMBER,
        turns.c.seq > answered,
    )
    return bool((await uow.execute(select(said))).scalar_one())


async def writing(uow: UnitOfWork, tenant: Tenant, session_id: SessionId) -> Turn | None:
    """Return the reply that is being written, if one is."""
    statement = _of(tenant, session_id).where(turns.c.state == TurnState.WRITING).order_by(turns.c.seq.desc()).limit(1)
    row = (await uow.execute(statement)).first()
    return _turn(row) if row else None


async def newest_reply(uow: UnitOfWork, tenant: Tenant, session_id: SessionId) -> Turn | None:
    """Return the assistant's newest turn, finished or not."""
    statement = _of(tenant, session_id).where(turns.c.author == Author.ASSISTANT).order_by(turns.c.seq.desc()).limit(1)
    row = (await uow.execute(statement)).first()
    return _turn(row) if row else None

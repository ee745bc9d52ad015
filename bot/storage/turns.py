"""Turns: the dialogue of a session."""

from itertools import groupby
from typing import Any, Final

from sqlalchemy import Row, Select, exists, func, literal, select, update

from bot import errors
from bot.domain.ids import SessionId, TurnId, UserId
from bot.domain.sessions import Author, Turn, TurnKind, TurnState
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
    turns.c.source,
    turns.c.failure,
    turns.c.kind,
    turns.c.speaker,
    turns.c.wants_answer,
    turns.c.tokens,
    turns.c.guided,
]


def _turn(row: Row[Any]) -> Turn:
    return Turn(**{column.name: row._mapping[column.name] for column in _COLUMNS})


def _of(uow: UnitOfWork, session_id: SessionId) -> Select[Any]:
    return select(*_COLUMNS).where(turns.c.team_id == uow.team, turns.c.session_id == session_id)


async def add(uow: UnitOfWork, session_id: SessionId, turn: Turn) -> Turn | None:
    """Append a turn, count it on the session, and return it with its place in the dialogue.

    Returns None and changes nothing when a turn of the same source is there already. Raises `SessionMissing` when there
    is no such session.
    """
    session = (sessions.c.team_id == uow.team) & (sessions.c.id == session_id)
    # The lock keeps two writers from taking the same seq.
    if (await uow.execute(select(sessions.c.id).where(session).with_for_update())).first() is None:
        raise errors.SessionMissing
    theirs = (turns.c.team_id == uow.team) & (turns.c.session_id == session_id)
    newest = select(func.coalesce(func.max(turns.c.seq), literal(0))).where(theirs)
    seq = int((await uow.execute(newest)).scalar_one()) + 1
    statement = (
        uow.insert(turns)
        .values(
            team_id=uow.team,
            session_id=session_id,
            id=turn.id,
            seq=seq,
            author=turn.author,
            user_id=turn.user,
            text=turn.text,
            state=turn.state,
            at=turn.at,
            source=turn.source,
            kind=turn.kind,
            speaker=turn.speaker,
            wants_answer=turn.wants_answer,
            guided=turn.guided,
        )
        .on_conflict_do_nothing(index_elements=["team_id", "source"])
        .returning(*_COLUMNS)
    )
    row = (await uow.execute(statement)).first()
    if row is None:
        return None
    await uow.execute(update(sessions).where(session).values(messages=sessions.c.messages + 1))
    return _turn(row)


async def save(uow: UnitOfWork, turn: Turn) -> None:
    """Store how far a turn has come, what it says, with which sentence it failed, and what was counted."""
    here = (turns.c.team_id == uow.team) & (turns.c.id == turn.id)
    changes = {name: getattr(turn, name) for name in ("text", "state", "failure", "wants_answer", "tokens")}
    await uow.execute(update(turns).where(here).values(**changes))


async def get(uow: UnitOfWork, turn_id: TurnId) -> Turn | None:
    """Read a turn."""
    statement = select(*_COLUMNS).where(turns.c.team_id == uow.team, turns.c.id == turn_id)
    row = (await uow.execute(statement)).first()
    return _turn(row) if row else None


async def of_source(uow: UnitOfWork, source: str) -> tuple[SessionId, Turn] | None:
    """Find the turn that a Slack message was taken as, and its session."""
    theirs = (turns.c.team_id == uow.team) & (turns.c.source == source)
    row = (await uow.execute(select(*_COLUMNS, turns.c.session_id).where(theirs))).first()
    return (row.session_id, _turn(row)) if row else None


async def began_with(uow: UnitOfWork, session_id: SessionId) -> str | None:
    """Name the Slack message that a session began with. It is None for one that began with a command."""
    first = (turns.c.team_id == uow.team) & (turns.c.session_id == session_id) & (turns.c.seq == 1)
    return (await uow.execute(select(turns.c.source).where(first))).scalar_one_or_none()


async def writers(uow: UnitOfWork, session_id: SessionId) -> set[UserId]:
    """Name the people who have written in a session's thread since it began."""
    theirs = (turns.c.team_id == uow.team) & (turns.c.session_id == session_id)
    spoken = theirs & (turns.c.author == Author.MEMBER) & (turns.c.kind != TurnKind.CONTEXT)
    people = await uow.execute(select(turns.c.user_id).where(spoken, turns.c.user_id.is_not(None)).distinct())
    return {UserId(row.user_id) for row in people}


async def history(uow: UnitOfWork, session_id: SessionId, after: int = 0) -> list[Turn]:
    """List the finished turns behind a `seq` in the order of the dialogue, answers that broke off included.

    Messages that came in between two replies are in the order in which they were written, whatever order Slack
    delivered them in. What a reply has seen stays before it.
    """
    finished = turns.c.state.in_([TurnState.DONE, TurnState.FAILED])
    statement = _of(uow, session_id).where(finished, turns.c.seq > after).order_by(turns.c.seq)
    stored = [_turn(row) for row in await uow.execute(statement)]
    ordered: list[Turn] = []
    for from_slack, group in groupby(stored, key=lambda turn: turn.source is not None):
        together = list(group)
        ordered += sorted(together, key=lambda turn: (turn.at, turn.seq)) if from_slack else together
    return ordered


async def typed_or_noted(uow: UnitOfWork, session_id: SessionId, upto: int) -> list[Turn]:
    """List the turns up to a `seq` that came from the app's own controls or are notes: few of a long session."""
    own = turns.c.source.is_(None) | (turns.c.kind == TurnKind.NOTE)
    statement = _of(uow, session_id).where(turns.c.author == Author.MEMBER, turns.c.seq <= upto, own)
    return [_turn(row) for row in await uow.execute(statement.order_by(turns.c.seq))]


async def unanswered(uow: UnitOfWork, session_id: SessionId) -> bool:
    """Tell whether a member said something after the assistant's newest finished reply."""
    reply = turns.alias()
    answered = (
        select(func.coalesce(func.max(reply.c.seq), literal(0)))
        .where(
            reply.c.team_id == uow.team,
            reply.c.session_id == session_id,
            reply.c.author == Author.ASSISTANT,
            reply.c.state == TurnState.DONE,
        )
        .scalar_subquery()
    )
    said = exists().where(
        turns.c.team_id == uow.team,
        turns.c.session_id == session_id,
        turns.c.author == Author.MEMBER,
        turns.c.wants_answer,
        turns.c.seq > answered,
    )
    return bool((await uow.execute(select(said))).scalar_one())


async def newest(uow: UnitOfWork, session_id: SessionId) -> int:
    """Return the `seq` of the newest turn, finished or not."""
    theirs = (turns.c.team_id == uow.team) & (turns.c.session_id == session_id)
    return int((await uow.execute(select(func.coalesce(func.max(turns.c.seq), literal(0))).where(theirs))).scalar_one())


async def newest_speaker(uow: UnitOfWork, session_id: SessionId) -> UserId | None:
    """Name who has said the newest thing in a session, the assistant left out."""
    theirs = (turns.c.team_id == uow.team) & (turns.c.session_id == session_id) & turns.c.user_id.is_not(None)
    newest_first = select(turns.c.user_id).where(theirs).order_by(turns.c.seq.desc()).limit(1)
    user = (await uow.execute(newest_first)).scalar_one_or_none()
    return UserId(user) if user is not None else None


async def asks_for_step(uow: UnitOfWork, session_id: SessionId) -> bool:
    """Tell whether the newest message that wants an answer was said in a guided session."""
    wanted = (turns.c.author == Author.MEMBER) & turns.c.wants_answer
    newest = (
        select(turns.c.guided)
        .where(turns.c.team_id == uow.team, turns.c.session_id == session_id, wanted)
        .order_by(turns.c.seq.desc())
        .limit(1)
    )
    return bool((await uow.execute(newest)).scalar())


async def is_first_reply(uow: UnitOfWork, session_id: SessionId, turn: Turn) -> bool:
    """Tell whether the assistant has said nothing in a session before a turn."""
    earlier = exists().where(
        turns.c.team_id == uow.team,
        turns.c.session_id == session_id,
        turns.c.author == Author.ASSISTANT,
        turns.c.state == TurnState.DONE,
        turns.c.seq < turn.seq,
    )
    return not (await uow.execute(select(earlier))).scalar_one()


async def writing(uow: UnitOfWork, session_id: SessionId) -> Turn | None:
    """Return the reply that is being written, if one is."""
    statement = _of(uow, session_id).where(turns.c.state == TurnState.WRITING).order_by(turns.c.seq.desc()).limit(1)
    row = (await uow.execute(statement)).first()
    return _turn(row) if row else None


async def newest_reply(uow: UnitOfWork, session_id: SessionId) -> Turn | None:
    """Return the assistant's newest turn, finished or not."""
    statement = _of(uow, session_id).where(turns.c.author == Author.ASSISTANT).order_by(turns.c.seq.desc()).limit(1)
    row = (await uow.execute(statement)).first()
    return _turn(row) if row else None

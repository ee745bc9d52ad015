"""What stands for the beginning of long sessions, and the dialogue that is told with it."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import select, update

from bot.domain.dialogue.record import Dialogue, Summary, stays
from bot.domain.ids import SessionId
from bot.domain.sessions import Session
from bot.storage import tickets, turns
from bot.storage.database import UnitOfWork
from bot.storage.tables import sessions, summaries


async def get(uow: UnitOfWork, session_id: SessionId) -> Summary:
    """Read the summary of a session. One that covers nothing stands for none."""
    columns = [column for column in summaries.c if column is not summaries.c.team_id]
    here = (summaries.c.team_id == uow.team) & (summaries.c.session_id == session_id)
    row = (await uow.execute(select(*columns).where(here))).first()
    if row is None:
        return Summary(session=session_id)
    values = dict(row._mapping)
    return Summary(session=values.pop("session_id"), **values)


async def dialogue(uow: UnitOfWork, session: Session, before: int | None = None) -> Dialogue:
    """Read a session as the model is told it, of its turns only those before a `seq` where one is given."""
    summary = await get(uow, session.id)
    told = await turns.history(uow, session.id, summary.upto)
    kept = await turns.typed_or_noted(uow, session.id, summary.upto) if summary.upto else []
    return Dialogue(
        tenant=uow.tenant,
        session=session,
        turns=tuple(turn for turn in told if before is None or turn.seq < before),
        summary=summary if summary.since else None,
        kept=tuple(turn for turn in kept if stays(turn)),
        house=await tickets.rules(uow),
    )


async def save(uow: UnitOfWork, summary: Summary) -> bool:
    """Store a summary, unless a turn was changed or erased since its `revision` was read. Then it is False."""
    values = asdict(summary)
    session_id = values.pop("session")
    unchanged = (summaries.c.team_id == uow.team) & (summaries.c.revision == summary.revision)
    statement = uow.insert(summaries).values(team_id=uow.team, session_id=session_id, **values)
    stored = statement.on_conflict_do_update(index_elements=["session_id"], set_=values, where=unchanged)
    if (await uow.execute(stored.returning(summaries.c.session_id))).first() is None:
        return False
    await _count(uow, session_id, summary.messages)
    return True


async def void(uow: UnitOfWork, session_id: SessionId, seq: int) -> bool:
    """Note that a turn was changed or erased. A summary that holds it is erased: then it is True.

    One that is just being made is not stored any more, because the revision is another one.
    """
    covered = 0 < seq <= (await get(uow, session_id)).upto
    empty = asdict(Summary(session=session_id))
    del empty["session"], empty["revision"]
    first = uow.insert(summaries).values(team_id=uow.team, session_id=session_id, revision=1, **empty)
    changed: dict[str, Any] = {"revision": summaries.c.revision + 1}
    if covered:
        # What was counted with the summary says nothing of the session without it.
        changed |= {**empty, "since": await turns.newest(uow, session_id)}
        await _count(uow, session_id, 0)
    here = summaries.c.team_id == uow.team
    await uow.execute(first.on_conflict_do_update(index_elements=["session_id"], set_=changed, where=here))
    return covered


async def _count(uow: UnitOfWork, session_id: SessionId, messages: int) -> None:
    """Let the card show how much is told as a summary."""
    here = (sessions.c.team_id == uow.team) & (sessions.c.id == session_id)
    shown = {"summarised": messages, "revision": sessions.c.revision + 1}
    await uow.execute(update(sessions).where(here).values(**shown))

"""The files of a session's turns."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import Row, delete, exists, select, text, update

from bot.domain.content import FileAccess, SharedFile
from bot.domain.evidence import Evidence, EvidenceState, Unread
from bot.domain.ids import SessionId, TurnId
from bot.domain.sessions import Status
from bot.storage.database import Everywhere, UnitOfWork
from bot.storage.tables import evidence, sessions, turns

_HAS_TEXT: Final = (evidence.c.state == EvidenceState.READ) & (evidence.c.text != "")
_FORGOTTEN: Final = {"state": EvidenceState.FORGOTTEN, "text": "", "left_out": ""}
_ENDED: Final = (Status.RESOLVED, Status.ESCALATED, Status.CONTINUED)


async def add(uow: UnitOfWork, files: Sequence[Evidence]) -> None:
    """Store the files of a turn that was just added."""
    for one in files:
        values = {**_read_values(one), "file_id": one.file.id, "file_name": one.file.name, "access": one.file.access}
        values |= {name: getattr(one.file, name) for name in ("filetype", "size", "url", "link")}
        where = {"team_id": uow.team, "session_id": one.session, "turn_id": one.turn, "position": one.position}
        await uow.execute(uow.insert(evidence).values(id=one.id, **where, **values))


async def of_session(uow: UnitOfWork, session_id: SessionId, after: int = 0) -> list[Evidence]:
    """List the files of a session in the order in which they were shared, behind a turn's `seq`."""
    theirs = (evidence.c.team_id == uow.team) & (evidence.c.session_id == session_id) & (turns.c.seq > after)
    told = evidence.join(turns, (turns.c.id == evidence.c.turn_id) & (turns.c.team_id == uow.team))
    statement = select(evidence).select_from(told).where(theirs).order_by(turns.c.seq, evidence.c.position)
    return [_evidence(row) for row in await uow.execute(statement)]


async def save(uow: UnitOfWork, one: Evidence) -> None:
    """Store what became of a file."""
    here = (evidence.c.team_id == uow.team) & (evidence.c.id == one.id)
    await uow.execute(update(evidence).where(here).values(**_read_values(one)))


async def keep_only(uow: UnitOfWork, turn_id: TurnId, files: Collection[str]) -> None:
    """Erase what is kept of a turn's files, but of those with these ids of Slack's."""
    theirs = (evidence.c.team_id == uow.team) & (evidence.c.turn_id == turn_id)
    await uow.execute(delete(evidence).where(theirs, evidence.c.file_id.not_in(files)))


async def withdraw(uow: UnitOfWork, turn_id: TurnId, files: Collection[str]) -> None:
    """Erase what was read of files that were deleted. What nobody has read yet can be read no more."""
    theirs = (evidence.c.team_id == uow.team) & (evidence.c.turn_id == turn_id) & evidence.c.file_id.in_(files)
    await uow.execute(update(evidence).where(theirs).values(access=FileAccess.GONE, text="", left_out=""))
    was_read = theirs & (evidence.c.state == EvidenceState.READ)
    await uow.execute(update(evidence).where(was_read).values(state=EvidenceState.UNREAD, unread=Unread.GONE))


async def forget_texts(uow: UnitOfWork, session_id: SessionId) -> None:
    """Erase the text of a session's files. What they are called stays."""
    theirs = (evidence.c.team_id == uow.team) & (evidence.c.session_id == session_id)
    await uow.execute(update(evidence).where(theirs, _HAS_TEXT).values(_FORGOTTEN))


async def forget_old_texts(everywhere: Everywhere, before: float) -> None:
    """Erase the text of the files of all sessions that ended before a time."""
    ended = (
        exists()
        .where(sessions.c.id == evidence.c.session_id)
        .where(sessions.c.status.in_(_ENDED), sessions.c.concluded_at < before)
    )
    kept = text("state = 'read' AND text <> ''")  # in the words of the index, which holds these few alone
    await everywhere.execute(update(evidence).where(kept, ended).values(_FORGOTTEN))


def _read_values(one: Evidence) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("name", "kind", "state", "unread", "text", "left_out")}


def _evidence(row: Row[Any]) -> Evidence:
    return Evidence(
        id=row.id,
        session=row.session_id,
        turn=row.turn_id,
        position=row.position,
        file=SharedFile(
            id=row.file_id,
            name=row.file_name,
            filetype=row.filetype,
            size=row.size,
            url=row.url,
            link=row.link,
            access=row.access,
        ),
        name=row.name,
        kind=row.kind,
        state=row.state,
        unread=row.unread,
        text=row.text,
        left_out=row.left_out,
    )

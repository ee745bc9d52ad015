"""What people think of the assistant's messages: one row for each message and person."""

from collections.abc import Collection
from dataclasses import asdict
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, literal_column, select, update

from bot.domain.ids import ChannelId, MessageId, SessionId, UserId
from bot.domain.ratings import Rating, RatingCount, RatingReport, reported_since, week_start
from bot.storage.database import UnitOfWork
from bot.storage.tables import ratings, sessions

_COLUMNS = [column for column in ratings.c if column.name not in ("team_id", "session_id", "user_id")]


async def save(uow: UnitOfWork, rating: Rating) -> None:
    """Store what a person thinks of a message, in place of what they thought before."""
    values = asdict(rating)
    ids = {"session_id": values.pop("session"), "user_id": values.pop("user")}
    fresh = uow.insert(ratings).values(team_id=uow.team, **ids, **values)
    keys = ["session_id", "message", "user_id"]
    here = ratings.c.team_id == uow.team
    await uow.execute(fresh.on_conflict_do_update(index_elements=keys, set_=values, where=here))


async def get(uow: UnitOfWork, session: SessionId, message: MessageId, user: UserId) -> Rating | None:
    """Read what a person thinks of a message, if they have said so."""
    here = (ratings.c.team_id == uow.team) & (ratings.c.session_id == session)
    theirs = (ratings.c.message == message) & (ratings.c.user_id == user)
    row = (await uow.execute(select(*_COLUMNS).where(here, theirs))).first()
    return None if row is None else Rating(session=session, user=user, **row._mapping)


async def explain(uow: UnitOfWork, rating: Rating, reason: str) -> None:
    """Add to a rating why the message did not help."""
    here = (ratings.c.team_id == uow.team) & (ratings.c.session_id == rating.session)
    theirs = (ratings.c.message == rating.message) & (ratings.c.user_id == rating.user)
    await uow.execute(update(ratings).where(here, theirs).values(reason=reason))


@cache
def _report() -> Select[Any]:
    is_recent = (ratings.c.at >= bindparam("week")).label("recent")
    statement = select(is_recent, ratings.c.helpful, func.count().label("many"))
    statement = statement.where(ratings.c.team_id == bindparam("team"), ratings.c.at >= bindparam("since"))
    return statement.group_by(literal_column("1"), ratings.c.helpful)


async def report(uow: UnitOfWork, now: float) -> RatingReport:
    """Count the ratings of a workspace in the last seven days, and in the seven before."""
    values = {"team": uow.team, "week": week_start(now), "since": reported_since(now)}
    rows = (await uow.execute(_report(), values)).all()
    many = {(bool(row.recent), bool(row.helpful)): int(row.many) for row in rows}
    week, before = (
        RatingCount(helpful=many.get((recent, True), 0), unhelpful=many.get((recent, False), 0))
        for recent in (True, False)
    )
    return RatingReport(week=week, before=before)


async def unhelpful(uow: UnitOfWork, channels: Collection[ChannelId], since: float, limit: int) -> list[Rating]:
    """Read the newest ratings since a time that say in words why a message of these channels did not help."""
    same = (sessions.c.team_id == ratings.c.team_id) & (sessions.c.id == ratings.c.session_id)
    statement = (
        select(*_COLUMNS, ratings.c.session_id.label("session"), ratings.c.user_id.label("user"))
        .select_from(ratings.join(sessions, same))
        .where(ratings.c.team_id == uow.team, ratings.c.at >= since, ~ratings.c.helpful, ratings.c.reason != "")
        .where(sessions.c.channel.in_(channels))
        .order_by(ratings.c.at.desc())
        .limit(limit)
    )
    return [Rating(**row._mapping) for row in await uow.execute(statement)]

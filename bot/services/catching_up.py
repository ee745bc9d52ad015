"""Telling somebody who comes late what a session is about, what was tried and what is open."""

from bot import errors
from bot.domain.incoming import Click
from bot.domain.reply.reader import read
from bot.domain.rights import Verb
from bot.services.guide.reading import dealt_with
from bot.services.members import Members
from bot.services.work import WorkDatabase
from bot.slack.views.catch_up import catch_up
from bot.slack.views.kit import Rendered
from bot.storage import sessions as rows
from bot.storage import turns


class CatchingUp:
    """Sums a session up from what is stored, so that nobody waits for a model and nothing is made up."""

    def __init__(self, database: WorkDatabase, members: Members) -> None:
        self._database = database
        self._members = members

    async def summary(self, click: Click) -> Rendered:
        """Return what is known of the session of a card."""
        standing = await self._members.person(click)
        async with self._database.read(click.tenant) as uow:
            session = await rows.get(uow, click.session)
            if session is None:
                raise errors.SessionMissing
            standing.check(Verb.CATCH_UP, session)
            dealt = await dealt_with(uow, session.id)
            newest = await turns.newest_reply(uow, session.id)
        return catch_up(session, dealt.handled, dealt.lane, read(newest.text) if newest is not None else "")

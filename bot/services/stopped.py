"""Stopping a reply that is being written: by its button, or by Slack's own."""

from dataclasses import replace
from typing import Final

from bot.domain.incoming import Click, Incoming
from bot.domain.rights import Verb
from bot.domain.sessions import Session
from bot.services.members import Members
from bot.services.stopping import Stops
from bot.services.work import Work, WorkDatabase
from bot.storage import sessions as rows
from bot.storage import turns

STOPPED: Final = "You stopped this answer; your tasks are unchanged."
"""What a reply says that a person has stopped. While it is written it is the wish that it end."""


class StoppedReplies:
    """Takes the wish that a reply end, which another replica may be writing."""

    def __init__(self, database: WorkDatabase, members: Members, stops: Stops) -> None:
        self._database = database
        self._members = members
        self._stops = stops

    async def stop(self, click: Click) -> None:
        """End the reply that is being written in a session, if one is."""
        standing = await self._members.person(click)
        async with self._database.write(click.tenant) as work:
            session = await work.session(click.session)
            standing.check(Verb.WORK, session)
            await self._wish(work, click, session)

    async def stop_here(self, incoming: Incoming) -> None:
        """End the reply that is being written in a thread. Slack's own button stands where only its reader sees it."""
        if incoming.channel is None or incoming.thread is None:
            return
        standing = await self._members.person(incoming)
        async with self._database.write(incoming.tenant) as work:
            session = await rows.by_thread(work, incoming.channel, incoming.thread)
            if session is not None:
                standing.check(Verb.WORK, session)
                await self._wish(work, incoming, session)

    async def _wish(self, work: Work, incoming: Incoming, session: Session) -> None:
        turn = await turns.writing(work, session.id)
        if turn is None or not await work.first_time(incoming):
            return
        await turns.save(work, replace(turn, failure=STOPPED))
        work.after_commit(lambda: self._ask(session))

    def _ask(self, session: Session) -> None:
        self._stops.request(f"talk:{session.id}")

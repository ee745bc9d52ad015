"""What stands in a thread before the app is called into it: read once, and kept as context."""

from dataclasses import replace
from typing import Any, Final

import structlog

from bot import errors
from bot.domain import safety
from bot.domain.ids import MessageTs, Place
from bot.domain.incoming import IncomingMessage
from bot.domain.jobs import Job
from bot.domain.sessions import MAX_MESSAGE_CHARS, Session, TurnKind
from bot.services.names import Names
from bot.services.work import WorkDatabase
from bot.slack import incoming
from bot.slack.web.client import SlackClients
from bot.storage import sessions as rows

MOST: Final = 50
"""How many messages are taken in."""


class Above:
    """Takes in the messages of a thread in which a session begins."""

    def __init__(self, database: WorkDatabase, slack: SlackClients, names: Names) -> None:
        self._database = database
        self._slack = slack
        self._names = names

    async def take_in(self, job: Job, session: Session) -> None:
        """Keep what stands above the message that a session began with. Run again, it adds nothing."""
        if session.thread is None:
            return
        before = job.optional("before")
        try:
            stored = await self._slack.of(job.tenant).messages_above(
                session.place, MessageTs(before) if before else None, MOST + 1
            )
        except (errors.SlackRefused, errors.ThreadGone, errors.ChannelGone) as fault:
            # A session goes on without what the app may not read.
            structlog.get_logger(__name__).warning("thread not read", team=job.tenant.team, error=fault.error)
            return
        said = [(message, await self._text(job, message)) for message in self._readable(job, session.place, stored)]
        async with self._database.write(job.tenant) as work:
            session = await work.session(job.session)
            added = 0
            for message, (speaker, text) in said if len(said) <= MOST else [said[0], *said[1 - MOST :]]:
                turn = replace(
                    work.turn(message, text, message.source),
                    kind=TurnKind.CONTEXT,
                    speaker=speaker,
                    wants_answer=False,
                )
                added += bool(text) and await work.add_message(session.id, turn, message)
            if added:
                await rows.save(work, replace(await work.session(session.id), above=session.above + added))
                await work.redraw_card(session.id)

    def _readable(self, job: Job, place: Place, stored: list[dict[str, Any]]) -> list[IncomingMessage]:
        messages = (
            incoming.context_message(each, job.tenant, place, self._slack.of(job.tenant).bot_user) for each in stored
        )
        return [message for message in messages if message is not None]

    async def _text(self, job: Job, message: IncomingMessage) -> tuple[str, str]:
        """Return who says what in a message, without secrets."""
        words = await self._names.said(job.tenant, message.content)
        speaker = message.content.app or await self._names.person(job.tenant, message.user)
        text = words.text[:MAX_MESSAGE_CHARS].strip()
        return speaker, safety.redact(text).text

"""Ratings: whether a reply or the ticket notes helped, and why not."""

from dataclasses import dataclass
from typing import Final

from bot import errors
from bot.domain import safety
from bot.domain.ids import MessageId
from bot.domain.incoming import Click, Incoming, Submission
from bot.domain.ratings import REASON_CHARS, Rating, reported_since
from bot.domain.rights import Verb
from bot.domain.sessions import Session
from bot.services.members import Members
from bot.services.work import WorkDatabase
from bot.slack.web.client import SlackClients
from bot.storage import ratings
from bot.storage import sessions as rows

_MOST: Final = 20
"""How many reasons an admin is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """Why a message did not help, in which session, and where its thread is."""

    rating: Rating
    session: Session
    link: str


class Ratings:
    """Keeps what full members think of the assistant's messages, and tells admins why they did not help."""

    def __init__(self, database: WorkDatabase, slack: SlackClients, members: Members) -> None:
        self._database = database
        self._slack = slack
        self._members = members

    async def rate(self, click: Click, *, helpful: bool) -> bool:
        """Store a rating, which replaces the person's earlier one. It is False when a later click was stored before.

        A reason stays for as long as the rating does. Slack does not say when a person takes a rating back.
        """
        standing = await self._members.person(click)
        message = _message(click)
        async with self._database.write(click.tenant) as work:
            session = await rows.get(work, click.session)
            if session is None:
                raise errors.SessionMissing
            standing.check(Verb.RATE, session)
            if not await work.newest(click, f"rating:{session.id}:{message}:{click.user}"):
                return False
            former = await ratings.get(work, session.id, message, click.user)
            reason = former.reason if former is not None and former.helpful is helpful else ""
            rating = Rating(
                session=session.id, message=message, user=click.user, helpful=helpful, reason=reason, at=work.now
            )
            await ratings.save(work, rating)
        return True

    async def rated(self, incoming: Incoming) -> Rating:
        """Return the rating that a person wants to explain. Raises `RatingChanged` when they think better of it."""
        async with self._database.read(incoming.tenant) as uow:
            rating = await ratings.get(uow, incoming.session, _message(incoming), incoming.user)
        if rating is None or rating.helpful:
            raise errors.RatingChanged
        return rating

    async def explain(self, form: Submission, typed: str) -> None:
        """Store why a message did not help. An empty text takes the reason back."""
        reason = safety.redact(safety.cleaned(typed[:REASON_CHARS])).text.strip()
        rating = await self.rated(form)
        async with self._database.write(form.tenant) as work:
            if await work.first_time(form):
                await ratings.explain(work, rating, reason)

    async def complaints(self, click: Click) -> list[Complaint]:
        """Return the newest reasons of the last two weeks, of the channels that an admin is in."""
        channels = await self._members.channels(click.tenant, click.user, Verb.SETTINGS)
        since = reported_since(self._database.clock())
        async with self._database.read(click.tenant) as uow:
            newest = await ratings.unhelpful(uow, channels, since, _MOST)
            sessions = {one.id: one for one in await rows.some(uow, {rating.session for rating in newest})}
        slack = self._slack.of(click.tenant)
        return [
            Complaint(rating=rating, session=session, link=slack.link(session.channel, session.thread))
            for rating in newest
            if (session := sessions.get(rating.session)) is not None and session.thread is not None
        ]


def _message(incoming: Incoming) -> MessageId:
    return MessageId(incoming.task)

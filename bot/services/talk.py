"""Hearing what members say: a turn of a session, the start of one, or none of our business."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final, Protocol

from bot import errors
from bot.domain.ids import ChannelId, DeliveryId, MessageTs, Place, Tenant
from bot.domain.sessions import Session
from bot.services.private_replies import Answers, Asker
from bot.services.sessions import Problem, Said, Sessions
from bot.services.tools import By
from bot.slack.views import notices
from bot.slack.views.kit import Rendered

_STORED_WITHIN: Final = (0.05, 0.1, 0.2, 0.4, 0.6)
"""Seconds between looks for the session of a thread; together less than Slack waits for an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message of a member, wherever the app can hear it."""

    channel: ChannelId
    root: MessageTs
    ts: MessageTs
    text: str
    addressed: bool
    """Whether it was said to the app: in a direct message, or by mentioning it."""
    files: bool

    @property
    def source(self) -> str:
        """Names the message within the workspace."""
        return f"{self.channel}:{self.ts}"

    @property
    def reply(self) -> bool:
        """Whether it was written into a thread that was there before."""
        return self.ts != self.root


class Overheard(Protocol):
    """Reads in Slack what members have said in a thread."""

    async def __call__(self, tenant: Tenant, place: Place, since: MessageTs) -> Sequence[tuple[By, Heard]]:
        """Return what was said after a message, oldest first."""
        ...


class Talk:
    """Takes messages."""

    def __init__(
        self, sessions: Sessions, answers: Answers, pause: Callable[[float], Awaitable[None]], overheard: Overheard
    ) -> None:
        self._sessions = sessions
        self._answers = answers
        self._pause = pause
        self._overheard = overheard

    async def catch_up(self, tenant: Tenant, channel: ChannelId, root: MessageTs, since: MessageTs) -> None:
        """Hear what overtook the message that called the app into a thread: it was none of our business then. A job."""
        with suppress(errors.ThreadGone):
            for by, heard in await self._overheard(tenant, Place(channel=channel, thread=root), since):
                await self.hear(tenant, by, heard)

    async def hear(self, tenant: Tenant, by: By, heard: Heard) -> None:
        """Take a message as a turn, or start a session with one that is addressed to the app."""
        session = await self._session(tenant, heard)
        if session is None and not heard.addressed:
            return
        asker = Asker(tenant=tenant, user=by.user, channel=heard.channel, thread=heard.root)
        if told := await self._take(tenant, by, heard, known=session is not None):
            # Slack delivers a mention as two events, and any of them again: its author is told once.
            await self._answers.tell_once(asker, DeliveryId(f"told:{heard.source}"), *told)

    async def _session(self, tenant: Tenant, heard: Heard) -> Session | None:
        """Find the session of the thread in which somebody writes; None when it is none.

        Who sees a card can reply to it before the session has stored that the card began its thread: that is waited
        for, and beyond `_STORED_WITHIN` raises `SessionOpening`, for Slack to deliver again.
        """
        for pause in _STORED_WITHIN:
            session = await self._sessions.known(tenant, heard.channel, heard.root)
            if session is not None or not heard.reply:
                return session
            if not await self._sessions.opening(tenant, heard.channel):
                # It may have been stored between the two looks.
                return await self._sessions.known(tenant, heard.channel, heard.root)
            await self._pause(pause)
        raise errors.SessionOpening

    async def _take(self, tenant: Tenant, by: By, heard: Heard, *, known: bool) -> list[Rendered]:
        """Store the message, and return what its author has to be told."""
        try:
            if not known:
                problem = Problem(
                    text=heard.text,
                    channel=heard.channel,
                    thread=heard.root,
                    source=heard.source,
                    called=heard.ts,
                )
                started = await self._sessions.start(tenant, by, problem)
                known = started.session is not None and not started.new  # another message began it meanwhile
                by = replace(by, delivery=DeliveryId(f"{by.delivery}:joins"))
            dormant = await self._turn(tenant, by, heard) if known else None
            told = [notices.not_active(dormant, by.user)] if dormant is not None else []
        except errors.EmptyMessage:
            return [notices.unsupported_file() if heard.files else notices.usage()]
        except errors.MessageTooBig as refused:
            return [notices.refused(refused)]
        return [*told, notices.unsupported_file(True)] if heard.files else told

    async def _turn(self, tenant: Tenant, by: By, heard: Heard) -> Session | None:
        said = Said(text=heard.text, channel=heard.channel, thread=heard.root, source=heard.source)
        return await self._sessions.take_turn(tenant, by, said)

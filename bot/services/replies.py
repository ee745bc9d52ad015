"""Answering: the newest turns go to the model, its prose streams into one message, its tasks become the lane."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from bot import errors
from bot.ai.provider import Done, Message, Prompt, Provider, Stop, Use
from bot.domain import lane as lane_rules
from bot.domain import prompts
from bot.domain.ids import SessionId, TaskId, Tenant, TurnId
from bot.domain.reply.reader import SCHEMA, Reply, ReplyReader
from bot.domain.sessions import Author, Session, Status, Turn, TurnState
from bot.services.sessions import Sessions
from bot.services.stopping import Stops, show
from bot.services.tools import (
    TALK,
    By,
    Tools,
    existing,
    first_time,
    redraw_card,
    redraw_home,
    redraw_lane,
    thread_of,
)
from bot.slack.messages.live import LiveMessage, Look
from bot.slack.views import replies as views
from bot.slack.views.kit import Rendered
from bot.storage import lanes, turns, usage
from bot.storage import sessions as rows
from bot.storage.database import UnitOfWork

CONCLUDED: Final = "The session was concluded, so this answer stops here."
INVALID: Final = "The assistant's answer came without valid tasks, so your tasks are unchanged."
EMPTY: Final = "The assistant sent an empty answer."
_SENTENCE: Final = {
    Stop.TOO_LONG: "The answer was too long and is cut off here; your tasks are unchanged.",
    Stop.REFUSED: "The assistant declined to answer this.",
    Stop.CUT: "The answer broke off before its end; your tasks are unchanged.",
    Stop.FULL: errors.ModelContextFull.user_text,
}
_FOR_GOOD: Final = (CONCLUDED, _SENTENCE[Stop.FULL])
"""After these, writing the answer anew is not offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ended:
    """How an attempt to answer ended: with a reply that can be trusted, or with a sentence that says why not."""

    raw: str
    prose: str
    reply: Reply | None
    sentence: str | None
    done: Done | None
    retry: bool = True


class Replies:
    """Writes the assistant's replies."""

    def __init__(self, tools: Tools, sessions: Sessions, provider: Provider, stops: Stops) -> None:
        self._tools = tools
        self._sessions = sessions
        self._provider = provider
        self._stops = stops

    async def again(self, tenant: Tenant, by: By, session_id: SessionId, turn_id: TurnId) -> None:
        """Write a failed answer anew, into the same message."""
        async with self._tools.database.write() as uow:
            session = await existing(uow, tenant, session_id)
            newest = await turns.newest_reply(uow, tenant, session_id)
            if session.status is not Status.ACTIVE or newest is None or newest.id != turn_id:
                raise errors.TransitionRefused
            if await first_time(self._tools, uow, tenant, by) and newest.state is not TurnState.WRITING:
                await turns.finish(uow, tenant, turn_id, text="", state=TurnState.WRITING)
                await self._sessions.enqueue_reply(uow, tenant, session_id)

    async def write(self, tenant: Tenant, session_id: SessionId) -> None:
        """Answer what is unanswered in a session, if anything is. A job, safe to run twice."""
        # A conclusion from here on is heard; one before is seen in the session's status.
        async with self._stops.running(f"{TALK}:{session_id}", lambda: self._concluded(tenant, session_id)) as wish:
            begun = await self._begin(tenant, session_id)
            if begun is None:
                return
            session, turn, history = begun
            if session.status is not Status.ACTIVE:
                wish.set()
            try:
                await self._write(tenant, session, turn, history, wish)
            except errors.ThreadGone:
                await self._sessions.reroot(tenant, session_id)
                raise

    async def _write(
        self, tenant: Tenant, session: Session, turn: Turn, history: list[Turn], wish: asyncio.Event
    ) -> None:
        place, reader = thread_of(session), session.owner
        stored = turn.state is not TurnState.WRITING
        async with self._tools.live.open(tenant, _key(turn), place, _LOOK, reader, whole=stored) as live:
            if not stored:
                ended = await self._stream(session, history, live, wish)
                ended = await self._keep(tenant, session.id, turn, ended)
            else:
                ended = _kept(turn)
            await live.finish(ended.prose, partial(_last_word, ended, session.id, turn.id))

    async def _concluded(self, tenant: Tenant, session_id: SessionId) -> bool:
        async with self._tools.database.read() as uow:
            session = await rows.get(uow, tenant, session_id)
        return session is None or session.status is not Status.ACTIVE

    async def give_up(self, tenant: Tenant, session_id: SessionId) -> None:
        """Say in the thread that the answer could not be written, when writing it into Slack failed for good."""
        async with self._tools.database.write() as uow:
            session = await rows.get(uow, tenant, session_id)
            if session is None or session.thread is None:
                return
            turn = await turns.writing(uow, tenant, session_id)
            if turn is None and session.status is Status.ACTIVE:
                turn = await self._new_turn(uow, tenant, session_id)  # what fails before there is one is told, too
            if turn is None:
                return
            sentence = errors.ModelFault.user_text
            await turns.finish(uow, tenant, turn.id, text="", state=TurnState.FAILED, failure=sentence)
        message = views.failed("", sentence, session_id, turn.id)
        await self._tools.board.show(tenant, _key(turn), thread_of(session), message, 1)

    async def _begin(self, tenant: Tenant, session_id: SessionId) -> tuple[Session, Turn, list[Turn]] | None:
        """Find the turn to write, and everything said before it; None when there is nothing to do."""
        left = await self._left_open(tenant, session_id)
        async with self._tools.database.write() as uow:
            session = await rows.lock(uow, tenant, session_id)
            if session is None or session.thread is None:
                return None
            if left is not None:
                return session, left, []
            turn = await turns.writing(uow, tenant, session_id)
            if turn is None and session.status is Status.ACTIVE:
                turn = await self._new_turn(uow, tenant, session_id)
            if turn is None:
                return None  # one that a crash broke off is ended, whatever has become of the session
            history = await turns.history(uow, tenant, session_id)
        return session, turn, [t for t in history if t.seq < turn.seq]

    async def _left_open(self, tenant: Tenant, session_id: SessionId) -> Turn | None:
        """Find a reply that was stored, and whose process ended before its last word was shown."""
        async with self._tools.database.read() as uow:
            newest = await turns.newest_reply(uow, tenant, session_id)
        if newest is None or newest.state is TurnState.WRITING:
            return None
        return newest if await self._tools.live.left_open(tenant, _key(newest)) else None

    async def _new_turn(self, uow: UnitOfWork, tenant: Tenant, session_id: SessionId) -> Turn | None:
        if not await turns.unanswered(uow, tenant, session_id):
            return None
        return await turns.add(
            uow,
            tenant,
            session_id,
            id=TurnId(self._tools.new_id()),
            author=Author.ASSISTANT,
            user=None,
            text="",
            state=TurnState.WRITING,
            at=self._tools.clock(),
        )

    async def _stream(self, session: Session, history: list[Turn], live: LiveMessage, wish: asyncio.Event) -> _Ended:
        prompt = Prompt(
            use=Use.CHAT,
            system=prompts.SYSTEM,
            messages=[Message(role=role, text=text) for role, text in prompts.chat(history, session.owner)],
            schema=SCHEMA,
            session=session.id,
        )
        reader = ReplyReader()
        try:
            done = await show(self._provider.stream(prompt), live, reader, wish)
        except errors.ModelFault as fault:
            return _Ended(
                raw=reader.raw,
                prose=reader.prose,
                reply=None,
                sentence=fault.user_text,
                done=None,
                retry=not isinstance(fault, errors.ModelContextFull),
            )
        return _judge(reader, done, stopped=wish.is_set())

    async def _keep(self, tenant: Tenant, session_id: SessionId, turn: Turn, ended: _Ended) -> _Ended:
        """Store the reply and, when it can be trusted, replace the lane: one transaction.

        Of two runs (one was taken for dead) the first to get here counts: return what is stored and to be shown.
        """
        async with self._tools.database.write() as uow:
            session = await existing(uow, tenant, session_id)
            if (stored := await turns.get(uow, tenant, turn.id)) is None:
                raise errors.Superseded
            if stored.state is not TurnState.WRITING:
                return _kept(stored)
            good = ended.reply is not None
            state = TurnState.DONE if good else TurnState.FAILED
            failure = None if good else ended.sentence
            await turns.finish(uow, tenant, turn.id, text=ended.raw, state=state, failure=failure)
            if ended.done is not None:
                await usage.add(
                    uow,
                    tenant,
                    session_id,
                    use=Use.CHAT,
                    done=ended.done,
                    provider=self._provider.name,
                    at=self._tools.clock(),
                )
            if ended.reply is not None and ended.sentence is None:
                await self._replace_lane(tenant, session, ended.reply, uow)
            if ended.reply is not None:
                session = _named(session, ended.reply)
            await rows.save(uow, tenant, session)
            await redraw_card(self._tools, uow, tenant, session_id)
            await redraw_home(self._tools, uow, tenant, session.owner)
            if good and session.status is Status.ACTIVE and await turns.unanswered(uow, tenant, session_id):
                await self._sessions.enqueue_reply(uow, tenant, session_id)
        return ended

    async def _replace_lane(self, tenant: Tenant, session: Session, reply: Reply, uow: UnitOfWork) -> None:
        old = await lanes.load(uow, tenant, session.id)
        new_id = lambda: TaskId(self._tools.new_id())  # noqa: E731
        await lanes.replace(uow, tenant, session.id, lane_rules.succeed(old, reply.proposals, new_id))
        await redraw_lane(self._tools, uow, tenant, session.id)


def _key(turn: Turn) -> str:
    return f"reply:{turn.id}"


def _kept(turn: Turn) -> _Ended:
    """Read back a reply that was stored."""
    reader = ReplyReader()
    reader.feed(turn.text)
    if turn.state is TurnState.FAILED:
        sentence = turn.failure or _SENTENCE[Stop.CUT]
        retry = sentence not in _FOR_GOOD
        return _Ended(raw=turn.text, prose=reader.prose, reply=None, sentence=sentence, done=None, retry=retry)
    return _judge(reader, Done(stop=Stop.COMPLETE), stopped=False)


def _judge(reader: ReplyReader, done: Done | None, *, stopped: bool) -> _Ended:
    """Decide what a stream that ended without a fault is worth."""
    common = partial(_Ended, raw=reader.raw, prose=reader.prose, done=done)
    if stopped:
        return common(reply=None, sentence=CONCLUDED, retry=False)
    stop = done.stop if done is not None else Stop.CUT
    if stop is not Stop.COMPLETE:
        return common(reply=None, sentence=_SENTENCE[stop], retry=stop is not Stop.FULL)
    reply = reader.finish()
    if reply is None:
        return common(reply=None, sentence=EMPTY)
    return replace(common(reply=reply, sentence=None if reader.lane_valid else INVALID), prose=reply.prose)


_LOOK: Final = Look(placeholder=views.thinking(), writing=lambda text, _part, _last: views.streaming(text))


def _last_word(ended: _Ended, session: SessionId, turn: TurnId, parts: Sequence[str]) -> list[Rendered]:
    if ended.sentence is None:
        return [views.reply(part) for part in parts]
    *before, last = parts
    retry = turn if ended.retry else None
    return [*(views.reply(part) for part in before), views.failed(last, ended.sentence, session, retry)]


def _named(session: Session, reply: Reply) -> Session:
    """Take title and problem summary from the first reply that has them."""
    if session.titled:
        return session
    return replace(
        session,
        title=reply.title or session.title,
        titled=bool(reply.title),
        summary=reply.summary or session.summary,
    )

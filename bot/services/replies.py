"""Answering: the newest turns go to the model, its prose streams into one message, its tasks become the lane."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import structlog

from bot import errors
from bot.ai.provider import Done, Prompt, PromptMessage, Provider, Stop, Use
from bot.domain import lane as lane_rules
from bot.domain import prompts
from bot.domain.dialogue.record import Dialogue
from bot.domain.guide import next_step
from bot.domain.ids import SessionId, TaskId, TurnId, UserId
from bot.domain.incoming import Click
from bot.domain.jobs import Job
from bot.domain.messages import reply_key
from bot.domain.reply.reader import SCHEMA, Reply, ReplyReader
from bot.domain.sessions import Author, Session, Status, Turn, TurnState
from bot.jobs.queue import JobName
from bot.services.agent import AgentSurface
from bot.services.evidence import EvidenceReader
from bot.services.guide.steps import take_step
from bot.services.lane import LOOK_AGAIN
from bot.services.long.sessions import LongSessions
from bot.services.private_replies import PrivateReplies
from bot.services.sessions import Sessions
from bot.services.spending import Spending
from bot.services.stopping import Stops, show, unless
from bot.services.work import Work, WorkDatabase
from bot.slack.messages.live import LiveMessage, Look
from bot.slack.messages.workspace import Messages
from bot.slack.views import notices
from bot.slack.views import replies as views
from bot.slack.views.kit import Rendered
from bot.storage import lanes, turns, usage
from bot.storage import sessions as rows

CONCLUDED: Final = "The session was concluded, so this answer stops here."
INVALID: Final = "The assistant's answer came without valid tasks, so your tasks are unchanged."
EMPTY: Final = "The assistant sent an empty answer."
_SENTENCE: Final = {
    Stop.TOO_LONG: "The answer was too long and is cut off here; your tasks are unchanged.",
    Stop.REFUSED: "The assistant declined to answer this.",
    Stop.CUT: "The answer broke off before its end; your tasks are unchanged.",
    Stop.FULL: "This session has become too long for the assistant, so I am shortening what it is told. "
    "Press *Try again* in a moment.",
}
_FOR_GOOD: Final = (CONCLUDED, errors.ModelContextFull.user_text)
"""After these, writing the answer anew is not offered."""

_REFUSED_AS_IT_IS: Final = (errors.ModelRefusedRequest, errors.ModelContextFull)
"""What a file may be the cause of that the model cannot open, or that is too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ended:
    """How an attempt to answer ended: with a reply that can be trusted, or with a sentence that says why not."""

    raw: str
    prose: str
    reply: Reply | None
    sentence: str | None
    done: Done | None
    retry: bool = True
    fault: errors.ModelFault | None = None
    nears_cap: bool = False
    """Whether it has brought the workspace near to what a month may cost."""

    @property
    def tokens(self) -> int:
        """The tokens of the request and of the reply, as the provider counted them."""
        return self.done.usage.prompt + self.done.usage.output if self.done is not None else 0


class Replies:
    """Writes the assistant's replies."""

    def __init__(
        self,
        database: WorkDatabase,
        messages: Messages,
        sessions: Sessions,
        private: PrivateReplies,
        provider: Provider,
        stops: Stops,
        long_sessions: LongSessions,
        evidence: EvidenceReader,
        spending: Spending,
        agent: AgentSurface,
    ) -> None:
        self._agent = agent
        self._evidence = evidence
        self._private = private
        self._database = database
        self._messages = messages
        self._sessions = sessions
        self._provider = provider
        self._stops = stops
        self._long = long_sessions
        self._spending = spending
        self._log = structlog.get_logger(__name__)

    async def again(self, click: Click) -> None:
        """Write a failed answer anew, into the same message."""
        async with self._database.write(click.tenant) as work:
            session = await work.session(click.session)
            newest = await turns.newest_reply(work, session.id)
            if session.status is not Status.ACTIVE or newest is None or newest.id != TurnId(click.task):
                raise errors.TransitionRefused
            if await work.first_time(click) and newest.state is not TurnState.WRITING:
                await turns.save(work, replace(newest, text="", state=TurnState.WRITING, failure=None))
                await work.reply(session.id)

    async def write(self, job: Job) -> None:
        """Answer what is unanswered in a session, if anything is. A job, safe to run twice."""
        # A conclusion from here on is heard; one before is seen in the session's status.
        async with self._stops.running(f"talk:{job.session}", lambda: self._concluded(job)) as wish:
            begun = await self._begin(job)
            if begun is None:
                return
            session, turn, user = begun
            if session.status is not Status.ACTIVE or (turn.failure and turn.state is TurnState.WRITING):
                wish.set()
            messages, stored = self._messages.of(job.tenant), turn.state is not TurnState.WRITING
            try:
                async with messages.live(_key(turn), session.place, _look(session), session.owner) as live:
                    if stored:
                        ended = _kept(turn)
                    else:
                        dialogue = await self._long.dialogue(job.tenant, session, turn.seq)
                        async with self._agent.working(job, session):
                            answer = await self._answer(job, dialogue, live, wish)
                        ended = await self._keep(job, turn, _led(answer, turn), user)
                    await live.finish(ended.prose, partial(_last_word, ended, session.id, turn.id))
                if ended.nears_cap:
                    with suppress(errors.SlackFault):  # the answer is there, and admins see it in App Home
                        await self._private.inform(job.tenant, user, session.place, notices.nears_cap())
                if ended.reply is not None:
                    await self._show_lane(job, session)
            except errors.ThreadGone:
                await self._sessions.reroot(job, session)  # the answer follows in the new thread
            except errors.CannotPost as fault:
                await self._not_shown(job, session, turn, fault)

    async def _show_lane(self, job: Job, session: Session) -> None:
        """Have the lane drawn, now that the reply which brought it has its last word."""
        async with self._database.write(job.tenant) as work:
            await work.redraw_lane(session.id)

    async def _not_shown(self, job: Job, session: Session, turn: Turn, fault: errors.CannotPost) -> None:
        """End a reply for which there is no place in the thread, and tell the owner why."""
        async with self._database.write(job.tenant) as work:
            stored = await turns.get(work, turn.id)
            if stored is not None and stored.state is TurnState.WRITING:
                await _fail(work, await work.session(session.id), stored, fault.user_text)
        told = notices.not_shown(session, "An answer", fault)
        await self._private.inform(job.tenant, session.owner, session.place, told)

    async def _concluded(self, job: Job) -> bool:
        async with self._database.read(job.tenant) as uow:
            session = await rows.get(uow, job.session)
            turn = await turns.writing(uow, job.session)
        return session is None or session.status is not Status.ACTIVE or (turn is not None and bool(turn.failure))

    async def give_up(self, job: Job) -> None:
        """Say in the thread that the answer could not be written, when writing it into Slack failed for good."""
        async with self._database.write(job.tenant) as work:
            session = await rows.lock(work, job.session)
            if session is None or session.thread is None:
                return
            turn = await turns.writing(work, session.id)
            if turn is None and session.status is Status.ACTIVE:
                turn = await _new_turn(work, session.id)  # what fails before there is one is told, too
            if turn is None:
                return
            sentence = errors.ModelFault.user_text
            await _fail(work, session, turn, sentence)
        message = self._messages.of(job.tenant).state(_key(turn), session.place)
        try:
            await message.show(views.failed("", sentence, session.id, turn.id), 1)
        except errors.ThreadGone:
            await self._sessions.reroot(job, session)
        except errors.CannotPost as fault:
            await self._not_shown(job, session, turn, fault)

    async def _begin(self, job: Job) -> tuple[Session, Turn, UserId] | None:
        """Find the turn to write and who is answered. None when there is nothing to do."""
        left_open = await self._left_open(job)
        async with self._database.write(job.tenant) as work:
            session = await rows.lock(work, job.session)
            if session is None or session.thread is None:
                return None
            if left_open is not None:
                return session, left_open, session.owner
            user = await turns.newest_speaker(work, session.id) or session.owner
            turn = await turns.writing(work, session.id)
            if turn is None and session.status is Status.ACTIVE:
                turn = await self._allowed(work, job, session, user)
            elif turn is not None and not job.attempts and (told := await self._spending.refusal(work, user)):
                turn = await _fail(work, session, turn, told)  # trying again counts, too
            if turn is None:
                return None  # one that a crash broke off is ended, whatever has become of the session
        return session, turn, user

    async def _allowed(self, work: Work, job: Job, session: Session, user: UserId) -> Turn | None:
        """Begin a reply when something is unanswered. One beyond the limits says so, and only once."""
        if not await turns.unanswered(work, session.id):
            return None
        told = None if job.attempts else await self._spending.refusal(work, user)
        if told is None:
            return await _new_turn(work, session.id)
        newest = await turns.newest_reply(work, session.id)
        if newest is not None and newest.failure == told:
            return None
        turn = await _new_turn(work, session.id)
        return None if turn is None else await _fail(work, session, turn, told)

    async def _left_open(self, job: Job) -> Turn | None:
        """Find a reply that was stored, and whose process ended before its last word was shown."""
        async with self._database.read(job.tenant) as uow:
            newest = await turns.newest_reply(uow, job.session)
        if newest is None or newest.state is TurnState.WRITING:
            return None
        return newest if await self._messages.of(job.tenant).left_open(_key(newest)) else None

    async def _answer(self, job: Job, dialogue: Dialogue, live: LiveMessage, wish: asyncio.Event) -> _Ended:
        """Have the model answer. A request that it refuses as too long is made again, shorter."""
        ended = await self._ask(job, dialogue, live, wish)
        async with aclosing(self._long.shorter(dialogue)) as shorter:
            while _full(ended) and not wish.is_set():
                await live.wait(views.shortening(dialogue.session.id))
                shortened = await anext(shorter, None)
                if shortened is None:
                    break
                ended = await self._ask(job, shortened, live, wish)
        return ended

    async def _ask(self, job: Job, dialogue: Dialogue, live: LiveMessage, wish: asyncio.Event) -> _Ended:
        """Make one request. One that the model refuses because of a file is made once more without files."""
        told = await unless(wish, self._evidence.tell(dialogue))
        if told is None:
            return _judge(ReplyReader(), None, stopped=True)
        waited = job.waited(self._database.clock())
        ended = await self._stream(_prompt(dialogue, told.messages, waited), live, wish)
        files_are_why = not (_full(ended) and self._long.too_long(dialogue))
        refused = isinstance(ended.fault, _REFUSED_AS_IT_IS) and not ended.raw and told.shows_files
        if not (refused and files_are_why):
            return ended
        again = await self._stream(_prompt(dialogue, told.without_files(), waited), live, wish)
        if again.fault is None:
            await self._evidence.not_taken(dialogue, told)
        return again

    async def _stream(self, prompt: Prompt, live: LiveMessage, wish: asyncio.Event) -> _Ended:
        reader = ReplyReader()
        try:
            done = await show(
                self._provider.stream(prompt), live, reader, wish, views.waiting(SessionId(prompt.session))
            )
        except errors.ModelFault as fault:
            self._failed(prompt, type(fault).__name__, fault.request_id)
            retry = not isinstance(fault, errors.ModelContextFull)
            sentence = fault.user_text
            return _Ended(
                raw=reader.raw,
                prose=reader.prose,
                reply=None,
                sentence=sentence,
                done=None,
                retry=retry,
                fault=fault,
            )
        ended = _judge(reader, done, stopped=wish.is_set())
        if ended.sentence is not None and not wish.is_set():
            stop = Stop.CUT if done is None or reader.cut else done.stop
            self._failed(prompt, stop.value, done.request_id if done is not None else "")
        return ended

    def _failed(self, prompt: Prompt, fault: str, request_id: str) -> None:
        """Tell those who run the app that a reply has no good end."""
        self._log.warning("reply failed", session=prompt.session, fault=fault, reference=request_id)

    async def _keep(self, job: Job, turn: Turn, ended: _Ended, user: UserId) -> _Ended:
        """Store the reply and, when it can be trusted, replace the lane: one transaction.

        Of two runs (one was taken for dead) the first to get here counts. Returns what is stored and to be shown.
        """
        async with self._database.write(job.tenant) as work:
            session = await work.session(job.session)
            if (stored := await turns.get(work, turn.id)) is None:
                raise errors.Superseded
            if stored.state is not TurnState.WRITING:
                return _kept(stored)
            if stored.failure and ended.sentence == CONCLUDED and session.status is Status.ACTIVE:
                ended = replace(ended, sentence=stored.failure, retry=True)  # a person has stopped it
            state, failure = (TurnState.FAILED, ended.sentence) if ended.reply is None else (TurnState.DONE, None)
            tokens = ended.tokens if ended.reply is not None else None
            await turns.save(work, replace(stored, text=ended.raw, state=state, failure=failure, tokens=tokens))
            if (done := ended.done) is not None:
                await usage.add(work, done.call(session.id, Use.CHAT, self._provider.name, work.now, user))
                await self._long.counted(work, session, ended.tokens, full=done.stop is Stop.FULL)
                ended = replace(ended, nears_cap=await self._spending.nears_cap(work, done.cost))
            if ended.reply is not None and ended.sentence is None:
                await _show_what_is_next(work, session, turn, ended.reply)
            named = ended.reply is not None and not session.titled
            if ended.reply is not None:
                session = _named(session, ended.reply)
                if await turns.is_first_reply(work, session.id, turn):
                    await work.enqueue(JobName.RECALL, session=session.id)
            await rows.save(work, session)
            await work.redraw_card(session.id)
            await work.redraw_homes(session)
            active = session.status is Status.ACTIVE
            if ended.reply is not None and active and await turns.unanswered(work, session.id):
                await work.reply(session.id)
        if named:
            await self._agent.title(job, session)
        return ended


async def _fail(work: Work, session: Session, turn: Turn, sentence: str) -> Turn:
    """Store why a reply has no good end. It counts as a message, which the card and App Home show."""
    failed = replace(turn, text="", state=TurnState.FAILED, failure=sentence)
    await turns.save(work, failed)
    await rows.save(work, session)
    await work.redraw_card(session.id)
    await work.redraw_homes(session)
    return failed


def _prompt(dialogue: Dialogue, messages: Sequence[PromptMessage], waited: float) -> Prompt:
    return Prompt(
        use=Use.CHAT,
        system=prompts.system(dialogue.house),
        messages=messages,
        schema=SCHEMA,
        session=dialogue.session.id,
        before=dialogue.replies,
        waited=waited,
    )


def _full(ended: _Ended) -> bool:
    """Tell whether a request was refused as too long, before anything of an answer was shown."""
    stopped = ended.done is not None and ended.done.stop is Stop.FULL
    return not ended.prose and (stopped or isinstance(ended.fault, errors.ModelContextFull))


async def _new_turn(work: Work, session_id: SessionId) -> Turn | None:
    """Begin a reply when something is unanswered."""
    if not await turns.unanswered(work, session_id):
        return None
    id = TurnId(work.new_id())
    guided = await turns.asks_for_step(work, session_id)
    turn = Turn(id=id, author=Author.ASSISTANT, text="", state=TurnState.WRITING, at=work.now, guided=guided)
    return await work.add_turn(session_id, turn)


def _led(ended: _Ended, turn: Turn) -> _Ended:
    """Trust a reply of a guided session whatever its shape: its prose can be answered in words."""
    return replace(ended, sentence=None) if turn.guided and ended.sentence == INVALID else ended


async def _show_what_is_next(work: Work, session: Session, turn: Turn, reply: Reply) -> None:
    """Show the next step of a guided session, else the new tasks."""
    if not turn.guided:
        await _replace_lane(work, session.id, reply)
    elif (step := next_step(reply)) is not None:
        await take_step(work, session, turn, step)
        await work.redraw_lane(session.id, delay=LOOK_AGAIN)  # it is drawn at once after the reply's last word


async def _replace_lane(work: Work, session_id: SessionId, reply: Reply) -> None:
    old = await lanes.load(work, session_id)
    await lanes.replace(work, session_id, lane_rules.succeed(old, reply.proposals, lambda: TaskId(work.new_id())))
    await work.redraw_lane(session_id, delay=LOOK_AGAIN)  # it is drawn at once after the reply's last word


def _key(turn: Turn) -> str:
    return reply_key(turn.id)


def _kept(turn: Turn) -> _Ended:
    """Read back a reply that was stored."""
    reader = ReplyReader()
    reader.feed(turn.text)
    if turn.state is TurnState.FAILED:
        sentence = turn.failure or _SENTENCE[Stop.CUT]
        retry = sentence not in _FOR_GOOD
        return _Ended(raw=turn.text, prose=reader.prose, reply=None, sentence=sentence, done=None, retry=retry)
    return _led(_judge(reader, Done(stop=Stop.COMPLETE), stopped=False), turn)


def _judge(reader: ReplyReader, done: Done | None, *, stopped: bool) -> _Ended:
    """Decide what a stream that ended without a fault is worth."""
    common = partial(_Ended, raw=reader.raw, prose=reader.prose, done=done)
    if stopped:
        return common(reply=None, sentence=CONCLUDED, retry=False)
    stop = done.stop if done is not None else Stop.CUT
    if stop is not Stop.COMPLETE:
        return common(
            reply=None,
            sentence=_SENTENCE[stop],
        )
    reply = reader.finish()
    if reader.cut:
        return common(reply=None, sentence=_SENTENCE[Stop.CUT])
    if reply is None:
        return common(reply=None, sentence=EMPTY)
    return replace(common(reply=reply, sentence=None if reader.lane_valid else INVALID), prose=reply.prose)


def _look(session: Session) -> Look:
    return Look(
        placeholder=views.thinking(session.id),
        writing=lambda text, _part, last: views.streaming(session.id, text, last),
    )


def _last_word(ended: _Ended, session: SessionId, turn: TurnId, parts: Sequence[str]) -> list[Rendered]:
    *before, last = parts
    if ended.sentence is None:
        return [*(views.reply(part) for part in before), views.reply(last, session, turn)]
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

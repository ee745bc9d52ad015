"""Working the task lane: fold it, answer, skip, send. From its message, from App Home, or by command."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

import structlog

from bot import errors
from bot.domain import lane as rules
from bot.domain import safety
from bot.domain.ids import DeliveryId, SessionId, TaskId
from bot.domain.incoming import Click, Incoming, Submission
from bot.domain.jobs import Job
from bot.domain.lane import Lane, Mark, Task
from bot.domain.messages import reply_key
from bot.domain.rights import Verb
from bot.domain.sessions import OPEN, Session, Status, Turn, TurnState
from bot.services.guide.reading import shown_lane
from bot.services.members import Members
from bot.services.sessions import Sessions
from bot.services.work import Work, WorkDatabase
from bot.slack.messages.workspace import Messages
from bot.slack.views import guide as guide_views
from bot.slack.views import lane as views
from bot.storage import inbox, lanes, turns
from bot.storage import sessions as rows

LOOK_AGAIN: Final = 20.0
"""Seconds after which a lane is drawn whose reply was stored, should nobody have had it drawn after its last word."""
_PATIENCE: Final = 0.25
"""Later looks come after this share of the time that the reply is old."""
DRAFT_DELAY: Final = 1.5
"""Seconds after which App Home shows what is being typed elsewhere. Many keystrokes become one redraw."""
SHOWN_IN_THREAD: Final = 10.0
"""Seconds after which the thread shows that there is a draft: mostly the modal is closed before, and shows it then."""


class Lanes:
    """Everything a person does with the tasks of a session."""

    def __init__(self, database: WorkDatabase, messages: Messages, sessions: Sessions, members: Members) -> None:
        self._database = database
        self._messages = messages
        self._sessions = sessions
        self._members = members

    async def fold(self, click: Click, folded: bool) -> None:
        """Fold the lane to its pill, or reopen it exactly as it was."""
        async with self.working(click) as (work, session, _):
            if await work.newest(click, f"fold:{session.id}"):
                await lanes.fold(work, session.id, folded)
                await redraw(work, click, session)

    async def toggle(self, incoming: Incoming, session_id: SessionId) -> Lane:
        """Fold an open lane and open a folded one. Returns it as it is then."""
        async with self.working(incoming, session_id) as (work, session, _):
            lane, _ = await shown_lane(work, session)
            if not await work.first_time(incoming):
                return lane
            await lanes.fold(work, session.id, not lane.folded)
            await redraw(work, incoming, session)
        return replace(lane, folded=not lane.folded)

    async def turn_page(self, click: Click) -> None:
        """Show another page of a lane that is too long for one message."""
        async with self.working(click) as (work, session, _):
            if await work.newest(click, f"page:{session.id}"):
                await lanes.turn_page(work, session.id, click.page)
                await redraw(work, click, session)

    async def enter(self, click: Click) -> Task | None:
        """Answer a task with what stands in App Home's input for it. Else return the task, for the modal."""
        if safety.blank(click.beside):
            return await self.task(click)
        async with self.working(click) as (work, session, colleague):
            if await work.newest(click, f"mark:{click.task}", f"draft:{click.task}"):
                await _submit(work, session, colleague, click, click.beside)
        return None

    async def task(self, click: Click) -> Task:
        """Return a task of the lane as it stands, for a modal about it."""
        standing = await self._members.person(click)
        async with self._database.read(click.tenant) as uow:
            session = await rows.get(uow, click.session)
            if session is None:
                raise errors.SessionMissing
            standing.check(Verb.WORK, session)
            lane = await lanes.load(uow, session.id)
        for task in lane.tasks:
            if task.id == click.task and not task.sent:
                return task
        raise errors.TaskReplaced

    async def mark(self, click: Click, new: Mark) -> None:
        """Set a task to done, skipped, or open again."""
        async with self.working(click) as (work, session, colleague):
            task = await current_task(work, click)
            if await work.newest(click, f"mark:{click.task}"):
                if not safety.blank(click.beside):
                    typed = safety.redact_answer(task.text, click.beside).text
                    task = rules.redraft(task, typed, outside_home=False)
                marked = replace(rules.mark(task, new), answered_by=colleague)
                await lanes.save_task(work, session.id, marked)
                await redraw(work, click, session)

    async def draft(self, click: Click) -> None:
        """Keep what is being typed. App Home hears of it a moment later, the thread when the modal closes or soon.

        Of two windows the last keystroke counts, and none of a modal that was submitted or closed meanwhile.
        """
        in_home = click.surface == "home"
        async with self.working(click, typing=True) as (work, session, _):
            subjects = f"draft:{click.task}", f"view:{click.view_id}"
            if not await work.newest(click, *subjects, unless=_closed(click.view_id)):
                return
            located = await _redraft(work, click, click.typed, in_home=in_home)
            if located is not None and not in_home:
                await work.redraw_homes(session, delay=DRAFT_DELAY, shared=located.shared)

    async def close(self, form: Submission, text: str | None) -> None:
        """Keep what was typed when the modal is closed without saving, and show that a draft is there.

        Slack does not always say what was typed. What came while it was typed is stored already, and what was typed
        elsewhere since is newer.
        """
        async with self.working(form, typing=True) as (work, session, _):
            if not await work.first_time(form):
                return
            if text is not None:
                await inbox.first_time(work, _closed(form.view_id), work.now)
                anywhere, here = await inbox.last_at(work, [f"draft:{form.task}", f"view:{form.view_id}"])
                if anywhere == here:
                    await _redraft(work, form, text, in_home=False)
            await lanes.touch(work, session.id)
            await redraw(work, form, session)

    async def answer(self, form: Submission, text: str) -> None:
        """Submit an answer or a result. One to a task that was replaced meanwhile goes to the assistant at once."""
        async with self.working(form) as (work, session, colleague):
            if await work.first_time(form):
                await inbox.first_time(work, _closed(form.view_id), work.now)
                await _submit(work, session, colleague, form, text)

    async def send(self, click: Click) -> None:
        """Send everything answered, done or skipped to the assistant as one message."""
        async with self.working(click) as (work, session, _):
            if session.status is not Status.ACTIVE:
                raise errors.TransitionRefused
            tasks = rules.sendable(await lanes.load(work, session.id))
            if not await work.first_time(click):
                return
            if not tasks:
                raise errors.NothingToSend
            await _tell_assistant(work, click, session.id, tasks)
            await lanes.mark_sent(work, session.id, [task.id for task in tasks])
            await redraw(work, click, session)

    @asynccontextmanager
    async def working(
        self, incoming: Incoming, session_id: SessionId | None = None, *, typing: bool = False
    ) -> AsyncIterator[tuple[Work, Session, str]]:
        """Open the transaction in which a person works on a lane, and name them where the session is not theirs.

        What the owner types is kept whatever Slack says of them, and in whatever status the session is. Everybody else
        is looked up before, because no transaction waits for Slack.
        """
        standing = await self._members.person(incoming) if not typing else None
        while True:
            async with self._database.write(incoming.tenant) as work:
                session = await work.session(session_id or incoming.session)
                mine = session.owner == incoming.user
                if standing is not None:
                    standing.check(Verb.WORK, session)
                    if not typing and session.status not in OPEN and session.status is not Status.ESCALATED:
                        raise errors.TransitionRefused
                if standing is not None or mine:
                    yield work, session, "" if mine or standing is None else standing.member.name
                    return
            standing = await self._members.person(incoming)

    async def redraw(self, job: Job) -> None:
        """Draw the lane message as the lane stands now: in place, at the bottom, or not at all. A job.

        A lane never shows before the last word of the reply that brought it.
        """
        async with self._database.read(job.tenant) as uow:
            session = await rows.get(uow, job.session)
            if session is None or session.thread is None:
                return
            lane, guide = await shown_lane(uow, session)
            reply = await turns.newest_reply(uow, job.session)
        if reply is not None and reply.state is TurnState.DONE and await self._unfinished(job, reply):
            return
        message = self._messages.of(job.tenant).state(f"lane:{session.id}", session.place)
        workable = session.status in OPEN or session.status is Status.ESCALATED
        active, assignable = session.status is Status.ACTIVE, not session.direct
        drawn = (
            views.lane(lane, may_send=active, assignable=assignable)
            if guide is None
            else guide_views.step(lane, guide, may_answer=active)
        )
        if drawn is None or not workable:
            await message.remove()
            return
        try:
            await message.show(drawn, lane.revision, since=lane.born, response_url=job.optional("response_url"))
        except errors.ThreadGone:
            await self._sessions.reroot(job, session)
        except errors.CannotPost as fault:
            structlog.get_logger(__name__).warning("lane not drawn", session=session.id, error=fault.error)

    async def _unfinished(self, job: Job, reply: Turn) -> bool:
        """Tell whether the last word of a reply that was stored is still to be shown. Then the lane is for later."""
        if not await self._messages.of(job.tenant).left_open(reply_key(reply.id)):
            return False
        async with self._database.write(job.tenant) as work:
            delay = max(LOOK_AGAIN, _PATIENCE * (work.now - reply.at))
            await work.redraw_lane(job.session, job.optional("response_url"), delay=delay)
        return True


async def current_task(work: Work, incoming: Incoming) -> Task:
    """Return the task that a control is about. Raises `TaskReplaced` when it is not in the newest lane or was sent."""
    located = await lanes.find_task(work, incoming.task)
    if located is None or located.session != incoming.session or not located.current or located.task.sent:
        raise errors.TaskReplaced
    return located.task


async def redraw(work: Work, incoming: Incoming, session: Session) -> None:
    """Have the lane drawn again wherever it is shown."""
    await work.redraw_lane(session.id, incoming.redraws)
    await work.redraw_homes(session)
    if incoming.user != session.owner:
        await work.redraw_home(incoming.user)


async def _submit(work: Work, session: Session, colleague: str, incoming: Incoming, text: str) -> None:
    """Take an answer or a result, and have the lane drawn again. Raises `TaskReplaced` when there is no such task."""
    located = await lanes.find_task(work, incoming.task)
    if located is None or located.session != session.id:
        raise errors.TaskReplaced
    text = safety.redact_answer(located.task.text, text).text
    newest = located.task if located.current else await _twin(work, session.id, located.task, sent=True)
    before = newest or located.task
    answered = rules.answer(rules.redraft(before, text, outside_home=not isinstance(incoming, Click)), text)
    answered = replace(answered, answered_by=colleague)
    changed = before.sent and answered.answer != before.answer
    late = bool(text.strip()) and (changed if before.sent else not located.current)
    await lanes.save_task(work, session.id, replace(answered, sent=before.sent or late))
    if late:
        await _tell_assistant(work, incoming, session.id, (answered,))
    await redraw(work, incoming, session)


async def _tell_assistant(work: Work, incoming: Incoming, session: SessionId, tasks: tuple[Task, ...]) -> None:
    await work.add_turn(session, work.turn(incoming, rules.compose(tasks)))
    await work.reply(session)
    await work.redraw_card(session)


async def _redraft(work: Work, incoming: Incoming, text: str, *, in_home: bool) -> lanes.LocatedTask | None:
    """Store a draft, and return its task as it was. It is None when that changes nothing."""
    session = incoming.session
    located = await lanes.find_task(work, incoming.task)
    if located is None or located.session != session:
        return None
    text = safety.redact_answer(located.task.text, text).text
    if located.task.sent and text == located.task.draft:
        return None
    before = rules.anew(located.task) if located.task.sent else located.task
    newest = before if located.current and not located.task.sent else await _twin(work, session, before)
    task = rules.redraft(newest or before, text, outside_home=not in_home)
    if newest is None and text.strip():
        # Somebody types into a task of a lane that was replaced: bring it into the newest one.
        await lanes.append(work, session, replace(task, id=TaskId(work.new_id())))
        await work.redraw_lane(session)
    elif task == (newest or before):
        return None
    else:
        await lanes.save_draft(work, session, task)
        if bool(task.draft.strip()) != bool((newest or before).draft.strip()):
            await lanes.touch(work, session)
            await work.redraw_lane(session, delay=SHOWN_IN_THREAD)
    return located


async def _twin(work: Work, session: SessionId, task: Task, *, sent: bool = False) -> Task | None:
    """Find what has become, in the newest lane, of a task whose lane was replaced while somebody typed."""
    return rules.twin(await lanes.load(work, session), task, sent=sent)


def _closed(view: str) -> DeliveryId:
    """Name under which it is remembered that a modal was submitted or closed with its last text."""
    return DeliveryId(f"closed:{view}")

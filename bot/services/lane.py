"""Working the task lane: fold it, answer, skip, send; from its message, from App Home, or by command."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, assert_never

from bot import errors
from bot.domain import lane as rules
from bot.domain import safety
from bot.domain.ids import DeliveryId, SessionId, TaskId, Tenant, TurnId, UserId
from bot.domain.lane import Lane, Mark, Task
from bot.domain.sessions import OPEN, Author, Member, Refusal, Session, Status, TurnState, may_work
from bot.services.sessions import Sessions
from bot.services.tools import (
    By,
    Tools,
    existing,
    first_time,
    newest,
    redraw_card,
    redraw_home,
    redraw_lane,
    thread_of,
)
from bot.slack.views import lane as views
from bot.storage import inbox, lanes, turns
from bot.storage import sessions as rows
from bot.storage.database import UnitOfWork

DRAFT_DELAY: Final = 1.5
"""Seconds after which App Home shows what is being typed elsewhere; many keystrokes become one redraw."""


SHOWN_IN_THREAD: Final = 10.0
"""Seconds after which the thread shows that there is a draft: mostly the modal is closed before, and shows it then."""


class Lanes:
    """Everything a person does with the tasks of a session."""

    def __init__(self, tools: Tools, sessions: Sessions) -> None:
        self._tools = tools
        self._sessions = sessions

    async def fold(self, tenant: Tenant, by: By, session_id: SessionId, folded: bool) -> None:
        """Fold the lane to its pill, or reopen it exactly as it was."""
        async with self._tools.database.write() as uow:
            await self._worked_by(uow, tenant, by.user, session_id)
            if await newest(self._tools, uow, tenant, by, f"fold:{session_id}"):
                await lanes.fold(uow, tenant, session_id, folded)
                await self._redraw(uow, tenant, by, session_id)

    async def toggle(self, tenant: Tenant, by: By, session_id: SessionId) -> Lane:
        """Fold an open lane and open a folded one; return it as it is then."""
        async with self._tools.database.write() as uow:
            await self._worked_by(uow, tenant, by.user, session_id)
            lane = await lanes.load(uow, tenant, session_id)
            if not await first_time(self._tools, uow, tenant, by):
                return lane
            await lanes.fold(uow, tenant, session_id, not lane.folded)
            await self._redraw(uow, tenant, by, session_id)
        return replace(lane, folded=not lane.folded)

    async def turn_page(self, tenant: Tenant, by: By, session_id: SessionId, page: int) -> None:
        """Show another page of a lane that is too long for one message."""
        async with self._tools.database.write() as uow:
            await self._worked_by(uow, tenant, by.user, session_id)
            if await newest(self._tools, uow, tenant, by, f"page:{session_id}"):
                await lanes.turn_page(uow, tenant, session_id, page)
                await self._redraw(uow, tenant, by, session_id)

    async def task(self, tenant: Tenant, user: UserId, session_id: SessionId, task_id: TaskId) -> Task:
        """Return a task of the lane as it stands, for the modal that answers it."""
        async with self._tools.database.read() as uow:
            session = await rows.get(uow, tenant, session_id)
            if session is None:
                raise errors.SessionMissing
            refuse(may_work(session, Member(user=user)))
            lane = await lanes.load(uow, tenant, session_id)
        found = next((task for task in lane.tasks if task.id == task_id and not task.sent), None)
        if found is None:
            raise errors.TaskReplaced
        return found

    async def mark(self, tenant: Tenant, by: By, session_id: SessionId, task_id: TaskId, new: Mark) -> None:
        """Set a task to done, skipped, or open again."""
        await self._change(tenant, by, session_id, task_id, lambda task: rules.mark(task, new))

    async def _change(
        self,
        tenant: Tenant,
        by: By,
        session_id: SessionId,
        task_id: TaskId,
        change: Callable[[Task], Task],
    ) -> None:
        async with self._tools.database.write() as uow:
            await self._worked_by(uow, tenant, by.user, session_id)
            found = await lanes.find_task(uow, tenant, task_id)
            if found is None or found.session != session_id or not found.current or found.task.sent:
                raise errors.TaskReplaced
            if await newest(self._tools, uow, tenant, by, f"mark:{task_id}"):
                await lanes.save_task(uow, tenant, session_id, change(found.task))
                await self._redraw(uow, tenant, by, session_id)

    async def draft(
        self, tenant: Tenant, by: By, session_id: SessionId, task_id: TaskId, text: str, *, home: bool
    ) -> None:
        """Keep what is being typed; App Home hears of it a moment later, the thread when the modal closes or soon.

        Of two windows the last keystroke counts, and none of a modal that was submitted or closed meanwhile.
        """
        async with self._tools.database.write() as uow:
            session = await _owned_by(uow, tenant, by.user, session_id)
            if not await newest(self._tools, uow, tenant, by, f"draft:{task_id}", f"view:{by.view}"):
                return
            if await inbox.known(uow, tenant, _closed(by.view)):
                return
            if await self._redraft(uow, tenant, session_id, task_id, text, home=home) and not home:
                await redraw_home(self._tools, uow, tenant, session.owner, delay=DRAFT_DELAY)

    async def _redraft(
        self, uow: UnitOfWork, tenant: Tenant, session_id: SessionId, task_id: TaskId, text: str, *, home: bool
    ) -> bool:
        """Store a draft; False when that changes nothing."""
        found = await lanes.find_task(uow, tenant, task_id)
        if found is None or found.session != session_id:
            return False
        text = safety.redact(text).text
        if found.task.sent and text == found.task.draft:
            return False
        before = rules.anew(found.task) if found.task.sent else found.task
        known = before if found.current and before is found.task else await self._twin(uow, tenant, session_id, before)
        task = rules.redraft(known or before, text, outside_home=not home)
        if known is None and text.strip():
            await self._carry_over(uow, tenant, session_id, task)
        elif task == (known or before):
            return False
        else:
            await lanes.save_draft(uow, tenant, session_id, task)
            if bool(task.draft.strip()) != bool((known or before).draft.strip()):
                await lanes.touch(uow, tenant, session_id)
                await redraw_lane(self._tools, uow, tenant, session_id, delay=SHOWN_IN_THREAD)
        return True

    async def _twin(
        self, uow: UnitOfWork, tenant: Tenant, session_id: SessionId, task: Task, *, sent: bool = False
    ) -> Task | None:
        """Find what has become, in the newest lane, of a task whose lane was replaced while somebody typed."""
        return rules.twin(await lanes.load(uow, tenant, session_id), task, sent=sent)

    async def _carry_over(self, uow: UnitOfWork, tenant: Tenant, session_id: SessionId, task: Task) -> None:
        """Bring a task of a replaced lane into the newest one: somebody types into it."""
        await lanes.append(uow, tenant, session_id, replace(task, id=TaskId(self._tools.new_id())))
        await redraw_lane(self._tools, uow, tenant, session_id)

    async def close(self, tenant: Tenant, by: By, session_id: SessionId, task_id: TaskId, text: str | None) -> None:
        """Keep what was typed when the modal is closed without saving, and show that a draft is there.

        Slack does not always say what was typed; what came while it was typed is stored already, and what was
        typed elsewhere since is newer.
        """
        async with self._tools.database.write() as uow:
            await _owned_by(uow, tenant, by.user, session_id)
            if not await first_time(self._tools, uow, tenant, by):
                return
            if text is not None:
                await inbox.first_time(uow, tenant, _closed(by.view), self._tools.clock())
                anywhere, here = await inbox.last_at(uow, tenant, [f"draft:{task_id}", f"view:{by.view}"])
                if anywhere == here:
                    await self._redraft(uow, tenant, session_id, task_id, text, home=False)
            await lanes.touch(uow, tenant, session_id)
            await self._redraw(uow, tenant, by, session_id)

    async def answer(self, tenant: Tenant, by: By, session_id: SessionId, task_id: TaskId, text: str) -> None:
        """Submit an answer or a result. One to a task that was replaced meanwhile goes to the assistant at once."""
        text = safety.redact(text).text
        async with self._tools.database.write() as uow:
            session = await self._worked_by(uow, tenant, by.user, session_id)
            found = await lanes.find_task(uow, tenant, task_id)
            if found is None or found.session != session_id:
                raise errors.TaskReplaced
            if not await first_time(self._tools, uow, tenant, by):
                return
            await inbox.first_time(uow, tenant, _closed(by.view), self._tools.clock())
            known = found.task if found.current else await self._twin(uow, tenant, session_id, found.task, sent=True)
            before = known or found.task
            answered = rules.answer(rules.redraft(before, text, outside_home=True), text)
            changed = before.sent and answered.answer != before.answer
            late = bool(text.strip()) and (changed if before.sent else not found.current)
            await lanes.save_task(uow, tenant, session_id, replace(answered, sent=before.sent or late))
            if late:
                await self._tell(uow, tenant, by, session, (answered,))
            await self._redraw(uow, tenant, by, session_id)

    async def send(self, tenant: Tenant, by: By, session_id: SessionId) -> None:
        """Send everything answered, done or skipped to the assistant as one message."""
        async with self._tools.database.write() as uow:
            session = await self._worked_by(uow, tenant, by.user, session_id)
            if session.status is not Status.ACTIVE:
                raise errors.TransitionRefused
            tasks = rules.sendable(await lanes.load(uow, tenant, session_id))
            if not await first_time(self._tools, uow, tenant, by):
                return
            if not tasks:
                raise errors.NothingToSend
            await self._tell(uow, tenant, by, session, tasks)
            await lanes.mark_sent(uow, tenant, session_id, [task.id for task in tasks])
            await self._redraw(uow, tenant, by, session_id)

    async def _tell(self, uow: UnitOfWork, tenant: Tenant, by: By, session: Session, tasks: tuple[Task, ...]) -> None:
        await turns.add(
            uow,
            tenant,
            session.id,
            id=TurnId(self._tools.new_id()),
            author=Author.MEMBER,
            user=by.user,
            text=rules.compose(tasks),
            state=TurnState.DONE,
            at=self._tools.clock() if by.at is None else by.at,
        )
        await self._sessions.enqueue_reply(uow, tenant, session.id)
        await redraw_card(self._tools, uow, tenant, session.id)

    async def redraw(self, tenant: Tenant, session_id: SessionId, response_url: str | None) -> None:
        """Draw the lane message as the lane stands now: in place, at the bottom, or not at all. A job."""
        async with self._tools.database.read() as uow:
            session = await rows.get(uow, tenant, session_id)
            lane = await lanes.load(uow, tenant, session_id)
        if session is None or session.thread is None:
            return
        key = f"lane:{session_id}"
        workable = session.status in OPEN or session.status is Status.ESCALATED
        drawn = views.lane(lane, may_send=session.status is Status.ACTIVE) if workable else None
        if drawn is None:
            await self._tools.board.remove(tenant, key)
            return
        try:
            await self._tools.board.show(
                tenant,
                key,
                thread_of(session),
                drawn,
                lane.revision,
                since=lane.born,
                response_url=response_url,
            )
        except errors.ThreadGone:
            await self._sessions.reroot(tenant, session_id)

    async def _worked_by(self, uow: UnitOfWork, tenant: Tenant, user: UserId, session_id: SessionId) -> Session:
        session = await _owned_by(uow, tenant, user, session_id)
        if session.status not in OPEN and session.status is not Status.ESCALATED:
            raise errors.TransitionRefused
        return session

    async def _redraw(self, uow: UnitOfWork, tenant: Tenant, by: By, session_id: SessionId) -> None:
        await redraw_lane(self._tools, uow, tenant, session_id, by.response_url)
        await redraw_home(self._tools, uow, tenant, by.user)


async def _owned_by(uow: UnitOfWork, tenant: Tenant, user: UserId, session_id: SessionId) -> Session:
    session = await existing(uow, tenant, session_id)
    refuse(may_work(session, Member(user=user)))
    return session


def _closed(view: str) -> DeliveryId:
    """Under this name it is remembered that a modal was submitted or closed with its last text."""
    return DeliveryId(f"closed:{view}")


def refuse(refusal: Refusal | None) -> None:
    """Raise what a refusal means to the person."""
    match refusal:
        case None:
            return
        case Refusal.NOT_OWNER:
            raise errors.NotTheOwner
        case Refusal.GUEST:
            raise errors.GuestRefused
        case Refusal.NOT_ENGINEER:
            raise errors.NotAnEngineer
        case _:
            assert_never(refusal)

"""What a person does in a guided session: choose, answer, skip, go back, and switch to and fro."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

from bot import errors
from bot.domain import guide as rules
from bot.domain import safety
from bot.domain.guide import Guide, GuideStep
from bot.domain.incoming import Click, Incoming, Submission
from bot.domain.lane import Mark
from bot.domain.rights import Verb
from bot.domain.sessions import Session, Status
from bot.services.lane import Lanes, redraw
from bot.services.members import Members
from bot.services.work import Work, WorkDatabase
from bot.storage import lanes, turns
from bot.storage import sessions as session_rows
from bot.storage import steps as rows

_DRAFT_DELAY: Final = 1.5
"""Seconds after which App Home shows what is being typed elsewhere."""


class Guides:
    """Everything a person does with the steps of a session."""

    def __init__(self, database: WorkDatabase, members: Members, lanes_service: Lanes) -> None:
        self._database = database
        self._members = members
        self._lanes = lanes_service

    async def lead(self, click: Click) -> None:
        """Go on one step at a time. A step that still waits for its answer is shown again as it was."""
        async with self._answering(click, owner=True) as (work, session):
            if not await work.newest(click, f"guided:{session.id}") or session.guided:
                return
            await _switch(work, replace(session, guided=True))
            step = (await rows.load(work, session.id)).newest
            reply = await turns.newest_reply(work, session.id)
            if step is None or step.mark is not Mark.OPEN or reply is None or reply.id != step.turn:
                await _tell(work, session, click, rules.REQUEST)

    async def let_go(self, click: Click) -> None:
        """Go on by talking. The tasks stand where they stood before, and the steps are kept."""
        async with self._answering(click, owner=True) as (work, session):
            if await work.newest(click, f"guided:{session.id}") and session.guided:
                await _switch(work, replace(session, guided=False))

    async def choose(self, click: Click, option: int) -> None:
        """Answer the step that is looked at with one of its options."""

        def chosen(step: GuideStep) -> GuideStep:
            if option >= len(step.options):
                raise errors.StepPassed
            return rules.choose(step, option)

        await self._close(click, chosen)

    async def skip(self, click: Click) -> None:
        """Leave the step out that is looked at."""
        await self._close(click, rules.skip)

    async def answer(self, form: Submission, text: str) -> None:
        """Answer a step in words. An answer that comes when its step has passed is told to the assistant all the same.

        An empty one only takes the draft back.
        """
        async with self._answering(form) as (work, session):
            guide, step = await rows.load(work, session.id), await _any_step(work, form)
            text = safety.redact_answer(step.text, text).text
            if not await work.first_time(form):
                return
            if safety.blank(text):
                await rows.save(work, session.id, rules.redraft(step, ""))
            elif guide.shown == step and (step.mark is Mark.OPEN or guide.gone_back is not None):
                await _answered(work, session, form, guide, rules.answer(step, text))
            else:
                late = rules.answer(step, text)
                if not rules.same_step(late, step):
                    await _tell(work, session, form, rules.as_told(late, correction=rules.corrects(guide, step)))
            await _redraw(work, session, form)

    async def step(self, click: Click) -> GuideStep:
        """Return the step that is to be answered in words, for its modal."""
        standing = await self._members.person(click)
        async with self._database.read(click.tenant) as uow:
            session = await session_rows.get(uow, click.session)
            if session is None:
                raise errors.SessionMissing
            standing.check(Verb.WORK, session)
            guide = await rows.load(uow, session.id)
        if guide.shown is None or guide.shown.id != click.task:
            raise errors.StepPassed
        return guide.shown

    async def draft(self, click: Click) -> None:
        """Keep what is being typed."""
        async with self._lanes.working(click, typing=True) as (work, session, _):
            if await work.newest(click, f"draft:{click.task}", f"view:{click.view_id}"):
                await _redraft(work, session, click, click.typed)

    async def close(self, form: Submission, text: str | None) -> None:
        """Keep what was typed when the modal is closed without saving, as far as Slack says it."""
        async with self._lanes.working(form, typing=True) as (work, session, _):
            if await work.first_time(form) and text is not None:
                await _redraft(work, session, form, text)
                await _redraw(work, session, form)

    async def go_back(self, click: Click) -> None:
        """Look at the step before, whose answer can then be given anew."""
        await self._move(click, rules.before)

    async def go_forward(self, click: Click) -> None:
        """Look at the step after one that a person has gone back to."""
        await self._move(click, rules.following)

    @asynccontextmanager
    async def _answering(self, incoming: Incoming, *, owner: bool = False) -> AsyncIterator[tuple[Work, Session]]:
        """Open the transaction in which a person works on a step, or with `owner` what only the owner may do."""
        async with self._lanes.working(incoming) as (work, session, _):
            if owner and session.owner != incoming.user:
                raise errors.NotTheOwner
            if session.status is not Status.ACTIVE:
                raise errors.TransitionRefused
            yield work, session

    async def _move(self, click: Click, to: Callable[[Guide], GuideStep | None]) -> None:
        async with self._answering(click) as (work, session):
            guide, step = await _step(work, session, click)
            if not await work.first_time(click) or guide.shown != step:
                return  # a second click before the first was drawn means the same step
            target = to(guide)
            await lanes.go_back(work, session.id, target.id if target is not None else None)
            await _redraw(work, session, click)

    async def _close(self, click: Click, closed: Callable[[GuideStep], GuideStep]) -> None:
        async with self._answering(click) as (work, session):
            guide, step = await _step(work, session, click)
            after = closed(step)
            if not await work.first_time(click) or (rules.same_step(after, step) and guide.gone_back is None):
                return  # of two clicks at once on one answer the second adds nothing
            if guide.shown != step or (step.mark is not Mark.OPEN and guide.gone_back is None):
                raise errors.StepPassed
            await _answered(work, session, click, guide, after)
            await _redraw(work, session, click)


async def _step(work: Work, session: Session, incoming: Incoming) -> tuple[Guide, GuideStep]:
    """Read the steps, and the one that a control is about. Raises `StepPassed` when it counts no more."""
    guide = await rows.load(work, session.id)
    step = next((step for step in guide.steps if step.id == incoming.task), None)
    if step is None:
        raise errors.StepPassed
    return guide, step


async def _any_step(work: Work, incoming: Incoming) -> GuideStep:
    """Read the step that a modal is about, also one that counts no more: what is typed into it is not lost."""
    step = await rows.find(work, incoming.session, incoming.task)
    if step is None:
        raise errors.StepPassed
    return step


async def _answered(work: Work, session: Session, incoming: Incoming, guide: Guide, step: GuideStep) -> None:
    """Store an answer and tell the assistant. One that changes an earlier answer takes back what came after it."""
    former = next(one for one in guide.steps if one.id == step.id)
    await lanes.go_back(work, session.id, None)
    if rules.same_step(former, step):
        return
    later = guide.steps[guide.steps.index(former) + 1 :]
    await rows.save(work, session.id, step)
    await rows.take_back(work, session.id, [one.id for one in later])
    await _tell(work, session, incoming, rules.as_told(step, correction=rules.corrects(guide, step)))


async def _tell(work: Work, session: Session, incoming: Incoming, text: str) -> None:
    turn = replace(work.turn(incoming, text), guided=True)
    await work.add_turn(session.id, turn)
    await work.reply(session.id)
    await work.redraw_card(session.id)


async def _redraft(work: Work, session: Session, incoming: Incoming, text: str) -> None:
    step = await _any_step(work, incoming)
    text = safety.redact_answer(step.text, text).text
    if text != step.draft:
        await rows.save(work, session.id, rules.redraft(step, text))
        await work.redraw_home(session.owner, delay=_DRAFT_DELAY)


async def _switch(work: Work, session: Session) -> None:
    """Store how a session goes on, and show it everywhere."""
    await session_rows.save(work, session)
    await lanes.touch(work, session.id)
    await work.redraw_card(session.id)
    await work.redraw_lane(session.id)
    await work.redraw_homes(session)


async def _redraw(work: Work, session: Session, incoming: Incoming) -> None:
    await lanes.touch(work, session.id)
    await redraw(work, incoming, session)

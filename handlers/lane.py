"""The task lane's controls, wherever they are: in the thread, in App Home, in the modal of a task."""

from typing import Final

from bot.domain.answering import AnswerMode
from bot.domain.ids import UserId
from bot.domain.incoming import Click, Submission
from bot.domain.lane import Mark
from bot.services.services import Services
from bot.slack.views.answer import answer_modal
from bot.slack.views.assign import assign_modal
from bot.slack.views.ids import Action, Callback, Field
from bot.slack.views.scripts import script_modal
from handlers.router import Answer, Handlers


async def collapse(click: Click, services: Services) -> Answer:
    """Fold the lane to its pill."""
    await services.lanes.fold(click, folded=True)
    return None


async def reopen(click: Click, services: Services) -> Answer:
    """Reopen the lane exactly as it was."""
    await services.lanes.fold(click, folded=False)
    return None


async def turn_page(click: Click, services: Services) -> Answer:
    """Show another page of a long lane."""
    await services.lanes.turn_page(click)
    return None


async def done(click: Click, services: Services) -> Answer:
    """Mark a task as done."""
    await services.lanes.mark(click, Mark.DONE)
    return None


async def skip(click: Click, services: Services) -> Answer:
    """Mark a task as skipped."""
    await services.lanes.mark(click, Mark.SKIPPED)
    return None


async def undo(click: Click, services: Services) -> Answer:
    """Mark a task as open again."""
    await services.lanes.mark(click, Mark.OPEN)
    return None


async def send(click: Click, services: Services) -> Answer:
    """Send what is ready to the assistant."""
    await services.lanes.send(click)
    return None


async def answer(click: Click, services: Services) -> Answer:
    """Answer a task with what was typed in App Home, or open its modal."""
    task = await services.lanes.enter(click)
    return None if task is None else answer_modal(click.session, task)


async def show_all(click: Click, services: Services) -> Answer:
    """Open the modal with the whole script of a task."""
    return script_modal(click.session, await services.lanes.task(click))


async def catch_me_up(click: Click, services: Services) -> Answer:
    """Sum a session up for somebody who comes late."""
    return await services.catching_up.summary(click)


async def assign(click: Click, services: Services) -> Answer:
    """Open the modal that gives a task to a colleague."""
    return assign_modal(click.session, await services.assignments.task(click))


async def assigned(form: Submission, services: Services) -> Answer:
    """Give a task to a colleague."""
    await services.assignments.assign(form, UserId(form.values.get(Field.ASSIGNEE, "")) or None)
    return None


async def draft(click: Click, services: Services) -> Answer:
    """Keep what is being typed."""
    await services.lanes.draft(click)
    return None


async def submitted(form: Submission, services: Services) -> Answer:
    """Take an answer or a result."""
    await services.lanes.answer(form, form.values.get(Action.DRAFT, ""))
    return None


async def closed(form: Submission, services: Services) -> Answer:
    """Keep what was typed into a modal that is closed without saving."""
    await services.lanes.close(form, form.values.get(Action.DRAFT))
    return None


async def answer_everything(click: Click, services: Services) -> Answer:
    """Have everything in the thread answered."""
    await services.sessions.set_answers(click, AnswerMode.EVERYTHING)
    return None


async def answer_when_mentioned(click: Click, services: Services) -> Answer:
    """Have only what mentions the app answered."""
    await services.sessions.set_answers(click, AnswerMode.WHEN_MENTIONED)
    return None


HANDLERS: Final = Handlers(
    actions={
        Action.ANSWER_EVERYTHING: answer_everything,
        Action.ANSWER_WHEN_MENTIONED: answer_when_mentioned,
        Action.FOLD: collapse,
        Action.UNFOLD: reopen,
        Action.LANE_PREVIOUS: turn_page,
        Action.LANE_NEXT: turn_page,
        Action.DONE: done,
        Action.SKIP: skip,
        Action.UNDO: undo,
        Action.SEND: send,
        Action.ANSWER: answer,
        Action.ASSIGN: assign,
        Action.CATCH_UP: catch_me_up,
        Action.SHOW_ALL: show_all,
        Action.DRAFT: draft,
        Action.HOME_DRAFT: draft,
    },
    submissions={Callback.ANSWER: submitted, Callback.ASSIGN: assigned},
    closed={Callback.ANSWER: closed},
)

"""Guided sessions: the switch on the card, and a step's controls in the thread, in App Home and in its modal."""

from typing import Final

from bot.domain.incoming import Click, Submission
from bot.services.services import Services
from bot.slack.views import guide as views
from bot.slack.views.ids import OPTIONS, Action, Callback
from handlers.router import Answer, Handlers


async def choose(click: Click, services: Services) -> Answer:
    """Answer a step with one of its options."""
    await services.guides.choose(click, OPTIONS.index(Action(click.action)))
    return None


async def answer(click: Click, services: Services) -> Answer:
    """Open the modal in which a step is answered in words."""
    return views.answer_modal(click.session, await services.guides.step(click))


async def show_all(click: Click, services: Services) -> Answer:
    """Open the modal with the whole script of a step."""
    return views.script_modal(click.session, await services.guides.step(click))


async def submitted(form: Submission, services: Services) -> Answer:
    """Take an answer in words."""
    await services.guides.answer(form, form.values.get(Action.STEP_DRAFT, ""))
    return None


async def closed(form: Submission, services: Services) -> Answer:
    """Keep what was typed into a modal that is closed without saving."""
    await services.guides.close(form, form.values.get(Action.STEP_DRAFT))
    return None


async def lead(click: Click, services: Services) -> Answer:
    """Lead the engineer through the session one step at a time."""
    await services.guides.lead(click)
    return None


async def let_go(click: Click, services: Services) -> Answer:
    """Go on without steps."""
    await services.guides.let_go(click)
    return None


async def skip(click: Click, services: Services) -> Answer:
    """Skip a step."""
    await services.guides.skip(click)
    return None


async def go_back(click: Click, services: Services) -> Answer:
    """Show the step before."""
    await services.guides.go_back(click)
    return None


async def go_forward(click: Click, services: Services) -> Answer:
    """Show the step after."""
    await services.guides.go_forward(click)
    return None


async def draft(click: Click, services: Services) -> Answer:
    """Keep what is being typed."""
    await services.guides.draft(click)
    return None


HANDLERS: Final = Handlers(
    actions={
        **dict.fromkeys(OPTIONS, choose),
        Action.GUIDE_ME: lead,
        Action.BACK_TO_CHAT: let_go,
        Action.STEP_ANSWER: answer,
        Action.STEP_SKIP: skip,
        Action.STEP_BACK: go_back,
        Action.STEP_FORWARD: go_forward,
        Action.STEP_SCRIPT: show_all,
        Action.STEP_DRAFT: draft,
    },
    submissions={Callback.STEP: submitted},
    closed={Callback.STEP: closed},
)

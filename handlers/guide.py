"""Guided sessions: the switch on the card, and a step's controls in the thread, in App Home and in its modal."""

from typing import Final

from bot.domain.incoming import Click, Submission
from bot.services.services import Services
from bot.slack.views import guide as views
from bot.slack.views.ids import OPTIONS, Action, Callback
from handlers.router import Answer, Handlers, hand_on


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


HANDLERS: Final = Handlers(
    actions={
        **dict.fromkeys(OPTIONS, choose),
        Action.GUIDE_ME: hand_on(lambda services: services.guides.lead),
        Action.BACK_TO_CHAT: hand_on(lambda services: services.guides.let_go),
        Action.STEP_ANSWER: answer,
        Action.STEP_SKIP: hand_on(lambda services: services.guides.skip),
        Action.STEP_BACK: hand_on(lambda services: services.guides.go_back),
        Action.STEP_FORWARD: hand_on(lambda services: services.guides.go_forward),
        Action.STEP_SCRIPT: show_all,
        Action.STEP_DRAFT: hand_on(lambda services: services.guides.draft),
    },
    submissions={Callback.STEP: submitted},
    closed={Callback.STEP: closed},
)

"""Concluding a session, and bringing it back: buttons and the modal."""

from typing import Final

from bot.domain.ids import ChannelId, UserId
from bot.domain.incoming import Click, Submission
from bot.domain.memory import Verdict
from bot.domain.sessions import Outcome
from bot.services.conclude import Conclusion
from bot.services.services import Services
from bot.slack import incoming
from bot.slack.views.conclude import conclude_modal
from bot.slack.views.ids import Action, Callback, Field
from handlers.router import Answer, Handlers


async def conclude(click: Click, services: Services) -> Answer:
    """Open the modal that concludes a session."""
    return conclude_modal(await services.conclusions.check(click, click.session))


async def submitted(form: Submission, services: Services) -> Answer:
    """Conclude a session."""
    conclusion = Conclusion(
        session=form.session,
        outcome=incoming.one_of(Outcome, form.values.get(Field.OUTCOME)),
        notes=form.values.get(Field.NOTES, ""),
        escalate_to=UserId(form.values.get(Field.ESCALATE_TO, "")) or None,
        channel=ChannelId(form.values.get(Field.TEAM_CHANNEL, "")) or None,
        ticket=form.values.get(Field.TICKET, ""),
        verdict=incoming.one_of(Verdict, verdict) if (verdict := form.values.get(Field.VERDICT)) else None,
    )
    await services.conclusions.conclude(form, conclusion)
    return None


async def resume(click: Click, services: Services) -> Answer:
    """Go on with a paused session."""
    await services.conclusions.resume(click)
    return None


async def resume_in_new_chat(click: Click, services: Services) -> Answer:
    """Go on in a new thread."""
    await services.conclusions.resume_in_new_chat(click)
    return None


async def reopen(click: Click, services: Services) -> Answer:
    """Take a concluded session up again."""
    await services.conclusions.reopen(click)
    return None


async def take_over(click: Click, services: Services) -> Answer:
    """Become the owner of an escalated session."""
    await services.conclusions.take_over(click)
    return None


HANDLERS: Final = Handlers(
    actions={
        Action.CONCLUDE: conclude,
        Action.RESUME: resume,
        Action.RESUME_IN_NEW_CHAT: resume_in_new_chat,
        Action.REOPEN: reopen,
        Action.TAKE_OVER: take_over,
    },
    submissions={Callback.CONCLUDE: submitted},
)

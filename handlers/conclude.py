"""Concluding a session, and bringing it back: buttons and the modal."""

from typing import Final

from bot.domain.ids import ChannelId, UserId
from bot.domain.incoming import Click, Submission
from bot.domain.sessions import Outcome
from bot.services.conclude import Conclusion
from bot.services.services import Services
from bot.slack import incoming
from bot.slack.views.conclude import conclude_modal
from bot.slack.views.ids import Action, Callback, Field
from handlers.router import Answer, Handlers, hand_on


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
    )
    await services.conclusions.conclude(form, conclusion)
    return None


HANDLERS: Final = Handlers(
    actions={
        Action.CONCLUDE: conclude,
        Action.RESUME: hand_on(lambda services: services.conclusions.resume),
        Action.RESUME_IN_NEW_CHAT: hand_on(lambda services: services.conclusions.resume_in_new_chat),
        Action.REOPEN: hand_on(lambda services: services.conclusions.reopen),
        Action.TAKE_OVER: hand_on(lambda services: services.conclusions.take_over),
    },
    submissions={Callback.CONCLUDE: submitted},
)

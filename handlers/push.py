"""Pushing notes to a ticket: the button, the modal, and trying again."""

from typing import Final

from bot.domain.incoming import Click, Submission
from bot.services.services import Services
from bot.services.tickets.pushing import Confirmed
from bot.slack.views import push as views
from bot.slack.views.ids import Action, Callback, Field
from handlers.router import Answer, Handlers, Mistakes


async def push(click: Click, services: Services) -> Answer:
    """Open the modal that shows what will be sent."""
    return views.push_modal(await services.pushes.form(click))


async def confirmed(form: Submission, services: Services) -> Answer:
    """Push what was confirmed, or say what is wrong with it."""
    values = form.values
    problems = await services.pushes.confirm(
        form,
        Confirmed(
            ticket=values.get(Field.TICKET, ""),
            internal=values.get(Field.VISIBLE_TO, views.INTERNAL) != views.CLIENT,
            minutes=values.get(Field.MINUTES, "") if values.get(Field.LOG_TIME) else "0",
            status_id=values.get(Field.SET_STATUS, ""),
            transcript=bool(values.get(Field.ATTACH)),
        ),
    )
    return Mistakes(by_block=problems) if problems else None


async def retry(click: Click, services: Services) -> Answer:
    """Try again what failed or still waits."""
    await services.pushes.retry(click)
    return None


HANDLERS: Final = Handlers(
    actions={Action.PUSH: push, Action.RETRY_PUSH: retry}, submissions={Callback.PUSH: confirmed}
)

"""Pushing notes to a ticket: the button, the modal, and trying again."""

from typing import Final

from bot.domain.incoming import Click, Submission
from bot.services.services import Services
from bot.services.tickets.pushing import Confirmed
from bot.slack.views import push as views
from bot.slack.views.ids import Action, Callback, Field
from handlers.router import Answer, Handlers, Mistakes, Redrawn


async def push(click: Click, services: Services) -> Answer:
    """Open the modal that shows what will be sent."""
    return views.push_modal(await services.push_forms.open(click))


async def client_text(click: Click, services: Services) -> Answer:
    """Have the text for the client written into the modal."""
    return Redrawn(view=views.push_modal(await services.client_texts.begin(click)))


async def confirmed(form: Submission, services: Services) -> Answer:
    """Push what was confirmed, or say what is wrong with it."""
    values = form.values
    version, brief = views.version_in(form)
    text, block = views.client_text_of(values)
    problems = await services.pushes.confirm(
        form,
        Confirmed(
            ticket=values.get(Field.TICKET, ""),
            internal=values.get(Field.VISIBLE_TO, views.INTERNAL) != views.CLIENT,
            minutes=values.get(Field.MINUTES, "") if values.get(Field.LOG_TIME) else "0",
            status_id=values.get(Field.SET_STATUS, ""),
            attached=views.attached(values),
            client_text=text if values.get(Field.TO_CLIENT) else None,
            version=version,
            brief=brief,
        ),
    )
    if not problems:
        return None
    return Mistakes(by_block={block if key == "client_text" else key: said for key, said in problems.items()})


async def retry(click: Click, services: Services) -> Answer:
    """Try again what failed or still waits."""
    await services.pushes.retry(click)
    return None


HANDLERS: Final = Handlers(
    actions={Action.PUSH: push, Action.CLIENT_TEXT: client_text, Action.RETRY_PUSH: retry},
    submissions={Callback.PUSH: confirmed},
)

"""Ratings: the buttons below replies and ticket notes, the reason for a bad one, and the list for admins."""

from typing import Final

from bot.domain.ids import MessageId
from bot.domain.incoming import Click, Submission
from bot.services.services import Services
from bot.slack import incoming
from bot.slack.views import ratings as views
from bot.slack.views.ids import Action, Callback, Field
from handlers.router import Answer, Handlers


async def rate(click: Click, services: Services) -> Answer:
    """Keep what a person thinks of a message."""
    about, helpful = incoming.rated(click)
    counts = await services.ratings.rate(about, helpful=helpful)
    return views.thanks(about.session, MessageId(about.task), helpful=helpful) if counts else None


async def say_why(click: Click, services: Services) -> Answer:
    """Open the modal in which a person says why a message did not help."""
    return views.reason_modal(await services.ratings.rated(click))


async def explain(form: Submission, services: Services) -> Answer:
    """Keep the reason."""
    await services.ratings.explain(form, form.values.get(Field.REASON, ""))
    return None


async def complaints(click: Click, services: Services) -> Answer:
    """Show an admin why the assistant did not help."""
    return views.complaints_modal(await services.ratings.complaints(click))


HANDLERS: Final = Handlers(
    actions={Action.RATE: rate, Action.SAY_WHY: say_why, Action.RATINGS: complaints},
    submissions={Callback.REASON: explain},
)

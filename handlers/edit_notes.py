"""Editing ticket notes, and their versions."""

from typing import Final

from bot.domain.incoming import Click, Submission
from bot.domain.notes.sections import repair
from bot.services.services import Services
from bot.slack.views import edit_notes as views
from bot.slack.views.ids import Action, Callback
from handlers.router import Answer, Handlers, Redrawn


async def edit(click: Click, services: Services) -> Answer:
    """Open the modal with the four sections."""
    opened = await services.edited.open(click)
    return views.edit_modal(opened.session, repair(opened.record.text).bodies)


async def save(form: Submission, services: Services) -> Answer:
    """Store what a person has made of the notes."""
    await services.edited.save(form, views.bodies_of(form.values))
    return None


async def versions(click: Click, services: Services) -> Answer:
    """List the versions of the notes."""
    opened = await services.edited.open(click)
    return views.versions_modal(opened.session, opened.versions)


async def restore(click: Click, services: Services) -> Answer:
    """Make an earlier version the newest one, and show the list as it is then."""
    opened = await services.edited.restore(click)
    return Redrawn(view=views.versions_modal(opened.session, opened.versions))


HANDLERS: Final = Handlers(
    actions={Action.EDIT_NOTES: edit, Action.VERSIONS: versions, Action.RESTORE: restore},
    submissions={Callback.EDIT_NOTES: save},
)

"""The ticket notes' buttons, and trying an answer again."""

from typing import Final

from bot.domain.ids import ChannelId
from bot.domain.incoming import Click, Submission
from bot.services.services import Services
from bot.slack import incoming
from bot.slack.views import notes as views
from bot.slack.views.ids import Action, Callback, Field
from handlers.router import Answer, Handlers


async def stop(click: Click, services: Services) -> Answer:
    """End the writing of notes where it is."""
    await services.notes.stop(click)
    return None


async def regenerate(click: Click, services: Services) -> Answer:
    """Write the notes anew."""
    await services.notes.regenerate(click)
    return None


async def try_again(click: Click, services: Services) -> Answer:
    """Write a failed answer anew."""
    await services.replies.again(click)
    return None


async def copy(click: Click, services: Services) -> Answer:
    """Open the modal with the raw Markdown. The file that long notes also come as follows."""
    copied = await services.finished.copy(click)
    return views.copy_modal(copied) if copied is not None else None


async def view_notes(click: Click, services: Services) -> Answer:
    """Open the modal that shows the notes as they read."""
    read = await services.finished.read(click)
    notes = read.notes
    return views.view_notes_modal(
        read.session, notes.text, notes.source, notes.stopped_by, notes.summarised, evidence=read.evidence
    )


async def pick_channel(click: Click, services: Services) -> Answer:
    """Open the modal that asks where to post, the likeliest channel chosen already."""
    session, channel = await services.finished.pick_channel(click)
    return views.post_modal(session, channel)


async def post(form: Submission, services: Services) -> Answer:
    """Post the notes to a team channel."""
    channel = ChannelId(incoming.required(form.values.get(Field.TEAM_CHANNEL)))
    await services.finished.post(form, channel)
    return None


HANDLERS: Final = Handlers(
    actions={
        Action.STOP_NOTES: stop,
        Action.REGENERATE: regenerate,
        Action.TRY_AGAIN: try_again,
        Action.COPY: copy,
        Action.VIEW_NOTES: view_notes,
        Action.POST: pick_channel,
    },
    submissions={Callback.POST: post},
)

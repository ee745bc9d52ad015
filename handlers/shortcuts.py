"""Message shortcuts: troubleshoot a message, conclude the session of its thread, add it to a session."""

from typing import Final

from bot.domain.ids import Place
from bot.domain.incoming import MessageShortcut, Submission
from bot.services.services import Services
from bot.slack import incoming
from bot.slack.views import conclude as views
from bot.slack.views import notices
from bot.slack.views.ids import Callback, Field, Shortcut
from handlers.router import Answer, Handlers


async def troubleshoot(shortcut: MessageShortcut, services: Services) -> Answer:
    """Make a session of the thread of a message. A shortcut that was delivered before is not answered again."""
    started = await services.sessions.start(shortcut)
    if started.session is None:
        return None
    return notices.session_started() if started.new else notices.already_a_session()


async def conclude(shortcut: MessageShortcut, services: Services) -> Answer:
    """Open the modal that concludes the session of a message's thread."""
    return views.conclude_modal(await services.commands.conclude_thread(shortcut))


async def add(shortcut: MessageShortcut, services: Services) -> Answer:
    """Bring a message into the person's session, or ask into which."""
    which = await services.commands.to_add_to(shortcut)
    if not which.sessions:
        return notices.no_session()
    if len(which.sessions) > 1:
        message = f"{shortcut.channel}:{shortcut.thread}:{shortcut.ts}"
        return views.choose_modal(which.sessions, "add", now=which.at, here=shortcut.channel, metadata=message)
    place = Place(channel=shortcut.channel, thread=shortcut.thread)
    return notices.added(await services.adding.add(shortcut, which.sessions[0].id, place, shortcut.ts))


async def chosen_to_add(form: Submission, services: Services) -> Answer:
    """Bring a message into the session that was chosen in the modal."""
    place, ts = incoming.message_named(form.metadata)
    chosen = incoming.chosen(form, Field.WHICH)
    await services.adding.add(chosen, chosen.session, place, ts)
    return None


HANDLERS: Final = Handlers(
    shortcuts={Shortcut.TROUBLESHOOT: troubleshoot, Shortcut.CONCLUDE: conclude, Shortcut.ADD: add},
    submissions={Callback.CHOOSE_ADD: chosen_to_add},
)

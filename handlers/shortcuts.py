"""Message shortcuts: troubleshoot a message, conclude the session of its thread, add it to a session."""

from typing import Final

from bot.domain.incoming import MessageShortcut, Submission
from bot.domain.sessions import Session
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
    brought = await services.adding.bring(shortcut)
    if isinstance(brought, Session):
        return notices.added(brought)
    if not brought.sessions:
        return notices.no_session()
    message = f"{shortcut.channel}:{shortcut.thread}:{shortcut.ts}"
    return views.choose_modal(brought.sessions, "add", now=brought.at, here=shortcut.channel, metadata=message)


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

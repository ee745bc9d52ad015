"""Message shortcuts: troubleshoot a message, conclude the session of its thread."""

from typing import Final

from bot.domain.incoming import MessageShortcut
from bot.services.services import Services
from bot.slack.views import conclude as views
from bot.slack.views import notices
from bot.slack.views.ids import Shortcut
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


HANDLERS: Final = Handlers(shortcuts={Shortcut.TROUBLESHOOT: troubleshoot, Shortcut.CONCLUDE: conclude})

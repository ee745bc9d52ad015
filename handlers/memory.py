"""What the workspace remembers: looking for resolved sessions, and giving one to the assistant."""

from typing import Final

from bot.domain import safety
from bot.domain.incoming import Click, SlashCommand
from bot.services.services import Services
from bot.slack.views import memory as views
from bot.slack.views.ids import Action, Command
from handlers.router import Answer, Handlers


async def search(command: SlashCommand, services: Services) -> Answer:
    """Find resolved sessions by their words."""
    if safety.blank(command.text):
        return views.searched_how()
    found = await services.recall.search(command)
    return views.results(found.memories, found.links, found.at)


async def use(click: Click, services: Services) -> Answer:
    """Give the notes of an earlier session to the assistant."""
    await services.recall.tell(click)
    return None


HANDLERS: Final = Handlers(commands={Command.SESSIONS: search}, actions={Action.USE_MEMORY: use})

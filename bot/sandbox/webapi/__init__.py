"""The Web API's methods, by family."""

from typing import Final

from bot.sandbox.webapi import assistant, basics, chat, conversations, files, streams, views
from bot.sandbox.webapi.call import Method

METHODS: Final[dict[str, Method]] = {
    **basics.METHODS,
    **chat.METHODS,
    **streams.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **views.METHODS,
    **assistant.METHODS,
}

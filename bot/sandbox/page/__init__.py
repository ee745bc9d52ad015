"""The workspace in the browser: Block Kit as HTML, live over one WebSocket."""

from bot.sandbox.page.page import WorkspacePage
from bot.sandbox.page.shared import Scene

__all__ = ["Scene", "WorkspacePage"]

"""The workspace in the browser: Block Kit as HTML, live over one WebSocket."""

from bot.sandbox.page.page import Page, Scene

__all__ = ["Page", "Scene"]

"""Slack comes in here and nowhere else: a handler parses, makes one service call, and renders."""

from slack_bolt.app.async_app import AsyncApp

from bot.services.bundle import Services
from handlers import commands, conclude, failures, home, lane, lifecycle, messages, notes, shortcuts


def register(app: AsyncApp, services: Services) -> None:
    """Register every listener; the catch-alls of `lifecycle` come last."""
    for module in (commands, shortcuts, messages, lane, conclude, notes, home, failures, lifecycle):
        module.register(app, services)

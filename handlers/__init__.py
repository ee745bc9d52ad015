"""Slack comes in here and nowhere else: a handler takes a parsed value, makes one service call, and draws."""

from slack_bolt.app.async_app import AsyncApp

from bot.services.services import Services
from handlers import (
    commands,
    conclude,
    edit_notes,
    failures,
    guide,
    home,
    house_rules,
    lane,
    last_resort,
    memory,
    messages,
    notes,
    push,
    shortcuts,
    tickets,
)
from handlers.router import Router


def register(app: AsyncApp, services: Services) -> None:
    """Register every handler. The last resort comes last."""
    router = Router(app, services)
    for surface in (
        commands,
        shortcuts,
        messages,
        lane,
        guide,
        memory,
        conclude,
        notes,
        edit_notes,
        push,
        tickets,
        house_rules,
        home,
        last_resort,
    ):
        router.add(surface.HANDLERS)
    failures.register(app, services)
    last_resort.register(router)

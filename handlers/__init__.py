"""Slack comes in here and nowhere else: a handler takes a parsed value, makes one service call, and draws."""

from typing import Final

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
    ratings,
    shortcuts,
    tickets,
)
from handlers.router import Router, joined

SURFACES: Final = (
    commands,
    shortcuts,
    messages,
    lane,
    guide,
    memory,
    conclude,
    notes,
    edit_notes,
    ratings,
    push,
    tickets,
    house_rules,
    home,
    last_resort,
)


def register(app: AsyncApp, services: Services) -> None:
    """Have everything that comes from Slack handled."""
    handlers = joined([surface.HANDLERS for surface in SURFACES])
    Router(handlers, last_resort.LAST_RESORT, services).register(app)
    failures.register(app, services)

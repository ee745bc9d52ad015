"""The app put together: settings in, a running Tasklane out."""

from bot.app.tasklane import Tasklane

__all__ = ["Tasklane"]

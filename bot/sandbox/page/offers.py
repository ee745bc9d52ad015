"""The options that the app offered in one tab for what was typed there, until one of them is chosen."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.sandbox import state
from bot.sandbox.finding import CannotDo, Found, Surface
from bot.sandbox.views import View

Option = dict[str, Any]


class Offers:
    """What each menu of a tab offers now."""

    def __init__(self) -> None:
        self._offered: dict[tuple[str, str, str], Sequence[Option]] = {}

    def remember(self, wish: Mapping[str, Any], options: Sequence[Option]) -> None:
        """Keep what was offered, in place of what was offered before."""
        self._offered[_place(wish)] = options

    def recall(self, wish: Mapping[str, Any]) -> Option:
        """Return the option that someone picked."""
        for option in self._offered.get(_place(wish), ()):
            if option["value"] == wish.get("value"):
                return option
        raise CannotDo("this option is not there any more")


def chosen(surface: Surface, found: Found, user: str) -> list[Option]:
    """Return the options that are chosen in a menu already."""
    values = surface.values if isinstance(surface, View) else surface.values(user)
    value = values[found.block["block_id"]][found.element["action_id"]]
    now = value.get(str(state.value_field(str(found.element["type"]))))
    return list(now) if isinstance(now, list) else [now] if now else []


def _place(wish: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(wish["surface"]), str(wish["block"]), str(wish["action"])

"""How much of a message is read: nested and long ones end at a depth and a size."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

Fields = Mapping[str, Any]

MOST_CHARS: Final = 120_000
"""How many characters of one message are read, three times what may be a turn."""
_MOST_NODES: Final = 20_000
_DEEPEST: Final = 16


class Allowance:
    """What is left of the size that one message may have."""

    def __init__(self) -> None:
        self._nodes = _MOST_NODES
        self._chars = MOST_CHARS

    def enter(self, depth: int) -> bool:
        """Tell whether one more part may be read at that depth."""
        self._nodes -= 1
        return depth <= _DEEPEST and self._nodes > 0 and self._chars > 0

    def take(self, value: object) -> str:
        """Return a string of a message as far as there is room for it. Empty when it is none."""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return ""
        text = str(value)[: max(self._chars, 0)]
        self._chars -= len(text)
        return text


def fields(value: object) -> Fields:
    """Return a mapping as it is, and anything else as an empty one."""
    return value if isinstance(value, Mapping) else {}


def mappings(value: object) -> Iterator[Fields]:
    """Yield the mappings in a list. Nothing when it is none."""
    for item in value if isinstance(value, list | tuple) else ():
        if isinstance(item, Mapping):
            yield item


def string(value: object) -> str:
    """Return a string as it is, and anything else as an empty one."""
    return value if isinstance(value, str) else ""

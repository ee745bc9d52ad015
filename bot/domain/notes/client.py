"""The text for the client: what may stand in it, whoever wrote it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain import safety

CLIENT_CHARS: Final = 2_900
"""The longest text for a client, which leaves room to write in the input that holds it."""
ANOTHER: Final = "another client"
_SHORTEST: Final = 3
"""A shorter name would be found in the middle of ordinary words."""
_HEADING: Final = re.compile(r"^#{1,6}\s+", re.MULTILINE)


class Drafting(StrEnum):
    """How far the text for the client is."""

    OFFERED = "offered"
    """Nobody has asked for it yet."""
    WRITING = "writing"
    WRITTEN = "written"
    FAILED = "failed"
    """The model gave none, so that the person writes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientText:
    """The text for the client of a session."""

    state: Drafting = Drafting.OFFERED
    text: str = ""
    revision: int = 0
    """Rises with each text, so that a new one is shown in place of the old one."""
    notes: str = ""
    """Names the notes that it was made from. When they change, another text is needed."""


def for_client(text: str, others: Sequence[str]) -> str:
    """Take out of a model's text what the client must not read: secrets, and the names of other clients."""
    plain = _HEADING.sub("", safety.redact(text).text).strip()
    names = sorted({name.strip() for name in others if len(name.strip()) >= _SHORTEST}, key=len, reverse=True)
    if names:
        named = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)", re.IGNORECASE)
        plain = named.sub(ANOTHER, plain)
    return plain if len(plain) <= CLIENT_CHARS else plain[: CLIENT_CHARS - 1].rstrip() + "…"

"""The step of a guided session, as the model proposes it: what to find out or do, and what may come of it."""

from dataclasses import dataclass
from typing import Any, Final

from bot.domain.reply.fields import command, one_line, words
from bot.domain.reply.shape import NULLABLE, closed, described

TEXT_CHARS: Final = 1_000
OPTION_CHARS: Final = 500
"""The longest option that is kept."""
FEWEST_OPTIONS: Final = 2
MOST_OPTIONS: Final = 5

STEP: Final[dict[str, Any]] = {
    "description": "The one next step of a guided session; null in any other.",
    "anyOf": [
        closed(
            {
                "text": described("string", "What to find out or to do, in one or two sentences."),
                "command": described(NULLABLE, "The exact command to copy, without a prompt sign."),
                "options": {
                    "type": "array",
                    "description": "Two to five short answers to choose from.",
                    "items": {"type": "string"},
                },
            }
        ),
        {"type": "null"},
    ],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedStep:
    """A step that the assistant proposes. Without options it is answered in words."""

    text: str
    command: str | None = None
    options: tuple[str, ...] = ()


def proposed_step(value: object) -> ProposedStep | None:
    """Read a step, cleaned and clipped. It is None when there is none."""
    if not isinstance(value, dict) or not (text := words(value.get("text"), TEXT_CHARS)):
        return None
    return ProposedStep(text=text, command=command(value.get("command")), options=_options(value.get("options")))


def _options(value: object) -> tuple[str, ...]:
    """Pick the usable options, each once. A single one leaves nothing to choose."""
    lines = [one_line(_text(item), OPTION_CHARS) for item in (value if isinstance(value, list) else ())]
    once = {line.casefold(): line for line in reversed(lines) if line}
    options = tuple(reversed(once.values()))[:MOST_OPTIONS]
    return options if len(options) >= FEWEST_OPTIONS else ()


def _text(item: object) -> object:
    """Return what an option says that some models wrap into an object."""
    return item.get("text") if isinstance(item, dict) else item

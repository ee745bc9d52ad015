"""The model's reply: the schema it is asked for, and reading it while it is still being written.

The reply is one JSON object with `prose` first, so that the prose can be shown long before the object is whole.
A model that answers in plain text is understood too: then there is prose, but no valid set of tasks.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final, Literal

from bot.domain.reply.fields import WRAPPED, command, one_line, words
from bot.domain.reply.partial import UNKNOWN, ProseStream, paired
from bot.domain.reply.shape import NULLABLE, closed, described
from bot.domain.reply.step import STEP, ProposedStep, proposed_step
from bot.domain.safety import cleaned

MAX_PROPOSALS: Final = 50
TEXT_CHARS: Final = 1_000
WHY_CHARS: Final = 500
TITLE_CHARS: Final = 80
SUMMARY_CHARS: Final = 300


SCHEMA: Final[dict[str, Any]] = closed(
    {
        "prose": described("string", "What the engineer reads, in Markdown."),
        "title": described(NULLABLE, "A few words that name the session; null once it has a name."),
        "summary": described(NULLABLE, "One line on the problem; null when nothing new is known."),
        "questions": {
            "type": "array",
            "description": "What the engineer should find out.",
            "items": closed(
                {
                    "text": described("string", "One question."),
                    "why": described(NULLABLE, "What the answer decides, in a few words."),
                }
            ),
        },
        "actions": {
            "type": "array",
            "description": "What the engineer should do.",
            "items": closed(
                {
                    "text": described("string", "One step, as an imperative."),
                    "command": described(NULLABLE, "The exact command to copy, without a prompt sign."),
                }
            ),
        },
        "step": STEP,
    }
)
"""The shape of every reply; constant, because it is part of the cached prefix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A question or an action that the assistant proposes."""

    kind: Literal["question", "action"]
    text: str
    why: str | None = None
    command: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A whole reply, cleaned and clipped."""

    prose: str
    title: str | None = None
    summary: str | None = None
    proposals: tuple[Proposal, ...] = ()
    step: ProposedStep | None = None
    readable: bool = field(default=False, compare=False)
    """Whether it had the shape that was asked for."""


class _Form(Enum):
    UNKNOWN = auto()
    """Not yet clear which of the two."""
    JSON = auto()
    PLAIN = auto()


_HEAD_JSON: Final = re.compile(r'[\s\ufeff]*(?:```[A-Za-z]{0,10}\s*)?(?=\{\s*["}])')
_HEAD_OPEN: Final = re.compile(r"[\s\ufeff]*(?:`{0,3}|```[A-Za-z]{0,10}\s*(?:\{\s*)?|\{\s*)\Z")
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*("?)|[{}\[\]]', re.DOTALL)


class ReplyReader:
    """Reads a reply piece by piece. The work per piece depends on that piece's length alone."""

    def __init__(self) -> None:
        self._raw: list[str] = []
        self._form = _Form.UNKNOWN
        self._head = ""
        self._half = ""
        """A first half of a surrogate pair that ended a delta."""
        self._stream = ProseStream()
        self._prose: list[str] = []
        self._lane_valid = False

    @property
    def raw(self) -> str:
        """Everything the model sent, for replaying it word by word."""
        return "".join(self._raw) + (UNKNOWN if self._half else "")

    @property
    def prose(self) -> str:
        """The prose as far as it can be read. Each value is a beginning of the next."""
        self._prose = ["".join(self._prose)]
        return self._prose[0]

    @property
    def lane_valid(self) -> bool:
        """After `finish`: whether the reply brought a valid set of tasks, be it an empty one."""
        return self._lane_valid

    @property
    def cut(self) -> bool:
        """Whether the reply is JSON that ends before it is closed, whatever was said of its end."""
        return self._form is _Form.JSON and _open_at_the_end(self.raw)

    def feed(self, delta: str) -> str:
        """Read the next piece of the reply, and return the prose that this brought."""
        text, self._half = self._half + delta, ""
        if "\ud800" <= text[-1:] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        text = paired(text)
        self._raw.append(text)
        if self._form is _Form.UNKNOWN:
            text = self._decided(text)
        if self._form is _Form.UNKNOWN:
            return ""
        prose = cleaned(text) if self._form is _Form.PLAIN else self._stream.feed(text)
        self._prose.append(prose)
        return prose

    def finish(self) -> Reply | None:
        """Return what the reply says. It is None when it has no prose."""
        if self._form is _Form.UNKNOWN:
            self._form = _Form.PLAIN
            self._prose.append(cleaned(self.raw))
        plain = self._form is _Form.PLAIN
        prose = _unwrapped(self.prose) if plain else self.prose.strip()
        parsed = None if plain or not prose else _parsed(self.raw)
        self._lane_valid = parsed is not None and _has_lane(parsed)
        if not prose or parsed is None:
            return Reply(prose=prose) if prose else None
        return Reply(
            prose=prose,
            title=one_line(parsed.get("title"), TITLE_CHARS),
            summary=one_line(parsed.get("summary"), SUMMARY_CHARS),
            proposals=tuple(_proposals(parsed)),
            step=proposed_step(parsed.get("step")),
            readable=self._lane_valid,
        )

    def _decided(self, text: str) -> str:
        """Tell JSON from plain text, and return what is to be read in that form."""
        text = self._head + text
        found = _HEAD_JSON.match(text)
        if found is not None:
            self._form = _Form.JSON
            return text[found.end() :]
        if _HEAD_OPEN.match(text):
            self._head = re.sub(r"\s+", lambda run: run[0][-1], text)
            return ""
        self._form = _Form.PLAIN
        return "".join(self._raw).lstrip("\ufeff")


def _open_at_the_end(raw: str) -> bool:
    """Tell whether a JSON object is still open where its text ends. What is wrong before that is not cut."""
    open_brackets: list[str] = []
    for token in _TOKEN.finditer(raw):
        if token[0].startswith('"'):
            if not token[1]:
                return True
        elif token[0] in "{[":
            open_brackets.append(token[0])
        elif not open_brackets or open_brackets.pop() + token[0] not in ("{}", "[]") or not open_brackets:
            return False
    return bool(open_brackets)


def read(raw: str) -> str:
    """Return the prose of a reply that is already there as a whole."""
    reader = ReplyReader()
    reader.feed(raw)
    reply = reader.finish()
    return reply.prose if reply else ""


def _unwrapped(prose: str) -> str:
    """Take off a code fence that stands around all of a plain text."""
    found = WRAPPED.match(prose)
    return (found[1] if found is not None and "```" not in found[1] else prose).strip()


def _has_lane(parsed: dict[str, Any]) -> bool:
    return any(isinstance(parsed.get(key), list) for key in ("questions", "actions"))


def _parsed(raw: str) -> dict[str, Any] | None:
    head = _HEAD_JSON.match(raw)
    start = head.end() if head else 0
    try:
        value, end = json.JSONDecoder(strict=False).raw_decode(raw, start)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and not raw[end:].strip(" \t\r\n`") else None


def _proposals(parsed: dict[str, Any]) -> list[Proposal]:
    """Pick the usable tasks, questions first. Blank and doubled ones are dropped."""
    found: dict[tuple[str, str], Proposal] = {}
    for proposal in (*_questions(parsed.get("questions")), *_actions(parsed.get("actions"))):
        same = " ".join(proposal.text.casefold().split())
        found.setdefault((proposal.kind, same), proposal)
    return list(found.values())[:MAX_PROPOSALS]


def _questions(items: object) -> Iterator[Proposal]:
    for item in _objects(items):
        if text := words(item.get("text"), TEXT_CHARS):
            yield Proposal(kind="question", text=text, why=one_line(item.get("why"), WHY_CHARS))


def _actions(items: object) -> Iterator[Proposal]:
    for item in _objects(items):
        if text := words(item.get("text"), TEXT_CHARS):
            yield Proposal(kind="action", text=text, command=command(item.get("command")))


def _objects(items: object) -> Iterator[dict[str, Any]]:
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            yield item
        elif isinstance(item, str):
            yield {"text": item}

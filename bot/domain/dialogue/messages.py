"""A dialogue as the messages that the model gets.

What a message says depends on its own turn alone, and what stands for the beginning of a long session stays as it is
until more goes into it. So the beginning of every request is that of the one before, and the provider's cache holds it.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from bot.domain.answering import without_note_sign
from bot.domain.dialogue.record import Dialogue, Summary, stays
from bot.domain.dialogue.weights import size
from bot.domain.evidence import Evidence, told
from bot.domain.ids import EvidenceId, TurnId
from bot.domain.reply.reader import read
from bot.domain.sessions import Author, Turn, TurnKind, TurnState

Role = Literal["user", "assistant"]

GUIDED: Final = "(guided)"
"""How what was said in a guided session begins."""
BROKEN_OFF: Final = "(This answer broke off here.)"
_NO_FILES: Final[Mapping[TurnId, Sequence[Evidence]]] = {}
_PROBLEM_CHARS: Final = 4_000
_LEVELS: Final = (4_000, 1_200, 400, 120)
"""To how many characters the long ones are shortened of what stays word by word, when there is no room for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """A message of a session as the model is told it, and the files that come with it."""

    role: Role
    text: str
    files: tuple[Evidence, ...] = ()
    """Those that the model is shown as they are."""


def conversation(
    dialogue: Dialogue,
    files: Mapping[TurnId, Sequence[Evidence]] = _NO_FILES,
    at_hand: Collection[EvidenceId] = (),
) -> tuple[ChatMessage, ...]:
    """Turn a dialogue into messages, in the order given.

    `files` has what was shared with which turn, and `at_hand` those files that are sent along as they are.
    """
    messages = []
    if dialogue.summary is not None and dialogue.summary.upto:
        messages.append(ChatMessage(role="user", text=_earlier(dialogue, dialogue.summary)))
    for turn in dialogue.turns:
        if not turn.text or turn.state is TurnState.WRITING:
            continue
        role, text = _message(turn, dialogue)
        shared = files.get(turn.id, ())
        described = (told(one, at_hand=one.id in at_hand) for one in shared)
        shown = tuple(one for one in shared if one.id in at_hand)
        if text:
            whole = "\n\n".join((text, *described))
            messages.append(ChatMessage(role=role, text=_shortened(whole, dialogue.longest), files=shown))
    return tuple(messages)


def _message(turn: Turn, dialogue: Dialogue) -> tuple[Role, str]:
    if turn.author is Author.ASSISTANT:
        return "assistant", turn.text if turn.state is TurnState.DONE else _broken_off(turn.text)
    text = _said(turn, dialogue)
    return "user", f"{GUIDED} {text}" if turn.guided else text


def _said(turn: Turn, dialogue: Dialogue) -> str:
    if turn.kind is TurnKind.CONTEXT:
        return f"(context, {turn.speaker or 'somebody'}) {turn.text}"
    text = f"(note) {without_note_sign(turn.text)}" if turn.kind is TurnKind.NOTE else turn.text
    if turn.user in (None, dialogue.session.owner):
        return text
    assert turn.user is not None
    return f"(a colleague, {dialogue.names.get(turn.user, 'no name')}) {text}"


def _broken_off(raw: str) -> str:
    """Write an answer that broke off as its reader saw it, in the shape of every answer."""
    prose = read(raw)
    if not prose:
        return ""
    shown: dict[str, Any] = {
        "prose": f"{prose}\n\n{BROKEN_OFF}",
        "title": None,
        "summary": None,
        "questions": [],
        "actions": [],
        "step": None,
    }
    return json.dumps(shown, ensure_ascii=False)


def _earlier(dialogue: Dialogue, summary: Summary) -> str:
    """Write what stands for the beginning: its summary, the problem, and what stays word by word."""
    parts = [
        f"(summary) This stands for the first {summary.messages} messages of the session.",
        summary.text,
        f"The problem as it was first described:\n{_shortened(dialogue.session.problem, _PROBLEM_CHARS)}",
    ]
    if texts := [_message(turn, dialogue)[1] for turn in dialogue.kept]:
        longest = _level(texts, summary.room)
        shortened = " Long ones are shortened, because they are so many." if longest is not None else ""
        parts.append(f"Answers and notes from that part, word by word.{shortened}")
        parts += [_shortened(text, longest) for text in texts]
    return "\n\n".join(part for part in parts if part)


def _level(texts: Sequence[str], room: int) -> int | None:
    """Return to how many characters texts must be shortened to fit. It is None when they fit as they are."""
    if sum(map(size, texts)) <= room:
        return None
    fits = (level for level in _LEVELS if sum(size(_shortened(text, level)) for text in texts) <= room)
    return next(fits, _LEVELS[-1])


def _shortened(text: str, longest: int | None) -> str:
    """Leave out the middle of a text that is longer than it may be, and say so."""
    if longest is None or len(text) <= longest:
        return text
    half = longest // 2
    return f"{text[:half]}\n(… {len(text) - 2 * half:,} characters are left out here …)\n{text[-half:]}"


def written(dialogue: Dialogue) -> list[str]:
    """List what people wrote in their own words, in order: behind a summary, and their notes of before.

    The problem, and the answers to tasks, are told elsewhere.
    """
    notes = [turn for turn in dialogue.kept if turn.kind is TurnKind.NOTE]
    behind = [turn for turn in dialogue.turns if turn.author is Author.MEMBER and turn.text and turn.seq > 1]
    own = [turn for turn in behind if turn.kind is TurnKind.NOTE or not stays(turn)]
    return [_without_name(turn, dialogue) for turn in (*notes, *own)]


def _without_name(turn: Turn, dialogue: Dialogue) -> str:
    """Tell what somebody said where nobody has looked up how they are called."""
    if turn.user in (None, dialogue.session.owner) or turn.kind is TurnKind.CONTEXT:
        return _said(turn, dialogue)
    return f"(a colleague) {without_note_sign(turn.text)}"

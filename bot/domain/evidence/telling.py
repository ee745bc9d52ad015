"""How a file stands in the conversation that the model is shown."""

import re
from typing import Final

from bot.domain.evidence.record import Evidence, EvidenceState
from bot.domain.evidence.refusals import Unread, because

_FENCE: Final = re.compile(r"`{3,}")
_LOST: Final = because(Unread.UNREACHABLE)


def told(evidence: Evidence, *, at_hand: bool = True) -> str:
    """Describe a file below the words of its message, as data. `at_hand` tells whether it is sent along as it is."""
    name = evidence.name or evidence.file.name
    if evidence.state is EvidenceState.WAITING:
        return f"[Not read: {name}. {_sentence(_LOST)}]"
    if evidence.unread is not None:
        return f"[Not read: {name}. {_sentence(because(evidence.unread))}]"
    if evidence.is_native and at_hand:
        return f"[{name}]"
    if evidence.is_native or evidence.state is EvidenceState.FORGOTTEN:
        return f"[{name}. It is no longer at hand.]"
    if not evidence.text:
        return f"[{name}. Its words stand in the message.]"
    more = f". {evidence.left_out}" if evidence.left_out else ""
    fence = max(("```", *(f"{run}`" for run in _FENCE.findall(evidence.text))), key=len)
    return f"[{name}{more}]\n{fence}\n{evidence.text}\n{fence}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]

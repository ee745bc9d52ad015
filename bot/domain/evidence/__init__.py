"""Files that people share: what they are, what the model gets of them, and what they are called."""

from bot.domain.evidence.examining import MOST_BYTES, ExaminedFile, examine
from bot.domain.evidence.inlining import BUDGET, InlinedText, inlined
from bot.domain.evidence.kinds import EvidenceKind, kind_of
from bot.domain.evidence.naming import evidence_name
from bot.domain.evidence.refusals import Unread, UnreadFile, because

__all__ = [
    "BUDGET",
    "MOST_BYTES",
    "EvidenceKind",
    "ExaminedFile",
    "InlinedText",
    "Unread",
    "UnreadFile",
    "because",
    "evidence_name",
    "examine",
    "inlined",
    "kind_of",
]

"""Files that people share: what they are, what the model gets of them, and what they are called."""

from bot.domain.evidence.examining import MOST_BYTES, ExaminedFile, examine
from bot.domain.evidence.inlining import BUDGET, InlinedText, inlined
from bot.domain.evidence.kinds import EvidenceKind, kind_of
from bot.domain.evidence.naming import evidence_name
from bot.domain.evidence.record import Evidence, EvidenceState
from bot.domain.evidence.refusals import Unread, UnreadFile, because
from bot.domain.evidence.telling import told

__all__ = [
    "BUDGET",
    "MOST_BYTES",
    "Evidence",
    "EvidenceKind",
    "EvidenceState",
    "ExaminedFile",
    "InlinedText",
    "Unread",
    "UnreadFile",
    "because",
    "evidence_name",
    "examine",
    "inlined",
    "kind_of",
    "told",
]

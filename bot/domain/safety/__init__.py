"""Text made safe: secrets out before it is stored, mentions inert before it is shown."""

from bot.domain.safety.answers import asked_for, redact_answer
from bot.domain.safety.mentions import escape, escape_code, inert
from bot.domain.safety.text import Redacted, blank, cleaned, redact

__all__ = ["Redacted", "asked_for", "blank", "cleaned", "escape", "escape_code", "inert", "redact", "redact_answer"]

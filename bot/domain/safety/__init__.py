"""Text made safe: secrets out before it is stored, mentions inert before it is shown."""

from bot.domain.safety.text import Redacted, blank, cleaned, escape, inert, redact

__all__ = ["Redacted", "blank", "cleaned", "escape", "inert", "redact"]

"""What a call to a language model cost."""

from dataclasses import dataclass

from bot.domain.ids import SessionId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCall:
    """One call that has ended: who answered, why it ended, and its tokens and seconds."""

    session: SessionId
    use: str
    provider: str
    model: str
    input: int
    """Prompt tokens that no cache held."""
    output: int
    cache_read: int
    cache_write: int
    first_text: float | None
    """Seconds to the first piece of text."""
    seconds: float
    stop: str
    request_id: str
    """The provider's name for the call."""
    at: float
    cost: float = 0.0
    """Dollars, by public list prices."""
    user: UserId | None = None
    """For whom it was made."""

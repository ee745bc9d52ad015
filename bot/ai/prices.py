"""What a call to a model costs by public list prices."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol


class TokenCounts(Protocol):
    """The tokens of one call, or of several together."""

    @property
    def prompt(self) -> int:
        """All tokens of the prompt, cached or not."""
        ...

    @property
    def output(self) -> int:
        """The tokens of the reply."""
        ...

    @property
    def cache_read(self) -> int:
        """Those of the prompt that came from the cache."""
        ...

    @property
    def cache_write(self) -> int:
        """Those of the prompt that were written to the cache."""
        ...


def price_list(provider: str) -> Callable[[str, TokenCounts], float]:
    """Load the prices of a provider, which takes a while. They say what tokens of a model cost, in dollars.

    A model that is not on the list costs nothing.
    """
    from genai_prices import Usage, calc_price

    provider_id = {"gemini": "google"}.get(provider, provider)

    def price(model: str, usage: TokenCounts) -> float:
        counts: dict[str, Any] = {
            "input_tokens": usage.prompt,
            "output_tokens": usage.output,
            "cache_read_tokens": usage.cache_read,
            "cache_write_tokens": usage.cache_write,
        }
        with suppress(LookupError, ValueError):
            return float(calc_price(Usage(**counts), model, provider_id=provider_id).total_price)
        return 0.0

    return price

"""Whatever the Anthropic SDK raises, as one of our own faults."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import httpx2
from anthropic import AnthropicError, APIConnectionError, APIStatusError

from bot.errors import ModelContextFull, ModelFault, ModelOverloaded, ModelRefusedRequest, ModelUnreachable

_BY_TYPE: Final[dict[str, type[ModelFault]]] = {
    "api_error": ModelFault,
    "authentication_error": ModelRefusedRequest,
    "billing_error": ModelRefusedRequest,
    "invalid_request_error": ModelRefusedRequest,
    "not_found_error": ModelRefusedRequest,
    "overloaded_error": ModelOverloaded,
    "permission_error": ModelRefusedRequest,
    "rate_limit_error": ModelOverloaded,
    "timeout_error": ModelUnreachable,
}
_BY_STATUS: Final[dict[int, type[ModelFault]]] = {
    408: ModelUnreachable,
    409: ModelFault,
    429: ModelOverloaded,
    499: ModelUnreachable,
    502: ModelUnreachable,
    503: ModelOverloaded,
    504: ModelUnreachable,
    529: ModelOverloaded,
}
_SPENT: Final = frozenset({"contract_spend_limit_reached", "enforced_spend_limit_reached"})
"""Rate limit errors that no waiting solves."""

_TOO_LONG: Final = re.compile(r"prompt is too long|context (length|limit|window)", re.IGNORECASE)
"""The API has no error code for a conversation that is too long, only these words."""


@contextmanager
def named_faults() -> Iterator[None]:
    """Turn every failure of a call into a ModelFault that keeps its cause."""
    try:
        yield
    except APIStatusError as error:
        raise status_fault(error)(_retry_after(error), error.request_id or "") from error
    except (APIConnectionError, httpx2.HTTPError, TimeoutError) as error:
        # Once the body has begun, the SDK lets the errors of its HTTP client through.
        raise ModelUnreachable from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        # The stream broke off inside an event, or something between us and the API garbled it.
        raise ModelUnreachable from error
    except AnthropicError as error:
        raise ModelFault from error


def status_fault(error: APIStatusError) -> type[ModelFault]:
    """Name what the API reported. An error inside a stream has status 200, so its type comes first."""
    if error.error_code in _SPENT:
        return ModelRefusedRequest
    if error.status_code == 413 or _says_too_long(error):
        return ModelContextFull
    named = _BY_TYPE.get(error.type or "") or _BY_STATUS.get(error.status_code)
    if named is not None:
        return named
    return ModelRefusedRequest if 400 <= error.status_code < 500 else ModelFault


def _retry_after(error: APIStatusError) -> float | None:
    """Read how long the API wants to be left alone."""
    try:
        return max(0.0, float(error.response.headers.get("retry-after", "")))
    except ValueError:
        return None


def _says_too_long(error: APIStatusError) -> bool:
    is_invalid = error.status_code == 400 or error.type == "invalid_request_error"
    return is_invalid and _TOO_LONG.search(error.api_message or error.message) is not None

"""Trouble that a test can order: late, failing, refused and lost Web API calls, duplicate events."""

from collections import defaultdict, deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to one call instead of the usual."""

    latency: float = 0.0
    status: int = 0
    retry_after: int = 0
    error: str = ""
    reset: bool = False
    lost: bool = False


class Faults:
    """The orders that are still open."""

    def __init__(self) -> None:
        self._ordered: dict[str, deque[Fault]] = defaultdict(deque)
        self._always: dict[str, Fault] = {}
        self.duplicate_events = 0

    def latency(self, method: str, seconds: float, *, times: int = 1) -> None:
        """Answer the next calls late."""
        self._order(method, Fault(latency=seconds), times)

    def http_error(self, method: str, status: int = 500, *, times: int = 1) -> None:
        """Answer the next calls with an HTTP error; they are not carried out."""
        self._order(method, Fault(status=status), times)

    def ratelimited(self, method: str, retry_after: int = 1, *, times: int = 1) -> None:
        """Answer the next calls with 429 and Retry-After; they are not carried out."""
        self._order(method, Fault(retry_after=retry_after), times)

    def error(self, method: str, error: str, *, times: int = 1) -> None:
        """Answer the next calls with one of Slack's error strings; they are not carried out."""
        self._order(method, Fault(error=error), times)

    def reset(self, method: str, *, times: int = 1) -> None:
        """Cut the connection of the next calls; they are not carried out."""
        self._order(method, Fault(reset=True), times)

    def lost_response(self, method: str, *, times: int = 1) -> None:
        """Carry the next calls out and cut the connection instead of answering."""
        self._order(method, Fault(lost=True), times)

    def always(self, method: str, fault: Fault) -> None:
        """Let a fault stand until `clear` (`*` for every method)."""
        self._always[method] = fault

    def duplicate_next_events(self, times: int = 1) -> None:
        """Deliver the next events twice, under the same event_id."""
        self.duplicate_events += times

    def clear(self) -> None:
        """Drop every order."""
        self._ordered.clear()
        self._always.clear()
        self.duplicate_events = 0

    def take(self, method: str) -> Fault | None:
        """Return what happens to this call of a method."""
        for name in (method, "*"):
            if self._ordered.get(name):
                return self._ordered[name].popleft()
        return self._always.get(method) or self._always.get("*")

    def take_duplicate(self) -> bool:
        """Say whether this event is delivered twice."""
        if self.duplicate_events:
            self.duplicate_events -= 1
            return True
        return False

    def _order(self, method: str, fault: Fault, times: int) -> None:
        self._ordered[method].extend([fault] * times)

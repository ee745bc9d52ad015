"""What is known of a workspace's installation: that its token is void, or that it lacks a scope."""

from typing import Final

import structlog

from bot import errors
from bot.errors import FaultKind
from bot.metrics import Metrics

_VITAL: Final = frozenset({"chat.postMessage", "chat.update"})
"""Methods without which the app can do nothing at all."""
_EXPECTED: Final = (
    errors.AlreadyDone,
    errors.MessageGone,
    errors.PersonNotThere,
    errors.StillStreaming,
    errors.StreamOver,
    errors.ThreadGone,
    errors.ViewConflict,
)
"""Faults that are part of how the app works."""


class Installation:
    """Counts and logs what Slack refuses in one workspace, and makes no call that cannot succeed.

    A void token is tried no more, and neither is a method for which it lacks the scope, until there is another token.
    """

    def __init__(self, team: str, metrics: Metrics | None = None) -> None:
        self._team = team
        self._metrics = metrics
        self._credential: object = None
        self._void: str | None = None
        self._off: dict[str, str] = {}
        self._log = structlog.get_logger(__name__)

    @property
    def problems(self) -> list[str]:
        """Say what does not work, one line each."""
        lines = [f"Slack does not let the app call {method}: {why}." for method, why in sorted(self._off.items())]
        return [self.fatal, *lines] if self.fatal is not None else lines

    @property
    def fatal(self) -> str | None:
        """Say why the app can do nothing at all. It is None when it can."""
        if self._void is not None:
            return f"Slack does not take the token ({self._void}): install the app again."
        vital = sorted(_VITAL & self._off.keys())
        return f"Slack does not let the app call {vital[0]}: {self._off[vital[0]]}." if vital else None

    def check(self, method: str, credential: object) -> None:
        """Raise what Slack would answer, where that is certain. Another credential than before may be good."""
        if credential != self._credential:
            self._credential, self._void = credential, None
            self._off.clear()
        if self._void is not None:
            raise errors.InstallationGone(self._void)
        if method in self._off:
            raise errors.ScopeMissing("missing_scope")

    def note(self, method: str, fault: errors.SlackFault, needed: str = "") -> None:
        """Count what Slack answered to a call, log it by Slack's own name for it, and remember what stays so."""
        if self._metrics is not None:
            self._metrics.slack_errors.labels(method, fault.error).inc()
        if isinstance(fault, errors.InstallationGone):
            if self._void is None:
                self._log.error("the token is void", team=self._team, name=method, error=fault.error)
            self._void = fault.error
            return
        if isinstance(fault, errors.ScopeMissing):
            self._off[method] = f"{fault.error}, it needs {needed}" if needed else fault.error
        quiet = fault.kind is FaultKind.TRANSIENT or isinstance(fault, _EXPECTED)
        told = self._log.info if quiet else self._log.warning
        told("slack refused", team=self._team, name=method, error=fault.error, kind=fault.kind.value)

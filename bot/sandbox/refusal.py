"""The refusal of a call, as Slack words it."""

from typing import Any


class ApiRefusal(Exception):
    """A call that Slack answers with an error string."""

    def __init__(self, error: str, **details: Any) -> None:
        super().__init__(error)
        self.error = error
        self.details = details

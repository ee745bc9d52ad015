"""What an interaction leaves behind: a trigger id for a moment, a response_url for half an hour."""

import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.sandbox import limits
from bot.sandbox.model import Channel, Message
from bot.sandbox.refusal import ApiRefusal

_REMEMBERED: Final = 2 * limits.RESPONSE_URL_SECONDS
"""For how many seconds it is known of what was given out that its time is over."""


@dataclass(slots=True, kw_only=True)
class Trigger:
    """The right to open one modal for a person."""

    user: str
    conversation: str | None
    at: float
    used: bool = False


@dataclass(slots=True, kw_only=True)
class ResponseUrl:
    """The right to answer one interaction a few times."""

    key: str
    user: str
    channel: Channel
    message: Message | None
    at: float
    uses: int = 0


class Interactivity:
    """The triggers and response_urls that were given out."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}
        self._numbers = itertools.count(1)

    def trigger(self, user: str, conversation: str | None) -> str:
        """Give out a trigger id."""
        now = self._clock()
        _forget(self._triggers, now)
        name = f"{next(self._numbers)}.{int(now)}.{secrets.token_hex(8)}"
        self._triggers[name] = Trigger(user=user, conversation=conversation, at=now)
        return name

    def exchange(self, trigger_id: str) -> Trigger:
        """Spend a trigger id."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise ApiRefusal("invalid_trigger_id")
        if trigger.used:
            raise ApiRefusal("exchanged_trigger_id")
        if self._clock() - trigger.at > limits.TRIGGER_SECONDS:
            raise ApiRefusal("expired_trigger_id")
        trigger.used = True
        return trigger

    def response_url(self, user: str, channel: Channel, message: Message | None) -> str:
        """Give out the key of a response_url."""
        now = self._clock()
        _forget(self._urls, now)
        key = secrets.token_urlsafe(18)
        self._urls[key] = ResponseUrl(key=key, user=user, channel=channel, message=message, at=now)
        return key

    def use(self, key: str) -> ResponseUrl:
        """Count one use of a response_url."""
        url = self._urls.get(key)
        if url is None:
            raise ApiRefusal("invalid_url")
        if self._clock() - url.at > limits.RESPONSE_URL_SECONDS:
            raise ApiRefusal("expired_url")
        if url.uses >= limits.RESPONSE_URL_USES:
            raise ApiRefusal("used_url")
        url.uses += 1
        return url


def _forget(given: dict[str, Trigger] | dict[str, ResponseUrl], now: float) -> None:
    """Drop what was given out very long ago, which is always the first."""
    while given and now - given[next(iter(given))].at > _REMEMBERED:
        del given[next(iter(given))]

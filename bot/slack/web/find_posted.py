"""Looking for a message of ours by its key, after a post whose answer was lost: newest first, never endlessly."""

from collections.abc import AsyncIterator
from typing import Any, Final, Protocol

from bot.domain.ids import MessageTs, Place

METADATA_EVENT: Final = "tasklane_message"
"""The metadata type under which a message carries its key, so that a post whose answer was lost is found."""
FEW: Final = 15
"""What Slack gives at once to every app; those outside its Marketplace may get no more, and that once a minute."""
PAGE: Final = 200
PAGES: Final = 10
"""How many pages are read before a message counts as never posted."""
RECENT: Final = 900.0
"""Seconds before a thread's latest reply in which the message is looked for first: mostly it is that reply."""

Json = dict[str, Any]


class Read(Protocol):
    """Makes a call that lists messages, with all that `SlackClient` does about faults."""

    async def __call__(self, **arguments: Any) -> Json:
        """Return the answer."""
        ...


async def find(read: Read, place: Place, key: str, *, blank: bool = False) -> MessageTs | None:
    """Look in a channel or thread for the message that carries `key`. Raises `ThreadGone` when the thread is gone.

    With `blank` the newest stream that was started and holds nothing yet will do: a stream carries no key.
    """
    blanks: list[MessageTs] = []
    async for messages in _channel(read) if place.thread is None else _thread(read):
        for message in messages:
            if _key(message) == key:
                return MessageTs(message["ts"])
        blanks += [MessageTs(message["ts"]) for message in messages if blank and _blank(message)]
    return max(blanks, key=float, default=None)


async def _channel(read: Read) -> AsyncIterator[list[Json]]:
    """Yield a channel's messages, newest first: few, and then page by page."""
    answer = await read(limit=FEW)
    yield answer.get("messages") or []
    async for messages in _following(read, answer):
        yield messages


async def _thread(read: Read) -> AsyncIterator[list[Json]]:
    """Yield a thread's messages, which Slack lists oldest first: its end, and then everything, page by page."""
    answer = await read(limit=FEW)
    messages = answer.get("messages") or []
    yield messages
    if _next(answer) and messages and messages[0].get("latest_reply"):
        recent = await read(limit=PAGE, oldest=f"{float(messages[0]['latest_reply']) - RECENT:.6f}")
        yield recent.get("messages") or []
    async for more in _following(read, answer):
        yield more


async def pages(read: Read) -> AsyncIterator[list[Json]]:
    """Yield what a call lists, page by page, up to a bound."""
    answer = await read(limit=PAGE)
    yield answer.get("messages") or []
    async for more in _following(read, answer):
        yield more


async def _following(read: Read, answer: Json) -> AsyncIterator[list[Json]]:
    for _ in range(PAGES):
        if not (cursor := _next(answer)):
            return
        answer = await read(limit=PAGE, cursor=cursor)
        yield answer.get("messages") or []


def _next(answer: Json) -> str:
    return str((answer.get("response_metadata") or {}).get("next_cursor") or "")


def _key(message: Json) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != METADATA_EVENT:
        return None
    return (metadata.get("event_payload") or {}).get("key")


def _blank(message: Json) -> bool:
    """Tell whether a message is an app's and says nothing at all."""
    said = message.get("text") or message.get("blocks") or message.get("files") or message.get("attachments")
    return bool(message.get("bot_id")) and not said and _key(message) is None

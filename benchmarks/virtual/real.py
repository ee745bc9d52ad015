"""The real thing in virtual time: live messages as the app runs them, with redaction, Markdown and drawing.

Only Slack is virtual, and the records of the messages are kept in memory.
"""

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from benchmarks.virtual.play import Feed
from benchmarks.virtual.slack import Limited, Slack, Unavailable, VirtualMessage
from bot import errors
from bot.domain.ids import ChannelId, MessageTs, Place, SessionId, TeamId, Tenant
from bot.domain.messages import MessageRecord
from bot.domain.pacing.window import Limits
from bot.slack.budget.edit_budget import EditBudget
from bot.slack.messages.live import LiveMessage, Look
from bot.slack.messages.native_streams import NativeStreams
from bot.slack.messages.parts import LivePart
from bot.slack.views import replies
from bot.slack.views.kit import Rendered

SESSION: Final = SessionId("s1")
PLACE: Final = Place(channel=ChannelId("C1"), thread=MessageTs("1.000000"))
PARAGRAPH: Final = (
    "The printer answers and says Ready, so the fault is most likely **between the workstation and the device**: on "
    "the print server, its queue or its driver. Jobs that stay in the window and jobs that vanish are both what people "
    "see when the spooler on the server stops or restarts, and `event 372` says that it did, so look there first.\n\n"
    "1. Start the service once and watch how long it runs.\n"
    "2. Take driver 61.310 away with `pnputil /delete-driver`, and put 61.290 back from the driver share.\n"
    "3. Print a test page on each of the three queues that use it.\n\n"
    "Before you empty the spool folder, tell the department that *every job in the queue is lost* and has to be "
    "printed again, which matters with the invoices. You get back by restoring the folder's copy, so make one first. "
    "When it keeps stopping with an empty queue, the driver is what is left, and [the former](https://files.test/d) is "
    "the way back.\n\n"
    "| queue | driver |\n| --- | --- |\n| PRT-ACC-01 | 61.290 |\n\nThe password was `hunter2`, so change it.\n\n"
)
"""What a reply may look like: marks, lists, a table, a link, a script, and a secret."""


def prose(chars: int) -> str:
    """Make a text of so many characters."""
    return (PARAGRAPH * (chars // len(PARAGRAPH) + 1))[:chars]


def words(chars: int) -> str:
    """Make a text of so many characters of which everything can be shown at once."""
    return ("so " * (chars // 3 + 1))[:chars]


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """How much text the message shows that was drawn last."""

    chars: dict[int, tuple[Rendered, int]]

    def writing(self, text: str, _part: int, last: bool) -> Rendered:
        """Draw a text that goes on."""
        return self._noted(replies.streaming(SESSION, text, last), text)

    def final(self, whole: int, parts: Sequence[str]) -> list[Rendered]:
        """Draw the last word, which shows all of the text."""
        return [self._noted(replies.reply(text), "", whole) for text in parts]

    def _noted(self, drawn: Rendered, text: str, chars: int | None = None) -> Rendered:
        self.chars[id(drawn)] = (drawn, len(text) if chars is None else chars)
        return drawn


class VirtualClient:
    """What live messages need of `SlackClient`, a round trip away."""

    def __init__(self, slack: Slack, message: VirtualMessage, drawn: _Drawn) -> None:
        self._slack = slack
        self._message = message
        self._drawn = drawn
        self._posts = itertools.count(1)

    async def post(self, _place: Place, _message: Rendered, *, key: str = "") -> MessageTs:
        """Post the placeholder. Posts are not scarce here."""
        return MessageTs(f"{next(self._posts)}.{key}")

    async def update(self, _channel: ChannelId, _ts: MessageTs, message: Rendered, *, key: str) -> None:
        """Edit the message."""
        del key
        _, chars = self._drawn.chars.pop(id(message))
        try:
            await self._slack.update(self._message, chars)
        except Limited as limit:
            raise errors.SlackRateLimited(limit.retry_after) from limit
        except Unavailable as fault:
            raise errors.SlackUnavailable(lost=True) from fault


class MemoryLedger:
    """The records of a workspace's messages, in memory."""

    def __init__(self) -> None:
        self._records: dict[str, MessageRecord] = {}

    async def get(self, key: str) -> MessageRecord | None:
        """Read a record."""
        return self._records.get(key)

    async def claim(self, key: str, place: Place, *, posting: bool = False, text: str = "") -> MessageRecord:
        """Take a message over."""
        fresh = MessageRecord(key=key, place=place, ts=None, posting=False, text="", final=False, run=0, shown=-1)
        known = self._records.get(key, fresh)
        claimed = replace(known, run=known.run + 1)
        begun = replace(claimed, posting=True, text=text) if posting and claimed.ts is None else claimed
        self._records[key] = begun
        return claimed

    async def change(self, record: MessageRecord, **values: Any) -> bool:
        """Store what happens to a message."""
        self._records[record.key] = replace(self._records[record.key], **values)
        return True

    async def forget(self, key: str) -> None:
        """Drop a record."""
        self._records.pop(key, None)


class RealMessages:
    """Shows the streams of one workspace through the app's own live messages."""

    def __init__(self, slack: Slack, limits: Limits | None = None, text: str = "") -> None:
        """Take the text that all streams write, as much of it as each has arrived."""
        self._slack = slack
        self._text = text
        self._budget = EditBudget(limits).of(Tenant(team=TeamId("T1")))
        self._ledger: Any = MemoryLedger()
        self._streams: Any = NativeStreams("edit")

    async def show(self, feed: Feed, message: VirtualMessage) -> None:
        """Show one stream."""
        drawn = _Drawn({})
        client: Any = VirtualClient(self._slack, message, drawn)
        native = self._streams.of(Tenant(team=TeamId("T1")), client)

        def part(key: str) -> LivePart:
            return LivePart(client, self._ledger, self._budget, native, key, PLACE, None)

        look = Look(placeholder=replies.thinking(SESSION), writing=drawn.writing)
        live = LiveMessage(part, f"reply:{feed.key}:{id(message)}", look)
        await live.begin()
        writer = asyncio.ensure_future(live.write())
        read = 0
        while (size := await feed.next()) is not None:
            live.show(self._text[read:size])
            read = size
        await live.finish(self._text[:read], partial(drawn.final, read))
        await writer

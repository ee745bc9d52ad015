"""Native streams: chat.startStream, appendStream and stopStream, each under a limit of its own.

What was appended cannot be taken back, only the person a stream is for sees it live, and Slack ends it after about
five minutes. So a stream is for texts that only grow, and whatever it refuses goes on with edits of its message.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from bot import errors
from bot.domain.ids import ChannelId, MessageTs, Place, TeamId, Tenant, UserId
from bot.domain.pacing.window import Limits, Priority
from bot.slack.budget.edit_budget import EditBudget
from bot.slack.budget.slots import Slots
from bot.slack.views.kit import Block
from bot.slack.web.client import SlackClient

Transport = Literal["auto", "edit", "native"]
"""Where replies are native streams: in direct messages, nowhere, or wherever it is known who waits for them."""

STREAM_BYTES: Final = 9_000
"""Where a stream rolls over: Slack takes about 11,000 bytes."""
LIFETIME: Final = 240.0
"""Seconds after which a stream is ended by us; Slack ends it after about 300."""

_STARTS: Final = 15
"""Streams begun in a minute: below the 20 that Slack takes, so that there is room to end them."""
_MINUTE: Final = 60.5
_APPENDS: Final = Limits(calls=100, reserve=0)
_STOPS: Final = Limits(calls=20, reserve=0)
_TRIES: Final = 5
_REFUSED_FOR: Final = 600.0
"""Seconds for which a workspace that refused a stream is not asked again."""


class Streams:
    """Begins and ends native streams, and says where there can be one."""

    def __init__(
        self,
        client: SlackClient,
        transport: Transport = "auto",
        lifetime: float = LIFETIME,
        slots: Slots | None = None,
    ) -> None:
        self._client = client
        self._transport = transport
        self.lifetime = lifetime
        self.appends = EditBudget(_APPENDS, slots, "chat.appendStream")
        self._stops = EditBudget(_STOPS, slots, "chat.stopStream")
        self._slots = slots
        self._started: Mapping[TeamId, deque[float]] = defaultdict(deque)
        self._closed_until: dict[TeamId, float] = {}

    async def close(self) -> None:
        """Ask the other replicas nothing any more."""
        await self.appends.close()
        await self._stops.close()

    def possible(self, place: Place, reader: UserId | None) -> bool:
        """Tell whether a text for `reader` is streamed in a place."""
        if self._transport == "edit" or reader is None or place.thread is None:
            return False
        return self._transport == "native" or place.channel.startswith("D")

    async def start(self, tenant: Tenant, place: Place, reader: UserId) -> MessageTs | None:
        """Begin a stream without text; None when Slack does not want it, or it would be one too many."""
        if not self._may_start(tenant.team):
            return None
        try:
            return await self._client.start_stream(tenant, place, reader)
        except errors.SlackRateLimited as limit:
            self._close(tenant.team, limit.retry_after)
        except errors.SlackFault as fault:
            if fault.lost:
                return await self._client.find(tenant, place, "", blank=True)
            if isinstance(fault, errors.SlackRefused):
                self._close(tenant.team, _REFUSED_FOR)
        return None

    async def stop(
        self, tenant: Tenant, key: str, channel: ChannelId, ts: MessageTs, text: str = "", blocks: Sequence[Block] = ()
    ) -> None:
        """End a stream with its last text, what stands below it, and its key; a 429 is waited out."""
        for attempt in range(1, _TRIES + 1):
            await self._stops.turn(tenant, key, Priority.LAST_WORD)
            try:
                await self._client.stop_stream(tenant, channel, ts, text, blocks, key=key)
                return
            except errors.SlackRateLimited as limit:
                self._stops.limited(tenant, limit.retry_after)
                if attempt == _TRIES:
                    raise

    def _may_start(self, team: TeamId) -> bool:
        now, started = asyncio.get_running_loop().time(), self._started[team]
        while started and started[0] <= now - _MINUTE:
            started.popleft()
        replicas = self._slots.replicas if self._slots is not None else 1
        if len(started) >= max(1, _STARTS // replicas) or now < self._closed_until.get(team, now):
            return False
        started.append(now)
        return True

    def _close(self, team: TeamId, seconds: float) -> None:
        self._closed_until[team] = asyncio.get_running_loop().time() + min(seconds, _REFUSED_FOR)

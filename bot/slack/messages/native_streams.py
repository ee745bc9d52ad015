"""Native streams: chat.startStream, appendStream and stopStream, each under a limit of its own.

What was appended cannot be taken back, only the person a stream is for sees it live, and Slack ends it after about
five minutes. So a stream is for texts that only grow, and whatever it refuses goes on with edits of its message.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Final, Literal

from bot import errors
from bot.domain.ids import MessageTs, Place, TeamId, Tenant, UserId
from bot.domain.pacing.window import Limits, Priority
from bot.errors import FaultKind
from bot.slack.budget.edit_budget import EditBudget, WorkspaceBudget
from bot.slack.budget.slots import SharedSlots
from bot.slack.views.kit import Block
from bot.slack.web.client import SlackClient

Transport = Literal["auto", "edit", "native"]
"""Where replies are native streams: in direct messages, nowhere, or wherever it is known who waits for them."""

STREAM_BYTES: Final = 9_000
"""Where a stream rolls over: Slack takes about 11,000 bytes."""
LIFETIME: Final = 240.0
"""Seconds after which a stream is ended by us. Slack ends it after about 300."""

_STARTS: Final = 15
"""Streams begun in a minute: below the 20 that Slack takes, so that there is room to end them."""
_MINUTE: Final = 60.5
_APPENDS: Final = Limits(calls=100, reserve=0)
_STOPS: Final = Limits(calls=20, reserve=0)
_TRIES: Final = 5
_REFUSED_FOR: Final = 600.0
"""Seconds for which a workspace that refused a stream is not asked again."""
_REFUSALS: Final = frozenset({FaultKind.OURS, FaultKind.INSTALLATION})


class NativeStreams:
    """The native streams of all workspaces: how they are used, and the budgets that replicas share."""

    def __init__(
        self, transport: Transport = "auto", *, lifetime: float = LIFETIME, slots: SharedSlots | None = None
    ) -> None:
        self.transport = transport
        self.lifetime = lifetime
        self._slots = slots
        self._appends = EditBudget(_APPENDS, slots, "chat.appendStream")
        self._stops = EditBudget(_STOPS, slots, "chat.stopStream")
        self._workspaces: dict[TeamId, WorkspaceStreams] = {}

    @property
    def replicas(self) -> int:
        """How many processes begin streams under the same limit."""
        return self._slots.replicas if self._slots is not None else 1

    def of(self, tenant: Tenant, client: SlackClient) -> "WorkspaceStreams":
        """Return the streams of a workspace."""
        streams = self._workspaces.get(tenant.team)
        if streams is None:
            streams = WorkspaceStreams(self, client, self._appends.of(tenant), self._stops.of(tenant))
            self._workspaces[tenant.team] = streams
        return streams

    @property
    def budgets(self) -> tuple[EditBudget, ...]:
        """The budgets of the methods that streams use."""
        return self._appends, self._stops

    async def close(self) -> None:
        """Ask the other replicas nothing any more."""
        await self._appends.close()
        await self._stops.close()


class WorkspaceStreams:
    """Begins and ends native streams in one workspace, and says where there can be one."""

    def __init__(
        self, all_streams: NativeStreams, client: SlackClient, appends: WorkspaceBudget, stops: WorkspaceBudget
    ) -> None:
        self._all = all_streams
        self._client = client
        self.appends = appends
        self._stops = stops
        self._started: deque[float] = deque()
        self._closed_until = float("-inf")

    @property
    def lifetime(self) -> float:
        """Seconds after which a stream is ended by us."""
        return self._all.lifetime

    def possible(self, place: Place, reader: UserId | None) -> bool:
        """Tell whether a text for `reader` is streamed in a place."""
        if self._all.transport == "edit" or reader is None or place.thread is None:
            return False
        return self._all.transport == "native" or place.channel.startswith("D")

    async def start(self, place: Place, reader: UserId) -> MessageTs | None:
        """Begin a stream without text. It is None when Slack does not want it, or it would be one too many.

        Raises `ThreadGone` and `CannotPost`, for a message would fare no better.
        """
        if not self._may_start():
            return None
        try:
            return await self._client.start_stream(place, reader)
        except errors.SlackRateLimited as limit:
            self._close(limit.retry_after)
        except (errors.ThreadGone, errors.CannotPost):
            raise
        except errors.SlackFault as fault:
            if fault.lost:
                return await self._client.find(place, "", blank=True)
            if fault.kind in _REFUSALS:
                self._close(_REFUSED_FOR)
        return None

    async def stop(self, place: Place, ts: MessageTs, key: str, text: str = "", blocks: Sequence[Block] = ()) -> None:
        """End a stream with its last text, what stands below it, and its key. A 429 is waited out."""
        for attempt in range(1, _TRIES + 1):
            await self._stops.turn(key, Priority.LAST_WORD)
            try:
                await self._client.stop_stream(place.channel, ts, text, blocks, key=key)
                return
            except errors.SlackRateLimited as limit:
                self._stops.limited(limit.retry_after)
                if attempt == _TRIES:
                    raise

    def _may_start(self) -> bool:
        now = asyncio.get_running_loop().time()
        while self._started and self._started[0] <= now - _MINUTE:
            self._started.popleft()
        if len(self._started) >= max(1, _STARTS // self._all.replicas) or now < self._closed_until:
            return False
        self._started.append(now)
        return True

    def _close(self, seconds: float) -> None:
        self._closed_until = asyncio.get_running_loop().time() + min(seconds, _REFUSED_FOR)

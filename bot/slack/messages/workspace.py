"""The messages that the app keeps in a workspace, and what they share."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from bot.domain.ids import Place, TeamId, Tenant, UserId
from bot.slack.budget.edit_budget import EditBudget
from bot.slack.messages.files import UploadedFile
from bot.slack.messages.ledger import Ledgers
from bot.slack.messages.live import LiveMessage, Look
from bot.slack.messages.native_streams import NativeStreams
from bot.slack.messages.parts import LivePart
from bot.slack.messages.state import StateMessage
from bot.slack.web.client import SlackClients

MakeLive = Callable[[Callable[[str], LivePart], str, Look], LiveMessage]


class Messages:
    """The kept messages of all workspaces."""

    def __init__(
        self,
        clients: SlackClients,
        ledgers: Ledgers,
        budget: EditBudget,
        streams: NativeStreams,
        make_live: MakeLive = LiveMessage,
    ) -> None:
        """Bring together what messages are made of. `make_live` makes one whose text grows."""
        self._make_live = make_live
        self._clients = clients
        self._ledgers = ledgers
        self._budget = budget
        self._streams = streams
        self._workspaces: dict[TeamId, WorkspaceMessages] = {}

    def of(self, tenant: Tenant) -> "WorkspaceMessages":
        """Return the messages of a workspace."""
        messages = self._workspaces.get(tenant.team)
        if messages is None:
            messages = WorkspaceMessages(tenant, self._clients, self._ledgers, self._budget, self._streams)
            messages.make_live = self._make_live
            self._workspaces[tenant.team] = messages
        return messages


class WorkspaceMessages:
    """Gives the kept messages of one workspace by their keys."""

    def __init__(
        self, tenant: Tenant, clients: SlackClients, ledgers: Ledgers, budget: EditBudget, streams: NativeStreams
    ) -> None:
        self.make_live: MakeLive = LiveMessage
        self._client = clients.of(tenant)
        self._ledger = ledgers(tenant)
        self._budget = budget.of(tenant)
        self._streams = streams.of(tenant, self._client)

    def state(self, key: str, place: Place | None = None) -> StateMessage:
        """Return the state message of a key. `place` is where it is posted, if it is."""
        return StateMessage(self._client, self._ledger, self._budget, key, place)

    def file(self, key: str, place: Place) -> UploadedFile:
        """Return the file of a key, which is shared in a thread."""
        return UploadedFile(self._client, self._ledger, key, place)

    async def keys(self, prefix: str) -> list[str]:
        """List the keys that begin so, of the messages that are there."""
        return await self._ledger.keys(prefix)

    async def left_open(self, key: str) -> bool:
        """Tell whether a live message was begun whose last word was not shown: its process ended before that."""
        record = await self._ledger.get(key)
        return record is not None and not record.final

    @contextlib.asynccontextmanager
    async def live(
        self, key: str, place: Place, look: Look, reader: UserId | None = None
    ) -> AsyncIterator[LiveMessage]:
        """Post the placeholder, or take the message of an earlier run over, and keep it edited until the end.

        `reader` is who waits for the text: for them it may be a native stream.
        """

        def part(part_key: str) -> LivePart:
            return LivePart(self._client, self._ledger, self._budget, self._streams, part_key, place, reader)

        message = self.make_live(part, key, look)
        await message.begin()
        writer = asyncio.create_task(message.write())
        try:
            yield message
        finally:
            message.stop()
            writer.cancel()
            await asyncio.wait({writer})
        if not writer.cancelled() and (fault := writer.exception()) is not None:
            raise fault

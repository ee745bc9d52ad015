"""Files that the app shares: uploaded once, whatever becomes of the process meanwhile."""

from bot import errors
from bot.domain.ids import Place
from bot.slack.messages.ledger import Ledger
from bot.slack.web.client import SlackClient


class UploadedFile:
    """A file under a key. A record of ours makes it one file, as it makes a kept message one message."""

    def __init__(self, client: SlackClient, ledger: Ledger, key: str, place: Place) -> None:
        """Name a file. `place` is the thread in which it is shared."""
        self._client = client
        self._ledger = ledger
        self._key = key
        self._place = place

    async def link(self) -> str:
        """Return the link to the file, if it was uploaded and Slack gave one. Else it is empty."""
        record = await self._ledger.get(self._key)
        return record.text if record is not None else ""

    async def share(self, name: str, content: str) -> str:
        """Upload the file unless an earlier run may have done so, and return its link, which may be unknown.

        What Slack refuses for certain may be tried again.
        """
        record = await self._ledger.claim(self._key, self._place, posting=True, text=await self.link())
        if record.posting:
            return record.text
        try:
            link = await self._client.upload(self._place, name, content)
        except errors.SlackFault as fault:
            if not fault.lost:
                await self._ledger.forget(self._key)
            raise
        await self._ledger.change(record, text=link)
        return link

"""Messages that show a state (card, lane, announcements): drawn when it changes, posted anew when they are gone."""

from bot import errors
from bot.domain.ids import MessageTs
from bot.domain.pacing.window import Priority
from bot.slack.messages.kept import KeptMessage
from bot.slack.views.kit import Rendered


class StateMessage(KeptMessage):
    """A message whose text follows a revision. A revision that is shown already costs nothing."""

    async def show(
        self, message: Rendered, revision: int, *, since: int = -1, response_url: str | None = None
    ) -> MessageTs:
        """Make the message show this revision, and return its ts.

        A message that shows a revision older than `since` is deleted and posted anew, at the bottom. A redraw that a
        click on the message asked for goes through its response_url and costs no edit budget. Raises `ThreadGone` when
        the thread to post into is gone, and `CannotPost` when nothing may be posted or edited there.
        """
        stored = await self.stored()
        if stored is not None and stored.ts is not None and stored.shown >= revision:
            return stored.ts
        if stored is not None and stored.shown < since:
            await self.remove()
        await self.claim(posting=True)
        if not await self._draw(message, revision, response_url):
            await self._ledger.mark_shown(self.key, revision)
        assert self.ts is not None
        return self.ts

    async def amend(self, message: Rendered, revision: int) -> None:
        """Make the message show this revision where it still is. One that is gone is not missed."""
        stored = await self.stored()
        if stored is None or stored.ts is None or stored.shown >= revision:
            return
        self.place = stored.place
        await self.claim()
        try:
            await self.edit(message, Priority.CLICK)
        except errors.MessageGone:
            await self._ledger.forget(self.key)
        except (errors.EditRefused, errors.CannotPost):
            return
        else:
            await self._ledger.mark_shown(self.key, revision)

    async def _draw(self, message: Rendered, revision: int, response_url: str | None) -> bool:
        """Redraw the message or post it, and tell whether its revision was stored with the post."""
        if self.ts is not None:
            return not await self._redraw(message, response_url) and await self.replace(message, shown=revision)
        if await self.post(message, shown=revision):
            return True
        await self._redraw(message, response_url)  # what an earlier run has posted shows what that run knew
        return False

    async def _redraw(self, message: Rendered, response_url: str | None) -> bool:
        """Edit the message in place. It is False when the message is gone, or has to go because of what it shows."""
        if response_url and await self._client.respond(response_url, message, replace=True):
            return True
        try:
            await self.edit(message, Priority.CLICK)
        except errors.MessageGone:
            return False
        except errors.EditRefused:
            await self.discard()
            return False
        return True

"""One browser tab: a WebSocket that takes actions in and sends pieces of HTML out."""

import asyncio
import json
from typing import Any, Final

from aiohttp import WSMsgType, web

from bot.sandbox.controls import CannotDo
from bot.sandbox.page.actions import BrowserActions
from bot.sandbox.page.screen import Screen
from bot.sandbox.page.shared import PageState
from bot.sandbox.record import Entry
from bot.sandbox.refusal import ApiRefusal

_LARGEST: Final = 16 * 1024 * 1024


class Tab:
    """Runs one tab from its first word to its end."""

    def __init__(self, page: PageState, request: web.Request) -> None:
        self._request = request
        self._socket = web.WebSocketResponse(max_msg_size=_LARGEST, compress=False)
        self._wake = asyncio.Event()
        self.screen = Screen(page=page, user=page.first, place=page.rooms(page.first)[0].id)
        self._actions = BrowserActions(page, self.screen)

    async def run(self) -> web.WebSocketResponse:
        """Serve the tab until it closes."""
        await self._socket.prepare(self._request)
        async with asyncio.TaskGroup() as group:
            writer = group.create_task(self._write())
            async for frame in self._socket:
                if frame.type == WSMsgType.TEXT:
                    group.create_task(self._carry_out(json.loads(frame.data)))
            writer.cancel()
        return self._socket

    def saw(self, entry: Entry) -> None:
        """Take note of something that happened."""
        self.screen.saw(entry)
        self._wake.set()

    def refresh(self) -> None:
        """Send what is new."""
        self._wake.set()

    async def close(self) -> None:
        """Close the tab's connection in good order."""
        await self._socket.close()

    def drop(self) -> None:
        """Cut the connection without a word."""
        if self._request.transport is not None:
            self._request.transport.abort()

    async def _write(self) -> None:
        while not self._socket.closed:
            await self._wake.wait()
            self._wake.clear()
            ops = self.screen.updates()
            if ops and not await self._sent(ops):
                return

    async def _sent(self, ops: list[Any]) -> bool:
        try:
            await self._socket.send_str(json.dumps(ops, ensure_ascii=False))
        except ConnectionError:
            return False
        return True

    async def _carry_out(self, action: dict[str, Any]) -> None:
        try:
            await self._actions.carry_out(action)
        except CannotDo as why:
            self.screen.tell("toast", str(why).partition("\n")[0])
        except ApiRefusal as why:
            self.screen.tell("toast", f"Slack refuses this: {why.error}")
        self._wake.set()

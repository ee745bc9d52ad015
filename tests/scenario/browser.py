"""A person's browser, in which they install the app: it keeps cookies and follows Slack's redirects."""

from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from bot.sandbox import Sandbox

INSTALLER = "U0DANA"


class InstallingBrowser:
    """Opens the app's page for an installation, decides on Slack's, and comes back."""

    def __init__(self, port: int) -> None:
        self._app = f"http://127.0.0.1:{port}"
        # Browsers take this machine for as safe as https, so that they send it cookies marked as secure.
        jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=URL(self._app))
        self._session = aiohttp.ClientSession(cookie_jar=jar)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def begin(self) -> str:
        """Open the page for an installation, and return the address on Slack to which it leads."""
        async with self._session.get(f"{self._app}/slack/install", allow_redirects=False) as answer:
            assert answer.status == 302, await answer.text()
            return answer.headers["Location"]

    async def decide(self, asked: str, slack: Sandbox, decision: str = "allow", team: str = "") -> str:
        """Decide on Slack's page, and return the address to which Slack sends the browser back."""
        form = {"who": f"{team or slack.team_id}/{INSTALLER}", "decision": decision}
        async with self._session.post(asked, data=form, allow_redirects=False) as answer:
            assert answer.status == 302, await answer.text()
            return answer.headers["Location"]

    async def open(self, address: str) -> tuple[int, str]:
        """Open an address of the app, and return the status and the page."""
        async with self._session.get(URL(address, encoded=True)) as answer:
            return answer.status, await answer.text()

    async def install(self, slack: Sandbox) -> str:
        """Install the app in a workspace, and return the last page."""
        status, page = await self.open(await self.decide(await self.begin(), slack))
        assert status == 200, page
        return page

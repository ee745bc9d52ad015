"""Whether the app can take work now, and what keeps it from that."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from slack_sdk.web.async_client import AsyncWebClient

from bot import errors
from bot.app import clock as machine_clock
from bot.slack.web import faults
from bot.slack.web.installation import Installation
from bot.storage import schema
from bot.storage.database import Database

SLACK_CHECKED_FOR: Final = 15.0
"""Seconds for which Slack's last answer counts."""
STORAGE_CHECKED_FOR: Final = 3.0
"""Seconds for which the last write to the database counts."""


class Readiness:
    """Answers `/readyz`: asks the database and Slack themselves, but not with every request."""

    def __init__(
        self,
        database: Database,
        web: AsyncWebClient,
        installation: Installation | None,
        problems: Callable[[], list[str]],
        clock: Callable[[], float],
        *,
        signed: bool,
    ) -> None:
        """`signed` says that Slack's requests come over HTTP, and are refused by a clock that is far off.

        With one workspace, what is wrong with its `installation` keeps the app from working. With several, `problems`
        says what is wrong with each.
        """
        self._installation = installation
        self._problems = problems
        self._database = database
        self._web = web
        self._clock = clock
        self._signed = signed
        self._off = 0.0
        self._slack_answered = float("-inf")
        self._storage_asked = float("-inf")
        self._asking = asyncio.Lock()

    @property
    def limits(self) -> list[str]:
        """Say what does not work although the app can take work, one line each."""
        wrong_clock = machine_clock.problem(self._off)
        return [*self._problems(), *([wrong_clock] if wrong_clock is not None else [])]

    async def reason(self) -> str | None:
        """Say why the app cannot take work now. It is None when it can."""
        async with self._asking:
            return await self._storage() or await self._slack()

    async def _storage(self) -> str | None:
        if time.monotonic() - self._storage_asked > STORAGE_CHECKED_FOR:
            try:
                await self._database.probe()
                if not await schema.ready(self._database):
                    return "The database is behind: run `tasklane db upgrade`."
            except errors.StorageUnavailable:
                pass
            self._storage_asked = time.monotonic()
        trouble = self._database.trouble
        return f"The database cannot be used: {trouble}." if trouble else None

    async def _slack(self) -> str | None:
        if self._installation is not None and (fatal := self._installation.fatal) is not None:
            return fatal
        if time.monotonic() - self._slack_answered > SLACK_CHECKED_FOR:
            try:
                answer = await (self._web.api_test() if self._installation is None else self._web.auth_test())
            except faults.TRANSPORT as cause:
                fault = faults.named(cause)
                if self._installation is not None:
                    self._installation.note("auth.test", fault)
                fatal = self._installation.fatal if self._installation is not None else None
                return fatal or f"Slack does not answer ({fault.error})."
            self._slack_answered = time.monotonic()
            headers = {name.lower(): str(value) for name, value in answer.headers.items()}
            self._off = machine_clock.seconds_off(headers.get("date", ""), self._clock())
        return machine_clock.problem(self._off) if self._signed and abs(self._off) > machine_clock.REFUSED else None

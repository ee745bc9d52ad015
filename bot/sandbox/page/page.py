"""The page: its addresses and its tabs."""

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from bot.sandbox import transcripts
from bot.sandbox.faults import Faults
from bot.sandbox.page.files import FOLDER, KINDS, SCRIPTS
from bot.sandbox.page.shared import PageState, Scene
from bot.sandbox.page.tab import Tab
from bot.sandbox.people import Person
from bot.sandbox.ratelimit import RateLimiter
from bot.sandbox.record import Entry
from bot.sandbox.workspace import SandboxWorkspace

_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'none'; base-uri 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}


class WorkspacePage:
    """Serves the workspace to browsers. Until one comes, it only counts calls."""

    def __init__(
        self, space: SandboxWorkspace, people: Mapping[str, Person], limiter: RateLimiter, faults: Faults
    ) -> None:
        self.state = PageState(space, people, limiter, faults)
        self.state.scenes_changed = self.refresh
        self.tabs: set[Tab] = set()
        self.opened = asyncio.Event()
        space.record.subscribe(self._saw)

    def routes(self) -> list[web.RouteDef]:
        """List the page's addresses."""
        return [
            web.get("/", self._shell),
            web.get("/archives/{channel}", self._shell),
            web.get("/archives/{channel}/{message}", self._shell),
            web.get("/page/live", self._live),
            web.get("/page/{version}/{file}", self._file),
            web.get("/text", self._text),
        ]

    async def close(self) -> None:
        """Close every tab's connection."""
        for tab in list(self.tabs):
            await tab.close()

    def drop(self) -> None:
        """Cut every tab's connection."""
        for tab in list(self.tabs):
            tab.drop()

    @property
    def scenes(self) -> list[Scene]:
        """What people can start and stop from the page."""
        return self.state.scenes

    def offer(self, scene: Scene) -> None:
        """Let people start and stop something from the page."""
        self.scenes.append(scene)
        self.refresh()

    def refresh(self) -> None:
        """Draw the sidebars again, with what can be played."""
        for tab in self.tabs:
            tab.screen.anew("sidebar")
            tab.refresh()

    def show(self, user: str, channel: str, thread: str) -> None:
        """Turn the tabs of a person to a thread."""
        for tab in self.tabs:
            if tab.screen.user == user:
                tab.screen.go(channel, thread=thread)
                tab.refresh()

    def _saw(self, entry: Entry) -> None:
        if entry.kind == "call":
            self.state.count(entry)
        for tab in self.tabs:
            tab.saw(entry)

    async def _live(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Origin", self.state.space.base_url) not in self._origins(request):
            return web.Response(status=403, text="this page belongs to another address")
        tab = Tab(self.state, request)
        self.tabs.add(tab)
        self.opened.set()
        try:
            return await tab.run()
        finally:
            self.tabs.discard(tab)

    def _origins(self, request: web.Request) -> tuple[str, ...]:
        return self.state.space.base_url, f"http://{request.host}"

    def _known(self) -> dict[str, Any]:
        """Return what the composer completes: commands and people."""
        commands = [
            {"name": c["command"], "hint": c.get("usage_hint") or "", "told": c.get("description") or ""}
            for c in self.state.about["commands"]
        ]
        people = [{"name": u.real_name, "told": u.title} for u in self.state.space.users.values()]
        return {"commands": commands, "people": people}

    async def _shell(self, request: web.Request) -> web.Response:
        html = self.state.drawing.draw("page", version=_version(), scripts=SCRIPTS, known=self._known())
        return web.Response(text=html, content_type="text/html", headers=_HEADERS)

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["file"]
        if name not in KINDS:
            return web.Response(status=404, text="no such file")
        headers = {"Cache-Control": "max-age=3600"}
        return web.Response(text=_static(name), content_type=KINDS[name], headers=headers)

    async def _text(self, request: web.Request) -> web.Response:
        return web.Response(text=transcripts.overview(self.state.space), headers={"Cache-Control": "no-store"})


def _static(name: str) -> str:
    return (FOLDER / "static" / name).read_text(encoding="utf-8")


def _version() -> str:
    """Name what the static files say, so that a browser takes new ones at once."""
    return hashlib.sha256("".join(_static(name) for name in KINDS).encode()).hexdigest()[:12]

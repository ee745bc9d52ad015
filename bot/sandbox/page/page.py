"""The page: its addresses, its tabs, and what they have in common."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from bot.sandbox import text as reading
from bot.sandbox.faults import Faults
from bot.sandbox.model import Channel
from bot.sandbox.page.drawing import Drawing
from bot.sandbox.page.files import FOLDER, KINDS, SCRIPTS
from bot.sandbox.page.tab import Tab
from bot.sandbox.people import Person
from bot.sandbox.ratelimit import RateLimiter
from bot.sandbox.record import Entry
from bot.sandbox.workspace import Workspace

_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'none'; base-uri 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}


@dataclass(slots=True, kw_only=True)
class Scene:
    """Something that is played in the workspace, which the page lets people start and stop."""

    name: str
    label: str
    told: str
    toggle: Callable[[], None]
    running: bool = False


class Page:
    """Serves the workspace to browsers; until one comes, it only counts calls."""

    def __init__(self, space: Workspace, people: Mapping[str, Person], limiter: RateLimiter, faults: Faults) -> None:
        self.space = space
        self.faults = faults
        self.scenes: list[Scene] = []
        self.tabs: set[Tab] = set()
        self.opened = asyncio.Event()
        self._people = people
        self._limiter = limiter
        self._drawing: Drawing | None = None
        self._read: dict[tuple[str, str], str] = {}
        self._calls: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
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

    def offer(self, scene: Scene) -> None:
        """Let people start and stop something from the page."""
        self.scenes.append(scene)
        self.refresh()

    def toggle(self, name: str) -> None:
        """Start or stop a scene."""
        next(scene for scene in self.scenes if scene.name == name).toggle()
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

    @property
    def drawing(self) -> Drawing:
        """The templates, read when they are first needed."""
        if self._drawing is None:
            self._drawing = Drawing(self.space)
        return self._drawing

    @property
    def first(self) -> str:
        """Who someone is who does not say so."""
        return next(iter(self._people.values())).id

    @property
    def about(self) -> dict[str, Any]:
        """What the manifest says about the app."""
        manifest = self.space.manifest or {}
        features = manifest.get("features") or {}
        return {
            "description": (manifest.get("display_information") or {}).get("description") or "",
            "commands": features.get("slash_commands") or (),
            "shortcuts": [s for s in features.get("shortcuts") or () if s["type"] == "message"],
        }

    def person(self, name: str) -> Person | None:
        """Find someone by name or id."""
        return next((p for p in self._people.values() if name in (p.id, p.name)), None)

    def rooms(self, user: str) -> Sequence[Channel]:
        """List a person's conversations, the app's last."""
        person = self.space.users[user]
        channels = [c for c in self.space.channels.values() if c.kind != "im" and user in c.members]
        return [*(c for c in channels if not c.is_archived), self.space.direct(person)]

    def may_see(self, user: str, place: str) -> bool:
        """Say whether a person may look into a conversation."""
        channel = self.space.channels.get(place)
        return channel is not None and (channel.kind == "public" or user in channel.members)

    def title(self, place: str) -> str:
        """Return what the browser calls its tab."""
        return f"{reading.channel_name(self.space, place)} – {self.space.team_name}"

    def mark_read(self, user: str, channel: Channel) -> None:
        """Remember that a person has seen everything in a conversation."""
        newest = next(reversed(channel.all), "")
        self._read[user, channel.id] = max(newest, self._read.get((user, channel.id), ""))

    def unread(self, user: str, channel: Channel) -> int:
        """Count what a person has not seen of others."""
        seen, count = self._read.get((user, channel.id), ""), 0
        for message in reversed(channel.all.values()):
            if message.ts <= seen:
                break
            counts = message.user != user and (channel.kind == "im" or not message.in_thread)
            count += counts and message.subtype != "channel_join"
        return count

    def calls(self) -> list[dict[str, Any]]:
        """List the Web API's methods with their calls, the busiest first."""
        numbers = self._limiter.numbers
        return [
            {
                "method": name,
                "used": self._limiter.used(name),
                "allowed": numbers.get(name),
                "total": total,
                "refused": self._refused[name],
            }
            for name, total in self._calls.most_common()
        ]

    def draw_rail(self, user: str, *, panel: bool) -> str:
        """Draw the people between whom one can switch."""
        people = [p.user for p in self._people.values()]
        unread = {p.id: any(self.unread(p.id, c) for c in self.rooms(p.id)) for p in people if p.id != user}
        return self.drawing.draw("rail", people=people, viewer=user, unread=unread, panel=panel)

    def draw_sidebar(self, user: str, place: str) -> str:
        """Draw a person's conversations."""
        rooms = [
            {
                "id": c.id,
                "kind": c.kind,
                "name": self._called(c),
                "unread": 0 if c.id == place else self.unread(user, c),
            }
            for c in self.rooms(user)
        ]
        groups = [
            ("Channels", [r for r in rooms if r["kind"] in ("public", "private")]),
            ("Direct messages", [r for r in rooms if r["kind"] in ("im", "mpim")]),
        ]
        return self.drawing.draw("sidebar", user=self.space.users[user], place=place, groups=groups, scenes=self.scenes)

    def _called(self, channel: Channel) -> str:
        if channel.kind == "im":
            return self.space.bot_name
        return channel.name if channel.kind != "mpim" else reading.channel_name(self.space, channel.id)

    def _saw(self, entry: Entry) -> None:
        if entry.kind == "call":
            self._calls[entry.name] += 1
            self._refused[entry.name] += not (entry.data["response"] or {}).get("ok")
        for tab in self.tabs:
            tab.saw(entry)

    async def _live(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Origin", self.space.base_url) not in self._origins(request):
            return web.Response(status=403, text="this page belongs to another address")
        tab = Tab(self, request)
        self.tabs.add(tab)
        self.opened.set()
        try:
            return await tab.run()
        finally:
            self.tabs.discard(tab)

    def _origins(self, request: web.Request) -> tuple[str, ...]:
        return self.space.base_url, f"http://{request.host}"

    def _known(self) -> dict[str, Any]:
        """Return what the composer completes: commands and people."""
        commands = [
            {"name": c["command"], "hint": c.get("usage_hint") or "", "told": c.get("description") or ""}
            for c in self.about["commands"]
        ]
        people = [{"name": u.real_name, "told": u.title} for u in self.space.users.values()]
        return {"commands": commands, "people": people}

    async def _shell(self, request: web.Request) -> web.Response:
        html = self.drawing.draw("page", version=_version(), scripts=SCRIPTS, known=self._known())
        return web.Response(text=html, content_type="text/html", headers=_HEADERS)

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["file"]
        if name not in KINDS:
            return web.Response(status=404, text="no such file")
        headers = {"Cache-Control": "max-age=3600"}
        return web.Response(text=_static(name), content_type=KINDS[name], headers=headers)

    async def _text(self, request: web.Request) -> web.Response:
        return web.Response(text=reading.overview(self.space), headers={"Cache-Control": "no-store"})


def _static(name: str) -> str:
    return (FOLDER / "static" / name).read_text(encoding="utf-8")


def _version() -> str:
    """Name what the static files say, so that a browser takes new ones at once."""
    return hashlib.sha256("".join(_static(name) for name in KINDS).encode()).hexdigest()[:12]

"""What all tabs of the page have in common: people, conversations, what was read, and the drawn lists."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.sandbox import text as reading
from bot.sandbox.faults import Faults
from bot.sandbox.model import Channel
from bot.sandbox.page.drawing import Drawing
from bot.sandbox.people import Person
from bot.sandbox.ratelimit import RateLimiter
from bot.sandbox.record import Entry
from bot.sandbox.workspace import SandboxWorkspace


@dataclass(slots=True, kw_only=True)
class Scene:
    """Something that is played in the workspace, which the page lets people start and stop."""

    name: str
    label: str
    told: str
    toggle: Callable[[], None]
    running: bool = False


class PageState:
    """The workspace as its page shows it. `scenes_changed` is called when a scene starts or stops."""

    def __init__(
        self, space: SandboxWorkspace, people: Mapping[str, Person], limiter: RateLimiter, faults: Faults
    ) -> None:
        self.space = space
        self.faults = faults
        self.scenes: list[Scene] = []
        self.scenes_changed: Callable[[], None] = lambda: None
        self._people = people
        self._limiter = limiter
        self._drawing: Drawing | None = None
        self._read: dict[tuple[str, str], str] = {}
        self._calls: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()

    def toggle(self, name: str) -> None:
        """Start or stop a scene."""
        next(scene for scene in self.scenes if scene.name == name).toggle()
        self.scenes_changed()

    def count(self, entry: Entry) -> None:
        """Count a call of the Web API."""
        self._calls[entry.name] += 1
        self._refused[entry.name] += not (entry.data["response"] or {}).get("ok")

    @property
    def drawing(self) -> Drawing:
        """The templates, read when they are first needed."""
        if self._drawing is None:
            self._drawing = Drawing(self.space)
        return self._drawing

    @property
    def first(self) -> str:
        """Who someone is who does not say so."""
        return next(p.id for p in self._people.values() if not p.user.is_bot)

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
        people = [p.user for p in self._people.values() if not (p.user.is_bot or p.user.deleted)]
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

"""What one browser tab shows: who looks, where, and which pieces have to be drawn anew."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from markupsafe import Markup

from bot.sandbox.controls import Surface
from bot.sandbox.model import Channel, Message
from bot.sandbox.page import fault_form
from bot.sandbox.page.drawing import source_of, surface_of
from bot.sandbox.page.shared import PageState
from bot.sandbox.record import Entry
from bot.sandbox.views import View

Op = list[Any]
"""One change to the page: `[what, where, …]`, as draw.js reads it."""
_TABS: Final = ("home", "messages", "about")
_VALUES: Final = ("types", "chooses", "sees_errors")


@dataclass(slots=True, kw_only=True)
class Screen:
    """What one tab shows. `saw` collects what changed, `updates` draws it."""

    page: PageState
    user: str
    place: str
    thread: str = ""
    tab: str = "messages"
    panel: bool = False
    inspected: Surface | None = None
    _messages: dict[Message, None] = field(default_factory=dict)
    _regions: dict[str, None] = field(default_factory=dict)
    _ops: list[Op] = field(default_factory=list)

    @property
    def channel(self) -> Channel:
        """The conversation that is open."""
        return self.page.space.channels[self.place]

    @property
    def root(self) -> Message | None:
        """The first message of the thread that is open."""
        return self.channel.all.get(self.thread)

    @property
    def url(self) -> str:
        """The address that leads here again."""
        where = {"as": self.page.space.users[self.user].real_name, "in": self.place}
        if self.tab != "messages":
            where["tab"] = self.tab
        if self.thread:
            where["thread"] = self.thread
        return f"/?{urlencode(where)}"

    def visit(self, address: str, user: str = "") -> None:
        """Go where an address leads. What it does not say or nobody knows stays as it is."""
        split = urlsplit(address)
        asked = {name: values[-1] for name, values in parse_qs(split.query).items()}
        self.become(asked.get("as") or user)
        place, tab, thread = asked.get("in", ""), asked.get("tab", "messages"), asked.get("thread", "")
        if split.path.startswith("/archives/"):
            _, _, place, *rest = split.path.split("/")
            ts = rest[0].removeprefix("p") if rest else ""
            thread = asked.get("thread_ts") or (f"{ts[:-6]}.{ts[-6:]}" if ts else "")
        self.go(place or self.place, tab=tab, thread=thread)

    def become(self, name: str) -> None:
        """Be someone else."""
        person = self.page.person(name)
        if person is not None and person.id != self.user:
            self.user, self.inspected = person.id, None
            if self.place not in (c.id for c in self.page.rooms(self.user)):
                self.go(self.page.rooms(self.user)[0].id)
            self.all_anew()

    def go(self, place: str, *, tab: str = "messages", thread: str = "") -> None:
        """Open a conversation, and one of its threads."""
        if not self.page.may_see(self.user, place):
            return
        self.place, self.thread = place, thread if thread in self.page.space.channels[place].all else ""
        self.tab = tab if self.channel.kind == "im" and tab in _TABS else "messages"
        self._ops.append(["url", self.url, self.page.title(self.place)])
        self.anew("main", "thread", "sidebar", "rail")

    def open_thread(self, ts: str) -> None:
        """Open a thread beside the conversation, or close it."""
        self.thread = ts
        self._ops.append(["url", self.url, self.page.title(self.place)])
        self.anew("thread")

    def anew(self, *regions: str) -> None:
        """Have regions drawn again."""
        self._regions.update(dict.fromkeys(regions))

    def all_anew(self) -> None:
        """Have everything drawn again."""
        self.anew("rail", "sidebar", "main", "thread", "panel", "modals")

    def redraw(self, surface: Surface) -> None:
        """Have a message, a modal or Home drawn again, with what was chosen in it."""
        if isinstance(surface, Message):
            self._messages[surface] = None
        else:
            self.anew("modals" if surface.kind == "modal" else "home")

    def tell(self, *op: Any) -> None:
        """Have something done that is no drawing."""
        self._ops.append(list(op))

    def inspect(self, surface: Surface) -> None:
        """Show the JSON behind a message or a view."""
        self.inspected = surface
        if not self.panel:
            self.panel = True
            self.anew("panel")
        self.anew("source", "rail")

    def saw(self, entry: Entry) -> None:
        """Take note of something that happened."""
        if entry.kind == "message":
            self._saw_message(entry)
        elif entry.kind == "view":
            self._saw_view(entry.subject)
        elif entry.kind == "person" and entry.data.get("user") == self.user:
            if entry.name == "is_warned":
                self.tell("toast", str(entry.data["text"]))
            elif entry.name in _VALUES:
                self.anew("modals")
        elif self.panel and entry.kind in ("call", "delivery"):
            self.anew("calls", "orders")

    def updates(self) -> list[Op]:
        """Draw what changed since the last time."""
        regions, self._regions = self._regions, {}
        messages, self._messages = self._messages, {}
        ops, self._ops = self._ops, []
        draw = self._regions_drawn_by()
        for name in regions:
            ops += draw[name]()
        for message in messages:
            ops += self._placed(message)
        return ops

    def _regions_drawn_by(self) -> dict[str, Callable[[], Iterator[Op]]]:
        return {
            "rail": self._draw_rail,
            "sidebar": self._draw_sidebar,
            "main": self._draw_main,
            "thread": self._draw_thread,
            "home": self._draw_home,
            "modals": self._draw_modals,
            "panel": self._draw_panel,
            "calls": self._draw_calls,
            "orders": self._draw_orders,
            "source": self._draw_source,
        }

    def _saw_message(self, entry: Entry) -> None:
        message: Message = entry.subject
        if message.viewer not in (None, self.user):
            return
        if entry.name == "posted" and message.channel.id != self.place:
            self.anew("sidebar", "rail")
        if message.channel.id == self.place:
            self._messages[message] = None
            root = message.channel.all.get(message.thread_ts or "")
            if root is not None and root is not message and entry.name != "edited":
                self._messages[root] = None
        if message is self.inspected:
            self.anew("source")

    def _saw_view(self, view: View) -> None:
        if view.user != self.user:
            return
        if view.kind == "modal":
            self.anew("modals")
        elif self.tab == "home":
            self.anew("home")
        if view is self.inspected:
            self.anew("source")

    def _placed(self, message: Message) -> Iterator[Op]:
        """Draw a message in each pane that shows it."""
        gone = message.deleted and message.subtype != "tombstone"
        for pane, holder in (("main", "messages"), ("thread", "replies")):
            if gone:
                yield ["drop", f"{pane}-{message.ts}"]
            elif self._shows(pane, message):
                html = self.page.drawing.message(message, pane, self.user)
                yield ["put", holder, f"{pane}-{message.ts}", html]
        self.page.mark_read(self.user, self.channel)

    def _shows(self, pane: str, message: Message) -> bool:
        if message.channel.id != self.place:
            return False
        if pane == "thread":
            return bool(self.thread) and self.thread in (message.ts, message.thread_ts)
        return self.tab == "messages" and (not message.in_thread or message.broadcast)

    def _listed(self, pane: str) -> list[Markup]:
        """Draw all messages of a pane, with those that only this person sees."""
        messages = [*self.channel.all.values(), *(m for m in self.channel.ephemerals if m.viewer == self.user)]
        shown = sorted((m for m in messages if self._shows(pane, m)), key=lambda m: m.ts)
        return [self.page.drawing.message(m, pane, self.user) for m in shown]

    def _draw_rail(self) -> Iterator[Op]:
        yield ["fill", "rail", self.page.draw_rail(self.user, panel=self.panel)]

    def _draw_sidebar(self) -> Iterator[Op]:
        if self.tab == "messages":
            self.page.mark_read(self.user, self.channel)
        yield ["fill", "sidebar", self.page.draw_sidebar(self.user, self.place)]

    def _draw_main(self) -> Iterator[Op]:
        home = self.page.space.views.homes.get(self.user)
        messages = self._listed("main") if self.tab == "messages" else []
        values = {**self._room(), "tab": self.tab, "messages": messages}
        drawn = self.page.drawing.view(home) if home is not None and self.tab == "home" else ""
        yield [
            "set",
            "main",
            self.page.drawing.draw("main", **values, home_drawn=drawn),
            f"{self.user}/{self.place}/{self.tab}",
        ]

    def _draw_thread(self) -> Iterator[Op]:
        if not self.thread:
            yield ["hide", "thread"]
            return
        values = {**self._room(), "messages": self._listed("thread"), "thread": self.thread}
        yield ["set", "thread", self.page.drawing.draw("thread", **values), f"{self.user}/{self.place}/{self.thread}"]

    def _room(self) -> dict[str, Any]:
        channel = self.channel
        return {
            "channel": channel,
            "app": channel.kind == "im",
            "viewer": self.user,
            "may_write": self.user in channel.members and not channel.is_archived,
            **self.page.about,
        }

    def _draw_home(self) -> Iterator[Op]:
        home = self.page.space.views.homes.get(self.user)
        if home is not None and self.tab == "home":
            yield ["fill", "home", self.page.drawing.view(home)]

    def _draw_modals(self) -> Iterator[Op]:
        stack = self.page.space.views.stack(self.user)
        yield ["fill", "modals", self.page.drawing.view(stack[-1]) if stack else ""]

    def _draw_panel(self) -> Iterator[Op]:
        if not self.panel:
            yield ["hide", "panel"]
            return
        values = {"calls": self.page.calls(), **self._trouble(), **self._inspection()}
        yield ["set", "panel", self.page.drawing.draw("panel", **values), "panel"]

    def _draw_calls(self) -> Iterator[Op]:
        if self.panel:
            yield ["fill", "calls", self.page.drawing.draw("calls", calls=self.page.calls())]

    def _draw_orders(self) -> Iterator[Op]:
        if self.panel:
            yield ["fill", "orders", self.page.drawing.draw("orders", **self._trouble())]

    def _trouble(self) -> dict[str, Any]:
        faults = self.page.faults
        return {
            "on_calls": fault_form.ON_CALLS,
            "on_events": fault_form.ON_EVENTS,
            "standing": fault_form.standing(faults),
        }

    def _draw_source(self) -> Iterator[Op]:
        if self.panel:
            yield ["fill", "source", self.page.drawing.draw("source", **self._inspection())]

    def _inspection(self) -> dict[str, Any]:
        surface = self.inspected
        if surface is None:
            return {"source": None, "facts": ""}
        parts = [surface_of(surface), _counted(len(surface.blocks), "block")]
        if isinstance(surface, Message):
            parts.append(_counted(len(surface.revisions), "version"))
        return {"source": source_of(surface), "facts": " · ".join(parts)}


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"

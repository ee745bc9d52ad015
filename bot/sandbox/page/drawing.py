"""Drawing: messages, views and the page's regions as HTML, from the templates."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, UndefinedError, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from bot.sandbox import payloads, state
from bot.sandbox import text as reading
from bot.sandbox.elements import options_of
from bot.sandbox.model import Channel, Message
from bot.sandbox.page import charts, dates
from bot.sandbox.page.files import FOLDER
from bot.sandbox.page.html import HtmlText
from bot.sandbox.views import View
from bot.sandbox.workspace import SandboxWorkspace

_COLORS: Final = 6
_UNKNOWN: Final = "blocks/unknown.html"
_ADDRESSES: Final = ("http://", "https://", "mailto:", "slack://")


class Drawing:
    """Fills the templates for one workspace. They are read once, when the first page is drawn."""

    def __init__(self, space: SandboxWorkspace) -> None:
        self._space = space
        self.words = words = HtmlText(space)
        loader = FileSystemLoader(FOLDER / "templates")
        self._env = env = Environment(
            loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, auto_reload=False
        )
        env.filters |= {
            "plain": words.plain,
            "text": pass_context(_for_viewer(words.text)),
            "mrkdwn": pass_context(_for_viewer(words.mrkdwn)),
            "markdown": words.markdown,
            "clock": lambda ts: dates.clock_time(float(ts)),
            "full": lambda ts: dates.full(float(ts)),
            "day": lambda ts: dates.day(float(ts), space.clock()),
            "ago": lambda ts: dates.ago(float(ts), space.clock()),
            "moment": dates.for_input,
            "pretty": pretty,
            "attachment": self._attachment,
            "web": web_address,
            "color": lambda name: sum(map(ord, name)) % _COLORS,
            "person": lambda name: reading.user_name(space, name),
            "place": lambda name: reading.channel_name(space, name),
        }
        env.globals |= {
            "space": space,
            "options_of": options_of,
            "local_image": self._local_image,
            "token": lambda body: Markup(words.token(body)),
            "rich_date": lambda at, form, fallback, link: Markup(words.date(at, form, fallback, link)),
            "picture": charts.picture,
            "choices": self._choices,
            "chosen": chosen,
            "shortcuts": self._shortcuts,
            "block": self._block,
        }

    def draw(self, name: str, **values: Any) -> Markup:
        """Fill one template."""
        return Markup(self._env.get_template(f"{name}.html").render(**values))

    def message(self, message: Message, pane: str, viewer: str) -> Markup:
        """Draw a message as one person sees it in one pane."""
        replies = message.channel.threads.get(message.ts) or []
        return self.draw(
            "message",
            m=message,
            pane=pane,
            viewer=viewer,
            replies=replies if pane == "main" else (),
            surface=surface_of(message),
            values=message.values(viewer) if message.blocks else {},
            errors={},
        )

    def view(self, view: View) -> Markup:
        """Draw a modal or a Home."""
        return self.draw(
            view.kind,
            v=view,
            pane="",
            viewer=view.user,
            surface=surface_of(view),
            values=view.values,
            errors=view.errors,
        )

    @pass_context
    def _block(self, context: Context, block: Mapping[str, Any]) -> Markup:
        """Draw one block. What no template knows or can draw shows its JSON."""
        values = {**context.get_all(), "b": block}
        template = self._env.select_template([f"blocks/{block.get('type')}.html", _UNKNOWN])
        try:
            return Markup(template.render(values))
        except (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, UndefinedError):
            return Markup(self._env.get_template(_UNKNOWN).render(values))

    def _attachment(self, item: Mapping[str, Any]) -> Markup:
        """Write a forwarded message, a preview or an alert as plain lines."""
        lines = reading.attachment(self._space, item).split("\n")
        return Markup("<br>").join(line.removeprefix("│ ") for line in lines)

    def _shortcuts(self) -> list[Any]:
        features = (self._space.manifest or {}).get("features") or {}
        return [shortcut for shortcut in features.get("shortcuts") or () if shortcut["type"] == "message"]

    def _local_image(self, url: Any) -> str:
        """Return the address of an image that this workspace serves, empty for every other host's."""
        address = str(url or "")
        if address.startswith("data:image/"):
            return address
        return address.removeprefix(self._space.base_url) if address.startswith(f"{self._space.base_url}/") else ""

    def _choices(self, element: Mapping[str, Any], viewer: str) -> Sequence[tuple[str, str]]:
        """List what a menu offers beside groups of options, as value and name."""
        kind = str(element.get("type"))
        if "static" in kind:
            groups = element.get("option_groups") if not kind.startswith("multi_") else None
            return [] if groups else [(o["value"], reading.plain(o["text"])) for o in options_of(element)]
        if "user" in kind:
            return [(u.id, u.real_name) for u in self._space.users.values() if not u.deleted]
        rules = element.get("filter") or {}
        kinds = rules.get("include") or ("public", "private", "im")
        if "channels" in kind:
            kinds = ("public",)
        return [
            (c.id, reading.channel_name(self._space, c.id) if c.kind != "im" else f"@{self._space.bot_name}")
            for c in self._space.channels.values()
            if c.kind in kinds and not c.is_archived and _offered(c, viewer, rules)
        ]


def _offered(channel: Channel, viewer: str, rules: Mapping[str, Any]) -> bool:
    if channel.kind == "im":
        return channel.user == viewer and not rules.get("exclude_bot_users")
    return channel.kind == "public" or viewer in channel.members


def _for_viewer(write: Any) -> Any:
    def written(context: Context, value: Any) -> Markup:
        result: Markup = write(value, str(context.get("viewer") or ""))
        return result

    return written


def web_address(url: Any) -> str:
    """Return an address that a click may open, or one that leads nowhere."""
    address = str(url or "")
    return address if address.startswith(_ADDRESSES) else "#"


def pretty(value: Any) -> str:
    """Write JSON for people."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def surface_of(surface: Message | View) -> str:
    """Return the name by which the browser speaks of a message or a view."""
    return f"v:{surface.id}" if isinstance(surface, View) else f"m:{surface.channel.id}:{surface.ts}"


def source_of(surface: Message | View) -> dict[str, Any]:
    """Return the JSON behind a message or a view."""
    return surface.payload() if isinstance(surface, View) else payloads.message_object(surface, metadata=True)


def chosen(element: Mapping[str, Any], value: Mapping[str, Any] | None) -> list[str]:
    """Return what is chosen in a menu, radio buttons or checkboxes: ids, or the values of options."""
    chosen_now = (value or {}).get(str(state.value_field(str(element.get("type")))))
    items = chosen_now if isinstance(chosen_now, list) else [chosen_now] if chosen_now is not None else []
    return [str(item.get("value")) if isinstance(item, dict) else str(item) for item in items]

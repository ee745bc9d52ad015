"""How a person's actions become payloads: the part behind `Person` that nobody reads like prose."""

import mimetypes
import re
from typing import Any, Final

from bot.sandbox import finding, payloads
from bot.sandbox.delivery import Ack, Delivery, Parcel
from bot.sandbox.finding import CannotDo, Found, Surface
from bot.sandbox.interactivity import Interactivity
from bot.sandbox.model import Channel, File, Message, User
from bot.sandbox.views import View
from bot.sandbox.workspace import Workspace

TROUBLE: Final = "We had some trouble connecting. Try again?"
_URL: Final = re.compile(r"(?<![<|])https?://[^\s<>|]+")


class Hands:
    """Sends what one person does to the app."""

    def __init__(self, space: Workspace, user: User, *, delivery: Delivery, interactivity: Interactivity) -> None:
        self.space = space
        self.user = user
        self.delivery = delivery
        self.interactivity = interactivity
        self.warnings: list[str] = []

    def note(self, what: str, **data: Any) -> None:
        """Record what the person does."""
        self.space.record.add("person", what, self.user, user=self.user.id, **data)

    def tell(self, text: str) -> None:
        """Show the person one of Slack's own warnings."""
        self.warnings.append(text)
        self.note("is_warned", text=text)

    def warn(self, text: str, ack: Ack) -> Ack:
        """Show the person a warning about a delivery that failed."""
        self.tell(text)
        return ack

    async def interact(self, kind: str, **rest: Any) -> Ack:
        """Send an interaction; Slack's warning shows when it is not acknowledged."""
        payload = payloads.interaction(self.space, kind, self.user, **rest)
        ack = await self.delivery.send(Parcel(kind="interactive", name=kind, payload=payload))
        return ack if ack.ok or kind == "view_closed" else self.warn(TROUBLE, ack)

    async def act(self, surface: Surface, found: Found, action: dict[str, Any]) -> Ack:
        """Send a block_actions payload for one element."""
        ids = {"action_id": found.element["action_id"], "block_id": found.block["block_id"]}
        ids["action_ts"] = self.space.next_ts()
        conversation = surface.conversation if isinstance(surface, View) else surface.channel.id
        return await self.interact(
            "block_actions",
            trigger_id=self.trigger(conversation),
            actions=[{**action, **ids}],
            **self.source(surface),
        )

    def source(self, surface: Surface) -> dict[str, Any]:
        """Return the part of a payload that says where something happened."""
        if isinstance(surface, View):
            return {"container": {"type": "view", "view_id": surface.id}, "view": surface.payload()}
        url = self.response_url(surface.channel, surface)
        return payloads.message_source(surface, self.user.id, url)

    def fill(self, surface: Surface, found: Found, value: dict[str, Any]) -> dict[str, Any]:
        """Put a value into an input, as the client does before anyone is told; return its action."""
        entry = {"type": found.element["type"], **value}
        block_id, action_id = found.block["block_id"], found.element["action_id"]
        finding.typed(surface, self.user.id).setdefault(block_id, {})[action_id] = entry
        if isinstance(surface, View):
            surface.errors.pop(block_id, None)
        return entry

    def trigger(self, conversation: str | None) -> str:
        """Give the app a trigger id."""
        return self.interactivity.trigger(self.user.id, conversation)

    def response_url(self, channel: Channel, message: Message | None) -> str:
        """Give the app a response_url."""
        key = self.interactivity.response_url(self.user.id, channel, message)
        return f"{self.space.base_url}/actions/{key}"

    def visible(self, surface: Surface | None) -> Surface:
        """Refuse what is not on the person's screen."""
        if surface is None:
            raise CannotDo("nothing is open there")
        if isinstance(surface, View):
            stack = self.space.views.stack(self.user.id)
            if surface.kind == "modal" and surface not in stack[-1:]:
                raise CannotDo("this modal is not in front")
        elif surface.deleted or surface.viewer not in (None, self.user.id):
            raise CannotDo("this message is not there")
        return surface

    def place(self, channel: "str | Channel") -> Channel:
        """Find a conversation by its name."""
        found = channel if isinstance(channel, Channel) else self.space.find_channel(channel)
        if found is None:
            raise CannotDo(f"there is no channel {channel!r}")
        return found

    def own(self, message: Message) -> None:
        """Refuse to touch what someone else wrote."""
        if message.user != self.user.id or message.deleted:
            raise CannotDo("this is not a message of one's own")

    def escaped(self, text: str) -> str:
        """Turn typed text into Slack's: entities, links, mentions of people, channels and everyone."""
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        text = _URL.sub(lambda found: f"<{found[0]}>", text)
        for word in ("channel", "here", "everyone"):
            text = re.sub(rf"(?<!\w)@{word}\b", f"<!{word}>", text)
        for user in self.space.users.values():
            text = re.sub(rf"(?<!\w)@{re.escape(user.real_name)}\b", f"<@{user.id}>", text)
        for channel in self.space.channels.values():
            if channel.kind == "public":
                text = re.sub(rf"(?<![\w&])#{re.escape(channel.name)}\b(?!-)", f"<#{channel.id}|{channel.name}>", text)
        return text

    def file(self, name: str, content: str | bytes) -> File:
        """Upload a file of the person's."""
        space = self.space
        file = File(id=space.fresh("F"), name=name, title=name, user=self.user.id, complete=True)
        file.content = content.encode() if isinstance(content, str) else content
        file.mimetype = mimetypes.guess_type(name)[0] or "text/plain"
        file.url = f"{space.base_url}/files/{file.id}/{name}"
        file.permalink = f"{space.base_url}/files/{file.id}"
        space.files[file.id] = file
        return file

    def command_refusal(self, name: str, *, in_thread: bool) -> str:
        """Return what Slack says instead of running a command; empty when it runs it."""
        if in_thread:
            return f"{name} is not supported in threads. Sorry!"
        features = (self.space.manifest or {}).get("features") or {}
        known = [command["command"] for command in features.get("slash_commands") or ()]
        if self.space.manifest is not None and name not in known:
            return f"{name} is not a valid command."
        return ""

    def callback(self, name: str, kind: str) -> str:
        """Return the callback id of the shortcut with that name; without a manifest the name itself."""
        if self.space.manifest is None:
            return name
        for shortcut in (self.space.manifest.get("features") or {}).get("shortcuts") or ():
            if shortcut["type"] == kind and name in (shortcut["name"], shortcut["callback_id"]):
                return str(shortcut["callback_id"])
        raise CannotDo(f"there is no {kind} shortcut {name!r}")


def dispatches(found: Found, when: str) -> bool:
    """Say whether an input tells the app about typing."""
    if found.block.get("type") != "input" or not found.block.get("dispatch_action"):
        return False
    config = found.element.get("dispatch_action_config") or {}
    return when in (config.get("trigger_actions_on") or ["on_enter_pressed"])


def surface_name(surface: Surface) -> str:
    """Return what the record calls a surface."""
    return surface.kind if isinstance(surface, View) else "message"

"""Slack's client in front of one person: it turns what the person does into payloads, and shows warnings."""

from dataclasses import dataclass
from typing import Any, Final

from bot.sandbox import controls, payloads
from bot.sandbox.controls import CannotDo, Control, Surface
from bot.sandbox.delivery import Ack, Delivery, Parcel
from bot.sandbox.interactivity import Interactivity
from bot.sandbox.model import Channel, File, FileMode, Message, User
from bot.sandbox.views import View
from bot.sandbox.workspace import SandboxWorkspace

TROUBLE: Final = "We had some trouble connecting. Try again?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file to share. `size` announces more bytes than `content` has, `mimetype` may say something untrue."""

    name: str
    content: str | bytes = b""
    mimetype: str = ""
    mode: FileMode = "hosted"
    size: int = 0


class PersonClient:
    """Sends what one person does to the app, and keeps Slack's own warnings."""

    def __init__(
        self, space: SandboxWorkspace, user: User, *, delivery: Delivery, interactivity: Interactivity
    ) -> None:
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
        """Send an interaction. Slack's warning shows when it is not acknowledged."""
        payload = payloads.interaction(self.space, kind, self.user, **rest)
        ack = await self.delivery.send(Parcel(kind="interactive", name=kind, payload=payload))
        return ack if ack.ok or kind == "view_closed" else self.warn(TROUBLE, ack)

    async def act(self, surface: Surface, control: Control, action: dict[str, Any]) -> Ack:
        """Send a block_actions payload for one element."""
        ids = {"action_id": control.element["action_id"], "block_id": control.block["block_id"]}
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

    def fill(self, surface: Surface, control: Control, value: dict[str, Any]) -> dict[str, Any]:
        """Put a value into an input, as the client does before anyone is told, and return its action."""
        entry = {"type": control.element["type"], **value}
        block_id, action_id = control.block["block_id"], control.element["action_id"]
        controls.typed(surface, self.user.id).setdefault(block_id, {})[action_id] = entry
        if isinstance(surface, View):
            surface.errors.pop(block_id, None)
        return entry

    def trigger(self, conversation: str | None) -> str:
        """Give the app a trigger id."""
        self.check_account()
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
        self.check_account()
        place = channel if isinstance(channel, Channel) else self.space.find_channel(channel)
        if place is None:
            raise CannotDo(f"there is no channel {channel!r}")
        return place

    def check_account(self) -> None:
        """Refuse everything to somebody whose account is deactivated."""
        if self.user.deleted:
            raise CannotDo(f"{self.user.real_name}'s account is deactivated")

    def at_home(self) -> None:
        """Refuse what an app offers only to the people of the workspace that installed it."""
        self.check_account()
        if self.space.is_foreign(self.user):
            raise CannotDo(f"{self.user.real_name} belongs to a workspace that does not have the app")

    def own(self, message: Message) -> None:
        """Refuse to touch what someone else wrote."""
        if message.user != self.user.id or message.deleted:
            raise CannotDo("this is not a message of one's own")

    def file(self, upload: Upload) -> File:
        """Upload a file of the person's."""
        content = upload.content.encode() if isinstance(upload.content, str) else upload.content
        file = self.space.new_file(upload.name, self.user.id, upload.mimetype)
        file.content, file.size, file.mode, file.complete = content, upload.size, upload.mode, True
        return file

    def command_refusal(self, name: str, *, in_thread: bool) -> str:
        """Return what Slack says instead of running a command, empty when it runs it."""
        if in_thread:
            return f"{name} is not supported in threads. Sorry!"
        if self.space.is_foreign(self.user) or not self.space.installed:
            return f"{name} is not a valid command."
        features = (self.space.manifest or {}).get("features") or {}
        known = [command["command"] for command in features.get("slash_commands") or ()]
        if self.space.manifest is not None and name not in known:
            return f"{name} is not a valid command."
        return ""

    def callback(self, name: str, kind: str) -> str:
        """Return the callback id of the shortcut with that name, without a manifest the name itself."""
        self.at_home()
        if self.space.manifest is None:
            return name
        for shortcut in (self.space.manifest.get("features") or {}).get("shortcuts") or ():
            if shortcut["type"] == kind and name in (shortcut["name"], shortcut["callback_id"]):
                return str(shortcut["callback_id"])
        raise CannotDo(f"there is no {kind} shortcut {name!r}")


def dispatches(control: Control, when: str) -> bool:
    """Say whether an input tells the app about typing."""
    if control.block.get("type") != "input" or not control.block.get("dispatch_action"):
        return False
    config = control.element.get("dispatch_action_config") or {}
    return when in (config.get("trigger_actions_on") or ["on_enter_pressed"])


def surface_name(surface: Surface) -> str:
    """Return what the record calls a surface."""
    return surface.kind if isinstance(surface, View) else "message"

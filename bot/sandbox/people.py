"""The people of the workspace: what they see and do, in words that read like it."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.sandbox import finding, modals, payloads, responses, state, suggestions
from bot.sandbox import text as rendering
from bot.sandbox.delivery import Ack, Parcel
from bot.sandbox.finding import CannotDo, Found, Surface
from bot.sandbox.hands import Hands, dispatches, surface_name
from bot.sandbox.model import Channel, Message, User
from bot.sandbox.views import Refused, View

Attachment = tuple[str, str | bytes]
_CLICKED = ("type", "text", "value", "style", "confirm", "icon", "url")


class Person:
    """One member of the workspace in front of Slack."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._space = hands.space

    def __repr__(self) -> str:
        return f"Person({self.name})"

    @property
    def user(self) -> User:
        """The person's account."""
        return self._hands.user

    @property
    def id(self) -> str:
        """The person's user id."""
        return self.user.id

    @property
    def name(self) -> str:
        """The person's name."""
        return self.user.real_name

    @property
    def warnings(self) -> list[str]:
        """What Slack itself warned the person of, such as a command that failed."""
        return self._hands.warnings

    @property
    def hands(self) -> Hands:
        """What the person acts with: for a page that shows the workspace to people."""
        return self._hands

    @property
    def home(self) -> View | None:
        """The app's Home as it is now; None when nothing was published."""
        return self._space.views.homes.get(self.id)

    @property
    def modals(self) -> list[View]:
        """The open modals, the visible one last."""
        return list(self._space.views.stack(self.id))

    @property
    def modal(self) -> View | None:
        """The modal in front, if one is open."""
        return next(reversed(self.modals), None)

    @property
    def errors(self) -> list[str]:
        """What the modal in front complains about."""
        return list(self.modal.errors.values()) if self.modal else []

    @property
    def direct(self) -> Channel:
        """The direct messages with the app."""
        return self._space.direct(self.user)

    @property
    def ephemerals(self) -> list[Message]:
        """The messages that only this person sees, oldest first."""
        found = [m for c in self._space.channels.values() for m in c.ephemerals if m.viewer == self.id]
        return sorted(found, key=lambda m: m.ts)

    async def say(
        self,
        channel: str | Channel,
        text: str,
        *,
        thread: Message | None = None,
        files: Sequence[Attachment] = (),
    ) -> Message:
        """Write into a channel or thread."""
        hands = self._hands
        place = hands.place(channel)
        if place.is_archived or self.id not in place.members:
            raise CannotDo(f"{self.name} cannot write in #{place.name}")
        return self._space.post(
            place,
            self.user,
            hands.escaped(text),
            thread_ts=(thread.thread_ts or thread.ts) if thread else None,
            files=[hands.file(name, content) for name, content in files],
            subtype="file_share" if files else None,
        )

    async def dm(self, text: str, *, thread: Message | None = None, files: Sequence[Attachment] = ()) -> Message:
        """Write to the app in direct messages."""
        return await self.say(self.direct, text, thread=thread, files=files)

    async def edit(self, message: Message, text: str) -> None:
        """Change a message of one's own."""
        self._hands.own(message)
        self._space.edit(message, text=self._hands.escaped(text), mark=True, by=self.id)

    async def delete(self, message: Message) -> None:
        """Delete a message of one's own."""
        self._hands.own(message)
        self._space.delete(message)

    async def command(self, channel: str | Channel, line: str, *, thread: Message | None = None) -> Ack:
        """Run a slash command; in a thread Slack refuses it."""
        hands = self._hands
        name, _, rest = line.partition(" ")
        place = hands.place(channel)
        hands.note("runs", channel=place.id, text=line)
        refusal = hands.command_refusal(name, in_thread=thread is not None)
        if refusal:
            return hands.warn(refusal, Ack(ok=False, reason="refused"))
        form = payloads.command(self._space, self.user, place, name, rest.strip())
        form["trigger_id"] = hands.trigger(place.id)
        form["response_url"] = hands.response_url(place, None)
        ack = await hands.delivery.send(Parcel(kind="slash_commands", name=name, payload=form))
        if not ack.ok:
            why = "operation_timeout" if ack.reason == "http_timeout" else "dispatch_failed"
            return hands.warn(f'{name} failed with the error "{why}"', ack)
        try:
            responses.to_command(self._space, place, self.id, ack.body)
        except Refused as refused:
            return hands.warn(f'{name} failed with the error "{refused.error}"', ack)
        return ack

    async def click(self, surface: Surface | None, label: str, *, near: str | None = None, confirm: bool = True) -> Ack:
        """Click the button with that label; `confirm=False` backs out of its confirm dialog."""
        shown = self._hands.visible(surface)
        return await self.press(shown, finding.button(shown, label, near), near=near, confirm=confirm)

    async def press(self, surface: Surface, found: Found, *, near: str | None = None, confirm: bool = True) -> Ack:
        """Press a button that is found already."""
        label = rendering.plain(found.element.get("text"))
        self._hands.note("clicks", label=label, near=near, surface=surface_name(surface))
        if found.element.get("confirm"):
            self._hands.note("confirms" if confirm else "denies", label=label)
            if not confirm:
                return Ack(ok=True, reason="denied")
        action = {name: value for name, value in found.element.items() if name in _CLICKED}
        return await self._hands.act(surface, found, action)

    async def type(self, label: str, text: str, *, on: Surface | None = None, by_character: bool = False) -> Ack | None:
        """Fill a text input, of the modal in front or of `on`; returns the last ack if the app was told."""
        shown = self._hands.visible(on or self.modal)
        found = finding.field(shown, label)
        kind = str(found.element["type"])
        if not kind.endswith("_input") or kind == "file_input":
            raise CannotDo(f"{label!r} is not a text input")
        self._hands.note("types", label=label, text=text, surface=surface_name(shown))
        for length in range(1, len(text)) if by_character else ():
            await self.enter(shown, found, text[:length], pressed_enter=False)
        return await self.enter(shown, found, text)

    async def enter(self, surface: Surface, found: Found, text: str, *, pressed_enter: bool = True) -> Ack | None:
        """Have a text in an input that is found already; returns the ack if the app was told."""
        action = self._hands.fill(surface, found, state.text_value(str(found.element["type"]), text))
        if dispatches(found, "on_character_entered") or (pressed_enter and dispatches(found, "on_enter_pressed")):
            return await self._hands.act(surface, found, action)
        return None

    async def choose(self, label: str, choice: str | Sequence[str], *, on: Surface | None = None) -> Ack | None:
        """Pick an option by its text, a person or a conversation by name; several for checkboxes."""
        shown = self._hands.visible(on or self.modal)
        found = finding.field(shown, label)
        self._hands.note("chooses", label=label, choice=choice, surface=surface_name(shown))
        kind = str(found.element["type"])
        names = [choice] if isinstance(choice, str) else list(choice)
        picked = [await self._option(shown, found, name) for name in names]
        return await self.select(
            shown, found, picked if kind == "checkboxes" or kind.startswith("multi_") else picked[0]
        )

    async def suggestions(self, label: str, text: str, *, on: Surface | None = None) -> list[str]:
        """Type into a menu whose options come from the app, and return what it offers."""
        shown = self._hands.visible(on or self.modal)
        offered = await self.ask_for_options(shown, finding.field(shown, label), text)
        return [rendering.plain(option["text"]) for option in offered]

    async def ask_for_options(self, surface: Surface, found: Found, text: str) -> list[dict[str, Any]]:
        """Return the options that the app has for what is typed in a menu that is found already."""
        return await suggestions.suggestions(self._hands, surface, found, text)

    async def _option(self, surface: Surface, found: Found, name: str) -> Any:
        element = found.element
        if suggestions.is_external(found):
            element = {**element, "options": await self.ask_for_options(surface, found, name)}
        return finding.option(self._space, element, name)

    async def select(self, surface: Surface, found: Found, value: Any) -> Ack | None:
        """Have a value chosen in a menu that is found already; returns the ack if the app was told."""
        most = found.element.get("max_selected_items")
        if most and isinstance(value, list) and len(value) > most:
            raise CannotDo(f"at most {most} can be chosen")
        action = self._hands.fill(surface, found, {str(state.value_field(str(found.element["type"]))): value})
        if found.block.get("type") == "input" and not found.block.get("dispatch_action"):
            return None
        return await self._hands.act(surface, found, action)

    async def pick(self, surface: Surface | None, entry: str, *, near: str | None = None) -> Ack:
        """Pick an entry of an overflow menu."""
        shown = self._hands.visible(surface)
        found, option = finding.overflow(shown, entry, near)
        return await self.pick_option(shown, found, option, near=near)

    async def pick_option(
        self, surface: Surface, found: Found, option: Mapping[str, Any], *, near: str | None = None
    ) -> Ack:
        """Pick an entry of an overflow menu that is found already."""
        label = rendering.plain(option["text"])
        self._hands.note("picks", label=label, near=near, surface=surface_name(surface))
        return await self._hands.act(surface, found, {"type": "overflow", "selected_option": option})

    async def stop(self, message: Message) -> None:
        """Press Slack's own Stop button of a message that is being streamed."""
        if message.stream is None or not message.streaming:
            raise CannotDo("this message is not being streamed")
        self._hands.note("stops", ts=message.ts)
        message.stream.ended = "stopped_by_user"
        self._space.emit(payloads.session_stopped(message, self.id, self._space.next_ts()), message.channel)

    async def submit(self) -> Ack:
        """Submit the modal in front."""
        return await modals.submit(self._hands)

    async def escape(self) -> None:
        """Close all modals with Escape or the cross."""
        await modals.close(self._hands, everything=True)

    async def cancel(self) -> None:
        """Close the modal in front with its close button."""
        await modals.close(self._hands, everything=False)

    async def shortcut(self, message: Message, name: str) -> Ack:
        """Use a message shortcut."""
        hands = self._hands
        if message.viewer is not None or message.deleted:
            raise CannotDo("there are no shortcuts on this message")
        callback = hands.callback(name, "message")
        hands.note("uses", label=name)
        return await hands.interact(
            "message_action",
            callback_id=callback,
            action_ts=self._space.next_ts(),
            trigger_id=hands.trigger(message.channel.id),
            response_url=hands.response_url(message.channel, message),
            channel=payloads.channel_ref(message.channel),
            message_ts=message.ts,
            message=payloads.message(message),
        )

    async def global_shortcut(self, name: str) -> Ack:
        """Use a global shortcut."""
        hands = self._hands
        callback = hands.callback(name, "global")
        hands.note("uses", label=name)
        return await hands.interact(
            "shortcut", callback_id=callback, action_ts=self._space.next_ts(), trigger_id=hands.trigger(None)
        )

    async def open_home(self, tab: str = "home") -> View | None:
        """Open the app's Home tab (or `messages`) and return what is shown already."""
        self._hands.note("opens", label=tab)
        ts = self._space.next_ts()
        self._space.emit(payloads.home_opened(self.user, self.direct, tab, self.home, ts))
        return self.home

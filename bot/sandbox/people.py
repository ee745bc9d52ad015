"""The people of the workspace: what they see and do, in words that read like it."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.sandbox import controls, modals, payloads, responses, state, suggestions, typed
from bot.sandbox import text as rendering
from bot.sandbox.client import PersonClient, Upload, dispatches, surface_name
from bot.sandbox.controls import CannotDo, Control, Surface
from bot.sandbox.delivery import Ack, Parcel
from bot.sandbox.model import Channel, File, FileMode, Message, User
from bot.sandbox.refusal import ApiRefusal
from bot.sandbox.views import View

Attachment = Upload | tuple[str, str | bytes]
"""A file to share: an `Upload`, or a name and its content."""
_CLICKED = ("type", "text", "value", "style", "confirm", "icon", "url")


class Person:
    """One member of the workspace in front of Slack."""

    def __init__(self, client: PersonClient) -> None:
        self._client = client
        self._space = client.space

    def __repr__(self) -> str:
        return f"Person({self.name})"

    @property
    def user(self) -> User:
        """The person's account."""
        return self._client.user

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
        return self._client.warnings

    @property
    def client(self) -> PersonClient:
        """What the person acts with: for a page that shows the workspace to people."""
        return self._client

    @property
    def home(self) -> View | None:
        """The app's Home as it is now, None when nothing was published."""
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
        mine = [m for c in self._space.channels.values() for m in c.ephemerals if m.viewer == self.id]
        return sorted(mine, key=lambda m: m.ts)

    async def say(
        self,
        channel: str | Channel,
        text: str,
        *,
        thread: Message | None = None,
        files: Sequence[Attachment] = (),
        broadcast: bool = False,
    ) -> Message:
        """Write into a channel or thread. `broadcast` sends a reply to the channel too."""
        return self._post(channel, self._typed(text), thread=thread, files=files, broadcast=broadcast)

    async def say_raw(self, channel: str | Channel, text: str, *, thread: Message | None = None) -> Message:
        """Write a message whose `text` is exactly this, with Slack's own links, mentions and entities in it."""
        return self._post(channel, text, thread=thread)

    async def share_file(
        self,
        channel: str | Channel,
        name: str,
        content: str | bytes = b"",
        *,
        comment: str = "",
        thread: Message | None = None,
        mimetype: str = "",
        mode: FileMode = "hosted",
        size: int = 0,
    ) -> Message:
        """Share a file. `size` announces more bytes than `content` has, `mimetype` may say something untrue."""
        upload = Upload(name=name, content=content, mimetype=mimetype, mode=mode, size=size)
        return self._post(channel, self._typed(comment), thread=thread, files=[upload])

    async def delete_file(self, file: File) -> None:
        """Delete a file of one's own, of which its messages keep a tombstone."""
        if file.user != self.id or file.deleted:
            raise CannotDo("this is not a file of one's own")
        self._space.change_file(file, "tombstone")

    async def use_prompt(self, title: str) -> Message:
        """Send one of the prompts that the app suggests in direct messages."""
        for prompt in self.direct.prompts:
            if prompt["title"] == title:
                return await self.dm(prompt["message"])
        raise CannotDo(f"the app does not suggest {title!r}")

    async def forward(
        self, message: Message, channel: str | Channel, comment: str = "", *, thread: Message | None = None
    ) -> Message:
        """Forward a message, which then stands in an attachment below one's comment."""
        shared = payloads.forwarded(message)
        return self._post(channel, self._typed(comment), thread=thread, attachments=[shared])

    async def paste_table(
        self, channel: str | Channel, rows: Sequence[Sequence[str]], text: str = "", *, thread: Message | None = None
    ) -> Message:
        """Paste a table, which Slack puts into an attachment."""
        return self._post(channel, self._typed(text), thread=thread, attachments=[payloads.pasted_table(rows)])

    def _typed(self, text: str) -> str:
        return typed.as_text(self._space, text)

    def _post(
        self,
        channel: str | Channel,
        text: str,
        *,
        thread: Message | None = None,
        files: Sequence[Attachment] = (),
        attachments: Sequence[dict[str, Any]] = (),
        broadcast: bool = False,
    ) -> Message:
        client = self._client
        place = client.place(channel)
        if place.kind == "im" and self._space.is_stranger(self.user):
            raise CannotDo(f"{self.name} shares no channel with the app")
        if place.is_archived or self.id not in place.members:
            raise CannotDo(f"{self.name} cannot write in #{place.name}")
        if thread is not None and place.thread(thread.thread_ts or thread.ts) is None:
            raise CannotDo("this thread is gone")
        return self._space.post(
            place,
            self.user,
            text,
            thread_ts=(thread.thread_ts or thread.ts) if thread else None,
            files=[client.file(_upload(file)) for file in files],
            attachments=attachments,
            subtype="file_share" if files else None,
            broadcast=broadcast,
        )

    async def dm(self, text: str, *, thread: Message | None = None, files: Sequence[Attachment] = ()) -> Message:
        """Write to the app in direct messages."""
        return await self.say(self.direct, text, thread=thread, files=files)

    async def edit(self, message: Message, text: str) -> None:
        """Change a message of one's own."""
        self._client.own(message)
        self._space.edit(message, text=self._typed(text), mark=True, by=self.id)

    async def delete(self, message: Message) -> None:
        """Delete a message of one's own."""
        self._client.own(message)
        self._space.delete(message)

    async def command(self, channel: str | Channel, line: str, *, thread: Message | None = None) -> Ack:
        """Run a slash command. Slack refuses it in a thread."""
        client = self._client
        name, _, rest = line.partition(" ")
        place = client.place(channel)
        client.note("runs", channel=place.id, text=line)
        refusal = client.command_refusal(name, in_thread=thread is not None)
        if refusal:
            return client.warn(refusal, Ack(ok=False, reason="refused"))
        form = payloads.command(self._space, self.user, place, name, rest.strip())
        form["trigger_id"] = client.trigger(place.id)
        form["response_url"] = client.response_url(place, None)
        ack = await client.delivery.send(Parcel(kind="slash_commands", name=name, payload=form))
        if not ack.ok:
            why = "operation_timeout" if ack.reason == "http_timeout" else "dispatch_failed"
            return client.warn(f'{name} failed with the error "{why}"', ack)
        try:
            responses.to_command(self._space, place, self.id, ack.body)
        except ApiRefusal as refused:
            return client.warn(f'{name} failed with the error "{refused.error}"', ack)
        return ack

    async def click(self, surface: Surface | None, label: str, *, near: str | None = None, confirm: bool = True) -> Ack:
        """Click the button with that label, or the entry of an overflow menu where no button has it.

        `confirm=False` backs out of its confirm dialog.
        """
        shown = self._client.visible(surface)
        if (entry := controls.only_in_a_menu(shown, label, near)) is not None:
            return await self.pick_option(shown, *entry, near=near)
        return await self.press(shown, controls.button(shown, label, near), near=near, confirm=confirm)

    async def press(self, surface: Surface, control: Control, *, near: str | None = None, confirm: bool = True) -> Ack:
        """Press this button."""
        label = rendering.plain(control.element.get("text"))
        self._client.note("clicks", label=label, near=near, surface=surface_name(surface))
        if control.element.get("confirm"):
            self._client.note("confirms" if confirm else "denies", label=label)
            if not confirm:
                return Ack(ok=True, reason="denied")
        action = {name: value for name, value in control.element.items() if name in _CLICKED}
        return await self._client.act(surface, control, action)

    async def type(self, label: str, text: str, *, on: Surface | None = None, by_character: bool = False) -> Ack | None:
        """Fill a text input of the modal in front or of `on`, and return the last ack if the app was told."""
        shown = self._client.visible(on or self.modal)
        control = controls.field(shown, label)
        kind = str(control.element["type"])
        if not kind.endswith("_input") or kind == "file_input":
            raise CannotDo(f"{label!r} is not a text input")
        self._client.note("types", label=label, text=text, surface=surface_name(shown))
        for length in range(1, len(text)) if by_character else ():
            await self.enter(shown, control, text[:length], pressed_enter=False)
        return await self.enter(shown, control, text)

    async def enter(self, surface: Surface, control: Control, text: str, *, pressed_enter: bool = True) -> Ack | None:
        """Write a text into this input, and return the ack if the app was told."""
        action = self._client.fill(surface, control, state.text_value(str(control.element["type"]), text))
        if dispatches(control, "on_character_entered") or (pressed_enter and dispatches(control, "on_enter_pressed")):
            return await self._client.act(surface, control, action)
        return None

    async def choose(self, label: str, choice: str | Sequence[str], *, on: Surface | None = None) -> Ack | None:
        """Pick an option by its text, a person or a conversation by name, several for checkboxes."""
        shown = self._client.visible(on or self.modal)
        control = controls.field(shown, label)
        self._client.note("chooses", label=label, choice=choice, surface=surface_name(shown))
        kind = str(control.element["type"])
        names = [choice] if isinstance(choice, str) else list(choice)
        picked = [await self._option(shown, control, name) for name in names]
        return await self.select(
            shown, control, picked if kind == "checkboxes" or kind.startswith("multi_") else picked[0]
        )

    async def suggestions(self, label: str, text: str, *, on: Surface | None = None) -> list[str]:
        """Type into a menu whose options come from the app, and return what it offers."""
        shown = self._client.visible(on or self.modal)
        offered = await self.ask_for_options(shown, controls.field(shown, label), text)
        return [rendering.plain(option["text"]) for option in offered]

    async def ask_for_options(self, surface: Surface, control: Control, text: str) -> list[dict[str, Any]]:
        """Return the options that the app has for what is typed in this menu."""
        return await suggestions.suggestions(self._client, surface, control, text)

    async def _option(self, surface: Surface, control: Control, name: str) -> Any:
        element = control.element
        if suggestions.is_external(control):
            element = {**element, "options": await self.ask_for_options(surface, control, name)}
        return controls.option(self._space, element, name)

    async def select(self, surface: Surface, control: Control, value: Any) -> Ack | None:
        """Choose a value in this menu, and return the ack if the app was told."""
        most = control.element.get("max_selected_items")
        if most and isinstance(value, list) and len(value) > most:
            raise CannotDo(f"at most {most} can be chosen")
        action = self._client.fill(surface, control, {str(state.value_field(str(control.element["type"]))): value})
        if control.block.get("type") == "input" and not control.block.get("dispatch_action"):
            return None
        return await self._client.act(surface, control, action)

    async def pick(self, surface: Surface | None, entry: str, *, near: str | None = None) -> Ack:
        """Pick an entry of an overflow menu."""
        shown = self._client.visible(surface)
        control, option = controls.overflow(shown, entry, near)
        return await self.pick_option(shown, control, option, near=near)

    async def pick_option(
        self, surface: Surface, control: Control, option: Mapping[str, Any], *, near: str | None = None
    ) -> Ack:
        """Pick this entry of this overflow menu."""
        label = rendering.plain(option["text"])
        self._client.note("picks", label=label, near=near, surface=surface_name(surface))
        return await self._client.act(surface, control, {"type": "overflow", "selected_option": option})

    async def toggle(self, message: Message, title: str) -> None:
        """Open or close a collapsible container, by its title."""
        for block in message.blocks:
            if block.get("is_collapsible") and title in rendering.block(self._space, block, {}, {}).split("\n")[:1]:
                opened = message.toggled.setdefault(self.id, {})
                opened[str(block["block_id"])] = not message.is_open(self.id, block)
                return
        raise CannotDo(f"there is no container {title!r} in:\n{message.text_view()}")

    async def stop(self, message: Message) -> None:
        """Press Slack's own Stop button of a message that is being streamed."""
        if message.stream is None or not message.streaming:
            raise CannotDo("this message is not being streamed")
        self._client.note("stops", ts=message.ts)
        message.stream.ended = "stopped_by_user"
        self._space.emit(payloads.session_stopped(message, self.id, self._space.next_ts()), message.channel)

    async def submit(self) -> Ack:
        """Submit the modal in front."""
        return await modals.submit(self._client)

    async def escape(self) -> None:
        """Close all modals with Escape or the cross."""
        await modals.close(self._client, everything=True)

    async def cancel(self) -> None:
        """Close the modal in front with its close button."""
        await modals.close(self._client, everything=False)

    async def shortcut(self, message: Message, name: str) -> Ack:
        """Use a message shortcut."""
        client = self._client
        if message.viewer is not None or message.deleted:
            raise CannotDo("there are no shortcuts on this message")
        callback = client.callback(name, "message")
        client.note("uses", label=name)
        return await client.interact(
            "message_action",
            callback_id=callback,
            action_ts=self._space.next_ts(),
            trigger_id=client.trigger(message.channel.id),
            response_url=client.response_url(message.channel, message),
            channel=payloads.channel_ref(message.channel),
            message_ts=message.ts,
            message=payloads.message_object(message),
        )

    async def global_shortcut(self, name: str) -> Ack:
        """Use a global shortcut."""
        client = self._client
        callback = client.callback(name, "global")
        client.note("uses", label=name)
        return await client.interact(
            "shortcut", callback_id=callback, action_ts=self._space.next_ts(), trigger_id=client.trigger(None)
        )

    async def open_home(self, tab: str = "home") -> View | None:
        """Open the app's Home tab (or `messages`) and return what is shown already."""
        self._client.at_home()
        self._client.note("opens", label=tab)
        ts = self._space.next_ts()
        self._space.emit(payloads.home_opened(self.user, self.direct, tab, self.home, ts))
        return self.home


def _upload(file: Attachment) -> Upload:
    return file if isinstance(file, Upload) else Upload(name=file[0], content=file[1])

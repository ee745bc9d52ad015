"""What people do in the browser, carried out by the same `Person` through whom tests act."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from bot.sandbox import controls, payloads, state, suggestions
from bot.sandbox import text as reading
from bot.sandbox.client import Upload, surface_name
from bot.sandbox.controls import CannotDo, Control, Surface
from bot.sandbox.elements import options_of
from bot.sandbox.model import Message
from bot.sandbox.page import dates, fault_form
from bot.sandbox.page.screen import Screen
from bot.sandbox.page.shared import PageState
from bot.sandbox.people import Person
from bot.sandbox.views import View

BrowserAction = Mapping[str, Any]
"""What the browser asks for: `do` names it, the rest says where and with what."""
Option = dict[str, Any]
_AT_ONCE: Final = frozenset(
    ["hello", "go", "become", "tab", "thread", "close_thread", "panel", "inspect", "link", "order", "no_trouble"]
)
"""What only moves the screen does not wait for what is on its way to the app."""


class Offers:
    """What each menu of a tab offers now."""

    def __init__(self) -> None:
        self._offered: dict[tuple[str, str, str], Sequence[Option]] = {}

    def remember(self, action: BrowserAction, options: Sequence[Option]) -> None:
        """Keep what was offered, in place of what was offered before."""
        self._offered[_menu(action)] = options

    def recall(self, action: BrowserAction) -> Option:
        """Return the option that someone picked."""
        for option in self._offered.get(_menu(action), ()):
            if option["value"] == action.get("value"):
                return option
        raise CannotDo("this option is not there any more")


class BrowserActions:
    """Carries out what the browser of one tab asks for.

    What concerns the app is done one after the other, in the order in which it came.
    """

    def __init__(self, page: PageState, screen: Screen) -> None:
        self._page = page
        self._screen = screen
        self._turn = asyncio.Lock()
        self._asked: BrowserAction = {}
        self._offers = Offers()
        self._by_name: Mapping[str, Callable[[BrowserAction], Awaitable[None]]] = {
            "hello": self._hello,
            "become": self._become,
            "go": self._go,
            "link": self._link,
            "tab": self._tab,
            "thread": self._thread,
            "close_thread": self._close_thread,
            "panel": self._panel,
            "inspect": self._inspect,
            "order": self._order,
            "no_trouble": self._no_trouble,
            "scene": self._scene,
            "send": self._send,
            "delete": self._delete,
            "shortcut": self._shortcut,
            "press": self._press,
            "pick": self._pick,
            "enter": self._enter,
            "choose": self._choose,
            "suggest": self._suggest,
            "choose_offered": self._choose_offered,
            "unpick": self._unpick,
            "attach": self._attach,
            "confirm": self._confirm,
            "deny": self._deny,
            "submit": self._submit,
            "cancel": self._cancel,
            "escape": self._escape,
        }

    async def carry_out(self, action: BrowserAction) -> None:
        """Do what the browser asks for."""
        name = str(action.get("do"))
        carry_out = self._by_name.get(name)
        if carry_out is None:
            raise CannotDo(f"this page does not know how to {name}")
        if name in _AT_ONCE:
            await carry_out(action)
            return
        async with self._turn:
            await carry_out(action)

    @property
    def _person(self) -> Person:
        person = self._page.person(self._screen.user)
        assert person is not None
        return person

    async def _hello(self, action: BrowserAction) -> None:
        self._screen.all_anew()
        self._screen.visit(str(action.get("href") or ""), str(action.get("as") or ""))
        await self._show_tab()

    async def _become(self, action: BrowserAction) -> None:
        self._screen.become(str(action["user"]))
        self._screen.go(self._screen.place, thread=self._screen.thread)

    async def _go(self, action: BrowserAction) -> None:
        self._screen.go(str(action["place"]), thread=str(action.get("thread") or ""))
        await self._show_tab()

    async def _link(self, action: BrowserAction) -> None:
        self._screen.visit(str(action["href"]))
        await self._show_tab()

    async def _tab(self, action: BrowserAction) -> None:
        self._screen.go(self._screen.place, tab=str(action["name"]))
        await self._show_tab()

    async def _show_tab(self) -> None:
        """Tell the app, as Slack does, that someone looks at its Home or its messages."""
        if self._screen.channel.kind == "im" and self._screen.tab != "about":
            await self._person.open_home(self._screen.tab)

    async def _thread(self, action: BrowserAction) -> None:
        self._screen.open_thread(str(action["ts"]))

    async def _close_thread(self, action: BrowserAction) -> None:
        self._screen.open_thread("")

    async def _panel(self, action: BrowserAction) -> None:
        self._screen.panel = not self._screen.panel
        self._screen.anew("panel", "rail")

    async def _inspect(self, action: BrowserAction) -> None:
        self._screen.inspect(self._surface(action))

    async def _order(self, action: BrowserAction) -> None:
        fault_form.order(self._page.faults, action)
        self._screen.anew("orders")

    async def _no_trouble(self, action: BrowserAction) -> None:
        self._page.faults.clear()
        self._screen.anew("orders")

    async def _scene(self, action: BrowserAction) -> None:
        self._page.toggle(str(action["name"]))

    async def _send(self, action: BrowserAction) -> None:
        screen, person = self._screen, self._person
        text = str(action.get("text") or "")
        thread = screen.root if action.get("pane") == "thread" else None
        if text.startswith("/"):
            ack = await person.command(screen.channel, text, thread=thread)
            if ack.reason == "refused":
                screen.tell("draft", action.get("pane"), text)
            return
        files = [(str(f["name"]), base64.b64decode(f["data"])) for f in action.get("files") or ()]
        await person.say(screen.channel, text, thread=thread, files=files)

    async def _delete(self, action: BrowserAction) -> None:
        await self._person.delete(self._message(action))

    async def _shortcut(self, action: BrowserAction) -> None:
        await self._person.shortcut(self._message(action), str(action["name"]))

    async def _press(self, action: BrowserAction) -> None:
        surface, control = self._control(action)
        if part := action.get("part"):
            control = controls.side(control, str(part))
        if self._asks(action, control):
            return
        await self._person.press(surface, control)

    async def _pick(self, action: BrowserAction) -> None:
        surface, control = self._control(action)
        if not self._asks(action, control):
            await self._person.pick_option(surface, control, _option(control, str(action["value"])))

    async def _enter(self, action: BrowserAction) -> None:
        surface, control = self._control(action)
        text = str(action.get("text") or "")
        self._note("types", control, surface, text=text)
        await self._person.enter(surface, control, text, pressed_enter=bool(action.get("enter")))

    async def _choose(self, action: BrowserAction) -> None:
        surface, control = self._control(action)
        if self._asks(action, control):
            return
        value = _value(control, action.get("value"))
        self._note("chooses", control, surface, choice=action.get("value"))
        try:
            await self._person.select(surface, control, value)
        except CannotDo:
            self._back_to_what_was(action)
            raise

    async def _suggest(self, action: BrowserAction) -> None:
        surface, control = self._control(action)
        text = str(action.get("text") or "")
        options = await self._person.ask_for_options(surface, control, text)
        self._offers.remember(action, options)
        enough = suggestions.long_enough(control, text)
        names = {"block": action["block"], "action": action["action"]}
        drawn = self._page.drawing.draw("options", options=options, **names) if enough else ""
        self._screen.tell("fill", str(action["list"]), drawn)

    async def _choose_offered(self, action: BrowserAction) -> None:
        surface, control = self._control(action)
        option = self._offers.recall(action)
        await self._have_chosen(surface, control, [*_chosen(surface, control, self._screen.user), option])

    async def _unpick(self, action: BrowserAction) -> None:
        surface, control = self._control(action)
        now = _chosen(surface, control, self._screen.user)
        await self._have_chosen(surface, control, [o for o in now if o["value"] != action.get("value")])

    async def _have_chosen(self, surface: Surface, control: Control, options: list[Option]) -> None:
        """Choose these options, of a menu that takes one the last."""
        many = str(control.element["type"]).startswith("multi_")
        distinct = list({o["value"]: o for o in options}.values())
        self._note("chooses", control, surface, choice=[o["value"] for o in distinct])
        await self._person.select(surface, control, distinct if many else next(reversed(distinct), None))
        self._screen.redraw(surface)

    async def _attach(self, action: BrowserAction) -> None:
        surface, control = self._control(action)
        client = self._person.client
        files = [
            client.file(Upload(name=str(f["name"]), content=base64.b64decode(f["data"])))
            for f in action.get("files") or ()
        ]
        client.fill(surface, control, {"files": [payloads.file_object(file) for file in files]})
        self._screen.anew("modals")

    async def _confirm(self, action: BrowserAction) -> None:
        asked, self._asked = self._asked, {}
        self._screen.tell("fill", "asked", "")
        if asked:
            await self._by_name[str(asked["do"])]({**asked, "confirmed": True})

    async def _deny(self, action: BrowserAction) -> None:
        asked, self._asked = self._asked, {}
        self._screen.tell("fill", "asked", "")
        if not asked:
            return
        surface, control = self._control(asked)
        if asked["do"] == "press":
            await self._person.press(surface, control, confirm=False)
        elif asked["do"] == "choose":
            self._back_to_what_was(asked)

    def _back_to_what_was(self, action: BrowserAction) -> None:
        """Show again what the app knows, in place of a choice that does not count."""
        self._screen.tell("clean", str(action["surface"]))
        self._screen.anew("main", "thread", "modals")

    async def _submit(self, action: BrowserAction) -> None:
        if self._in_front(action):
            await self._person.submit()

    async def _cancel(self, action: BrowserAction) -> None:
        if self._in_front(action):
            await self._person.cancel()

    async def _escape(self, action: BrowserAction) -> None:
        if self._in_front(action):
            await self._person.escape()

    def _in_front(self, action: BrowserAction) -> bool:
        """Say whether the modal that was meant is still there: a second click may come too late."""
        modal = self._person.modal
        return modal is not None and action.get("surface") == f"v:{modal.id}"

    def _asks(self, action: BrowserAction, control: Control) -> bool:
        """Ask first, if the element has a confirm dialog and the person was not asked yet."""
        confirm = control.element.get("confirm")
        if not confirm or action.get("confirmed"):
            return False
        self._asked = action
        drawn = self._page.drawing.draw("asked", c=confirm, surface=action["surface"], viewer=self._screen.user)
        self._screen.tell("fill", "asked", drawn)
        return True

    def _note(self, what: str, control: Control, surface: Surface, **said: Any) -> None:
        label = reading.plain(control.block.get("label")) or reading.plain(control.element.get("placeholder"))
        self._person.client.note(what, label=label, surface=surface_name(surface), **said)

    def _control(self, action: BrowserAction) -> tuple[Surface, Control]:
        surface = self._person.client.visible(self._surface(action))
        return surface, controls.by_ids(surface, str(action["block"]), str(action["action"]))

    def _surface(self, action: BrowserAction) -> Surface:
        kind, _, name = str(action.get("surface") or "").partition(":")
        if kind == "v":
            return self._view(name)
        return self._message(action)

    def _view(self, name: str) -> View:
        view = next((v for v in (*self._person.modals, self._person.home) if v is not None and v.id == name), None)
        if view is None:
            raise CannotDo("this view is not there any more")
        return view

    def _message(self, action: BrowserAction) -> Message:
        _, place, ts = [*str(action.get("surface") or "").split(":"), "", ""][:3]
        channel = self._page.space.channels.get(place)
        if channel is None or not self._page.may_see(self._screen.user, place):
            raise CannotDo("this message is not there any more")
        own = [m for m in channel.ephemerals if m.ts == ts and m.viewer == self._screen.user]
        message = channel.all.get(ts) or next(iter(own), None)
        if message is None:
            raise CannotDo("this message is not there any more")
        return message


def _option(control: Control, value: str) -> dict[str, Any]:
    for option in options_of(control.element):
        if str(option.get("value")) == value:
            return option
    raise CannotDo("this option is not there any more")


def _value(control: Control, chosen: Any) -> Any:
    """Return what goes into `state.values` for what the browser says was chosen."""
    kind = str(control.element["type"])
    name = str(state.value_field(kind))
    if name.startswith("selected_option"):
        if isinstance(chosen, list):
            return [_option(control, str(value)) for value in chosen]
        return _option(control, str(chosen)) if chosen else None
    if name == "selected_date_time":
        return dates.from_input(str(chosen)) if chosen else None
    return chosen or ([] if isinstance(chosen, list) else None)


def _chosen(surface: Surface, control: Control, user: str) -> list[Option]:
    """Return the options that are chosen in a menu already."""
    values = surface.values if isinstance(surface, View) else surface.values(user)
    value = values[control.block["block_id"]][control.element["action_id"]]
    now = value.get(str(state.value_field(str(control.element["type"]))))
    return list(now) if isinstance(now, list) else [now] if now else []


def _menu(action: BrowserAction) -> tuple[str, str, str]:
    return str(action["surface"]), str(action["block"]), str(action["action"])

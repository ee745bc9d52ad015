"""What people do in the browser, carried out by the same `Person` through whom tests act."""

import asyncio
import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from bot.sandbox import finding, payloads, state, suggestions
from bot.sandbox import text as reading
from bot.sandbox.elements import options_of
from bot.sandbox.finding import CannotDo, Found, Surface
from bot.sandbox.hands import surface_name
from bot.sandbox.model import Message
from bot.sandbox.page import dates, orders
from bot.sandbox.page.offers import Offers, Option, chosen
from bot.sandbox.page.screen import Screen
from bot.sandbox.people import Person
from bot.sandbox.views import View

if TYPE_CHECKING:
    from bot.sandbox.page.page import Page

Wish = Mapping[str, Any]
_AT_ONCE: Final = frozenset(
    ["hello", "go", "become", "tab", "thread", "close_thread", "panel", "inspect", "link", "order", "no_trouble"]
)
"""What only moves the screen does not wait for what is on its way to the app."""


class Doings:
    """Carries out the wishes of one tab; those that concern the app one after the other, as they came."""

    def __init__(self, page: "Page", screen: Screen) -> None:
        self._page = page
        self._screen = screen
        self._turn = asyncio.Lock()
        self._asked: Wish = {}
        self._offers = Offers()

    async def carry_out(self, wish: Wish) -> None:
        """Do what the browser asks for."""
        name = str(wish.get("do"))
        doing = getattr(self, f"_do_{name}", None)
        if doing is None:
            raise CannotDo(f"this page does not know how to {name}")
        if name in _AT_ONCE:
            await doing(wish)
            return
        async with self._turn:
            await doing(wish)

    @property
    def _person(self) -> Person:
        person = self._page.person(self._screen.user)
        assert person is not None
        return person

    async def _do_hello(self, wish: Wish) -> None:
        self._screen.all_anew()
        self._screen.visit(str(wish.get("href") or ""), str(wish.get("as") or ""))
        await self._show_tab()

    async def _do_become(self, wish: Wish) -> None:
        self._screen.become(str(wish["user"]))
        self._screen.go(self._screen.place, thread=self._screen.thread)

    async def _do_go(self, wish: Wish) -> None:
        self._screen.go(str(wish["place"]), thread=str(wish.get("thread") or ""))
        await self._show_tab()

    async def _do_link(self, wish: Wish) -> None:
        self._screen.visit(str(wish["href"]))
        await self._show_tab()

    async def _do_tab(self, wish: Wish) -> None:
        self._screen.go(self._screen.place, tab=str(wish["name"]))
        await self._show_tab()

    async def _show_tab(self) -> None:
        """Tell the app, as Slack does, that someone looks at its Home or its messages."""
        if self._screen.channel.kind == "im" and self._screen.tab != "about":
            await self._person.open_home(self._screen.tab)

    async def _do_thread(self, wish: Wish) -> None:
        self._screen.open_thread(str(wish["ts"]))

    async def _do_close_thread(self, wish: Wish) -> None:
        self._screen.open_thread("")

    async def _do_panel(self, wish: Wish) -> None:
        self._screen.panel = not self._screen.panel
        self._screen.anew("panel", "rail")

    async def _do_inspect(self, wish: Wish) -> None:
        self._screen.inspect(self._surface(wish))

    async def _do_order(self, wish: Wish) -> None:
        orders.order(self._page.faults, wish)
        self._screen.anew("orders")

    async def _do_no_trouble(self, wish: Wish) -> None:
        self._page.faults.clear()
        self._screen.anew("orders")

    async def _do_scene(self, wish: Wish) -> None:
        self._page.toggle(str(wish["name"]))

    async def _do_send(self, wish: Wish) -> None:
        screen, person = self._screen, self._person
        text = str(wish.get("text") or "")
        thread = screen.root if wish.get("pane") == "thread" else None
        if text.startswith("/"):
            ack = await person.command(screen.channel, text, thread=thread)
            if ack.reason == "refused":
                screen.tell("draft", wish.get("pane"), text)
            return
        files = [(str(f["name"]), base64.b64decode(f["data"])) for f in wish.get("files") or ()]
        await person.say(screen.channel, text, thread=thread, files=files)

    async def _do_delete(self, wish: Wish) -> None:
        await self._person.delete(self._message(wish))

    async def _do_shortcut(self, wish: Wish) -> None:
        await self._person.shortcut(self._message(wish), str(wish["name"]))

    async def _do_press(self, wish: Wish) -> None:
        surface, found = self._found(wish)
        part = wish.get("part")
        if part:
            element = {**found.element[part], "type": found.element["type"], "action_id": found.element["action_id"]}
            found = Found(found.block, element)
        if self._asks(wish, found):
            return
        await self._person.press(surface, found)

    async def _do_pick(self, wish: Wish) -> None:
        surface, found = self._found(wish)
        if not self._asks(wish, found):
            await self._person.pick_option(surface, found, _option(found, str(wish["value"])))

    async def _do_enter(self, wish: Wish) -> None:
        surface, found = self._found(wish)
        text = str(wish.get("text") or "")
        self._note("types", found, surface, text=text)
        await self._person.enter(surface, found, text, pressed_enter=bool(wish.get("enter")))

    async def _do_choose(self, wish: Wish) -> None:
        surface, found = self._found(wish)
        if self._asks(wish, found):
            return
        value = _value(found, wish.get("value"))
        self._note("chooses", found, surface, choice=wish.get("value"))
        try:
            await self._person.select(surface, found, value)
        except CannotDo:
            self._back_to_what_was(wish)
            raise

    async def _do_suggest(self, wish: Wish) -> None:
        surface, found = self._found(wish)
        text = str(wish.get("text") or "")
        options = await self._person.ask_for_options(surface, found, text)
        self._offers.remember(wish, options)
        enough = suggestions.long_enough(found, text)
        names = {"block": wish["block"], "action": wish["action"]}
        drawn = self._page.drawing.draw("options", options=options, **names) if enough else ""
        self._screen.tell("fill", str(wish["list"]), drawn)

    async def _do_choose_offered(self, wish: Wish) -> None:
        surface, found = self._found(wish)
        option = self._offers.recall(wish)
        await self._have_chosen(surface, found, [*chosen(surface, found, self._screen.user), option])

    async def _do_unpick(self, wish: Wish) -> None:
        surface, found = self._found(wish)
        now = chosen(surface, found, self._screen.user)
        await self._have_chosen(surface, found, [o for o in now if o["value"] != wish.get("value")])

    async def _have_chosen(self, surface: Surface, found: Found, options: list[Option]) -> None:
        """Choose these options; of a menu that takes one, the last."""
        many = str(found.element["type"]).startswith("multi_")
        distinct = list({o["value"]: o for o in options}.values())
        self._note("chooses", found, surface, choice=[o["value"] for o in distinct])
        await self._person.select(surface, found, distinct if many else next(reversed(distinct), None))
        self._screen.redraw(surface)

    async def _do_attach(self, wish: Wish) -> None:
        surface, found = self._found(wish)
        hands = self._person.hands
        files = [hands.file(str(f["name"]), base64.b64decode(f["data"])) for f in wish.get("files") or ()]
        hands.fill(surface, found, {"files": [payloads.file(file) for file in files]})
        self._screen.anew("modals")

    async def _do_confirm(self, wish: Wish) -> None:
        asked, self._asked = self._asked, {}
        self._screen.tell("fill", "asked", "")
        if asked:
            await getattr(self, f"_do_{asked['do']}")({**asked, "confirmed": True})

    async def _do_deny(self, wish: Wish) -> None:
        asked, self._asked = self._asked, {}
        self._screen.tell("fill", "asked", "")
        if not asked:
            return
        surface, found = self._found(asked)
        if asked["do"] == "press":
            await self._person.press(surface, found, confirm=False)
        elif asked["do"] == "choose":
            self._back_to_what_was(asked)

    def _back_to_what_was(self, wish: Wish) -> None:
        """Show again what the app knows, in place of a choice that does not count."""
        self._screen.tell("clean", str(wish["surface"]))
        self._screen.anew("main", "thread", "modals")

    async def _do_submit(self, wish: Wish) -> None:
        if self._in_front(wish):
            await self._person.submit()

    async def _do_cancel(self, wish: Wish) -> None:
        if self._in_front(wish):
            await self._person.cancel()

    async def _do_escape(self, wish: Wish) -> None:
        if self._in_front(wish):
            await self._person.escape()

    def _in_front(self, wish: Wish) -> bool:
        """Say whether the modal that was meant is still there: a second click may come too late."""
        modal = self._person.modal
        return modal is not None and wish.get("surface") == f"v:{modal.id}"

    def _asks(self, wish: Wish, found: Found) -> bool:
        """Ask first, if the element has a confirm dialog and the person was not asked yet."""
        confirm = found.element.get("confirm")
        if not confirm or wish.get("confirmed"):
            return False
        self._asked = wish
        drawn = self._page.drawing.draw("asked", c=confirm, surface=wish["surface"], viewer=self._screen.user)
        self._screen.tell("fill", "asked", drawn)
        return True

    def _note(self, what: str, found: Found, surface: Surface, **said: Any) -> None:
        label = reading.plain(found.block.get("label")) or reading.plain(found.element.get("placeholder"))
        self._person.hands.note(what, label=label, surface=surface_name(surface), **said)

    def _found(self, wish: Wish) -> tuple[Surface, Found]:
        surface = self._person.hands.visible(self._surface(wish))
        return surface, finding.by_ids(surface, str(wish["block"]), str(wish["action"]))

    def _surface(self, wish: Wish) -> Surface:
        kind, _, name = str(wish.get("surface") or "").partition(":")
        if kind == "v":
            return self._view(name)
        return self._message(wish)

    def _view(self, name: str) -> View:
        view = next((v for v in (*self._person.modals, self._person.home) if v is not None and v.id == name), None)
        if view is None:
            raise CannotDo("this view is not there any more")
        return view

    def _message(self, wish: Wish) -> Message:
        _, place, ts = [*str(wish.get("surface") or "").split(":"), "", ""][:3]
        channel = self._page.space.channels.get(place)
        if channel is None or not self._page.may_see(self._screen.user, place):
            raise CannotDo("this message is not there any more")
        own = [m for m in channel.ephemerals if m.ts == ts and m.viewer == self._screen.user]
        message = channel.all.get(ts) or next(iter(own), None)
        if message is None:
            raise CannotDo("this message is not there any more")
        return message


def _option(found: Found, value: str) -> dict[str, Any]:
    for option in options_of(found.element):
        if str(option.get("value")) == value:
            return option
    raise CannotDo("this option is not there any more")


def _value(found: Found, chosen: Any) -> Any:
    """Return what goes into `state.values` for what the browser says was chosen."""
    kind = str(found.element["type"])
    name = str(state.value_field(kind))
    if name.startswith("selected_option"):
        if isinstance(chosen, list):
            return [_option(found, str(value)) for value in chosen]
        return _option(found, str(chosen)) if chosen else None
    if name == "selected_date_time":
        return dates.from_input(str(chosen)) if chosen else None
    return chosen or ([] if isinstance(chosen, list) else None)

"""Finding buttons and inputs the way a person does: by what is written on and above them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.sandbox import text as rendering
from bot.sandbox.checks import elements_of, nested_blocks
from bot.sandbox.model import Channel, Message
from bot.sandbox.state import Values, value_field
from bot.sandbox.views import View
from bot.sandbox.workspace import SandboxWorkspace

Surface = Message | View
_TEXTS: Final = ("section", "header", "markdown", "rich_text")
_SIDES: Final = ("positive_button", "negative_button")


class CannotDo(Exception):
    """What a person tried is not possible on the screen they see."""


@dataclass(frozen=True, slots=True)
class Control:
    """An element and the block it is in."""

    block: dict[str, Any]
    element: dict[str, Any]


def button(surface: Surface, label: str, near: str | None) -> Control:
    """Return the one button with that label. With `near` it is the one below the block that shows this text."""
    blocks = list(nested_blocks(surface.blocks))
    if near is not None:
        blocks = _below(surface, blocks, near)
    matches = [one for control in _elements(blocks) for one in pressable(control) if _label(one.element) == label]
    where = f" near {near!r}" if near else ""
    if not matches:
        raise CannotDo(f"there is no button {label!r}{where} in:\n{surface.text_view()}")
    if len(matches) > 1 and near is None:
        raise CannotDo(f"{len(matches)} buttons are called {label!r}, say near which text:\n{surface.text_view()}")
    return matches[0]


def pressable(control: Control) -> list[Control]:
    """Return what can be pressed of an element: the two sides of feedback buttons, else the element itself."""
    if control.element.get("type") != "feedback_buttons":
        return [control]
    return [side(control, name) for name in _SIDES]


def side(control: Control, name: str) -> Control:
    """Return one side of feedback buttons. Its click has the ids and the type of both, and its own text and value."""
    if name not in _SIDES or name not in control.element:
        raise CannotDo("this button is not there")
    common = {"type": control.element["type"], "action_id": control.element["action_id"]}
    return Control(control.block, {**control.element[name], **common})


def by_ids(surface: Surface, block_id: str, action_id: str) -> Control:
    """Return the element with these ids."""
    for control in _elements(list(nested_blocks(surface.blocks))):
        if (control.block.get("block_id"), control.element.get("action_id")) == (block_id, action_id):
            return control
    raise CannotDo("this is not there any more")


def field(surface: Surface, label: str) -> Control:
    """Return the input or menu with that label, placeholder or text beside it."""
    for block in nested_blocks(surface.blocks):
        for element in elements_of(block):
            if value_field(str(element.get("type"))) is None:
                continue
            names = (
                rendering.plain(block.get("label")),
                rendering.plain(element.get("placeholder")),
                rendering.plain(block.get("text")) if block.get("type") == "section" else "",
            )
            if label in names:
                return Control(block, element)
    raise CannotDo(f"there is no input {label!r} in:\n{surface.text_view()}")


def option(space: SandboxWorkspace, element: dict[str, Any], name: str) -> Any:
    """Return what a menu's value becomes when a person picks `name`."""
    kind = str(element["type"])
    if "user" in kind:
        user = next((u for u in space.users.values() if name.removeprefix("@") in (u.real_name, u.id)), None)
        if user is None:
            raise CannotDo(f"nobody is called {name!r}")
        return user.id
    if "conversation" in kind or "channel" in kind:
        return _conversation(space, name).id
    groups = element.get("option_groups") or [{"options": element.get("options") or []}]
    for one in (o for group in groups for o in group["options"]):
        if rendering.plain(one["text"]) == name:
            return one
    raise CannotDo(f"there is no option {name!r}")


def typed(surface: Surface, user: str) -> Values:
    """Return where a person's own input on a surface is kept."""
    return surface.typed if isinstance(surface, View) else surface.typed.setdefault(user, {})


def _conversation(space: SandboxWorkspace, name: str) -> Channel:
    if name.startswith("@"):
        user = next((u for u in space.users.values() if u.real_name == name[1:]), None)
        if user is not None:
            return space.direct(user)
    channel = space.find_channel(name)
    if channel is None:
        raise CannotDo(f"there is no conversation {name!r}")
    return channel


def _label(element: dict[str, Any]) -> str | None:
    if element.get("type") not in ("button", "icon_button", "workflow_button", "feedback_buttons"):
        return None
    return rendering.plain(element.get("text"))


def _elements(blocks: Sequence[dict[str, Any]]) -> Iterator[Control]:
    for block in blocks:
        for element in elements_of(block):
            yield Control(block, element)


def _below(surface: Surface, blocks: list[dict[str, Any]], near: str) -> list[dict[str, Any]]:
    """Cut out the blocks from the one that shows `near` to where the next item's text begins."""
    shown = [rendering.block(surface.space, block, {}, {}) for block in blocks]
    start = next((i for i, text in enumerate(shown) if near in text), None)
    if start is None:
        raise CannotDo(f"nothing shows {near!r} in:\n{surface.text_view()}")
    kept: list[dict[str, Any]] = []
    controls = False
    for block in blocks[start:]:
        if controls and block.get("type") in _TEXTS:
            break
        kept.append(block)
        controls = controls or any(True for _ in elements_of(block))
    return kept


def only_in_a_menu(surface: Surface, label: str, near: str | None) -> tuple[Control, dict[str, Any]] | None:
    """Return the entry of an overflow menu with that label. It is None when a button has it, or nothing."""
    try:
        button(surface, label, near)
    except CannotDo:
        try:
            return overflow(surface, label, near)
        except CannotDo:
            return None
    return None


def overflow(surface: Surface, entry: str, near: str | None) -> tuple[Control, dict[str, Any]]:
    """Return the overflow menu that has an entry, and the entry."""
    blocks = list(nested_blocks(surface.blocks))
    if near is not None:
        blocks = _below(surface, blocks, near)
    for control in _elements(blocks):
        if control.element.get("type") == "overflow":
            for option in control.element["options"]:
                if rendering.plain(option["text"]) == entry:
                    return control, option
    raise CannotDo(f"there is no menu entry {entry!r} in:\n{surface.text_view()}")

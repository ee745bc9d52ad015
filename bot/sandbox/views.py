"""Modals and App Home: which views are open, and whose."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from bot.sandbox import limits, state
from bot.sandbox import text as rendering
from bot.sandbox.model import Directory
from bot.sandbox.refusal import ApiRefusal

_KEPT: Final = ("title", "submit", "close", "private_metadata", "callback_id", "external_id")


@dataclass(slots=True, kw_only=True, eq=False)
class View:
    """A modal or Home view as one person sees it."""

    space: Directory = field(repr=False)
    id: str
    user: str
    source: Mapping[str, Any] = field(repr=False)
    root_id: str
    previous_id: str | None = None
    conversation: str | None = None
    hash: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    typed: state.Values = field(default_factory=dict, repr=False)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """`modal` or `home`."""
        return str(self.source["type"])

    @property
    def title(self) -> str:
        """The modal's title."""
        return rendering.plain(self.source.get("title"))

    @property
    def values(self) -> state.Values:
        """The `state.values` of the view."""
        return state.values(self.blocks, self.typed, self.conversation)

    def show(self, source: Mapping[str, Any]) -> None:
        """Replace the content. What was typed survives where both ids are unchanged."""
        self.source = source
        self.blocks = self.space.with_ids(source["blocks"])
        self.typed = state.survivors(self.typed, self.blocks)
        self.errors = {}
        self.hash = f"{int(self.space.clock())}.{secrets.token_hex(4)}"

    def text_view(self, user: str = "") -> str:
        """Return what the person reads: title, blocks with what was typed, errors, the buttons at the bottom."""
        body = rendering.blocks(self.space, self.blocks, self.values, self.errors)
        if self.kind == "home":
            return body
        ends = [rendering.plain(self.source.get(name)) for name in ("close", "submit") if self.source.get(name)]
        buttons = " ".join(f"[{name}]" for name in ends)
        return "\n".join(part for part in (f"# {self.title}", body, buttons) if part)

    def payload(self) -> dict[str, Any]:
        """Return the view as Slack sends it."""
        body = {name: self.source.get(name) for name in _KEPT}
        for name in ("private_metadata", "callback_id", "external_id"):
            body[name] = body[name] or ""
        return {
            "id": self.id,
            "team_id": self.space.users[self.user].team_id,
            "type": self.kind,
            "blocks": self.blocks,
            **body,
            "state": {"values": self.values},
            "hash": self.hash,
            "clear_on_close": bool(self.source.get("clear_on_close")),
            "notify_on_close": bool(self.source.get("notify_on_close")),
            "previous_view_id": self.previous_id,
            "root_view_id": self.root_id,
            "app_id": self.space.app_id,
            "app_installed_team_id": self.space.team_id,
            "bot_id": self.space.bot_id,
        }


class Views:
    """Every person's open modals and Home."""

    def __init__(self, space: Directory) -> None:
        self._space = space
        self.homes: dict[str, View] = {}
        self.stacks: dict[str, list[View]] = {}

    def stack(self, user: str) -> list[View]:
        """Return a person's open modals, the visible one last."""
        return self.stacks.setdefault(user, [])

    def open(self, user: str, source: Mapping[str, Any], conversation: str | None) -> View:
        """Open a modal in place of what was open."""
        self.stacks[user] = []
        return self.push(user, source, conversation)

    def push(self, user: str, source: Mapping[str, Any], conversation: str | None = None) -> View:
        """Open a modal on top of the open ones."""
        stack = self.stack(user)
        if len(stack) >= limits.MODAL_STACK:
            raise ApiRefusal("push_limit_reached")
        self._check_external_id(source, None)
        view = self._new(user, source, stack[-1] if stack else None, conversation)
        stack.append(view)
        self._note("opened" if len(stack) == 1 else "pushed", view)
        return view

    def update(self, view: View, source: Mapping[str, Any], given_hash: str | None) -> None:
        """Show other content in an open view."""
        if given_hash is not None and given_hash != view.hash:
            raise ApiRefusal("hash_conflict")
        self._check_external_id(source, view)
        view.show(source)
        self._note("updated", view)

    def publish(self, user: str, source: Mapping[str, Any], given_hash: str | None) -> View:
        """Show a person's Home."""
        home = self.homes.get(user)
        if given_hash is not None and (home is None or given_hash != home.hash):
            raise ApiRefusal("hash_conflict")
        if home is None:
            home = self.homes[user] = self._new(user, source, None, None)
        else:
            home.show(source)
        self._note("published", home)
        return home

    def find(self, *, view_id: str = "", external_id: str = "") -> View:
        """Find an open view."""
        for view in [*self.homes.values(), *(v for stack in self.stacks.values() for v in stack)]:
            if (view_id and view.id == view_id) or (external_id and view.source.get("external_id") == external_id):
                return view
        raise ApiRefusal("not_found")

    def close(self, view: View) -> None:
        """Take a modal off its stack."""
        stack = self.stack(view.user)
        if view in stack:
            stack.remove(view)
            self._note("closed", view)

    def clear(self, user: str) -> None:
        """Close all modals of a person."""
        for view in reversed(list(self.stack(user))):
            self.close(view)

    def _new(self, user: str, source: Mapping[str, Any], below: View | None, conversation: str | None) -> View:
        name = self._space.fresh("V")
        view = View(
            space=self._space,
            id=name,
            user=user,
            source=source,
            root_id=below.root_id if below else name,
            previous_id=below.id if below else None,
            conversation=conversation or (below.conversation if below else None),
        )
        view.show(source)
        return view

    def _check_external_id(self, source: Mapping[str, Any], own: View | None) -> None:
        name = source.get("external_id")
        views = (v for stack in self.stacks.values() for v in stack)
        if name and any(v is not own and v.source.get("external_id") == name for v in views):
            raise ApiRefusal("duplicate_external_id")

    def _note(self, what: str, view: View) -> None:
        self._space.record.add(
            "view",
            what,
            view,
            user=view.user,
            view_id=view.id,
            type=view.kind,
            blocks=view.blocks,
            typed={block: dict(values) for block, values in view.typed.items()},
            conversation=view.conversation,
            **{name: view.source[name] for name in ("title", "submit", "close") if view.source.get(name)},
        )

"""From Bolt's listeners to handlers: parse what came in, call the handler, show its answer, acknowledge."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from bot.domain.incoming import Click, Incoming, MessageShortcut, SlashCommand, Submission
from bot.services.services import Services
from bot.slack import incoming
from bot.slack.incoming import Payload
from bot.slack.views.ids import Action, Callback, Command, Link, Shortcut
from bot.slack.views.kit import Rendered, View


@dataclass(frozen=True, slots=True, kw_only=True)
class Redrawn:
    """A modal that is shown in place of the one in which a person clicked."""

    view: View


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistakes:
    """What is wrong with a modal that was submitted, by block id. It stays open."""

    by_block: Mapping[str, str]


Answer = Rendered | View | Redrawn | Mistakes | None
"""What a person is shown at once: a private message, a modal, what is wrong with one, or nothing."""

OnCommand = Callable[[SlashCommand, Services], Awaitable[Answer]]
OnShortcut = Callable[[MessageShortcut, Services], Awaitable[Answer]]
OnClick = Callable[[Click, Services], Awaitable[Answer]]
OnSubmission = Callable[[Submission, Services], Awaitable[Answer]]
OnEvent = Callable[[Payload, AsyncBoltContext, Services], Awaitable[None]]

ANYTHING: Final = re.compile(".*", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handlers:
    """The handlers of one surface, each under the id that Slack sends for it."""

    commands: Mapping[Command, OnCommand] = field(default_factory=dict)
    shortcuts: Mapping[Shortcut, OnShortcut] = field(default_factory=dict)
    actions: Mapping[Action | Link, OnClick] = field(default_factory=dict)
    submissions: Mapping[Callback, OnSubmission] = field(default_factory=dict)
    closed: Mapping[Callback, OnSubmission] = field(default_factory=dict)
    events: Mapping[str, OnEvent] = field(default_factory=dict)


class Router:
    """Registers handlers with Bolt. An error goes to the error handler of `handlers.failures`."""

    def __init__(self, app: AsyncApp, services: Services) -> None:
        self._app = app
        self._services = services

    def add(self, handlers: Handlers) -> None:
        """Register the handlers of a surface."""
        for command, on_command in handlers.commands.items():
            self._app.command(command.value)(self._on_command(on_command))
        for shortcut, on_shortcut in handlers.shortcuts.items():
            self._app.shortcut(shortcut.value)(self._interaction(incoming.shortcut, on_shortcut))
        for action, on_click in handlers.actions.items():
            self._app.action(action.value)(self._interaction(incoming.click, on_click))
        for callback, on_submission in handlers.submissions.items():
            self._app.view(callback.value)(self._interaction(incoming.submission, on_submission))
        for callback, on_closed in handlers.closed.items():
            self._app.view_closed(callback.value)(self._interaction(incoming.submission, on_closed))
        for event, on_event in handlers.events.items():
            self._app.event(event)(self._on_event(on_event))

    def add_last_resort(self, unknown: OnClick, unknown_command: Rendered, unknown_event: OnEvent) -> None:
        """Answer politely what no handler is for, so that Slack does not send it again. It comes last."""

        async def command(ack: AsyncAck) -> None:
            await ack(text=unknown_command.text, blocks=unknown_command.blocks)

        async def acknowledge(ack: AsyncAck) -> None:
            await ack()

        self._app.event(ANYTHING)(self._on_event(unknown_event))
        self._app.action(ANYTHING)(self._interaction(incoming.click, unknown))
        self._app.command(ANYTHING)(command)
        for kind in (self._app.shortcut, self._app.view, self._app.view_closed):
            kind(ANYTHING)(acknowledge)

    def _on_command(self, handler: OnCommand) -> Callable[..., Awaitable[None]]:
        async def listener(ack: AsyncAck, body: Payload, context: AsyncBoltContext) -> None:
            command = incoming.command(body, incoming.tenant(context.team_id))
            answer = await handler(command, self._services)
            if isinstance(answer, Rendered):
                await ack(text=answer.text, blocks=answer.blocks)
                return
            await self._show(command, answer)
            await ack()

        return listener

    def _interaction(
        self, read: Callable[[Payload, Any], Any], handler: Callable[[Any, Services], Awaitable[Answer]]
    ) -> Callable[..., Awaitable[None]]:
        async def listener(ack: AsyncAck, body: Payload, context: AsyncBoltContext) -> None:
            interaction = read(body, incoming.tenant(context.team_id))
            answer = await handler(interaction, self._services)
            if isinstance(answer, Mistakes):
                await ack(response_action="errors", errors=dict(answer.by_block))
                return
            await self._show(interaction, answer)
            await ack()

        return listener

    def _on_event(self, handler: OnEvent) -> Callable[..., Awaitable[None]]:
        async def listener(body: Payload, context: AsyncBoltContext) -> None:
            await handler(body, context, self._services)

        return listener

    async def _show(self, to: Incoming, answer: Answer) -> None:
        if isinstance(answer, Rendered):
            await self._services.private_replies.tell(to, answer)
        elif isinstance(answer, Redrawn):
            await self._services.private_replies.redraw(to, answer.view)
        elif answer is not None and not isinstance(answer, Mistakes):
            await self._services.private_replies.open(to, answer)

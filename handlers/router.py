"""From Bolt's listeners to handlers: parse what came in, call the handler, show its answer, acknowledge."""

import re
from collections import ChainMap
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final, TypeVar

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

Handler = TypeVar("Handler")
Done = TypeVar("Done", bound=Incoming)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class LastResort:
    """What is done with a delivery that no handler is for, so that Slack does not send it again."""

    click: OnClick
    command: Callable[[], Rendered]
    event: OnEvent


def joined(surfaces: Sequence[Handlers]) -> Handlers:
    """Make one table of those of all surfaces."""
    kinds = [part.name for part in fields(Handlers)]
    return Handlers(**{kind: dict(ChainMap(*(getattr(one, kind) for one in surfaces))) for kind in kinds})


class Router:
    """Finds the handler of a delivery. An error goes to the error handler of `handlers.failures`.

    Bolt gets one listener for each kind of delivery. It asks its listeners one after the other, and a hundred of them
    take longer than the use case.
    """

    def __init__(self, handlers: Handlers, last_resort: LastResort, services: Services) -> None:
        self._handlers = handlers
        self._last_resort = last_resort
        self._services = services

    def register(self, app: AsyncApp) -> None:
        """Have Bolt hand in everything that comes from Slack."""
        app.event(ANYTHING)(self.event)
        app.action(ANYTHING)(self.action)
        app.command(ANYTHING)(self.command)
        app.shortcut(ANYTHING)(self.shortcut)
        app.view(ANYTHING)(self.view)
        app.view_closed(ANYTHING)(self.view_closed)

    async def event(self, body: Payload, context: AsyncBoltContext) -> None:
        """Take an event. Bolt acknowledges it."""
        handler = self._handlers.events.get(incoming.subject(body), self._last_resort.event)
        await handler(body, context, self._services)

    async def action(self, ack: AsyncAck, body: Payload, context: AsyncBoltContext) -> None:
        """Take the use of a control."""
        handler = _of(self._handlers.actions, body) or self._last_resort.click
        await self._answer(ack, incoming.click(body, incoming.tenant(context.team_id)), handler)

    async def command(self, ack: AsyncAck, body: Payload, context: AsyncBoltContext) -> None:
        """Take a slash command, which is answered in the acknowledgement."""
        answer: Answer = None
        if handler := _of(self._handlers.commands, body):
            command = incoming.command(body, incoming.tenant(context.team_id))
            answer = await handler(command, self._services)
            if not isinstance(answer, Rendered):
                await self._show(command, answer)
        else:
            answer = self._last_resort.command()
        if isinstance(answer, Rendered):
            await ack(text=answer.text, blocks=answer.blocks)
        else:
            await ack()

    async def shortcut(self, ack: AsyncAck, body: Payload, context: AsyncBoltContext) -> None:
        """Take a shortcut on a message."""
        if handler := _of(self._handlers.shortcuts, body):
            await self._answer(ack, incoming.shortcut(body, incoming.tenant(context.team_id)), handler)
        else:
            await ack()

    async def view(self, ack: AsyncAck, body: Payload, context: AsyncBoltContext) -> None:
        """Take a modal that was submitted."""
        await self._modal(self._handlers.submissions, ack, body, context)

    async def view_closed(self, ack: AsyncAck, body: Payload, context: AsyncBoltContext) -> None:
        """Take a modal that was closed."""
        await self._modal(self._handlers.closed, ack, body, context)

    async def _modal(
        self, handlers: Mapping[Callback, OnSubmission], ack: AsyncAck, body: Payload, context: AsyncBoltContext
    ) -> None:
        if handler := _of(handlers, body):
            await self._answer(ack, incoming.submission(body, incoming.tenant(context.team_id)), handler)
        else:
            await ack()

    async def _answer(self, ack: AsyncAck, done: Done, handler: Callable[[Done, Services], Awaitable[Answer]]) -> None:
        answer = await handler(done, self._services)
        if isinstance(answer, Mistakes):
            await ack(response_action="errors", errors=dict(answer.by_block))
            return
        await self._show(done, answer)
        await ack()

    async def _show(self, to: Incoming, answer: Answer) -> None:
        if isinstance(answer, Rendered):
            await self._services.private_replies.tell(to, answer)
        elif isinstance(answer, Redrawn):
            await self._services.private_replies.redraw(to, answer.view)
        elif answer is not None and not isinstance(answer, Mistakes):
            await self._services.private_replies.open(to, answer)


def _of(handlers: Mapping[Any, Handler], body: Payload) -> Handler | None:
    """Find the handler for what a delivery names."""
    return handlers.get(incoming.subject(body))

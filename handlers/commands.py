"""Slash commands: start a session, resolve the current one, fold or open its lane."""

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.domain import safety
from bot.services.bundle import Services
from bot.services.commands import Answer
from bot.services.sessions import Problem
from bot.slack.views import notices
from bot.slack.views.ids import Callback, Field
from bot.slack.views.ids import Command as Name
from handlers import payloads
from handlers.asking import asker, by
from handlers.payloads import Payload
from handlers.values import Command


def register(app: AsyncApp, services: Services) -> None:
    """Register the commands, and the modals in which a command asks which session it means."""

    async def answer(command: Command, found: Answer, ack: AsyncAck) -> None:
        if found.view is not None:
            await services.answers.open(asker(command), found.view)
        if found.message is not None:
            await ack(text=found.message.text, blocks=found.message.blocks)
        else:
            await ack()

    @app.command(Name.TROUBLESHOOT.value)
    async def troubleshoot(ack: AsyncAck, body: Payload) -> None:
        command = payloads.command(body)
        problem = Problem(text=command.text, channel=command.channel)
        if not safety.blank(command.text):
            await services.sessions.start(command.tenant, by(command, command.response_url), problem)
            await ack()
        else:
            usage = notices.usage()
            await ack(text=usage.text, blocks=usage.blocks)

    @app.command(Name.RESOLVE.value)
    async def resolve(ack: AsyncAck, body: Payload) -> None:
        command = payloads.command(body)
        found = await services.commands.resolve(command.tenant, by(command), command.channel, command.text)
        await answer(command, found, ack)

    @app.command(Name.TASKS.value)
    async def tasks(ack: AsyncAck, body: Payload) -> None:
        command = payloads.command(body)
        found = await services.commands.tasks(command.tenant, by(command), command.channel)
        await answer(command, found, ack)

    @app.view(Callback.CHOOSE_RESOLVE.value)
    async def chosen_to_resolve(ack: AsyncAck, body: Payload) -> None:
        form = payloads.submission(body)
        session = payloads.target(form.values.get(Field.WHICH, "")).session
        notes = form.values.get(Field.NOTES, "")
        await services.commands.resolve_one(form.tenant, by(form), session, notes)
        await ack()

    @app.view(Callback.CHOOSE_TASKS.value)
    async def chosen_to_toggle(ack: AsyncAck, body: Payload) -> None:
        form = payloads.submission(body)
        session = payloads.target(form.values.get(Field.WHICH, "")).session
        await services.lanes.toggle(form.tenant, by(form), session)
        await ack()

"""The ticket notes' buttons, and trying an answer again."""

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.domain.ids import ChannelId, TurnId
from bot.services.bundle import Services
from bot.slack.views.ids import Action, Callback, Field
from handlers import payloads
from handlers.asking import asker, by
from handlers.payloads import Payload


def register(app: AsyncApp, services: Services) -> None:
    """Register everything that a person can do with notes."""
    _writing(app, services)
    _reading(app, services)
    _posting(app, services)


def _writing(app: AsyncApp, services: Services) -> None:
    @app.action(Action.STOP_NOTES.value)
    async def stop(ack: AsyncAck, body: Payload) -> None:
        click = payloads.click(body)
        await services.notes.stop(click.tenant, by(click), payloads.target(click.value).session)
        await ack()

    @app.action(Action.REGENERATE.value)
    async def regenerate(ack: AsyncAck, body: Payload) -> None:
        click = payloads.click(body)
        await services.notes.regenerate(click.tenant, by(click), payloads.target(click.value).session)
        await ack()

    @app.action(Action.TRY_AGAIN.value)
    async def try_again(ack: AsyncAck, body: Payload) -> None:
        click = payloads.click(body)
        target = payloads.target(click.value)
        await services.replies.again(click.tenant, by(click), target.session, TurnId(target.task))
        await ack()


def _reading(app: AsyncApp, services: Services) -> None:
    @app.action(Action.COPY.value)
    async def copy(ack: AsyncAck, body: Payload) -> None:
        click = payloads.click(body)
        session = payloads.target(click.value).session
        view = await services.finished.copy(click.tenant, by(click), session)
        if view is not None:
            await services.answers.open(asker(click), view)
        await ack()

    @app.action(Action.VIEW_NOTES.value)
    async def view_notes(ack: AsyncAck, body: Payload) -> None:
        click = payloads.click(body)
        view = await services.finished.view(click.tenant, payloads.target(click.value).session)
        await services.answers.open(asker(click), view)
        await ack()


def _posting(app: AsyncApp, services: Services) -> None:
    @app.action(Action.POST.value)
    async def pick(ack: AsyncAck, body: Payload) -> None:
        click = payloads.click(body)
        view = await services.finished.pick_channel(click.tenant, payloads.target(click.value).session)
        await services.answers.open(asker(click), view)
        await ack()

    @app.view(Callback.POST.value)
    async def post(ack: AsyncAck, body: Payload) -> None:
        form = payloads.submission(body)
        session = payloads.target(form.private).session
        channel = ChannelId(payloads.required(form.values.get(Field.TEAM_CHANNEL)))
        await services.finished.post(form.tenant, by(form), session, channel)
        await ack()

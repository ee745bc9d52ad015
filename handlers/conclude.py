"""Concluding a session, and bringing it back: buttons and the modal."""

from collections.abc import Awaitable, Callable

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.domain.ids import ChannelId, SessionId, Tenant, UserId
from bot.domain.sessions import Outcome
from bot.services.bundle import Services
from bot.services.conclude import Conclusion
from bot.services.tools import By
from bot.slack.views.ids import Action, Callback, Field
from handlers import payloads
from handlers.asking import asker, by
from handlers.payloads import Payload

Verb = Callable[[Tenant, By, SessionId], Awaitable[None]]


def register(app: AsyncApp, services: Services) -> None:
    """Register the conclusion's button and modal, and the buttons that bring a session back."""

    @app.action(Action.CONCLUDE.value)
    async def conclude(ack: AsyncAck, body: Payload) -> None:
        click = payloads.click(body)
        session = payloads.target(click.value).session
        view = await services.commands.conclude_modal(click.tenant, click.user, session)
        await services.answers.open(asker(click), view)
        await ack()

    @app.view(Callback.CONCLUDE.value)
    async def submitted(ack: AsyncAck, body: Payload) -> None:
        form = payloads.submission(body)
        session = payloads.target(form.private).session
        conclusion = Conclusion(
            outcome=payloads.one_of(Outcome, form.values.get(Field.OUTCOME)),
            notes=form.values.get(Field.NOTES, ""),
            escalate_to=UserId(form.values.get(Field.ESCALATE_TO, "")) or None,
            channel=ChannelId(form.values.get(Field.TEAM_CHANNEL, "")) or None,
        )
        await services.conclusions.conclude(form.tenant, by(form), session, conclusion)
        await ack()

    def on(action: Action, verb: Verb) -> None:
        async def clicked(ack: AsyncAck, body: Payload) -> None:
            click = payloads.click(body)
            await verb(click.tenant, by(click), payloads.target(click.value).session)
            await ack()

        app.action(action.value)(clicked)

    on(Action.RESUME, services.conclusions.resume)
    on(Action.RESUME_IN_NEW_CHAT, services.conclusions.resume_in_new_chat)
    on(Action.REOPEN, services.conclusions.reopen)
    on(Action.TAKE_OVER, services.conclusions.take_over)

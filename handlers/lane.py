"""The task lane's controls, wherever they are: in the thread, in App Home, in the modal of a task."""

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.domain.lane import Mark
from bot.services.bundle import Services
from bot.slack.views.answer import answer_modal
from bot.slack.views.ids import Action, Callback
from handlers import payloads
from handlers.asking import asker, by
from handlers.payloads import Payload

_MARKS = {Action.DONE: Mark.DONE, Action.SKIP: Mark.SKIPPED, Action.UNDO: Mark.OPEN}


def register(app: AsyncApp, services: Services) -> None:
    """Register the lane's buttons and the modal that answers a task."""
    _folding(app, services)
    _marking(app, services)
    _answering(app, services)


def _folding(app: AsyncApp, services: Services) -> None:
    async def fold(ack: AsyncAck, body: Payload, folded: bool) -> None:
        click = payloads.click(body)
        session = payloads.target(click.value).session
        await services.lanes.fold(click.tenant, by(click), session, folded)
        await ack()

    @app.action(Action.FOLD.value)
    async def collapse(ack: AsyncAck, body: Payload) -> None:
        await fold(ack, body, folded=True)

    @app.action(Action.UNFOLD.value)
    async def reopen(ack: AsyncAck, body: Payload) -> None:
        await fold(ack, body, folded=False)

    async def turn_page(ack: AsyncAck, body: Payload) -> None:
        click = payloads.click(body)
        target = payloads.target(click.value)
        await services.lanes.turn_page(click.tenant, by(click), target.session, target.number)
        await ack()

    app.action(Action.LANE_PREVIOUS.value)(turn_page)
    app.action(Action.LANE_NEXT.value)(turn_page)


def _marking(app: AsyncApp, services: Services) -> None:
    async def mark(ack: AsyncAck, body: Payload) -> None:
        click = payloads.click(body)
        target = payloads.target(click.value)
        new = _MARKS[Action(click.action)]
        await services.lanes.mark(click.tenant, by(click), target.session, target.task, new)
        await ack()

    for action in _MARKS:
        app.action(action.value)(mark)

    @app.action(Action.SEND.value)
    async def send(ack: AsyncAck, body: Payload) -> None:
        click = payloads.click(body)
        await services.lanes.send(click.tenant, by(click), payloads.target(click.value).session)
        await ack()


def _answering(app: AsyncApp, services: Services) -> None:
    @app.action(Action.ANSWER.value)
    async def answer(ack: AsyncAck, body: Payload) -> None:
        click = payloads.click(body)
        target = payloads.target(click.value)
        task = await services.lanes.task(click.tenant, click.user, target.session, target.task)
        await services.answers.open(asker(click), answer_modal(target.session, task))
        await ack()

    async def draft(ack: AsyncAck, body: Payload) -> None:
        click = payloads.click(body)
        target = payloads.draft_target(click.block)
        home = click.view == "home"
        await services.lanes.draft(click.tenant, by(click), target.session, target.task, click.typed, home=home)
        await ack()

    app.action(Action.DRAFT.value)(draft)
    app.action(Action.HOME_DRAFT.value)(draft)

    @app.view(Callback.ANSWER.value)
    async def submitted(ack: AsyncAck, body: Payload) -> None:
        form = payloads.submission(body)
        target = payloads.target(form.private)
        typed = form.values.get(Action.DRAFT, "")
        await services.lanes.answer(form.tenant, by(form), target.session, target.task, typed)
        await ack()

    @app.view_closed(Callback.ANSWER.value)
    async def closed(ack: AsyncAck, body: Payload) -> None:
        form = payloads.submission(body)
        target = payloads.target(form.private)
        await services.lanes.close(form.tenant, by(form), target.session, target.task, form.values.get(Action.DRAFT))
        await ack()

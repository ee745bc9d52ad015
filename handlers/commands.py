"""Slash commands: start a session, resolve the current one, fold or open its lane."""

from typing import Final

from bot.domain import safety
from bot.domain.guide import wished
from bot.domain.incoming import SlashCommand, Submission
from bot.domain.lane import Lane
from bot.domain.sessions import Session
from bot.services.commands import Which
from bot.services.services import Services
from bot.slack import incoming
from bot.slack.views import conclude as views
from bot.slack.views import notices
from bot.slack.views.conclude import Verb
from bot.slack.views.ids import Callback, Command, Field
from handlers.router import Answer, Handlers


async def troubleshoot(command: SlashCommand, services: Services) -> Answer:
    """Start a session."""
    if safety.blank(wished(command.text)[1]):
        return notices.usage()
    await services.sessions.start(command)
    return None


async def resolve(command: SlashCommand, services: Services) -> Answer:
    """Resolve the current session, or ask which."""
    resolved = await services.commands.resolve(command)
    if resolved is None:
        return notices.checking()
    return notices.resolved(resolved) if isinstance(resolved, Session) else _which(command, resolved, "resolve")


async def tasks(command: SlashCommand, services: Services) -> Answer:
    """Fold or open the lane of the current session, or ask which."""
    toggled = await services.commands.tasks(command)
    return notices.toggled(toggled) if isinstance(toggled, Lane) else _which(command, toggled, "tasks")


async def chosen_to_resolve(form: Submission, services: Services) -> Answer:
    """Resolve the session that was chosen in the modal."""
    chosen = incoming.chosen(form, Field.WHICH)
    await services.commands.resolve_one(chosen, chosen.session, form.values.get(Field.NOTES, ""))
    return None


async def chosen_to_toggle(form: Submission, services: Services) -> Answer:
    """Fold or open the lane of the session that was chosen in the modal."""
    chosen = incoming.chosen(form, Field.WHICH)
    await services.lanes.toggle(chosen, chosen.session)
    return None


def _which(command: SlashCommand, which: Which, verb: Verb) -> Answer:
    """Let the person choose a session, or say why there is none to choose."""
    if which.sessions:
        notes = command.text if verb == "resolve" else ""
        return views.choose_modal(which.sessions, verb, notes, now=which.at, here=command.channel)
    return notices.not_your_session(which.owner) if which.owner is not None else notices.no_session()


HANDLERS: Final = Handlers(
    commands={Command.TROUBLESHOOT: troubleshoot, Command.RESOLVE: resolve, Command.TASKS: tasks},
    submissions={Callback.CHOOSE_RESOLVE: chosen_to_resolve, Callback.CHOOSE_TASKS: chosen_to_toggle},
)

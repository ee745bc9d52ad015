"""The assistant's reply: waiting, streaming, finished, or broken off."""

from bot.domain.ids import SessionId, TurnId
from bot.slack.views import kit
from bot.slack.views.ids import Action, value
from bot.slack.views.kit import Block, Rendered, actions, button, context, escaped, markdown, section
from bot.slack.views.text import mrkdwn


def thinking() -> Rendered:
    """Draw the message before the first words are there."""
    return kit.message("Thinking…", context("Thinking…"))


def waiting() -> Rendered:
    """Draw the message while the assistant is overloaded, and asked again."""
    told = "The assistant is busy. I keep asking it, for up to two minutes…"
    return kit.message(told, context(told))


def shortening() -> Rendered:
    """Draw the message while what the assistant is told of a long session is made shorter."""
    told = "This session has become long. I am summarising its beginning, then I answer…"
    return kit.message(told, context(told))


def streaming(prose: str) -> Rendered:
    """Draw what the assistant has written so far."""
    return _spoken(prose) if prose.strip() else thinking()


def reply(prose: str) -> Rendered:
    """Draw a finished reply, or one part of it."""
    return _spoken(prose)


def failed(prose: str, sentence: str, session: SessionId, turn: TurnId | None = None) -> Rendered:
    """Draw a reply that broke off: what there is of it, one sentence on what happened, and a way on."""
    said: list[Block] = [markdown(prose)] if prose.strip() else []
    told = section(f":warning: {escaped(sentence, 500)}")
    again = [] if turn is None else [actions(button("Try again", Action.TRY_AGAIN, value(session, turn)))]
    return kit.message(escaped(sentence, 500), *said, told, *again)


def _spoken(prose: str) -> Rendered:
    return kit.message(mrkdwn(prose[: kit.FALLBACK_BYTES]), markdown(prose))

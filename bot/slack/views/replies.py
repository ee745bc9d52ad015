"""The assistant's reply: waiting, streaming, finished, or broken off."""

from typing import Final

from bot.domain.ids import SessionId, TurnId
from bot.domain.ratings import of_reply
from bot.slack.views import kit, ratings
from bot.slack.views.ids import Action, value
from bot.slack.views.kit import Block, Rendered, actions, button, context, escaped, markdown, section
from bot.slack.views.text import mrkdwn

_GLIMPSE: Final = 300
"""So much of a text that goes on stands where blocks are not shown: it is drawn anew with each edit."""


def thinking(session: SessionId) -> Rendered:
    """Draw the message before the first words are there."""
    return kit.message("Thinking…", context("Thinking…"), _stop(session))


def waiting(session: SessionId) -> Rendered:
    """Draw the message while the assistant is overloaded, and asked again."""
    told = "The assistant is busy. I keep asking it, for up to two minutes…"
    return kit.message(told, context(told), _stop(session))


def shortening(session: SessionId) -> Rendered:
    """Draw the message while what the assistant is told of a long session is made shorter."""
    told = "This session has become long. I am summarising its beginning, then I answer…"
    return kit.message(told, context(told), _stop(session))


def streaming(session: SessionId, prose: str, last: bool = True) -> Rendered:
    """Draw one part of what the assistant has written so far. Only the last part can still grow."""
    if not prose.strip():
        return thinking(session)
    return kit.message(mrkdwn(prose[:_GLIMPSE]), markdown(prose), *([_stop(session)] if last else []))


def reply(prose: str, session: SessionId | None = None, turn: TurnId | None = None) -> Rendered:
    """Draw a finished reply, or one part of it. Below the last part, which names its turn, it can be rated."""
    if session is None or turn is None:
        return _spoken(prose)
    return _spoken(prose, ratings.asked(session, of_reply(turn), "this answer"))


def failed(prose: str, sentence: str, session: SessionId, turn: TurnId | None = None) -> Rendered:
    """Draw a reply that broke off: what there is of it, one sentence on what happened, and a way on."""
    said: list[Block] = [markdown(prose)] if prose.strip() else []
    told = section(f":warning: {escaped(sentence, 500)}")
    again = [] if turn is None else [actions(button("Try again", Action.TRY_AGAIN, value(session, turn)))]
    return kit.message(escaped(sentence, 500), *said, told, *again)


def _stop(session: SessionId) -> Block:
    return actions(button("Stop", Action.STOP_REPLY, value(session), about="Stop writing this answer"))


def _spoken(prose: str, *below: Block) -> Rendered:
    return kit.message(mrkdwn(prose[: kit.FALLBACK_BYTES]), markdown(prose), *below)

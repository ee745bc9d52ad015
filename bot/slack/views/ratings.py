"""Ratings: the buttons below what the assistant wrote, the thanks, the modal for a reason, and the list for admins."""

from collections.abc import Sequence
from typing import Final, Protocol

from bot.domain.ids import MessageId, SessionId
from bot.domain.ratings import REASON_CHARS, Rating
from bot.domain.sessions import Session
from bot.slack.views import kit
from bot.slack.views.card import titled
from bot.slack.views.ids import HELPFUL, UNHELPFUL, Action, Callback, Field, value
from bot.slack.views.kit import Block, Rendered, View, actions, button, field, section, text_input

_TITLE: Final = 150
_REASON: Final = 1_000


class Explained(Protocol):
    """A rating with its reason, the session that it is about, and the link to its thread."""

    @property
    def rating(self) -> Rating:
        """What the person thinks."""

    @property
    def session(self) -> Session:
        """The session of the message."""

    @property
    def link(self) -> str:
        """Where the thread is."""


def asked(session: SessionId, message: MessageId, what: str) -> Block:
    """Ask below a message whether it helped."""
    about = value(session, message)
    return kit.feedback(Action.RATE, f"{about}:{HELPFUL}", f"{about}:{UNHELPFUL}", what)


def thanks(session: SessionId, message: MessageId, *, helpful: bool) -> Rendered:
    """Tell a person that their rating counts, and ask why a message did not help."""
    if helpful:
        told = "Thank you. I noted that this helped."
        return kit.message(told, section(told))
    told = "Thank you. I noted that this did not help."
    why = button("Say why", Action.SAY_WHY, value(session, message), about="Say why this did not help")
    return kit.message(told, section(told), actions(why))


def reason_modal(rating: Rating) -> View:
    """Ask why a message did not help, with what the person has said already."""
    box = text_input(Field.REASON, initial=rating.reason)
    box["max_length"] = REASON_CHARS
    hint = "The admins of this workspace read it. Secrets are taken out of it."
    blocks = [field(Field.REASON, "What was wrong or missing?", box, optional=True, hint=hint)]
    return kit.modal(
        Callback.REASON, "Not helpful", blocks, submit="Save", metadata=value(rating.session, rating.message)
    )


def complaints_modal(complaints: Sequence[Explained]) -> View:
    """List for an admin why the assistant did not help."""
    blocks: list[Block] = [
        section("*Why it did not help*\nThe newest reasons of two weeks, from the channels that you are in.")
    ]
    if not complaints:
        blocks.append(section("Nobody gave a reason."))
    for one in complaints:
        title = kit.escaped(kit.clip(titled(one.session), _TITLE))
        where = f" · {kit.link(one.link, 'open the thread')}" if one.link else ""
        blocks.append(section(f"*{title}* · {kit.person(one.rating.user)}{where}"))
        blocks.append(kit.plain_section(kit.clip(one.rating.reason, _REASON)))
    return kit.modal(Callback.RATINGS, "Ratings", blocks)

"""Dialogues that the tests start from."""

from dataclasses import replace
from typing import Any, Final

from bot.domain.dialogue.record import Dialogue, Summary
from bot.domain.ids import ChannelId, SessionId, TeamId, Tenant, TurnId, UserId
from bot.domain.sessions import Author, Session, Status, Turn, TurnState

OWNER: Final = UserId("U1")
SESSION: Final = Session(
    id=SessionId("s1"),
    channel=ChannelId("C1"),
    thread=None,
    owner=OWNER,
    status=Status.ACTIVE,
    title="Printer offline",
    titled=True,
    problem="Nobody can print",
    summary="",
    resolution="",
    opened_at=0.0,
    active_since=0.0,
    worked=0.0,
)


def said(seq: int, text: str, **changes: Any) -> Turn:
    """What a person wrote in the thread."""
    usual = Turn(
        id=TurnId(str(seq)), seq=seq, author=Author.MEMBER, user=OWNER, text=text, at=float(seq), source=f"C1:{seq}"
    )
    return replace(usual, **changes)


def reply(seq: int, text: str = '{"prose": "I see."}', **changes: Any) -> Turn:
    """What the assistant answered."""
    usual = Turn(id=TurnId(str(seq)), seq=seq, author=Author.ASSISTANT, text=text, state=TurnState.DONE, at=float(seq))
    return replace(usual, **changes)


def dialogue(*turns: Turn, **changes: Any) -> Dialogue:
    """The dialogue of a session."""
    return Dialogue(tenant=Tenant(team=TeamId("T1")), session=SESSION, turns=turns, **changes)


def summary(**changes: Any) -> Summary:
    """What stands for the first four turns."""
    usual = Summary(
        session=SESSION.id, text="The spooler stopped.", upto=4, since=6, messages=4, replies=2, room=10_000
    )
    return replace(usual, **changes)

"""A session of the field as the app would hold it: its turns, its tasks, and the requests that a model gets for it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.ai.provider import Prompt, PromptMessage, Use
from bot.domain import prompts, safety
from bot.domain.dialogue.messages import conversation
from bot.domain.dialogue.record import Dialogue
from bot.domain.ids import ChannelId, SessionId, TaskId, TeamId, Tenant, TurnId, UserId
from bot.domain.lane import Kind, Lane, Mark, Task, compose
from bot.domain.reply.reader import SCHEMA
from bot.domain.sessions import Author, Session, Status, Turn, TurnKind
from bot.eval.field import FieldAnswer, FieldReply, FieldSession, FieldTurn

OWNER: Final = UserId("U0ENGINEER")
_TENANT: Final = Tenant(team=TeamId("T0EVAL"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A session of the field, held up to its conclusion."""

    dialogue: Dialogue
    handled: tuple[Task, ...]
    lane: Lane

    def reply(self, system: str) -> Prompt:
        """Make the request for the answer to what the engineer said last. It fills the provider's cache."""
        return _prompt(Use.CHAT, system, self.dialogue, self._messages())

    def notes(self, system: str) -> Prompt:
        """Make the request for the ticket notes, as the app makes it."""
        facts = prompts.NotesFacts(session=self.dialogue.session, lane=self.lane, handled=self.handled)
        request = PromptMessage(role="user", text=prompts.notes_request(facts))
        return _prompt(Use.NOTES, system, self.dialogue, [*self._messages(), request])

    def _messages(self) -> list[PromptMessage]:
        return [PromptMessage(role=one.role, text=one.text) for one in conversation(self.dialogue)]


def hold(name: str, session: FieldSession) -> Held:
    """Hold a session. Secrets that the app recognises are taken out of what people say, as they are in the app."""
    holder = _Holder(name)
    for turn in session.turns:
        holder.take(turn)
    problem = next((turn.engineer for turn in session.turns if turn.engineer), "")
    concluded = Session(
        id=SessionId(name),
        channel=ChannelId("C0EVAL"),
        thread=None,
        owner=OWNER,
        status=Status.RESOLVED,
        title=session.title,
        titled=True,
        problem=problem,
        summary="",
        resolution=session.outcome,
        opened_at=0.0,
        active_since=0.0,
        worked=0.0,
    )
    dialogue = Dialogue(tenant=_TENANT, session=concluded, turns=tuple(holder.turns), names=holder.names)
    lane = Lane(session=concluded.id, tasks=tuple(holder.open))
    return Held(dialogue=dialogue, handled=tuple(holder.handled), lane=lane)


class _Holder:
    """Turns what was said into turns and tasks, one after the other."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.turns: list[Turn] = []
        self.handled: list[Task] = []
        self.open: list[Task] = []
        self.names: dict[UserId, str] = {}

    def take(self, turn: FieldTurn) -> None:
        """Take in what was said next."""
        if turn.assistant is not None:
            self._reply(turn.assistant)
        elif turn.answers:
            self._answers(turn.answers)
        elif turn.colleague is not None:
            user = UserId(f"U0{turn.colleague.name.upper()}")
            self.names[user] = turn.colleague.name
            self._said(turn.colleague.text, user=user)
        elif turn.note is not None:
            self._said(turn.note, kind=TurnKind.NOTE)
        else:
            self._said(turn.engineer or "")

    def _said(self, text: str, **changes: Any) -> None:
        author = {"author": Author.MEMBER, "user": OWNER, **changes}
        self._add(text=safety.redact(text.strip()).text, **author)

    def _reply(self, reply: FieldReply) -> None:
        shape = {"prose": reply.prose, "title": None, "summary": None}
        lists = {name: [one.model_dump() for one in getattr(reply, name)] for name in ("questions", "actions")}
        self._add(text=json.dumps({**shape, **lists}, ensure_ascii=False), author=Author.ASSISTANT)
        asked = [(Kind.QUESTION, one.text) for one in reply.questions]
        asked += [(Kind.ACTION, one.text) for one in reply.actions]
        self.open = [
            Task(id=TaskId(f"{self._name}:{len(self.turns)}:{number}"), kind=kind, text=text)
            for number, (kind, text) in enumerate(asked)
        ]

    def _answers(self, answers: Sequence[FieldAnswer]) -> None:
        said = {one.asked: one for one in answers}
        sent = [_marked(task, said[task.text]) for task in self.open if task.text in said]
        if len(sent) != len(said):
            raise ValueError(f"{self._name}: an answer is to nothing that was asked: {sorted(said)}")
        self.open = [task for task in self.open if task.text not in said]
        self.handled += sent
        self._add(text=safety.redact(compose(sent)).text, author=Author.MEMBER, user=OWNER)

    def _add(self, **values: Any) -> None:
        seq = len(self.turns) + 1
        self.turns.append(Turn(id=TurnId(f"{self._name}:{seq}"), seq=seq, at=float(seq), **values))


def _marked(task: Task, answer: FieldAnswer) -> Task:
    mark = Mark.SKIPPED if answer.skipped else Mark.DONE if answer.done else Mark.ANSWERED
    return Task(id=task.id, kind=task.kind, text=task.text, mark=mark, answer=answer.said, sent=True)


def _prompt(use: Use, system: str, dialogue: Dialogue, messages: Sequence[PromptMessage]) -> Prompt:
    return Prompt(use=use, system=system, messages=messages, schema=SCHEMA, session=dialogue.session.id)

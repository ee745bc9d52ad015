"""What texts about a session are made of: its dialogue, its tasks, its files and the rules of the house."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.ai.provider import Prompt, PromptMessage, Use
from bot.domain import prompts
from bot.domain.dialogue.record import Dialogue
from bot.domain.evidence import Evidence
from bot.domain.ids import SessionId, Tenant
from bot.domain.lane import Lane, Task
from bot.domain.notes import sections as rules
from bot.domain.notes.record import NotesSource
from bot.domain.reply.reader import SCHEMA
from bot.domain.sessions import Session, Turn, time_spent
from bot.domain.tickets import HouseRules
from bot.services.guide.reading import dealt_with
from bot.storage import evidence as evidence_rows
from bot.storage import notes as note_rows
from bot.storage import sessions as rows
from bot.storage import summaries, turns
from bot.storage.database import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything the notes are made of."""

    tenant: Tenant
    session: Session
    history: tuple[Turn, ...]
    lane: Lane
    handled: tuple[Task, ...]
    time_spent: float
    dialogue: Dialogue
    """The session as the model is told it."""
    steps: tuple[str, ...] = ()
    """The steps of its guided part with their answers."""
    edited: str = ""
    """The notes as a person has left them, when the session was reopened."""
    evidence: tuple[Evidence, ...] = ()
    """The files that were shared."""
    waited: float = 0.0
    """For how many seconds a process that has died waited for the model."""

    @property
    def house(self) -> HouseRules:
        """What the workspace wants of its notes."""
        return self.dialogue.house

    @property
    def evidence_names(self) -> list[str]:
        """What the files are called that were looked at."""
        return [one.name for one in self.evidence if one.name]

    def assembled(self) -> rules.Notes | None:
        """Put notes together without a model, on what a person has made of them. It is None when nothing is known."""
        own = rules.assemble(self.session, self.lane, self.handled, self.evidence_names)
        return rules.built_on(rules.repair(self.edited), own) if own is not None and self.edited else own

    def prompt(self, use: Use, messages: Sequence[PromptMessage], request: str) -> Prompt:
        """Make the request for a text: one more turn on the session's own dialogue, so that its cache is used."""
        return Prompt(
            use=use,
            system=prompts.system(self.house),
            messages=[*messages, PromptMessage(role="user", text=request)],
            schema=SCHEMA,
            session=self.session.id,
            before=self.dialogue.replies,
            waited=self.waited,
        )


async def facts_of(uow: UnitOfWork, session_id: SessionId, now: float) -> Facts | None:
    """Read everything that is known of a session. It is None when there is no such session."""
    session = await rows.get(uow, session_id)
    if session is None:
        return None
    record = await note_rows.get(uow, session_id)
    dealt = await dealt_with(uow, session_id)
    return Facts(
        tenant=uow.tenant,
        session=session,
        history=tuple(await turns.history(uow, session_id)),
        dialogue=await summaries.dialogue(uow, session),
        lane=dealt.lane,
        handled=dealt.handled,
        steps=dealt.steps,
        time_spent=time_spent(session, now),
        evidence=tuple(await evidence_rows.of_session(uow, session_id)),
        edited=record.text if record is not None and record.source is NotesSource.EDITED else "",
    )

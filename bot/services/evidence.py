"""Files that people share: looked at once, named, and shown to the model with the words that they came with."""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final

from bot import errors
from bot.ai.provider import PromptFile, PromptMessage
from bot.domain import safety
from bot.domain.dialogue.messages import conversation
from bot.domain.dialogue.record import Dialogue
from bot.domain.evidence import (
    Evidence,
    EvidenceKind,
    EvidenceState,
    Unread,
    UnreadFile,
    evidence_name,
    examine,
    inlined,
)
from bot.domain.ids import EvidenceId, SessionId, Tenant, TurnId
from bot.domain.jobs import Job
from bot.domain.sessions import Author, Session, Turn, TurnKind, TurnState
from bot.jobs.queue import JobName
from bot.services.names import Names
from bot.services.work import WorkDatabase
from bot.slack import pictures
from bot.slack.files import FetchedFile
from bot.slack.views import notices
from bot.slack.web.client import SlackClients
from bot.storage import evidence as rows
from bot.storage import inbox

SECONDS: Final = 20.0
"""How long files are waited for before an answer, all of them together."""
MOST_AT_ONCE: Final = 20
"""How many files are looked at for one answer; of more, the newest."""
MOST_SHOWN: Final = 20
MOST_SHOWN_BYTES: Final = 22_000_000
"""How much the model is shown as it is in one request: 30 MB, once the bytes are written in base64."""
STRIDE: Final = 5
"""How many are left out at once when there are more, so that the beginning of a request seldom changes."""
HELD_SECONDS: Final = 1_800.0
HELD_BYTES: Final = 64_000_000
_FETCHING: Final = 3
_DECODING: Final = 2
_REDACTED_WHOLE: Final = 300_000
"""Secrets are looked for in all of a text up to here; of a longer one, in what is shown of it."""
_KEY_BLOCK: Final = re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,40}KEY-----|\Z)", re.S)
_MAIL: Final = "email"
"""A mail that was forwarded to Slack, whose words came with the message."""
_PDF: Final = "application/pdf"
_AS_THEY_ARE: Final = "pictures are sent as they are"
"""What is said once in a workspace."""

Held = tuple[bytes, str]
"""What the model is shown of a file, and its type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A session as the model is told it, with every file that was shared."""

    messages: tuple[PromptMessage, ...]
    evidence: tuple[Evidence, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """What the files are called."""
        return tuple(one.name for one in self.evidence if one.name)

    @property
    def shows_files(self) -> bool:
        """Whether the model is shown a file as it is."""
        return any(message.files for message in self.messages)

    def without_files(self) -> tuple[PromptMessage, ...]:
        """Return the messages without what is shown as it is."""
        return tuple(replace(message, files=()) for message in self.messages)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What is to be read: the files of a session's turns, until a time."""

    dialogue: Dialogue
    until: float
    at_once: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_FETCHING))

    @property
    def tenant(self) -> Tenant:
        """The workspace."""
        return self.dialogue.tenant

    @property
    def session(self) -> Session:
        """The session."""
        return self.dialogue.session

    @property
    def history(self) -> Sequence[Turn]:
        """Its turns that are told word by word."""
        return self.dialogue.turns


class EvidenceReader:
    """Reads what people share."""

    def __init__(self, database: WorkDatabase, slack: SlackClients, names: Names, kept: float) -> None:
        """Keep the text of files for so many seconds after their session has ended."""
        self._kept = kept
        self._database = database
        self._slack = slack
        self._names = names
        self.patience = SECONDS
        """How long files are waited for, in seconds."""
        self._held = _HeldFiles(database.clock)
        self._decoding = asyncio.Semaphore(_DECODING)

    async def tell(
        self,
        dialogue: Dialogue,
        patience: float | None = None,
    ) -> Told:
        """Turn a dialogue into messages. Files that nobody has looked at yet are looked at before.

        Nothing that is wrong with a file raises: the message that it came with says so.
        """
        asked = self._asked(dialogue, self.patience if patience is None else patience)
        files = await self._looked_at(asked)
        shown = await self._shown(asked, files)
        by_turn = {turn: tuple(group) for turn, group in groupby(files, key=lambda one: one.turn)}
        chat = conversation(dialogue, by_turn, shown)
        messages = (
            PromptMessage(role=one.role, text=one.text, files=tuple(shown[file.id] for file in one.files))
            for one in chat
        )
        return Told(messages=tuple(messages), evidence=tuple(files))

    async def not_taken(self, dialogue: Dialogue, told: Told) -> None:
        """Give up on the files with which the model refused a request that it took without them.

        These are the ones that came after its last answer, or all of them.
        """
        answers = (
            turn.seq for turn in dialogue.turns if turn.author is Author.ASSISTANT and turn.state is TurnState.DONE
        )
        answered = max(answers, default=0)
        fresh = {turn.id for turn in dialogue.turns if turn.seq > answered}
        natives = [one for one in told.evidence if one.is_native]
        blamed = [one for one in natives if one.turn in fresh] or natives
        given_up = [_unread(one, Unread.NOT_TAKEN) for one in blamed]
        async with self._database.write(dialogue.tenant) as work:
            for one in given_up:
                await rows.save(work, one)
        await self._say(self._asked(dialogue, 0.0), given_up)

    async def fetch(self, job: Job, one: Evidence) -> FetchedFile:
        """Fetch a file as it is. Raises `SlackUnavailable` when that may work later."""
        fetched = await self._slack.of(job.tenant).fetch(one.file)
        if fetched.unread is Unread.UNREACHABLE:
            raise errors.SlackUnavailable
        return fetched

    async def forget(self, tenant: Tenant, session: SessionId) -> None:
        """Hold the files of a session that has ended no longer, nor their text unless it is to be kept."""
        self._held.drop(f"{tenant.team}:{session}:")
        if not self._kept:
            async with self._database.write(tenant) as work:
                await rows.forget_texts(work, session)

    async def forget_old(self) -> None:
        """Erase the texts that were kept for long enough, in all workspaces."""
        async with self._database.everywhere.write_everywhere() as everywhere:
            await rows.forget_old_texts(everywhere, self._database.clock() - self._kept)

    def _asked(self, dialogue: Dialogue, seconds: float) -> _Asked:
        return _Asked(dialogue=dialogue, until=self._database.clock() + seconds)

    async def _looked_at(self, asked: _Asked) -> list[Evidence]:
        """Return the files of some turns, once all of them were looked at."""
        told = {turn.id for turn in asked.history}
        async with self._database.read(asked.tenant) as uow:
            stored = await rows.of_session(uow, asked.session.id, asked.dialogue.upto)
        files = [one for one in stored if one.turn in told]
        waiting = [one for one in files if one.to_be_read]
        if not waiting:
            return files
        newest = waiting[-MOST_AT_ONCE:]
        looked = [_unread(one, Unread.TOO_MANY) for one in waiting[:-MOST_AT_ONCE]]
        looked += await asyncio.gather(*(self._look(asked, one) for one in newest))
        again = {one.id for one in waiting if one.state is EvidenceState.FORGOTTEN}
        fresh = await self._keep(asked, [one for one in looked if one.id not in again or one.unread is None])
        await self._say(asked, [one for one in fresh.values() if one.unread is not None])
        return [fresh.get(one.id, one) for one in files]

    async def _look(self, asked: _Asked, one: Evidence) -> Evidence:
        """Find out what a file is, and hold what the model is shown of it."""
        if one.file.filetype == _MAIL:
            return replace(one, kind=EvidenceKind.EML, state=EvidenceState.READ)
        try:
            async with asyncio.timeout(max(0.0, asked.until - self._database.clock())), asked.at_once:
                fetched = await self._slack.of(asked.tenant).fetch(one.file)
                if fetched.unread is not None:
                    return _unread(one, fetched.unread)
                looked = await asyncio.to_thread(_examined, one, fetched.data)
                return await self._hold(asked, looked, fetched.data) if looked.is_native else looked
        except TimeoutError:
            return _unread(one, Unread.UNREACHABLE)

    async def _hold(self, asked: _Asked, one: Evidence, data: bytes) -> Evidence:
        """Prepare what the model is shown as it is."""
        held: Held = (data, _PDF)
        if one.kind.is_picture:
            async with self._decoding:
                picture = await pictures.prepared(data)
            if picture.unread is not None:
                return _unread(one, picture.unread)
            held = (picture.data, picture.mimetype)
        self._held.put(_key(asked.tenant, one), held)
        return one

    async def _keep(self, asked: _Asked, looked: Sequence[Evidence]) -> dict[EvidenceId, Evidence]:
        """Name the files and store what was found out. What was deleted or looked at meanwhile stays as it is."""
        authors = await self._authors(asked, {one.turn for one in looked})
        async with self._database.write(asked.tenant) as work:
            await work.session(asked.session.id)
            stored = {one.id: one for one in await rows.of_session(work, asked.session.id)}
            taken = {one.name for one in stored.values() if one.name}
            kept: dict[EvidenceId, Evidence] = {}
            for one in looked:
                if one.id not in stored or not stored[one.id].to_be_read:
                    continue
                name = one.name or evidence_name(one.kind, one.file.name, authors.get(one.turn, ""), taken)
                taken.add(name)
                kept[one.id] = replace(one, name=name)
                await rows.save(work, kept[one.id])
            if any(one.is_native for one in kept.values()) and await inbox.once(work, _AS_THEY_ARE):
                await work.enqueue(JobName.SAY_AS_THEY_ARE, session=asked.session.id, user=asked.session.owner)
        return {one.id: kept.get(one.id, stored.get(one.id, one)) for one in looked}

    async def _authors(self, asked: _Asked, wanted: Collection[TurnId]) -> dict[TurnId, str]:
        shared = [turn for turn in asked.history if turn.id in wanted]
        people = await self._names.people(
            asked.tenant, {turn.user for turn in shared if turn.user and not turn.speaker}
        )
        return {turn.id: turn.speaker or (people.get(turn.user, "") if turn.user else "") for turn in shared}

    async def _say(self, asked: _Asked, files: Sequence[Evidence]) -> None:
        """Tell those who shared files why they are not read. Nobody is told of what stood in the thread before."""
        said = {turn.id: turn.user for turn in asked.history if turn.kind is not TurnKind.CONTEXT}
        for user in {said.get(one.turn) for one in files} - {None}:
            theirs = [one for one in files if said.get(one.turn) == user]
            sentences = [UnreadFile(name=one.file.name, reason=one.unread) for one in theirs if one.unread]
            with suppress(errors.SlackFault):
                assert user is not None
                await self._slack.of(asked.tenant).ephemeral(asked.session.place, user, notices.unread_files(sentences))

    async def _shown(self, asked: _Asked, files: Sequence[Evidence]) -> dict[EvidenceId, PromptFile]:
        """Return the pictures and PDFs that the model is shown, the newest where there are too many."""
        natives = [one for one in files if one.is_native]
        while len(natives) > MOST_SHOWN:
            natives = natives[STRIDE:]
        held = await asyncio.gather(*(self._again(asked, one) for one in natives))
        at_hand = [(one, file) for one, file in zip(natives, held, strict=True) if file is not None]
        while sum(len(data) for _, (data, _) in at_hand) > MOST_SHOWN_BYTES and len(at_hand) > 1:
            at_hand = at_hand[min(STRIDE, len(at_hand) - 1) :]
        return {one.id: PromptFile(mimetype=kind, data=data, name=one.name) for one, (data, kind) in at_hand}

    async def _again(self, asked: _Asked, one: Evidence) -> Held | None:
        """Return what the model is shown of a file, fetched anew when it is not held. None when it is not to be had."""
        key = _key(asked.tenant, one)
        if (held := self._held.get(key)) is not None:
            return held
        looked = await self._look(asked, one)
        return self._held.get(key) if looked.unread is None else None


class _HeldFiles:
    """Bytes in memory, for some time and up to some size. They are never stored."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._files: OrderedDict[str, tuple[Held, float]] = OrderedDict()

    def get(self, key: str) -> Held | None:
        self._expire()
        held = self._files.get(key)
        return held[0] if held is not None else None

    def put(self, key: str, held: Held) -> None:
        self._files.pop(key, None)
        self._files[key] = (held, self._clock())
        self._expire()

    def drop(self, prefix: str) -> None:
        for key in [key for key in self._files if key.startswith(prefix)]:
            del self._files[key]

    def _expire(self) -> None:
        """Let go of the oldest. The one that was put in last stays, for it is about to be shown."""
        oldest = self._clock() - HELD_SECONDS
        size = sum(len(data) for (data, _), _ in self._files.values())
        while self._files:
            (data, _), at = next(iter(self._files.values()))
            if at >= oldest and (size <= HELD_BYTES or len(self._files) == 1):
                return
            size -= len(data)
            self._files.popitem(last=False)


def _key(tenant: Tenant, one: Evidence) -> str:
    return f"{tenant.team}:{one.session}:{one.id}"


def _unread(one: Evidence, reason: Unread) -> Evidence:
    return replace(one, state=EvidenceState.UNREAD, unread=reason, text="", left_out="")


def _examined(one: Evidence, data: bytes) -> Evidence:
    """Find out what a file is. Of a text, take what is shown of it, without secrets."""
    examined = examine(data, one.file.name)
    one = replace(one, kind=examined.kind)
    if examined.unread is not None:
        return _unread(one, examined.unread)
    one = replace(one, state=EvidenceState.READ)
    if not examined.kind.is_text:
        return one
    text = _KEY_BLOCK.sub("[removed]", examined.text)
    if len(text) <= _REDACTED_WHOLE:
        text = safety.redact(text).text
    shown = inlined(text)
    return replace(one, text=safety.redact(shown.text).text, left_out=shown.left_out)

"""Collects the evidence: from the workspace, from the database, and from what the app would draw of it now."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import select

from bot.domain import guide as guide_rules
from bot.domain import lane as lane_rules
from bot.domain.guide import Guide
from bot.domain.ids import Tenant, UserId
from bot.domain.reply.reader import ReplyReader
from bot.domain.sessions import OPEN, Author, Status, TurnState
from bot.sandbox import Message, Sandbox
from bot.services.guide.reading import shown_lane
from bot.services.services import Services
from bot.slack.views import card as card_views
from bot.slack.views import guide as guide_views
from bot.slack.views import lane as lane_views
from bot.storage import lanes, steps
from bot.storage import sessions as session_rows
from bot.storage.database import Database, UnitOfWork
from bot.storage.tables import live_messages, notes, sessions, tasks, turns
from bot.storage.tables import ratings as rated
from tests.integration.chaos import witness
from tests.integration.chaos.evidence import Seen, StoredHome, StoredSession, StoredStep, StoredTask, StoredTurn

_DATE: Final = re.compile(r"<!date\^[^>]*>")
_DURATION: Final = re.compile(r"\bunder a minute\b|\b\d+ (?:min|h|d)\b(?: \d+ min\b)?")
_TOLD: Final = ("text", "value", "action_id", "url")


def gist(blocks: Iterable[Any]) -> tuple[str, ...]:
    """Return every text and control of some blocks in order, without ids of Slack's and without ages."""
    found: list[str] = []

    def walk(item: Any) -> None:
        if isinstance(item, Mapping):
            for name, value in item.items():
                if isinstance(value, str) and name in _TOLD:
                    found.append(_DURATION.sub("…", _DATE.sub("…", value)))
                elif name != "accessibility_label":
                    walk(value)
        elif isinstance(item, list | tuple):
            for one in item:
                walk(one)

    walk(list(blocks))
    return tuple(sorted(found))  # a key's place in a mapping says nothing


async def ledger(database: Database) -> dict[tuple[str, str], str]:
    """Return the key of each message that the app has a record of, by channel and ts."""
    async with database.read_everywhere() as everywhere:
        rows = await everywhere.execute(select(live_messages).where(live_messages.c.ts.is_not(None)))
        return {(row.channel, row.ts): row.key for row in rows}


def seen(slack: Sandbox, known: Mapping[tuple[str, str], str]) -> list[Seen]:
    """List the app's messages that are there. One without a key (a stream taken over) is known by its record."""
    found = []
    for channel in slack.space.channels.values():
        for message in channel.all.values():
            if message.bot and message.subtype != "tombstone":
                found.append(_seen(message, witness.key_of(message) or known.get((channel.id, message.ts), "")))
    return found


def _seen(message: Message, key: str) -> Seen:
    body = witness.body_of(message)
    text = str(message.blocks)
    text_of_model = key.startswith(("reply:", "notes:")) and key.count(":") == 1
    return Seen(
        key=key,
        channel=message.channel.id,
        thread=message.thread_ts or message.ts,
        ts=message.ts,
        body=body,
        gist=gist(message.blocks),
        final=not text_of_model or witness.is_final(message, key),
        waiting="stop_notes" in text or (text_of_model and ("Thinking…" in text or "Writing" in text)),
        pings=tuple(message.mentions()),
    )


async def stored(database: Database, tenant: Tenant, now: float) -> list[StoredSession]:
    """Read every session with all that belongs to it."""
    async with database.read(tenant) as uow:
        ids = [row.id for row in await uow.execute(select(sessions.c.id))]
        return [await _session(uow, session_id, now) for session_id in ids]


async def _session(uow: UnitOfWork, session_id: Any, now: float) -> StoredSession:
    session = await session_rows.get(uow, session_id)
    assert session is not None
    lane, guide = await shown_lane(uow, session)
    note = (await uow.execute(select(notes).where(notes.c.session_id == session_id))).first()
    workable = session.status in OPEN or session.status is Status.ESCALATED
    active = session.status is Status.ACTIVE
    drawn = (
        lane_views.lane(lane, may_send=active, assignable=not session.direct)
        if guide is None
        else guide_views.step(lane, guide, may_answer=active)
    )
    return StoredSession(
        id=session.id,
        channel=session.channel,
        thread=session.thread,
        status=session.status.value,
        problem=session.problem,
        card=gist(card_views.card(session, now).blocks),
        lane=gist(drawn.blocks) if drawn is not None and workable else None,
        turns=await _turns(uow, session_id),
        tasks=await _tasks(uow, session_id, await lanes.load(uow, session_id)),
        steps=_steps(await steps.load(uow, session_id)),
        notes_state=note.state.value if note else None,
        notes_text=note.text if note else "",
        notes_generation=note.generation if note else -1,
        notes_stopped=bool(note and note.stopped_by),
        team=session.notes_channel,
        owner=session.owner,
    )


async def _turns(uow: UnitOfWork, session_id: str) -> list[StoredTurn]:
    rows = await uow.execute(select(turns).where(turns.c.session_id == session_id).order_by(turns.c.seq))
    return [
        StoredTurn(
            id=row.id,
            seq=row.seq,
            assistant=row.author is Author.ASSISTANT,
            state=row.state.value,
            text=_prose(row.text) if row.author is Author.ASSISTANT else row.text,
            source=row.source,
            failure=row.failure,
            wants_answer=row.wants_answer,
            lane=row.author is Author.ASSISTANT and row.state is TurnState.DONE and _replaced_the_lane(row.text),
        )
        for row in rows
    ]


async def _tasks(uow: UnitOfWork, session_id: str, lane: lane_rules.Lane) -> list[StoredTask]:
    current = {task.id for task in lane.tasks}
    return [
        StoredTask(
            text=row.text,
            draft=row.draft,
            answer=row.answer,
            mark=row.mark.value,
            sent=row.sent,
            current=row.id in current,
        )
        for row in await uow.execute(select(tasks).where(tasks.c.session_id == session_id))
    ]


def _steps(guide: Guide) -> list[StoredStep]:
    return [
        StoredStep(
            id=step.id,
            open=step.mark is lane_rules.Mark.OPEN,
            told=guide_rules.as_told(step, correction=False),
            by_message=step.said_in is not None,
        )
        for step in guide.steps
    ]


async def ratings(database: Database) -> dict[tuple[str, str], bool]:
    """Read what people think of messages, by session and message, and by person."""
    async with database.read_everywhere() as everywhere:
        rows = await everywhere.execute(select(rated))
        return {(f"{row.session_id}:{row.message}", row.user_id): row.helpful for row in rows}


def _prose(raw: str) -> str:
    reader = ReplyReader()
    reader.feed(raw)
    return reader.prose


def _replaced_the_lane(raw: str) -> bool:
    reader = ReplyReader()
    reader.feed(raw)
    return reader.finish() is not None and reader.lane_valid


async def homes(slack: Sandbox, services: Services, tenant: Tenant) -> list[StoredHome]:
    """Compare each App Home that was ever published with what the app would publish now."""
    found = []
    for person in slack.people.values():
        if person.home is not None:
            due, _ = await services.homes.draw(tenant, UserId(person.id))
            found.append(StoredHome(user=person.name, shown=gist(person.home.blocks), due=gist(due["blocks"])))
    return found

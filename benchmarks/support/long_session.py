"""A session of hundreds of long turns with the real client, on a server that counts tokens and has a window.

The engineer pastes logs and writes in two scripts, shares files, answers tasks and writes notes. The model's double
writes summaries that hold nothing, and ticket notes with every answer that it was told: what is in the notes has
reached it word by word.
"""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from benchmarks.common import Figure, percentile
from benchmarks.desk import AppDesk, desk
from benchmarks.support.anthropic_wire import Answer, AnthropicWire, SeenRequest, lane
from bot.domain.dialogue.summarising import REQUEST
from bot.domain.ids import ChannelId, MessageTs
from bot.sandbox import Message, Person
from bot.storage import notes, sessions

WINDOW: Final = 200_000
BUDGET: Final = 80_000
BUILDS: Final = 60
_EVERY_ANSWER, _EVERY_NOTE, _EVERY_FILE = 5, 7, 25
_MARK: Final = re.compile(r"(?:ANSWER|NOTE)-\d+")
_LINES: Final = (
    "2026-11-27T08:{minute:02}:11.{n:03}Z PRINT02 Service Control Manager 7031 The Print Spooler service terminated "
    "unexpectedly. It has done this {n} time(s). driver=KX_DRIVER 8.3 job=0x{n:08x} pid={n} status=0x800706be",
    "スプーラーサービスが予期せず終了しました。ドライバー KX 8.3、ジョブ {n}、キュー PRT-ACC-01、再起動 {minute} 分。",
    "打印后台处理程序服务意外终止，这种情况已经发生了 {n} 次。队列 PRT-ACC-01，驱动程序版本 61.310，事件编号 372。",
)


@dataclass(slots=True, kw_only=True)
class LongSession:
    """What a long session has shown."""

    asked: list[SeenRequest] = field(default_factory=list)
    refused: int = 0
    marks: set[str] = field(default_factory=set)
    """What was answered, and what the engineer noted."""
    missing: set[str] = field(default_factory=set)
    """Of those, what is not in the ticket notes."""
    built: list[float] = field(default_factory=list)
    """Seconds that the messages of a request took, database included."""


async def measure(exchanges: int, budget: int) -> list[Figure]:
    """Hold a session of so many exchanges, resolve it, and say what the model was asked."""
    async with AnthropicWire(window=WINDOW) as wire:
        wire.default = _answer
        settings: dict[str, Any] = {
            "anthropic_api_key": "key",
            "anthropic_base_url": wire.url,
            "tasklane_session_tokens": budget,
        }
        async with desk(tasklane_provider="anthropic", **settings) as at_work:
            played = await _play(at_work, exchanges)
        played.asked = [seen for seen in wire.requests if seen.body.get("system")]
        played.refused = wire.refused
    return list(_figures(played, exchanges))


async def _play(at_work: AppDesk, exchanges: int) -> LongSession:
    ana, played = at_work.slack.person("Ana"), LongSession()
    card = await at_work.start(ana)
    for number in range(1, exchanges):
        if number % _EVERY_FILE == 0:
            text = "\n".join(_log(number, 400))
            await ana.share_file(card.channel, f"spooler-{number}.log", text, comment="The log", thread=card)
            await at_work.quiet()
        if number % _EVERY_NOTE == 0:
            await ana.say(card.channel, f"// NOTE-{number}: the client knows", thread=card)
            played.marks.add(f"NOTE-{number}")
        if number % _EVERY_ANSWER == 0:
            await _send_answer(at_work, ana, card, number)
            played.marks.add(f"ANSWER-{number}")
        else:
            await ana.say(card.channel, "\n".join(_log(number, 12 + number % 30)), thread=card)
        await at_work.quiet()
    played.built = await _builds(at_work, card)
    assert (await ana.command(card.channel, "/resolve The old driver is back")).ok
    await at_work.quiet()
    async with at_work.app.database.read(at_work.tenant) as uow:
        session = await sessions.by_thread(uow, ChannelId(card.channel.id), MessageTs(card.ts))
        assert session is not None
        record = await notes.get(uow, session.id)
    played.missing = played.marks - set(_MARK.findall(record.text if record else ""))
    return played


async def _send_answer(at_work: AppDesk, ana: Person, card: Message, number: int) -> None:
    (shown,) = [message for message in card.replies if message.bot and message.text.startswith("Tasks")]
    assert (await ana.click(shown, "Answer", near="What does the log say")).ok
    await ana.type("Answer", f"ANSWER-{number}: event 372 again")
    assert (await ana.submit()).ok
    await at_work.quiet()
    (shown,) = [message for message in card.replies if message.bot and message.text.startswith("Tasks")]
    assert (await ana.click(shown, "Send answers")).ok


async def _builds(at_work: AppDesk, card: Message) -> list[float]:
    """Time how long the messages of the next request take."""
    services, tenant = at_work.app.services, at_work.tenant
    async with at_work.app.database.read(tenant) as uow:
        session = await sessions.by_thread(uow, ChannelId(card.channel.id), MessageTs(card.ts))
    assert session is not None
    seconds = []
    for _ in range(BUILDS):
        began = time.perf_counter()
        dialogue = await services.long_sessions.dialogue(tenant, session, session.messages + 1)
        await services.evidence.tell(dialogue)
        seconds.append(time.perf_counter() - began)
    return seconds


def _log(number: int, lines: int) -> list[str]:
    kinds = len(_LINES)
    return [_LINES[n % kinds].format(minute=n % 60, n=number * 1_000 + n) for n in range(lines)]


def _answer(seen: SeenRequest) -> Answer:
    texts = [str(message["content"]) for message in seen.body["messages"]]
    if texts[-1] == REQUEST:
        prose = "The spooler of PRINT02 stopped again and again. " * 40
        return Answer(text=lane(prose, title=None, summary=None, questions=(), actions=()))
    if "Write its ticket notes" in texts[-1]:
        steps = "\n".join(f"- {mark}" for mark in dict.fromkeys(_MARK.findall("\n".join(texts[:-1]))))
        prose = f"## Problem Summary\nNo printing.\n## Steps Taken\n{steps}\n## Resolution\nDone\n## Next Steps\nNone"
        return Answer(text=lane(prose, title=None, summary=None, questions=(), actions=()), chars=400)
    prose = "The driver is still the most likely cause, so look at the log once more. " * 6
    return Answer(text=lane(prose, questions=(("What does the log say?", "It tells driver from queue."),)), chars=400)


def _figures(played: LongSession, exchanges: int) -> Iterator[Figure]:
    what = f"{2 * exchanges} long turns"
    summaries = sum(_is_summary(seen) for seen in played.asked)
    steady = list(_between(played.asked))
    read, prompt = (sum(getattr(seen.counted, name) for seen in steady) for name in ("cache_read", "prompt"))
    longest = max(seen.counted.prompt for seen in played.asked)
    yield Figure(what=f"{what}: longest request", value=longest, unit="tokens", at_most=WINDOW)
    yield Figure(what=f"{what}: requests refused as too long", value=played.refused, unit="", at_most=0)
    yield Figure(what=f"{what}: summaries", value=summaries, unit="", at_least=1)
    yield Figure(what=f"{what}: cache reads between summaries", value=100 * read / prompt, unit="%", at_least=85)
    yield Figure(
        what=f"{what}: request built, p95 of {BUILDS}", value=1_000 * percentile(played.built, 0.95), below=20.0
    )
    yield Figure(what=f"{what}: answered or noted", value=len(played.marks), unit="")
    yield Figure(what=f"{what}: of these not in the notes", value=len(played.missing), unit="", at_most=0)


def _between(asked: Sequence[SeenRequest]) -> Iterator[SeenRequest]:
    """Leave out the requests for summaries, and the first with each of them."""
    beginning = None
    for seen in asked:
        first = seen.body["messages"][0]["content"]
        if not _is_summary(seen) and first == beginning:
            yield seen
        if not _is_summary(seen):
            beginning = first


def _is_summary(seen: SeenRequest) -> bool:
    return bool(seen.body["messages"][-1]["content"] == REQUEST)

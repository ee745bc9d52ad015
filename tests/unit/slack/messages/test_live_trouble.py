"""Live messages under trouble by the dozen: whatever happens to the calls, the whole text is there in the end, once."""

import asyncio
import random
from itertools import pairwise

import pytest

from bot import errors
from bot.domain.ids import SessionId, UserId
from bot.sandbox import Message
from bot.sandbox.faults import Fault, Plan
from bot.sandbox.model import Revision
from bot.slack.messages.live import Look
from bot.slack.views import replies
from tests.unit.slack.conftest import SlackRoom

LOOK = Look(
    placeholder=replies.thinking(SessionId("s1")),
    writing=lambda text, _part, last: replies.streaming(SessionId("s1"), text, last),
    limit=600,
)
WORDS = " ".join(f"word{number}" for number in range(260))
TROUBLE = [
    Plan(what=Fault(lost=True), match="chat.*", probability=0.05),
    Plan(what=Fault(status=503), match="chat.update", probability=0.1),
    Plan(what=Fault(error="msg_too_long"), match="chat.update", probability=0.05, times=3),
    Plan(what=Fault(error="message_not_in_streaming_state"), match="chat.appendStream", probability=0.1),
    Plan(what=Fault(error="stopped_by_user"), match="chat.stopStream", probability=0.1),
    Plan(what=Fault(error="unknown_method"), match="chat.startStream", probability=0.2),
    Plan(what=Fault(reset=True), match="chat.*", probability=0.05),
]


async def attempt(room: SlackRoom, dice: random.Random, *, whole: bool) -> None:
    """Write the text, or break off on the way as a killed process does."""
    async with room.messages.live("reply:1", room.direct, LOOK, UserId("U0ANA")) as live:
        end = len(WORDS) if whole else dice.randrange(len(WORDS))
        at = 0
        while at < end:
            step = dice.randint(1, 120)
            live.show(WORDS[at : min(at + step, end)])
            at += step
            await asyncio.wait([asyncio.ensure_future(room.slack.settled(0.01))])
        if whole:
            await live.finish(WORDS, lambda parts: [replies.reply(part) for part in parts])


def said(message: Message) -> list[str]:
    return message.text_view("U0ANA").split()


def drawn(revision: Revision) -> str:
    """Return what a reader sees. Beside the blocks of an edit stands only a glimpse of them."""
    return "".join(b["text"] for b in revision.blocks if b["type"] == "markdown") or revision.text


@pytest.mark.parametrize("seed", range(6))
async def test_the_whole_text_is_there_once_whatever_happens_to_the_calls(room: SlackRoom, seed: int) -> None:
    dice = random.Random(seed)
    room.slack.faults.follow(TROUBLE, seed=seed)
    done = False
    while not done:
        try:
            await attempt(room, dice, whole=dice.random() < 0.6)
        except (errors.SlackFault, errors.Superseded):
            continue
        entry = await room.ledger.get("reply:1")
        done = entry is not None and entry.final
    (root,) = room.slack.person("Ana").direct.messages
    spoken = [m for m in root.replies if m.subtype != "tombstone" and m.text_view("U0ANA").strip()]
    assert " ".join(word for message in spoken for word in said(message)) == WORDS
    assert not any(message.streaming for message in spoken)
    for message in spoken:
        grown = [shown.split() for shown in map(drawn, message.revisions) if shown.startswith("word")]
        # A part that Slack finds too long after a restart is cut to three quarters.
        assert all(len(after) >= len(before) - 40 for before, after in pairwise(grown[:-1])), list(map(len, grown))

"""Smallest, usual, largest and hostile values, and what every payload is held against."""

import json
import re
from collections.abc import Iterator
from typing import Any

from bot.domain.ids import ChannelId, MessageTs, SessionId, TaskId, UserId
from bot.domain.lane import ANSWER_CHARS, MAX_TASKS, Kind, Lane, Mark, Task
from bot.domain.sessions import Session, Status
from bot.sandbox import text as rendering
from bot.sandbox.checks import check_message, check_view
from bot.sandbox.record import SandboxRecord
from bot.sandbox.workspace import SandboxWorkspace
from bot.slack.views.kit import Rendered, View

NOW = 1_800_000_000.0
SIZES = ("smallest", "usual", "largest", "hostile")
_POISON = (
    "<!channel> <!here> <!everyone|x> <!subteam^S1> <@UHOSTILE> <#CHOSTILE> @channel @here @everyone "
    "``` `tick` ~~~ *b* _i_ ~s~ & < > &amp; <https://evil.example|@channel> [x](javascript:alert(1)) "
    "\x00\x07\x1b\r\n\u202e\u200f\u2028 😀👩‍👩‍👧‍👦 | a | b |\n|---|---|\n| @channel | ``` |\n"
)
HOSTILE = _POISON + "😀" * 1_000 + "w" * 3_000
SPACE = SandboxWorkspace(clock=lambda: NOW, record=SandboxRecord(lambda: NOW), manifest=None)
_TYPED = ("initial_value", "value", "block_id", "private_metadata")
_MENTION = re.compile(
    r"<!(?:channel|here|everyone|group|subteam)|<@UHOSTILE|<#CHOSTILE|(?<![\w.@])@(?:channel|here|everyone)\b",
    re.IGNORECASE,
)


def words(size: str, limit: int) -> str:
    """Make a text of a size: one character, a sentence, as long as can be, or as nasty as can be."""
    match size:
        case "smallest":
            return "a"
        case "usual":
            return "The mail client asks for a *password* since the tenant's `MFA` change, see <Settings> & logs."[
                :limit
            ]
        case "largest":
            return ("Lorem ipsum dolor sit amet. " * (limit // 28 + 1))[:limit]
        case _:
            return (HOSTILE * (limit // len(HOSTILE) + 1))[:limit]


def session(size: str = "usual", status: Status = Status.ACTIVE, **changes: Any) -> Session:
    """Make a session of a size."""
    values: dict[str, Any] = {
        "id": SessionId("s1"),
        "channel": ChannelId("C1"),
        "thread": MessageTs("1.1"),
        "owner": UserId("U1"),
        "status": status,
        "title": words(size, 500),
        "titled": True,
        "problem": words(size, 40_000),
        "summary": "" if size == "smallest" else words(size, 3_000),
        "resolution": words(size, 3_000),
        "opened_at": NOW - 720,
        "active_since": NOW - 720,
        "worked": 0.0,
        "escalated_to": UserId("U2") if status is Status.ESCALATED else None,
        "messages": 0 if size == "smallest" else 4,
    }
    return Session(**{**values, **changes})


def task(size: str = "usual", number: int = 1, **changes: Any) -> Task:
    """Make a task of a size. The odd ones are questions."""
    rich = size != "smallest"
    values: dict[str, Any] = {
        "id": TaskId(f"t{number}"),
        "kind": Kind.QUESTION if number % 2 else Kind.ACTION,
        "text": words(size, 3_000),
        "why": words(size, 3_000) if rich else None,
        "command": words(size, 3_000) if rich and number % 2 == 0 else None,
        "draft": words(size, ANSWER_CHARS) if rich else "",
    }
    return Task(**{**values, **changes})


def tasks_of(size: str) -> tuple[Task, ...]:
    """Make the tasks of a lane of a size, in every state."""
    count = {"smallest": 1, "usual": 4, "largest": MAX_TASKS, "hostile": MAX_TASKS}[size]
    marks = list(Mark) if count > 4 else [Mark.OPEN]
    return tuple(
        task(
            size,
            n,
            mark=marks[n % len(marks)],
            answer=words(size, ANSWER_CHARS) if marks[n % len(marks)] is Mark.ANSWERED else "",
            sent=n % 9 == 8,
        )
        for n in range(1, count + 1)
    )


def lane_of(size: str = "usual", **changes: Any) -> Lane:
    """Make a lane of a size."""
    return Lane(**{"session": SessionId("s1"), "tasks": tasks_of(size), **changes})


def assert_sound(message: Rendered) -> None:
    """Hold a message against Slack's limits and against what it may never mention."""
    payload = {"text": message.text, "blocks": message.blocks}
    assert check_message(payload, update=True) == []
    assert len(message.text.encode()) < 3_500
    assert_inert(payload)
    ids = [block.get("block_id") for block in message.blocks if block["type"] not in ("input", "container")]
    assert ids == [None] * len(ids)
    assert all(text["verbatim"] for text in objects(payload, "mrkdwn"))


def assert_sound_view(view: View) -> None:
    """Hold a view against Slack's limits, counted the strictest way, and against what it may never mention."""
    assert check_view(view) == []
    assert len(json.dumps(view)) < 250_000
    assert_inert(view)


def assert_inert(payload: Any) -> None:
    """Find no mention that the app did not mean in any text that Slack draws."""
    for text in uncoded(payload):
        assert not _MENTION.search(text), text[:200]


_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
"""Nothing in code can mention anybody, and code is copied: it stays as it is."""


def uncoded(payload: Any) -> Iterator[str]:
    """Yield every string that Slack draws, without the code in it."""
    if isinstance(payload, str):
        yield _CODE.sub("", payload)
    elif isinstance(payload, dict):
        assert payload.get("type") not in ("broadcast", "user", "usergroup")
        if payload.get("type") != "rich_text_preformatted" and "code" not in (payload.get("style") or ()):
            for key, value in payload.items():
                if key not in _TYPED:
                    yield from uncoded(value)
    elif isinstance(payload, list):
        for value in payload:
            yield from uncoded(value)


def strings(payload: Any) -> Iterator[str]:
    """Yield every string that Slack draws. What a person typed goes back into inputs as it is."""
    if isinstance(payload, str):
        yield payload
    elif isinstance(payload, dict):
        for key, value in payload.items():
            if key not in _TYPED:
                yield from strings(value)
    elif isinstance(payload, list):
        for value in payload:
            yield from strings(value)


def objects(payload: Any, *kinds: str) -> Iterator[dict[str, Any]]:
    """Yield every object of some types: blocks, elements, texts."""
    if isinstance(payload, dict):
        if payload.get("type") in kinds:
            yield payload
        for value in payload.values():
            yield from objects(value, *kinds)
    elif isinstance(payload, list):
        for value in payload:
            yield from objects(value, *kinds)


def labels(payload: Any) -> list[str]:
    """List the labels of all buttons and of the entries of menus, in order."""
    drawn = objects(payload, "button", "overflow")
    return [one["text"]["text"] for control in drawn for one in control.get("options", [control])]


def shown(payload: Any) -> str:
    """Join everything that Slack draws."""
    return "\n".join(strings(payload))


def read(payload: Any) -> str:
    """Read blocks, or a view, as a person does: rich text as the text that it is."""
    blocks = payload["blocks"] if isinstance(payload, dict) else payload
    return rendering.blocks(SPACE, blocks, {}, {})

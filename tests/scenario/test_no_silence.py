"""No click ends in silence: whatever Slack answers to any call that follows it, the person sees something."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import pytest

from bot import errors
from bot.domain.ids import Tenant
from bot.sandbox import Message
from bot.sandbox.webapi.documented import documented_errors
from bot.slack.web.faults import MEANINGS
from tests.scenario.stage import DESK, PRINTER, Stage, playing
from tests.scenario.test_lane import FIRST
from tests.scenario.test_refusals import metrics

Act = Callable[[Stage, Message], Awaitable[Any]]


async def _answer(stage: Stage, root: Message) -> None:
    await stage.ana.click(stage.lane(root), "Answer", near=FIRST)


async def _conclude(stage: Stage, root: Message) -> None:
    await stage.ana.click(root, "Conclude")


async def _others(stage: Stage, root: Message) -> None:
    await stage.ben.click(stage.lane(root), "Skip", near=FIRST)


async def _resolve(stage: Stage, root: Message) -> None:
    await stage.dana.command(DESK, "/resolve")


async def _shortcut(stage: Stage, root: Message) -> None:
    await stage.ana.shortcut(root, "Conclude session")


OPENED: Final = frozenset({"exchanged_trigger_id"})
"""With this Slack says that the modal was opened for the click already."""
ACTS: Final[dict[str, tuple[str, str, Act]]] = {
    "answer a task": ("Ana", "views.open", _answer),
    "conclude": ("Ana", "views.open", _conclude),
    "conclude, looked up": ("Ana", "users.info", _conclude),
    "conclude by shortcut": ("Ana", "views.open", _shortcut),
    "somebody else's task": ("Ben", "chat.postEphemeral", _others),
    "a command": ("Dana", "users.info", _resolve),
}


def _shown(stage: Stage, who: str) -> int:
    """Count what a person was shown: private messages, modals, direct messages, and answers to what they sent."""
    person = stage.slack.person(who)
    answers = [e for e in stage.slack.record.entries if e.kind == "delivery" and e.data["answer"]]
    return len(person.ephemerals) + len(person.modals) + len(person.direct.messages) + len(answers)


def _heal(stage: Stage) -> None:
    """Forget what is known of the installation and of people: each error comes to a fresh app."""
    clients = stage.app.services.private_replies._slack
    installation = clients.of(Tenant(team=stage.tenant.team)).installation
    installation._void = None
    installation._off.clear()
    stage.app.services.members._people._answers.clear()


@pytest.mark.parametrize("name", ACTS)
async def test_whatever_slack_answers_the_person_sees_something(tmp_path: Path, name: str) -> None:
    who, method, act = ACTS[name]
    async with playing(tmp_path) as stage:
        stage.troubled = True
        root = await stage.start()
        person = stage.slack.person(who)
        for error in sorted(documented_errors(method) - OPENED):
            _heal(stage)
            while person.modal is not None:
                await person.escape()
            before = _shown(stage, who)
            stage.slack.faults.error(method, error)
            await act(stage, root)
            await stage.slack.settled(0.01)
            stage.slack.faults.end(method)
            assert _shown(stage, who) > before, f"{method} answered {error}, and {who} saw nothing"
        counted = await metrics(stage)
        ordered = sorted(documented_errors(method) - OPENED)
        missing = [e for e in ordered if f'error="{e}",method="{method}"' not in counted]
        assert missing in ([], ["rate_limited"]), f"the figures do not name {missing}"


async def test_wherever_slack_lets_no_session_begin_the_person_hears_why_and_gets_their_words_back(
    tmp_path: Path,
) -> None:
    refusing = [e for e in documented_errors("chat.postMessage") if issubclass(MEANINGS[e], errors.CannotPost)]
    assert "restricted_action" in refusing
    async with playing(tmp_path) as stage:
        for error in sorted(refusing):
            _heal(stage)
            stage.slack.faults.error("chat.postMessage", error)
            await stage.ana.command(DESK, f"/troubleshoot {PRINTER}")
            await stage.quiet()
            told = stage.told()[-1]
            assert PRINTER in told, error
            assert MEANINGS[error].user_text.split(".")[0].replace("`", "") in told.replace("`", ""), error
        assert len(stage.told()) == len(refusing)

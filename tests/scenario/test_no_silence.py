"""No click ends in silence: whatever Slack answers to any call that follows it, the person sees something.

Each act is played in front of one error of the method that has had the fewest so far, and the classes of a method's
errors take turns. `WALK=whole` plays every act in front of all of them.
"""

import itertools
import os
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import text

from bot import errors
from bot.domain.ids import Tenant
from bot.sandbox import Message, View
from bot.sandbox.faults import Fault
from bot.sandbox.webapi.documented import documented_errors
from bot.slack.web.faults import MEANINGS
from tests.scenario.stage import DESK, PRINTER, Stage, playing
from tests.scenario.test_lane import FIRST
from tests.scenario.test_refusals import metrics
from tests.scenario.tickets import Service, service

Go = Callable[[], Awaitable[Any]]
Act = Callable[[Service], Awaitable[Go]]
"""Prepares something that a person does, and returns the last step."""

WHOLE: Final = os.environ.get("WALK") == "whole"
OPENED: Final = "exchanged_trigger_id"
"""With this Slack says that the modal was opened for the click already."""
PASSES: Final = (errors.SlackRateLimited, errors.SlackUnavailable)
"""What a job meets with these it does later, so that nothing has ended."""
IN_HOME: Final = ("ticket system", "house rules", "test the connection")
"""Clicks in App Home come without a response_url."""
PARTNERS: Final = ("Ana", "Ben", "Dana")


def on_lane(label: str, *before: str, near: str | None = FIRST, who: str = "ana") -> Act:
    """Click in a lane, after other clicks."""

    async def act(desk: Service) -> Go:
        stage = desk.stage
        root = await stage.start()
        for one in before:
            await stage.click(stage.lane(root), one, FIRST if one == "Skip" else None)
        return lambda: getattr(stage, who).click(stage.lane(root), label, near=near)

    return act


def on_card(label: str, outcome: str = "", who: str = "ana") -> Act:
    """Click on a card, of a session that was concluded if an outcome is named."""

    async def act(desk: Service) -> Go:
        stage = desk.stage
        root = await stage.start()
        if outcome:
            await stage.conclude(root, outcome)
            await stage.quiet()
        shown = [root, *(m for m in root.replies if m.bot)]
        surface = next(m for m in shown if label in m.text_view())
        return lambda: getattr(stage, who).click(surface, label)

    return act


def on_notes(label: str) -> Act:
    """Click below finished notes."""

    async def act(desk: Service) -> Go:
        notes = await desk.resolved()
        return lambda: desk.stage.ana.click(notes, label)

    return act


def in_modal(opened: Act, *, click: str = "", type: str = "", choose: tuple[str, str] | None = None) -> Act:
    """Open a modal, fill an input, and submit it or click in it."""

    async def act(desk: Service) -> Go:
        ana = desk.stage.ana
        await (await opened(desk))()
        await desk.stage.quiet()
        if type:
            label, _, words = type.partition("=")
            await ana.type(label, words)
        if choose:
            await ana.choose(*choose)
        return (lambda: ana.click(ana.modal, click)) if click else ana.submit

    return act


def in_home(label: str) -> Act:
    """Have an admin click in App Home."""

    async def act(desk: Service) -> Go:
        dana = desk.stage.dana
        await dana.open_home()
        await desk.stage.quiet()
        return lambda: dana.click(dana.home, label)

    return act


def in_admins_modal(label: str, *, click: str = "") -> Act:
    """Have an admin open a modal from App Home, and submit it or click in it."""

    async def act(desk: Service) -> Go:
        dana = desk.stage.dana
        await (await in_home(label)(desk))()
        return (lambda: dana.click(dana.modal, click)) if click else dana.submit

    return act


def command(line: str) -> Act:
    """Use a slash command, with a session there or not."""

    async def act(desk: Service) -> Go:
        if not line.startswith("/troubleshoot"):
            await desk.stage.start()
        return lambda: desk.stage.ana.command(DESK, line)

    return act


def shortcut(name: str) -> Act:
    """Use a message shortcut."""

    async def act(desk: Service) -> Go:
        stage = desk.stage
        message = await stage.start() if name.startswith("Conclude") else await stage.ben.say(DESK, "it is dead")
        return lambda: stage.ana.shortcut(message, name)

    return act


async def say(desk: Service) -> Go:
    """Write into a thread."""
    root = await desk.stage.start()
    return lambda: desk.stage.ana.say(root.channel, "Now it is dark", thread=root)


async def mention(desk: Service) -> Go:
    """Mention the app in a channel."""
    return lambda: desk.stage.ana.say(DESK, f"@Tasklane {PRINTER}")


async def try_again(desk: Service) -> Go:
    """Have an answer that failed written anew."""
    stage = desk.stage
    root = await stage.start()
    await stage.say(root, "you are overloaded")
    failed = stage.shown(root, "Try again")
    return lambda: stage.ana.click(failed, "Try again")


async def take_in(desk: Service) -> Go:
    """Have what stands on a ticket taken in."""
    root = await desk.stage.start(problem="#4411 Nobody in Accounting can print")
    return lambda: desk.stage.ana.click(root, "Take in the ticket")


ACTS: Final[dict[str, Act]] = {
    "skip": on_lane("Skip"),
    "undo": on_lane("Undo", "Skip", near=None),
    "fold": on_lane("Collapse tasks", near=None),
    "unfold": on_lane("Tasks (3)", "Collapse tasks", near=None),
    "send": on_lane("Send answers", "Skip", near=None),
    "somebody else's task": on_lane("Skip", who="ben"),
    "answer": on_lane("Answer"),
    "answer, submitted": in_modal(on_lane("Answer"), type="Answer=It is dark"),
    "start by command": command(f"/troubleshoot {PRINTER}"),
    "start by mention": mention,
    "start by shortcut": shortcut("Troubleshoot this"),
    "say": say,
    "/resolve": command("/resolve done"),
    "/tasks": command("/tasks"),
    "try again": try_again,
    "conclude": on_card("Conclude"),
    "conclude by shortcut": shortcut("Conclude session"),
    "resolve in the modal": in_modal(on_card("Conclude")),
    "escalate": in_modal(on_card("Conclude"), choose=("Outcome", "Escalated")),
    "pause": in_modal(on_card("Conclude"), choose=("Outcome", "Paused")),
    "resume": on_card("Resume", "Paused"),
    "resume in a new chat": on_card("Resume in New Chat", "Paused"),
    "take over": on_card("Take over", "Escalated", who="ben"),
    "reopen": on_card("Reopen", "Resolved"),
    "answers everything": on_card("Answers everything"),
    "copy": on_notes("Copy"),
    "regenerate": on_notes("Regenerate"),
    "edit": on_notes("Edit"),
    "edit, submitted": in_modal(on_notes("Edit"), type="Resolution=It was the driver"),
    "post": on_notes("Post to channel"),
    "post, submitted": in_modal(on_notes("Post to channel"), choose=("Team channel", "ticket-notes")),
    "push": on_notes("Push to ticket"),
    "push, submitted": in_modal(on_notes("Push to ticket")),
    "link": on_card("Link ticket"),
    "link, submitted": in_modal(on_card("Link ticket"), type="Ticket=4411"),
    "create": in_modal(on_card("Link ticket"), click="Create ticket"),
    "take in": take_in,
    "ticket system": in_home("Ticket system"),
    "test the connection": in_admins_modal("Ticket system", click="Test connection"),
    "house rules": in_home("House rules"),
    "house rules, submitted": in_admins_modal("House rules"),
}


def seen(stage: Stage) -> list[str]:
    """Write down what the people see."""
    shown: list[str] = []
    for person in (stage.slack.person(name) for name in PARTNERS):
        surfaces: list[Message | View] = [*person.ephemerals, *person.modals, *person.direct.messages]
        shown += [surface.text_view() for surface in surfaces]
        shown += [str(person.errors), person.home.text_view() if person.home is not None else ""]
    for name in (DESK, "ticket-notes"):
        for message in stage.slack.channel(name).messages[-2:]:
            shown += [message.text_view(), *(reply.text_view() for reply in message.replies)]
    return shown


async def heal(stage: Stage) -> None:
    """Forget what is known of the installation and of people, and what is left to do: each error comes alone."""
    installation = stage.app.services.private_replies._slack.of(Tenant(team=stage.tenant.team)).installation
    installation._void = None
    installation._off.clear()
    stage.app.services.members._people._answers.clear()
    for person in (stage.slack.person(name) for name in PARTNERS):
        while person.modal is not None:
            await person.escape()
    async with stage.app.database.write_everywhere() as work:
        await work.execute(text("DELETE FROM jobs"))
        await work.execute(text("DELETE FROM allowances"))
        await work.execute(text("UPDATE sessions SET status = 'resolved', owner = 'U0NOBODY'"))


async def play(desk: Service, act: Act, method: str = "", error: str = "") -> tuple[bool, set[str], set[str]]:
    """Play an act with an error. Tell whether anything is to be seen of it, and which methods it called when."""
    stage = desk.stage
    await heal(stage)
    go = await act(desk)
    await stage.quiet()
    stage.app.services.members._people._answers.clear()
    before, start = seen(stage), len(stage.slack.record.entries)
    if error:
        stage.slack.faults.always(method, Fault(error=error))
    await go()
    acknowledged = len(stage.slack.record.entries)
    await stage.quiet()
    stage.slack.faults.end(method)
    entries = stage.slack.record.entries
    answered = any(e.kind == "delivery" and e.data["answer"] for e in entries[start:])
    at_once = {e.name for e in entries[start:acknowledged] if e.kind == "call"}
    return answered or seen(stage) != before, at_once, {e.name for e in entries[start:] if e.kind == "call"}


async def tried_again(stage: Stage) -> bool:
    """Tell whether something is still to be done, so that nothing has ended."""
    async with stage.app.database.read_everywhere() as everywhere:
        waiting = await everywhere.execute(text("SELECT count(*) FROM jobs WHERE state <> 'failed' AND errors > 0"))
        return bool(waiting.scalar_one())


def classes(method: str, *, at_once: bool) -> dict[type[errors.SlackFault], str]:
    """Choose an error of each class that a method may answer."""
    chosen: dict[type[errors.SlackFault], str] = {}
    for error in sorted(documented_errors(method) - {OPENED}):
        if at_once or MEANINGS[error] not in PASSES:
            chosen.setdefault(MEANINGS[error], error)
    return chosen


def untold(name: str, method: str, fault: type[errors.SlackFault], *, at_once: bool) -> bool:
    """Tell whether Slack leaves no way to tell a person: the token is void, and no answer to the click is left."""
    late = not at_once or method.startswith("views.")
    return fault is errors.InstallationGone and (late or name in IN_HOME)


@pytest.mark.parametrize("part", range(4))
async def test_whatever_slack_answers_the_person_sees_something(tmp_path: Path, part: int) -> None:
    turns: Counter[str] = Counter()
    async with service(tmp_path) as desk:
        await desk.connect()
        desk.stage.troubled = True
        for name, act in itertools.islice(ACTS.items(), part, None, 4):
            shown, at_once, called = await play(desk, act)
            assert shown, f"{name}: nothing is seen of it, although nothing fails"
            methods = sorted(called - {"response_url"}, key=lambda method: (turns[method], method))
            for method in methods if WHOLE else methods[:1]:
                faults = classes(method, at_once=method in at_once)
                most = len(faults) if WHOLE else 1
                chosen = itertools.islice(itertools.cycle(faults.items()), turns[method], turns[method] + most)
                for fault, error in chosen:
                    shown, _, _ = await play(desk, act, method, error)
                    silent = not shown and not await tried_again(desk.stage)
                    no_way = untold(name, method, fault, at_once=method in at_once)
                    assert not silent or no_way, f"{name}: {method} answered {error}"
                turns[method] += most


async def test_each_refusal_is_counted_under_slacks_own_name(tmp_path: Path) -> None:
    async with playing(tmp_path) as stage:
        stage.troubled = True
        root = await stage.start()
        for error in sorted(documented_errors("views.open") - {OPENED}):
            installation = stage.app.services.private_replies._slack.of(stage.tenant).installation
            installation._void = None
            installation._off.clear()
            stage.slack.faults.error("views.open", error)
            await stage.ana.click(root, "Conclude")
        counted = await metrics(stage)
        ordered = sorted(documented_errors("views.open") - {OPENED})
        missing = [e for e in ordered if f'error="{e}",method="views.open"' not in counted]
        assert missing in ([], ["rate_limited"]), f"the figures do not name {missing}"


async def test_wherever_slack_lets_no_session_begin_the_person_hears_why_and_gets_their_words_back(
    tmp_path: Path,
) -> None:
    refusing = [e for e in documented_errors("chat.postMessage") if issubclass(MEANINGS[e], errors.CannotPost)]
    assert "restricted_action" in refusing
    async with playing(tmp_path) as stage:
        for error in sorted(refusing):
            await heal(stage)
            stage.slack.faults.error("chat.postMessage", error)
            await stage.ana.command(DESK, f"/troubleshoot {PRINTER}")
            await stage.quiet()
            told = stage.told()[-1]
            assert PRINTER in told, error
            assert MEANINGS[error].user_text.split(".")[0].replace("`", "") in told.replace("`", ""), error
        assert len(stage.told()) == len(refusing)

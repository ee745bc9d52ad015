"""The table of rights, cell by cell, through payloads: who did it is all that differs from what the owner did."""

import copy
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from bot import errors
from bot.domain.rights import Refusal, Verb
from bot.sandbox import Member, Message, Room
from bot.sandbox.delivery import Parcel
from tests.scenario.post import held
from tests.scenario.stage import CHANNELS, DESK, Stage, playing
from tests.scenario.test_lane import FIRST

PEOPLE: Final = (
    Member(name="Ana"),
    Member(name="Eng"),
    Member(name="Dana", admin=True),
    Member(name="Mem"),
    Member(name="Gus", guest=True),
    Member(name="Ben"),
    Member(name="Pat", team="Fabrikam", admin=True),
    Member(name="Gone", deactivated=True, admin=True),
    Member(name="Pingdom", bot=True, admin=True),
)
IDS: Final = {
    "owner": "U0ANA",
    "engineer": "U0ENG",
    "admin": "U0DANA",
    "member": "U0MEM",
    "guest": "U0GUS",
    "stranger": "U0PAT",
    "deactivated": "U0GONE",
    "bot": "U0PINGDOM",
    "unknown": "U0NOBODY",
}
YES: Final = None
NOBODY, STRANGER, GUEST = Refusal.NOBODY, Refusal.STRANGER, Refusal.GUEST
NOT_OWNER, NOT_ENGINEER, NOT_ADMIN = Refusal.NOT_OWNER, Refusal.NOT_ENGINEER, Refusal.NOT_ADMIN
ONLY_OWNER: Final = [YES, NOT_OWNER, NOT_OWNER, NOT_OWNER, GUEST, STRANGER, NOBODY, NOBODY, NOBODY]
TABLE: Final = {
    # owner, engineer, admin, member, guest, stranger, deactivated, bot, unknown
    Verb.WORK: [YES, YES, YES, YES, NOT_OWNER, NOT_OWNER, NOBODY, NOBODY, NOBODY],
    Verb.RESUME: ONLY_OWNER,
    Verb.WRITE_NOTES: ONLY_OWNER,
    Verb.CONCLUDE: [YES, NOT_OWNER, YES, NOT_OWNER, GUEST, STRANGER, NOBODY, NOBODY, NOBODY],
    Verb.TAKE_OVER: [YES, YES, YES, NOT_ENGINEER, GUEST, STRANGER, NOBODY, NOBODY, NOBODY],
    Verb.POST: [YES, YES, YES, YES, GUEST, STRANGER, NOBODY, NOBODY, NOBODY],
    Verb.SETTINGS: [NOT_ADMIN, NOT_ADMIN, YES, NOT_ADMIN, GUEST, STRANGER, NOBODY, NOBODY, NOBODY],
}
SAYS: Final = {
    NOBODY: errors.NobodyRefused.user_text,
    STRANGER: errors.StrangerRefused.user_text,
    GUEST: errors.GuestRefused.user_text,
    NOT_OWNER: errors.NotTheOwner.user_text,
    NOT_ENGINEER: errors.NotAnEngineer.user_text,
    NOT_ADMIN: errors.AdminsOnly.user_text,
}
LOOKED_UP: Final = [
    *((verb, "users.info") for verb in TABLE),
    *((verb, "usergroups.users.list") for verb in (Verb.CONCLUDE, Verb.TAKE_OVER, Verb.POST, Verb.SETTINGS)),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What the owner did, kept from the app, and how what it changes reads."""

    parcel: Parcel
    reads: Callable[[], str]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    desk = Room(name=DESK, members=tuple(m.name for m in PEOPLE if not m.deactivated), shared_with=("Fabrikam",))
    rooms = (desk, *(room for room in CHANNELS if room.name != DESK))
    sandbox = {"users": PEOPLE, "channels": rooms}
    async with playing(tmp_path, sandbox=sandbox, tasklane_engineers="S0ENG") as stage:
        stage.slack.add_group("S0ENG", "Ana", "Eng")
        stage.gus = stage.slack.person("Gus")
        yield stage


async def only(stage: Stage, act: Callable[[], Awaitable[Any]]) -> Parcel:
    """Return what somebody does, instead of delivering it."""
    with held(stage) as parcels:
        await act()
    return parcels[-1]


async def work(stage: Stage) -> Act:
    root = await stage.start()
    parcel = await only(stage, lambda: stage.ana.click(stage.lane(root), "Skip", near=FIRST))
    return Act(parcel=parcel, reads=lambda: stage.lane(root).text_view())


async def conclude(stage: Stage) -> Act:
    root = await stage.start()
    await stage.click(root, "Conclude")
    parcel = await only(stage, stage.ana.submit)
    return Act(parcel=parcel, reads=lambda: _status(root))


async def resume(stage: Stage) -> Act:
    root = await stage.start()
    await stage.conclude(root, "Paused")
    await stage.quiet()
    parcel = await only(stage, lambda: stage.ana.click(root, "Resume"))
    return Act(parcel=parcel, reads=lambda: _status(root))


async def take_over(stage: Stage) -> Act:
    root = await stage.start()
    await stage.conclude(root, "Escalated")
    await stage.quiet()
    parcel = await only(stage, lambda: stage.ana.click(root, "Take over"))
    return Act(parcel=parcel, reads=lambda: _status(root))


async def write_notes(stage: Stage) -> Act:
    root = await stage.start()
    await stage.conclude(root)
    await stage.quiet()
    parcel = await only(stage, lambda: stage.ana.click(stage.notes(root), "Regenerate"))
    return Act(parcel=parcel, reads=lambda: str(len(stage.slack.record.calls("chat.update"))))


async def post(stage: Stage) -> Act:
    root = await stage.start()
    await stage.conclude(root)
    await stage.quiet()
    await stage.click(stage.notes(root), "Post to channel")
    await stage.ana.choose("Team channel", "ticket-notes")
    parcel = await only(stage, stage.ana.submit)
    return Act(parcel=parcel, reads=lambda: str(len(stage.slack.channel("ticket-notes").messages)))


async def settings(stage: Stage) -> Act:
    await stage.dana.open_home()
    await stage.quiet()
    label = "*Team channel for notes*\nNot set. Only admins see this."
    parcel = await only(stage, lambda: stage.dana.choose(label, "ticket-notes", on=stage.home(stage.dana)))
    return Act(parcel=parcel, reads=lambda: stage.home(stage.dana).text_view())


ACTS: Final = {
    Verb.WORK: work,
    Verb.CONCLUDE: conclude,
    Verb.RESUME: resume,
    Verb.TAKE_OVER: take_over,
    Verb.WRITE_NOTES: write_notes,
    Verb.POST: post,
    Verb.SETTINGS: settings,
}


def _status(root: Message) -> str:
    return next(line for line in root.text_view().splitlines() if "Owner" in line).split(" Opened")[0]


def by(parcel: Parcel, who: str) -> Parcel:
    """Return the same payload as if another person had caused it."""
    payload: dict[str, Any] = copy.deepcopy(dict(parcel.payload))
    payload["user"]["id"] = IDS[who]
    payload["trigger_id"] = f"{payload['trigger_id']}.{who}"
    if payload.get("actions"):
        payload["actions"][0]["action_ts"] = f"{float(payload['actions'][0]['action_ts']) + 1:.6f}"
    return Parcel(kind=parcel.kind, name=parcel.name, payload=payload)


async def heard(stage: Stage, parcel: Parcel) -> str:
    """Deliver a payload, and return everything that the app said because of it."""
    before = len(stage.slack.record.entries)
    ack = await stage.slack._delivery.send(parcel)
    assert ack.ok, ack
    await stage.quiet()
    return str([ack.body, *(entry.data for entry in stage.slack.record.entries[before:])])


@pytest.mark.parametrize("verb", TABLE)
async def test_who_may_not_hears_why_and_nothing_changes(stage: Stage, verb: Verb) -> None:
    act = await ACTS[verb](stage)
    before = act.reads()
    for who, answer in zip(IDS, TABLE[verb], strict=True):
        if answer is not YES:
            said = await heard(stage, by(act.parcel, who))
            assert SAYS[answer] in said, f"{who} heard {said[:600]}"
            assert act.reads() == before


@pytest.mark.parametrize("verb", TABLE)
async def test_who_may_has_it_done(stage: Stage, verb: Verb) -> None:
    for who, answer in zip(IDS, TABLE[verb], strict=True):
        if answer is YES:
            act = await ACTS[verb](stage)
            before = act.reads()
            said = await heard(stage, by(act.parcel, who))
            assert act.reads() != before, f"{who} heard {said[:600]}"


@pytest.mark.parametrize(("verb", "method"), LOOKED_UP)
async def test_a_failed_lookup_is_try_again_and_never_a_yes(stage: Stage, verb: Verb, method: str) -> None:
    act = await ACTS[verb](stage)
    before = act.reads()
    stage.app.services.members._people._answers.clear()
    stage.app.services.members._engineers._answers.clear()
    stage.troubled = True
    stage.slack.faults.error(method, "internal_error", times=20)
    said = await heard(stage, by(act.parcel, "owner" if TABLE[verb] is not TABLE[Verb.SETTINGS] else "admin"))
    assert act.reads() == before
    postponed = verb is Verb.CONCLUDE
    assert postponed or "so I did nothing. Please try again in a moment." in said


@pytest.mark.parametrize("verb", [Verb.WORK, Verb.CONCLUDE, Verb.RESUME, Verb.WRITE_NOTES])
async def test_an_owner_whose_account_was_deactivated_has_no_rights_any_more(stage: Stage, verb: Verb) -> None:
    act = await ACTS[verb](stage)
    before = act.reads()
    stage.ana.user.deleted = True
    stage.app.services.members._people._answers.clear()
    assert SAYS[NOBODY] in await heard(stage, act.parcel)
    assert act.reads() == before


async def test_a_guest_works_the_lane_of_a_session_of_their_own_and_does_nothing_else_with_it(stage: Stage) -> None:
    root = await stage.start(stage.gus)
    assert (await stage.gus.click(stage.lane(root), "Skip", near=FIRST)).ok
    assert SAYS[GUEST] in await heard(stage, await only(stage, lambda: stage.gus.command(DESK, "/resolve done")))
    assert "Active" in _status(root)


async def test_everybody_in_the_thread_may_talk_and_another_app_may_not(stage: Stage) -> None:
    root = await stage.start()
    for name in ("Eng", "Dana", "Mem", "Gus", "Pat"):
        before = len(stage.replies(root))
        await stage.say(root, f"@Tasklane {name} has seen this before", stage.slack.person(name))
        assert len(stage.replies(root)) == before + 1, name
    parcel = await only(stage, lambda: stage.say(root, "@Tasklane one word more"))
    for number, who in enumerate(("deactivated", "unknown")):
        before = len(stage.replies(root))
        late = copy.deepcopy(dict(parcel.payload))
        late["event"] |= {"user": IDS[who], "ts": f"{float(late['event']['ts']) + number + 1:.6f}"}
        await heard(stage, Parcel(kind=parcel.kind, name=parcel.name, payload=late | {"event_id": f"Ev0{who}"}))
        assert len(stage.replies(root)) == before + 1, who
    before = len(stage.replies(root))
    stage.slack.space.post(root.channel, stage.slack.person("Pingdom").user, "it is down", thread_ts=root.ts)
    await stage.quiet()
    assert len(stage.replies(root)) == before

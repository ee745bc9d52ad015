"""Every id is rendered by a view and handled by a handler, and no other ids are: all views are drawn to see."""

import ast
import importlib
import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import cache
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

import pytest

from bot import errors
from bot.domain.answering import AnswerMode
from bot.domain.brief import NO_BRIEF, Brief, BriefState
from bot.domain.content import SharedFile
from bot.domain.evidence import Evidence, Unread, UnreadFile
from bot.domain.guide import Guide, GuideStep
from bot.domain.ids import ChannelId, EvidenceId, MessageId, MessageTs, SessionId, TaskId, TurnId, UserId
from bot.domain.lane import Kind, Lane, Mark, Task
from bot.domain.memory import Memory, Verdict
from bot.domain.notes.client import ClientText, Drafting
from bot.domain.notes.record import NotesRecord, NotesSource, NotesState, NotesVersion
from bot.domain.pushes import PushForm, PushStanding, PushState
from bot.domain.ratings import Rating
from bot.domain.sessions import Session, Status
from bot.domain.tickets import (
    NO_TRIAL,
    ConnectionForm,
    FormInput,
    HouseRules,
    MemberTable,
    Option,
    TicketLink,
    TicketMember,
    Trial,
)
from bot.services.ratings import Complaint
from bot.slack.views import kit
from bot.slack.views.home import HomePage
from bot.slack.views.ids import Action, Callback, Field, Link, Prefix
from bot.slack.views.kit import Rendered
from bot.slack.views.notes import BelowNotes, Copy, FileState
from bot.slack.views.ratings import Explained
from tests.meta.recorder import entries, handled
from tests.meta.sources import Source, app, clean, dotted, read

VIEWS: Final = "bot/slack/views"
NOT_VIEWS: Final = frozenset({"kit", "ids", "text", "tasks", "views"})
"""What views are made of."""
DRAWN: Final = ("Rendered", "Rendered | None", "View")


def _session(status: Status = Status.ACTIVE) -> Session:
    return Session(
        id=SessionId("s1"),
        channel=ChannelId("C1"),
        thread=MessageTs("1.1"),
        owner=UserId("U1"),
        status=status,
        title="Nobody can print",
        titled=True,
        problem="Nobody can print since this morning",
        summary="",
        resolution="",
        opened_at=0.0,
        active_since=0.0,
        worked=0.0,
        messages=4,
    )


def _lanes() -> list[Lane]:
    tasks = tuple(
        Task(id=TaskId(f"t{number}{mark}{kind}"), kind=kind, text="Look " * 80, command="ping prt01\n" * 300, mark=mark)
        for number in range(6)
        for mark in Mark
        for kind in Kind
    )
    lane = Lane(session=SessionId("s1"), tasks=tasks, page=1)
    sent = replace(lane, tasks=(replace(tasks[1], sent=True),), page=0)
    return [lane, replace(lane, folded=True), sent]


def _homes() -> list[HomePage]:
    lanes = [*_lanes(), *(replace(lane, tasks=lane.tasks[:6], page=0) for lane in _lanes())]
    active = tuple((_session(status), lane) for status in (Status.ACTIVE, Status.PAUSED) for lane in lanes)
    concluded = tuple((_session(status), True) for status in (Status.RESOLVED, Status.ESCALATED))
    page = HomePage(
        active=active[:2], total_active=99, page=1, concluded=concluded, total_concluded=99, concluded_page=1
    )
    pushed = {SessionId("s1"): standing for standing in _standings()}
    waiting = [_session()]
    return [replace(page, admin=True, pushes=pushed, active=(one,), waiting=waiting, total_waiting=1) for one in active]


def _guides() -> list[Guide]:
    options = tuple(f"Option {number}" for number in range(1, 6))
    steps = tuple(
        GuideStep(
            id=TaskId(f"t{number}"),
            position=number,
            number=number,
            turn=TurnId("u1"),
            generation=0,
            text="Look",
            command="ping prt01\n" * 300,
            options=options,
            mark=Mark.ANSWERED if number < 3 else Mark.OPEN,
            chosen=0 if number < 3 else None,
            at=0.0,
        )
        for number in (1, 2, 3)
    )
    guide = Guide(session=SessionId("s1"), steps=steps)
    return [guide, replace(guide, back_at=steps[1].id)]


def _standings() -> list[PushStanding]:
    standing = PushStanding(push="p1", number="4411", state=PushState.WAITING, warnings=["Slow"])
    return [replace(standing, state=state, reason=reason, retry=True) for state in PushState for reason in ("", "No")]


def _push_forms() -> list[PushForm]:
    form = PushForm(session=SessionId("s1"), title="Nobody can print", text="## Problem\n\nNone")
    full = replace(form, number="4411", actual=1_920.0, minutes=45, time=True, told=["On it: a note"])
    full = replace(full, files=[("conversation", "The conversation"), ("e1", "Screenshot 1")])
    drafts = [ClientText(state=state, text="It prints again.") for state in Drafting]
    return [
        replace(form, waiting=True, dialog="push:s1:1"),
        *(replace(full, statuses=[("4", "Resolved")], client=draft) for draft in drafts),
    ]


def _evidence() -> Evidence:
    file = SharedFile(id="F1", name="screen.png", link="https://example.slack.com/files/F1")
    name = "Screenshot 1, from Ben"
    return Evidence(id=EvidenceId("e1"), session=SessionId("s1"), turn=TurnId("t1"), file=file, name=name)


def _copies() -> list[Copy]:
    notes = NotesRecord(
        session=SessionId("s1"), state=NotesState.FINAL, text="text", source=NotesSource.STREAMED, at=0.0
    )
    return [Copy(notes=notes), Copy(notes=notes, file=FileState.READY, link="https://slack.example/f", dialog="copy")]


def _rating() -> Rating:
    return Rating(
        session=SessionId("s1"), message=MessageId("r1"), user=UserId("U1"), helpful=False, reason="Wrong", at=0.0
    )


SAMPLES: Final[Mapping[Any, Callable[[], Sequence[Any]]]] = {
    Session: lambda: [
        *(_session(status) for status in Status),
        replace(_session(), answers=AnswerMode.EVERYTHING),
        replace(_session(), guided=True),
    ],
    Memory: lambda: [
        Memory(
            session=SessionId("s2"),
            channel=ChannelId("C1"),
            thread=MessageTs("1.1"),
            owner=UserId("U1"),
            title="No print",
            fix="The spooler",
            verdict=verdict,
            at=0.0,
        )
        for verdict in (None, *Verdict)
    ],
    Guide: _guides,
    GuideStep: lambda: _guides()[0].steps,
    Evidence: lambda: [_evidence()],
    UnreadFile: lambda: [UnreadFile(name="a.zip", reason=Unread.ARCHIVE)],
    Rating: lambda: [_rating()],
    Explained: lambda: [Complaint(rating=_rating(), session=_session(), link="https://example.slack.com/p1")],
    Lane: _lanes,
    Task: lambda: _lanes()[0].tasks[:4],
    HomePage: _homes,
    Rendered: lambda: [kit.message("Told", kit.section("Told"))],
    errors.TasklaneError: lambda: [errors.TasklaneError(), errors.TryAgainLater(3.0)],
    errors.SlackFault: lambda: [errors.NotInChannel()],
    Copy: _copies,
    NotesVersion: lambda: [
        NotesVersion(number=number, text="## Problem", source=source, generation=0, user=user, at=7.0)
        for number, source, user in ((2, NotesSource.EDITED, UserId("U1")), (1, NotesSource.STREAMED, None))
    ],
    TicketLink: lambda: [
        TicketLink(number="4411", ticket_id="1", summary="No print", client="Acme", url="https://a.b/c")
    ],
    ConnectionForm: lambda: [
        ConnectionForm(systems=["Webhook"], system="Webhook", inputs=[FormInput(key="url", label="URL")], told=told)
        for told in ((), ("Works: note.",))
    ],
    Option: lambda: [Option(id="1", name="Help Desk")],
    MemberTable: lambda: [
        MemberTable(
            system="Webhook",
            rows=[
                TicketMember(user=UserId("U1"), member_id="7", name="Ana", email="a@b.c", by_admin=by)
                for by in (True, False)
            ],
        )
    ],
    Trial: lambda: [NO_TRIAL, Trial(text="## Problem Summary", told="Of one")],
    HouseRules: lambda: [HouseRules(), HouseRules(owner_and_date=True, instructions="Be brief")],
    PushStanding: _standings,
    PushForm: _push_forms,
    Brief: lambda: [
        NO_BRIEF,
        *(
            Brief(text="Likely cause", state=state, evidence=[_evidence()], push=_standings()[0])
            for state in BriefState
        ),
    ],
    BelowNotes: lambda: [
        *(BelowNotes(push=push, evidence=[_evidence()]) for push in (None, *_standings())),
        BelowNotes(evidence=[_evidence()] * 4, generation=1),
    ],
    str: lambda: ["text"],
    float: lambda: [7_200.0],
    int: lambda: [0, 1],
    bool: lambda: [False, True],
}
"""What to draw views of, by the type of the parameter."""


def samples(kind: Any) -> Sequence[Any]:
    """List values of a type that between them make a view show everything it can show."""
    kind = getattr(kind, "__supertype__", kind)
    if kind is type(None):
        return [None]
    if kind in SAMPLES:
        return SAMPLES[kind]()
    if inspect.isclass(kind) and issubclass(kind, StrEnum):
        return list(kind)
    if get_origin(kind) is Literal:
        return get_args(kind)
    if get_origin(kind) is Sequence:
        return [samples(get_args(kind)[0])]
    if kind == kit.Block:
        return [kit.section("Told")]
    if get_args(kind):
        return [value for one in get_args(kind) for value in samples(one)]
    pytest.fail(f"a view takes {kind}: add a sample of it to SAMPLES in {__file__}")


def builders() -> Iterator[tuple[Source, str]]:
    """Yield the public functions that draw a message or a view."""
    for source in read(VIEWS):
        if source.module.rpartition(".")[2] in NOT_VIEWS:
            continue
        for node in source.tree.body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_") or node.returns is None:
                continue
            if ast.unparse(node.returns) in DRAWN:
                yield source, node.name


def draw(source: Source, name: str) -> Iterator[Any]:
    """Draw a view with every combination of samples."""
    function = getattr(importlib.import_module(source.module), name)
    hints = get_type_hints(function)
    parameters = list(inspect.signature(function).parameters.values())
    for chosen in itertools.product(*(samples(hints[parameter.name]) for parameter in parameters)):
        pairs = list(zip(parameters, chosen, strict=True))
        ordinary = [value for parameter, value in pairs if parameter.kind is not parameter.KEYWORD_ONLY]
        named = {parameter.name: value for parameter, value in pairs if parameter.kind is parameter.KEYWORD_ONLY}
        drawn = function(*ordinary, **named)
        yield drawn.blocks if isinstance(drawn, Rendered) else drawn


@cache
def objects() -> tuple[dict[str, Any], ...]:
    """List every object of every view that can be drawn, with `where` it was drawn."""
    return tuple(
        {**found, "where": f"{source.path}: {name}"}
        for source, name in builders()
        for drawn in draw(source, name)
        for found in _objects(drawn)
    )


def _objects(payload: Any) -> Iterator[dict[str, Any]]:
    if isinstance(payload, dict):
        yield payload
    for value in payload.values() if isinstance(payload, dict) else payload if isinstance(payload, list) else ():
        yield from _objects(value)


def rendered(key: str) -> dict[str, str]:
    """Map every id under a key to a view that renders it."""
    return {str(found[key]): found["where"] for found in objects() if found.get(key)}


def test_every_id_is_rendered() -> None:
    actions, callbacks = rendered("action_id"), rendered("callback_id")
    clean(
        f"{one!r}: no view renders it; take it out of ids.py" for one in (*Action, *Link, *Field) if one not in actions
    )
    clean(f"{one!r}: no view renders it; take it out of ids.py" for one in Callback if one not in callbacks)
    blocks = rendered("block_id")
    clean(
        f"{prefix!r}: no block has it; take it out of ids.py"
        for prefix in Prefix
        if not any(block.startswith(f"{prefix}:") for block in blocks)
    )


def test_every_rendered_id_is_in_the_list_of_ids() -> None:
    known = {str(one) for one in (*Action, *Link, *Field, *Prefix)}
    clean(f"{where}: {one!r} is not in ids.py" for one, where in rendered("action_id").items() if one not in known)
    callbacks = {str(one) for one in Callback}
    clean(
        f"{where}: {one!r} is not in ids.py" for one, where in rendered("callback_id").items() if one not in callbacks
    )
    for block, where in rendered("block_id").items():
        named = block in {str(field) for field in Field} or block.split(":")[0] in {str(prefix) for prefix in Prefix}
        assert named, f"{where}: block_id {block!r} begins with nothing that is in ids.py"


def test_every_control_is_handled() -> None:
    unheard = {str(one) for one in (*Action, *Link)} - handled("action")
    assert not unheard, f"rendered, but without a handler: {sorted(unheard)}"


def test_every_handled_control_is_rendered() -> None:
    unseen = handled("action") - set(rendered("action_id"))
    assert not unseen, f"handled, but no view renders it: {sorted(unseen)}"


def test_every_modal_is_handled_where_it_ends() -> None:
    modals = [found for found in objects() if found.get("type") == "modal"]
    ends = {
        "view": {found["callback_id"]: found["where"] for found in modals if "submit" in found},
        "view_closed": {found["callback_id"]: found["where"] for found in modals if found.get("notify_on_close")},
    }
    for kind, asked in ends.items():
        clean(f"{asked[one]}: no handler of {kind} is for {one!r}" for one in sorted(set(asked) - handled(kind)))
    unseen = handled("view", "view_closed") - {found["callback_id"] for found in modals}
    assert not unseen, f"handled, but no view renders it: {sorted(unseen)}"


def test_every_field_and_every_prefix_is_read() -> None:
    sources = [*read("handlers"), *(source for source in app() if source.path == "bot/slack/incoming.py")]
    read_names = {dotted(node) for source in sources for node in source.of(ast.Attribute)}
    for field in Field:
        assert f"Field.{field.name}" in read_names, f"{field!r} is rendered, but no handler reads what it holds"
    assert f"Prefix.{Prefix.DRAFT.name}" in read_names, "nobody reads where a draft belongs"


def test_an_id_has_one_handler() -> None:
    twice = sorted({one for one in entries() if entries().count(one) > 1})
    assert not twice, f"only the first of two handlers is called: {twice}"


def test_an_id_means_one_thing() -> None:
    every: list[str] = [*Action, *Link, *Field]
    twice = {one for one in every if every.count(one) > 1}
    assert not twice, f"the same action_id under two names: {sorted(twice)}"

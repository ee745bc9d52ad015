"""The checker finds what it is there to find: each way to break a promise, put into evidence that breaks none."""

from dataclasses import replace
from typing import Any, Final

import pytest

from tests.integration.chaos import checker
from tests.integration.chaos.evidence import (
    Copied,
    Counted,
    Draft,
    Posting,
    Rated,
    Said,
    Seen,
    ShownText,
    StoredHome,
    StoredSession,
    StoredStep,
    StoredTask,
    StoredTurn,
    StreamStop,
    WitnessedEvidence,
)

CARD: Final = ("Case 1", "*Active*")
LANE: Final = ("*Q1.* What does the display show?", "answer")
TURNS: Final = (
    StoredTurn(id="t1", seq=1, assistant=False, state="done", text="Case 1"),
    StoredTurn(id="t2", seq=2, assistant=True, state="done", text="Look at the **display**. ∎", lane=True),
    StoredTurn(id="t3", seq=3, assistant=False, state="done", text="It is on", source="C1:12.0"),
    StoredTurn(id="t4", seq=4, assistant=False, state="done", text="Still on", source="C1:13.0"),
    StoredTurn(id="t5", seq=5, assistant=False, state="done", text="Q: On?\nA: Yes"),
    StoredTurn(id="t7", seq=5, assistant=False, state="done", text="Correction of step 1: Is it on?\nAnswer: Yes"),
    StoredTurn(id="t6", seq=6, assistant=True, state="failed", text="Look <at>", failure="It broke off."),
)
TASKS: Final = (
    StoredTask(text="On?", draft="Yes", answer="Yes", mark="answered", sent=True, current=False),
    StoredTask(text="What does the display show?", draft="Rea", answer="", mark="open", sent=False, current=True),
)
STEPS: Final = (
    StoredStep(id="p1", open=False, told="Step 1: Is it on?\nAnswer: Yes"),
    StoredStep(id="p2", open=False, told="Step 2: Ping it\nAnswer: It answers", by_message=True),
    StoredStep(id="p3", open=True, told="Step 3: Look\nAnswer: "),
)
SESSION: Final = StoredSession(
    id="s1",
    channel="C1",
    thread="10.0",
    status="active",
    problem="Case 1",
    card=CARD,
    lane=LANE,
    turns=TURNS,
    tasks=TASKS,
    steps=STEPS,
    owner="U2",
)
RESOLVED: Final = StoredSession(
    id="s2",
    channel="C1",
    thread="20.0",
    status="resolved",
    problem="Case 2",
    card=("*Resolved*",),
    lane=None,
    notes_state="final",
    notes_text="## Problem Summary\nIt was off.",
    notes_generation=1,
    notes_stopped=True,
    team="C9",
    owner="U1",
)


def seen(key: str, ts: str, thread: str = "10.0", *gist: str, body: str = "") -> Seen:
    return Seen(
        key=key, channel="C1", thread=thread, ts=ts, body=body, gist=gist, final=True, waiting=False, pings=("@Ana",)
    )


MESSAGES: Final = (
    seen("card:s1", "10.0", "10.0", *CARD),
    seen("reply:t2", "11.0", body="Look at the display. ∎"),
    seen("reply:t6", "14.0", "10.0", ":warning: It broke off.", body="Look &lt;at"),
    seen("lane:s1", "15.0", "10.0", *LANE),
    seen("card:s2", "20.0", "20.0", "*Resolved*"),
    seen("notes:s2", "21.0", "20.0", body="## Problem Summary\n\nIt was "),
    seen("notes:s2:1", "22.0", "20.0", "Stopped by <@U1> before the end.", body="off."),
    replace(seen("post:s2:C9", "30.0", "30.0", body="## Problem Summary\n\nIt was off."), channel="C9"),
)
SAID: Final = (
    Said(channel="C1", ts="12.0", text="It is on", written=5, accepted=6),
    Said(channel="C1", ts="13.0", text="Still on", written=7, accepted=8),
)
LOOKS: Final = (
    ShownText(number=1, final=False),
    ShownText(number=2, final=True),
    ShownText(number=3, final=False, reopened=True),
    ShownText(number=4, final=False),
    ShownText(number=5, final=False, asked=True),
    ShownText(number=6, final=True),
    ShownText(number=7, final=False),
    ShownText(number=8, final=True),
)
GOOD: Final = WitnessedEvidence(
    messages=MESSAGES,
    sessions=(SESSION, RESOLVED),
    histories={"notes:s2": LOOKS},
    homes=(StoredHome(user="Ana", shown=("a",), due=("a",)),),
    said=SAID,
    drafts=(Draft(session="s1", task="What does the display show?", accepted="Re", unsure=("Rea", "Read")),),
    starts={"Case 1": Counted(accepted=1), "Case 2": Counted(unsure=2), "Case 3": Counted(unsure=1)},
    sends={"s1": Counted(accepted=1)},
    conclusions={"s2": Counted(accepted=1, unsure=1)},
    owners={"s1": (("U1", True), ("U3", True), ("U2", False)), "s2": (("U1", True), ("U3", False))},
    posts={"s2": Posting(begun=9)},
    steps={"s1": Counted(unsure=3)},
    answered=(("s1", "p1"), ("s1", "p0")),
    rated={("s1:rt2", "U1"): Rated(thanked=True, unsure=(False,)), ("s2:n1", "U2"): Rated(unsure=(True,))},
    ratings={("s1:rt2", "U1"): False},
    stops=(StreamStop(session="s2", accepted=6), StreamStop(session="s1", accepted=None)),
    copies=(Copied(session="s2", text="## Problem Summary\nIt was off.", shown=("**Problem Summary** It was off.",)),),
    allowed_pings=frozenset({"@Ana"}),
)


def of_session(**changes: Any) -> WitnessedEvidence:
    return replace(GOOD, sessions=(replace(SESSION, **changes), RESOLVED))


def of_resolved(**changes: Any) -> WitnessedEvidence:
    return replace(GOOD, sessions=(SESSION, replace(RESOLVED, **changes)))


def of_message(of: str, **changes: Any) -> WitnessedEvidence:
    return replace(GOOD, messages=[replace(m, **changes) if m.key == of else m for m in MESSAGES])


def without(key: str) -> WitnessedEvidence:
    return replace(GOOD, messages=[m for m in MESSAGES if m.key != key])


def of_turn(number: int, **changes: Any) -> WitnessedEvidence:
    return of_session(turns=[replace(t, **changes) if t.seq == number else t for t in TURNS])


BROKEN: Final = (
    (
        "nothing_is_doubled",
        replace(GOOD, messages=(*MESSAGES, seen("reply:t2", "16.0", body="Look at the display. ∎"))),
    ),
    ("nothing_is_doubled", of_message("lane:s1", key="")),
    ("nothing_waits", of_message("reply:t6", waiting=True)),
    ("nothing_waits", of_message("notes:s2", final=False)),
    ("every_reply_is_shown", without("reply:t2")),
    ("every_reply_is_shown", of_message("reply:t6", key="reply:nobody")),
    ("every_reply_is_shown", of_message("reply:t2", ts="14.5")),
    ("every_reply_is_shown", of_message("reply:t2", body="Look at the dis")),
    ("every_reply_is_shown", of_turn(6, state="writing")),
    ("notes_are_final", without("notes:s2")),
    ("notes_are_final", without("notes:s2:1")),
    ("notes_are_final", of_resolved(notes_state=None)),
    ("notes_are_final", of_resolved(notes_state="writing")),
    ("notes_are_final", of_message("notes:s2", body="Something else")),
    ("last_words_stay", replace(GOOD, histories={"notes:s2": LOOKS[:4] + LOOKS[5:]})),
    ("last_words_stay", replace(GOOD, histories={"notes:s2": LOOKS[:2] + LOOKS[3:4]})),
    ("last_words_stay", replace(GOOD, histories={"notes:s2": (*LOOKS, LOOKS[0])})),
    ("failures_are_told", of_message("reply:t6", gist=())),
    ("failures_are_told", of_message("reply:t6", body="Look")),
    ("stops_hold", of_resolved(notes_stopped=False)),
    ("stops_hold", replace(of_message("notes:s2:1", gist=()), stops=(StreamStop(session="s2", accepted=None),))),
    ("stops_hold", of_message("notes:s2:1", gist=())),
    ("stops_hold", replace(GOOD, stops=())),
    (
        "copies_are_whole",
        replace(GOOD, copies=(Copied(session="s2", text="## Problem Summary", shown=("## Problem Summary It was",)),)),
    ),
    ("posts_are_made", without("post:s2:C9")),
    ("posts_are_made", replace(without("post:s2:C9"), posts={})),
    ("posts_are_made", replace(of_resolved(team=None), posts={})),
    ("posts_are_made", of_message("post:s2:C9", channel="C1")),
    ("posts_show_the_newest", of_message("post:s2:C9", body="## Problem Summary")),
    (
        "posts_show_the_newest",
        replace(of_message("post:s2:C9", body="Old"), sessions=(SESSION, replace(RESOLVED, team=None))),
    ),
    ("accepted_messages_are_turns", of_turn(3, source=None)),
    ("accepted_messages_are_turns", of_turn(4, source="C1:12.0")),
    ("order_is_kept", of_session(turns=[replace(t, source={3: "C1:13.0", 4: "C1:12.0"}.get(t.seq)) for t in TURNS])),
    ("everything_is_answered", of_session(turns=TURNS[:5])),
    ("starts_are_counted", replace(GOOD, starts={"Case 1": Counted()})),
    ("starts_are_counted", replace(GOOD, starts={"Case 3": Counted(accepted=1)})),
    ("sends_are_counted", replace(GOOD, sends={"s1": Counted()})),
    ("sends_are_counted", replace(GOOD, sends={"s1": Counted(accepted=2)})),
    ("answers_are_sent_once", of_turn(5, text="Q: Off?\nA: Yes")),
    ("answers_are_sent_once", of_turn(5, text="Q: On?\nA: Yes\n\nQ: On?\nA: Yes")),
    ("notes_are_counted", of_resolved(notes_generation=2)),
    ("notes_are_counted", of_resolved(notes_generation=-1)),
    ("drafts_are_kept", of_session(tasks=(TASKS[0], replace(TASKS[1], draft="R")))),
    ("drafts_are_kept", of_session(tasks=(TASKS[0], replace(TASKS[1], current=False)))),
    ("drafts_are_kept", of_session(tasks=TASKS[:1])),
    ("owners_took_over", of_session(owner="U1")),
    ("steps_are_kept", replace(GOOD, answered=(("s1", "p3"),))),
    ("steps_are_kept", of_session(steps=(replace(STEPS[1], by_message=False),))),
    ("steps_are_counted", replace(GOOD, steps={"s1": Counted()})),
    ("steps_are_counted", replace(GOOD, steps={})),
    ("ratings_are_kept", replace(GOOD, ratings={})),
    ("ratings_are_kept", replace(GOOD, ratings={("s1:rt2", "U1"): True, ("s2:n1", "U2"): False})),
    ("ratings_are_kept", replace(GOOD, ratings={("s1:rt2", "U1"): True, ("s2:n1", "U3"): True})),
    ("owners_took_over", of_resolved(owner="U2")),
    ("cards_show_the_status", of_message("card:s1", gist=("Case 1", "*Paused*"))),
    ("cards_show_the_status", without("card:s2")),
    ("cards_show_the_status", of_session(thread=None)),
    ("lanes_show_the_tasks", without("lane:s1")),
    ("lanes_show_the_tasks", of_session(lane=None)),
    ("lanes_show_the_tasks", of_session(lane=("*Q1.* Another",))),
    ("lanes_show_the_tasks", of_message("lane:s1", thread="11.0")),
    ("lanes_stand_last", of_message("lane:s1", ts="10.5")),
    ("homes_show_the_newest", replace(GOOD, homes=(StoredHome(user="Ana", shown=("a",), due=("b",)),))),
    ("nobody_is_pinged", of_message("reply:t2", pings=("@channel",))),
    ("changes_count", replace(GOOD, said=(replace(SAID[0], now="It is off"), SAID[1]))),
    ("no_work_is_left", replace(GOOD, stuck=("reply talk:s1 running",))),
    ("no_work_is_left", replace(GOOD, failed=("reply talk:s1 failed",))),
    ("nothing_broke_inside", replace(GOOD, complaints={"job failed KeyError": 1})),
)


def test_evidence_that_breaks_nothing_passes() -> None:
    assert checker.check(GOOD) == []


@pytest.mark.parametrize(("rule", "evidence"), BROKEN, ids=[rule for rule, _ in BROKEN])
def test_a_broken_promise_is_found(rule: str, evidence: WitnessedEvidence) -> None:
    found = checker.check(evidence)
    assert rule in {violation.rule for violation in found}
    assert all(violation.what for violation in found)


def test_every_rule_is_seen_to_find_something() -> None:
    assert {rule for rule, _ in BROKEN} == {rule.__name__ for rule in checker.RULES}

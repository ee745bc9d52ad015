"""What is promised of everything that people said, typed and asked for."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from bot.services.spending import TOO_FAST
from tests.integration.chaos.evidence import Draft, Said, StoredTask, StoredTurn, WitnessedEvidence


def accepted_messages_are_turns(evidence: WitnessedEvidence) -> Iterator[str]:
    """What was acknowledged is a turn once. What was not, once at most."""
    times = Counter(turn.source for session in evidence.sessions for turn in session.turns if turn.source)
    for said in evidence.said:
        found = times[f"{said.channel}:{said.ts}"]
        if found > 1:
            yield f"{said.text!r} is {found} turns"
        elif not found and said.accepted is not None and said.now != "":
            yield f"{said.text!r} was acknowledged and is no turn"


def changes_count(evidence: WitnessedEvidence) -> Iterator[str]:
    """A message that was edited says what it says now, and one that was deleted says nothing."""
    changed = {f"{said.channel}:{said.ts}": said for said in evidence.said if said.now is not None}
    for session in evidence.sessions:
        for turn in session.turns:
            if turn.source in changed and turn.text != changed[turn.source].now:
                yield f"in {session.id} {turn.text!r} is still there, and reads {changed[turn.source].now!r} now"


def order_is_kept(evidence: WitnessedEvidence) -> Iterator[str]:
    """What was written after something was acknowledged comes after it."""
    said = {f"{one.channel}:{one.ts}": one for one in evidence.said}
    for session in evidence.sessions:
        spoken = [(turn, said[turn.source]) for turn in session.turns if turn.source in said]
        for (_, first), (_, second) in pairwise(spoken):
            if _came_before(second, first):
                yield f"in {session.id} {second.text!r} came before {first.text!r}, and is stored after it"


def _came_before(one: Said, other: Said) -> bool:
    return one.accepted is not None and one.accepted < other.written


def everything_is_answered(evidence: WitnessedEvidence) -> Iterator[str]:
    """In an active session no member's words stand below the last reply. Who asks too much is told so once."""
    for session in evidence.sessions:
        asked = [turn for turn in session.turns if turn.assistant or (turn.wants_answer and turn.text)]
        if session.status == "active" and asked:
            last = max(asked, key=lambda turn: turn.seq)
            told = [turn.failure for turn in asked if turn.assistant][-1:]
            if not last.assistant and told != [TOO_FAST]:
                yield f"{session.id} was not answered: {last.text[:60]!r}"


def starts_are_counted(evidence: WitnessedEvidence) -> Iterator[str]:
    """A session is opened once for each time that it was asked for."""
    opened = Counter(session.problem for session in evidence.sessions)
    for problem, counted in evidence.starts.items():
        if not counted.allows(opened[problem]):
            yield f"{problem!r} is {opened[problem]} sessions, for {counted}"


def sends_are_counted(evidence: WitnessedEvidence) -> Iterator[str]:
    """Answers are sent once for each time that they were sent."""
    sent = {session.id: sum(map(_composed, session.turns)) for session in evidence.sessions}
    for session, counted in evidence.sends.items():
        if not counted.allows(sent.get(session, 0)):
            yield f"{sent.get(session, 0)} times answers were sent in {session}, for {counted}"


def answers_are_sent_once(evidence: WitnessedEvidence) -> Iterator[str]:
    """The assistant is told of every task that counts as sent, and of none twice in the same words."""
    for session in evidence.sessions:
        told = [part for turn in session.turns if _composed(turn) for part in turn.text.split("\n\n")]
        sent = Counter(task.text for task in session.tasks if task.sent)
        heard = Counter(_task_of(part) for part in told)
        if missing := sent - heard:
            yield f"in {session.id} the assistant was never told of {list(missing)}"
        for part, times in Counter(told).items():
            if times > max(1, sent[_task_of(part)]):
                yield f"in {session.id} the assistant was told {times} times: {part!r}"


def _task_of(told: str) -> str:
    return told.partition("\n")[0].partition(": ")[2]


def _composed(turn: StoredTurn) -> bool:
    return not turn.assistant and turn.source is None and turn.text.startswith(("Q: ", "Action: "))


def notes_are_counted(evidence: WitnessedEvidence) -> Iterator[str]:
    """Notes are begun once for each time that they were asked for."""
    begun = {session.id: session.notes_generation + 1 for session in evidence.sessions}
    for session, counted in evidence.conclusions.items():
        if not counted.allows(begun.get(session, 0)):
            yield f"the notes of {session} were begun {begun.get(session, 0)} times, for {counted}"


def drafts_are_kept(evidence: WitnessedEvidence) -> Iterator[str]:
    """What was typed and not sent is there, in the lane where a person finds it."""
    sessions = {session.id: session for session in evidence.sessions}
    for draft in evidence.drafts:
        session = sessions.get(draft.session)
        if session is not None and not any(_holds(task, draft) for task in session.tasks):
            there = [(t.draft, t.mark, t.sent, t.current) for t in session.tasks if t.text == draft.task]
            yield f"{draft.accepted!r}, typed for {draft.task!r} in {session.id}, is lost: {there}"


def _holds(task: StoredTask, draft: Draft) -> bool:
    """A draft is where it was typed, or was sent. A task that was replaced holds nothing that anybody finds."""
    if task.text != draft.task or not (task.current or task.sent):
        return False
    return task.draft in (draft.accepted, *draft.unsure)


def no_work_is_left(evidence: WitnessedEvidence) -> Iterator[str]:
    """No job is stuck, and none was given up."""
    yield from (f"stuck: {job}" for job in evidence.stuck)
    yield from (f"given up: {job}" for job in evidence.failed)


def nothing_broke_inside(evidence: WitnessedEvidence) -> Iterator[str]:
    """No process came upon an error that nobody had ordered."""
    yield from (f"{what} ({times} times)" for what, times in evidence.complaints.items())


def owners_took_over(evidence: WitnessedEvidence) -> Iterator[str]:
    """A session is whose it was from the start, until somebody takes it over: of several one has it then."""
    for session in evidence.sessions:
        if not (asked := evidence.owners.get(session.id, ())):
            continue
        (first, _), *takers = asked
        allowed = {user for user, _ in takers} | (set() if any(ok for _, ok in takers) else {first})
        if session.owner not in allowed:
            yield f"{session.id} belongs to {session.owner} instead of {' or '.join(sorted(allowed))}"

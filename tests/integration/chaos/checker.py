"""What the app promises, each promise a rule that reads the evidence and yields a sentence where it is broken."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from tests.integration.chaos.evidence import Draft, Evidence, Said, Seen, Task, Turn

Rule = Callable[[Evidence], Iterator[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A promise that was not kept."""

    rule: str
    what: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.what}"


def check(evidence: Evidence) -> list[Violation]:
    """Hold the evidence against every promise."""
    return [Violation(rule=rule.__name__, what=what) for rule in RULES for what in rule(evidence)]


def nothing_is_doubled(evidence: Evidence) -> Iterator[str]:
    """Every message of the app has an id of its own, and is there once."""
    for key, times in Counter(message.key for message in evidence.messages).items():
        if not key:
            yield f"{times} messages have no id"
        elif times > 1:
            yield f"{key} is there {times} times"


def nothing_waits(evidence: Evidence) -> Iterator[str]:
    """No placeholder, no half text and no Stop is left."""
    for message in evidence.messages:
        if message.waiting or not message.final:
            yield f"{message.key} still waits: {message.body[:60]!r}"


def every_reply_is_shown(evidence: Evidence) -> Iterator[str]:
    """Each turn of the assistant has its message, in the order of the turns, and no message is of no turn."""
    shown = _by_key(evidence)
    turns = {f"reply:{turn.id}" for session in evidence.sessions for turn in session.turns if turn.assistant}
    for key in shown:
        if key.startswith("reply:") and ":".join(key.split(":")[:2]) not in turns:
            yield f"{key} belongs to no turn"
    for session in evidence.sessions:
        before = ""
        for turn in (turn for turn in session.turns if turn.assistant):
            message = shown.get(f"reply:{turn.id}")
            if message is None:
                yield f"turn {turn.seq} of {session.id} ({turn.state}) is not shown"
                continue
            if message.ts < before:
                yield f"turn {turn.seq} of {session.id} stands above the one before it"
            before = message.ts
            if turn.state == "writing":
                yield f"turn {turn.seq} of {session.id} is still being written"
            if turn.state == "done" and _squeezed(turn.text) != _squeezed(_whole(shown, message.key)):
                yield f"turn {turn.seq} of {session.id} shows something else than is stored"


def notes_are_final(evidence: Evidence) -> Iterator[str]:
    """A resolved session has one notes message, and it says what is stored."""
    shown = _by_key(evidence)
    for session in evidence.sessions:
        message = shown.get(f"notes:{session.id}")
        if session.status == "resolved" and session.notes_state is None:
            yield f"{session.id} is resolved and has no notes"
        if session.notes_state is None:
            continue
        if session.notes_state != "final" and session.status == "resolved":
            yield f"the notes of {session.id} are {session.notes_state}"
        if message is None:
            yield f"the notes of {session.id} are not shown"
        elif session.notes_state == "final" and _squeezed(session.notes_text) != _squeezed(_whole(shown, message.key)):
            yield f"the notes of {session.id} show something else than is stored"


def last_words_stay(evidence: Evidence) -> Iterator[str]:
    """After its last word a text changes only when a person has it written anew."""
    for key, looks in evidence.histories.items():
        final, asked = False, 0
        for look in looks:
            if look.asked:
                asked += 1
            elif look.reopened:
                final = False
            elif final and not look.final:
                final, asked = False, asked - 1
                if asked < 0:
                    yield f"{key} went back behind its last word (entry {look.number})"
                    break
            else:
                final = look.final


def accepted_messages_are_turns(evidence: Evidence) -> Iterator[str]:
    """What was acknowledged is a turn once; what was not, once at most."""
    times = Counter(turn.source for session in evidence.sessions for turn in session.turns if turn.source)
    for said in evidence.said:
        found = times[f"{said.channel}:{said.ts}"]
        if found > 1:
            yield f"{said.text!r} is {found} turns"
        elif not found and said.accepted is not None:
            yield f"{said.text!r} was acknowledged and is no turn"


def order_is_kept(evidence: Evidence) -> Iterator[str]:
    """What was written after something was acknowledged comes after it."""
    said = {f"{one.channel}:{one.ts}": one for one in evidence.said}
    for session in evidence.sessions:
        spoken = [(turn, said[turn.source]) for turn in session.turns if turn.source in said]
        for (_, first), (_, second) in pairwise(spoken):
            if _came_before(second, first):
                yield f"in {session.id} {second.text!r} came before {first.text!r}, and is stored after it"


def _came_before(one: Said, other: Said) -> bool:
    return one.accepted is not None and one.accepted < other.written


def everything_is_answered(evidence: Evidence) -> Iterator[str]:
    """In an active session nothing that a member said stands below the last reply."""
    for session in evidence.sessions:
        if session.status == "active" and session.turns:
            last = max(session.turns, key=lambda turn: turn.seq)
            if not last.assistant:
                yield f"{session.id} was not answered: {last.text[:60]!r}"


def starts_are_counted(evidence: Evidence) -> Iterator[str]:
    """A session is opened once for each time that it was asked for."""
    opened = Counter(session.problem for session in evidence.sessions)
    for problem, counted in evidence.starts.items():
        if not counted.allows(opened[problem]):
            yield f"{problem!r} is {opened[problem]} sessions, for {counted}"


def sends_are_counted(evidence: Evidence) -> Iterator[str]:
    """Answers are sent once for each time that they were sent."""
    sent = {session.id: sum(map(_composed, session.turns)) for session in evidence.sessions}
    for session, counted in evidence.sends.items():
        if not counted.allows(sent.get(session, 0)):
            yield f"{sent.get(session, 0)} times answers were sent in {session}, for {counted}"


def answers_are_sent_once(evidence: Evidence) -> Iterator[str]:
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


def _composed(turn: Turn) -> bool:
    return not turn.assistant and turn.source is None and turn.text.startswith(("Q: ", "Action: "))


def notes_are_counted(evidence: Evidence) -> Iterator[str]:
    """Notes are begun once for each time that they were asked for."""
    begun = {session.id: session.notes_generation + 1 for session in evidence.sessions}
    for session, counted in evidence.conclusions.items():
        if not counted.allows(begun.get(session, 0)):
            yield f"the notes of {session} were begun {begun.get(session, 0)} times, for {counted}"


def drafts_are_kept(evidence: Evidence) -> Iterator[str]:
    """What was typed and not sent is there, in the lane where a person finds it."""
    sessions = {session.id: session for session in evidence.sessions}
    for draft in evidence.drafts:
        session = sessions.get(draft.session)
        if session is not None and not any(_holds(task, draft) for task in session.tasks):
            there = [(t.draft, t.mark, t.sent, t.current) for t in session.tasks if t.text == draft.task]
            yield f"{draft.accepted!r}, typed for {draft.task!r} in {session.id}, is lost: {there}"


def _holds(task: Task, draft: Draft) -> bool:
    """A draft is where it was typed, or was sent; a task that was replaced holds nothing that anybody finds."""
    if task.text != draft.task or not (task.current or task.sent):
        return False
    return task.draft in (draft.accepted, *draft.unsure)


def cards_show_the_status(evidence: Evidence) -> Iterator[str]:
    """Each session has its card, and it shows how the session stands."""
    shown = _by_key(evidence)
    for session in evidence.sessions:
        card = shown.get(f"card:{session.id}")
        if card is None or session.thread is None:
            yield f"{session.id} has no card, or does not know its thread"
        elif card.gist != session.card:
            yield f"the card of {session.id} shows {_difference(card.gist, session.card)}"


def lanes_show_the_tasks(evidence: Evidence) -> Iterator[str]:
    """A thread has one lane or none, as stored, and it stands below the reply it came with."""
    shown = _by_key(evidence)
    for session in evidence.sessions:
        lane = shown.get(f"lane:{session.id}")
        if lane is None or session.lane is None:
            if lane is not None or session.lane is not None:
                yield f"the lane of {session.id} is {'there' if lane else 'missing'}"
            continue
        if lane.gist != session.lane:
            yield f"the lane of {session.id} shows {_difference(lane.gist, session.lane)}"
        if lane.thread != session.thread:
            yield f"the lane of {session.id} is in another thread"


def lanes_stand_last(evidence: Evidence) -> Iterator[str]:
    """No reply that brought a lane stands below it: a lane comes anew, at the bottom, with the reply it is of."""
    shown = _by_key(evidence)
    for session in evidence.sessions:
        lane = shown.get(f"lane:{session.id}")
        replies = [shown.get(f"reply:{turn.id}") for turn in session.turns if turn.lane]
        if lane is not None and any(reply is not None and reply.ts > lane.ts for reply in replies):
            yield f"the lane of {session.id} stands above a reply"


def homes_show_the_newest(evidence: Evidence) -> Iterator[str]:
    """App Home shows what is stored."""
    for home in evidence.homes:
        if home.shown != home.due:
            yield f"App Home of {home.user} shows {_difference(home.shown, home.due)}"


def nobody_is_pinged(evidence: Evidence) -> Iterator[str]:
    """No message mentions anybody that it does not mean to."""
    for message in evidence.messages:
        if unmeant := set(message.pings) - evidence.allowed_pings:
            yield f"{message.key} mentions {', '.join(sorted(unmeant))}"


def no_work_is_left(evidence: Evidence) -> Iterator[str]:
    """No job is stuck, and none was given up."""
    yield from (f"stuck: {job}" for job in evidence.stuck)
    yield from (f"given up: {job}" for job in evidence.failed)


def nothing_broke_inside(evidence: Evidence) -> Iterator[str]:
    """No process came upon an error that nobody had ordered."""
    yield from (f"{what} ({times} times)" for what, times in evidence.complaints.items())


def _by_key(evidence: Evidence) -> dict[str, Seen]:
    return {message.key: message for message in evidence.messages}


def _whole(shown: dict[str, Seen], key: str) -> str:
    """Join the parts of a text that rolled over."""
    parts, number = [shown[key].body], 1
    while (more := shown.get(f"{key}:{number}")) is not None:
        parts.append(more.body)
        number += 1
    return "".join(parts)


def _squeezed(text: str) -> str:
    """Leave letters and digits: what makes a mention inert, or a list a list, is another test's matter."""
    return "".join(filter(str.isalnum, text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")))


def _difference(shown: Iterable[str], due: Iterable[str]) -> str:
    have, want = Counter(shown), Counter(due)
    return f"{list((have - want).elements())[:3]} instead of {list((want - have).elements())[:3]}"


RULES: Final[tuple[Rule, ...]] = (
    nothing_is_doubled,
    nothing_waits,
    every_reply_is_shown,
    notes_are_final,
    last_words_stay,
    accepted_messages_are_turns,
    order_is_kept,
    everything_is_answered,
    starts_are_counted,
    sends_are_counted,
    answers_are_sent_once,
    notes_are_counted,
    drafts_are_kept,
    cards_show_the_status,
    lanes_show_the_tasks,
    lanes_stand_last,
    homes_show_the_newest,
    nobody_is_pinged,
    no_work_is_left,
    nothing_broke_inside,
)

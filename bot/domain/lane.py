"""The task lane: questions and actions, what a person does with them, and what is sent to the assistant."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, assert_never

from bot.domain import safety
from bot.domain.ids import SessionId, TaskId, UserId
from bot.domain.reply.reader import Proposal

MAX_TASKS: Final = 50
ANSWER_CHARS: Final = 3_000
"""The longest answer, in characters: what one Slack text input holds."""


class Kind(StrEnum):
    """What a task asks for: to find something out, or to do something."""

    QUESTION = "question"
    ACTION = "action"


class Mark(StrEnum):
    """What a person has said about a task."""

    OPEN = "open"
    ANSWERED = "answered"
    DONE = "done"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One question or action of a lane."""

    id: TaskId
    kind: Kind
    text: str
    why: str | None = None
    command: str | None = None
    mark: Mark = Mark.OPEN
    draft: str = ""
    """What has been typed, submitted or not."""
    draft_rev: int = 0
    """Rises when the draft changes outside App Home, so that App Home's input shows the new one."""
    answer: str = ""
    """What was submitted; kept while the task is answered or done."""
    sent: bool = False
    """Whether the assistant has been told; then the task is history."""
    assignee: UserId | None = None
    """The colleague whom the task is given to."""
    assignee_name: str = ""
    answered_by: str = ""
    """The name of who answered it, where that is not the owner of the session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """The tasks of a session's newest reply, and how they are shown."""

    session: SessionId
    tasks: tuple[Task, ...] = ()
    folded: bool = False
    page: int = 0
    revision: int = 0
    """Rises with every change of what the lane shows."""
    born: int = 0
    """The revision with which the newest reply replaced the lane."""


def pending(lane: Lane) -> int:
    """Count the tasks not yet sent to the assistant, answered or not: the pill's N."""
    return sum(not task.sent for task in lane.tasks)


def sendable(lane: Lane) -> tuple[Task, ...]:
    """Pick what *Send answers* sends: every task that is answered, done or skipped and not yet sent."""
    return tuple(task for task in lane.tasks if not task.sent and task.mark is not Mark.OPEN)


def to_do(lane: Lane) -> int:
    """Count the tasks that nobody has answered, done or skipped."""
    return sum(not task.sent and task.mark is Mark.OPEN for task in lane.tasks)


def unsubmitted(lane: Lane) -> int:
    """Count the drafts that *Send answers* leaves behind: typed, and not submitted."""
    return sum(not task.sent and has_loose_draft(task) for task in lane.tasks)


def has_loose_draft(task: Task) -> bool:
    """Tell whether a task holds typed text that is not what was submitted."""
    return bool(task.draft.strip()) and task.draft.strip() != task.answer.strip()


def answer(task: Task, text: str) -> Task:
    """Submit an answer or a result. An empty one takes a former answer back and keeps the task open."""
    text = text.strip()[:ANSWER_CHARS]
    if safety.blank(text):
        return replace(task, mark=Mark.OPEN, answer="", draft="")
    return replace(task, mark=Mark.ANSWERED, answer=text, draft=text)


def anew(task: Task) -> Task:
    """Ask once more what was sent already."""
    return replace(task, mark=Mark.OPEN, answer="", draft="", sent=False)


def mark(task: Task, new: Mark) -> Task:
    """Set a task to done, skipped, or open again. The draft is kept whatever happens."""
    match new:
        case Mark.OPEN | Mark.SKIPPED:
            return replace(task, mark=new, answer="")
        case Mark.DONE:
            return replace(task, mark=new, answer=task.draft.strip())
        case Mark.ANSWERED:
            return answer(task, task.draft)
        case _:
            assert_never(new)


def redraft(task: Task, text: str, *, outside_home: bool) -> Task:
    """Keep what is being typed."""
    text = text[:ANSWER_CHARS]
    bump = outside_home and text != task.draft
    return replace(task, draft=text, draft_rev=task.draft_rev + bump)


def compose(tasks: Sequence[Task]) -> str:
    """Write the one message that tells the assistant what was answered, done and skipped."""
    return "\n\n".join(_told(task) for task in tasks)


def _told(task: Task) -> str:
    label = "Q" if task.kind is Kind.QUESTION else "Action"
    by = f" ({task.answered_by})" if task.answered_by else ""
    match task.mark:
        case Mark.ANSWERED:
            return f"{label}: {task.text}\n{'A' if label == 'Q' else 'Result'}{by}: {task.answer}"
        case Mark.DONE:
            return f"{label}: {task.text}\nDone{by}." + (f" {task.answer}" if task.answer else "")
        case Mark.SKIPPED:
            return f"{label}: {task.text}\nSkipped{by}."
        case Mark.OPEN:
            return f"{label}: {task.text}\nNot answered yet."
        case _:
            assert_never(task.mark)


def succeed(old: Lane, proposals: Iterable[Proposal], new_id: Callable[[], TaskId]) -> tuple[Task, ...]:
    """Make the tasks of the next lane: the reply's own, then what a person had begun and not sent.

    A task that the assistant asks again in the same words keeps its draft and mark.
    """
    begun = {(task.kind, _same(task.text)): task for task in old.tasks if _begun(task)}
    tasks: list[Task] = []
    for proposal in proposals:
        kind = Kind(proposal.kind)
        kept = begun.pop((kind, _same(proposal.text)), None)
        fresh = Task(
            id=new_id(),
            kind=kind,
            text=proposal.text,
            why=proposal.why,
            command=proposal.command,
        )
        if kept is not None:
            fresh = replace(
                kept, id=fresh.id, text=fresh.text, why=fresh.why, command=fresh.command, draft_rev=fresh.draft_rev
            )
        tasks.append(fresh)
    tasks += (replace(task, id=new_id()) for task in begun.values())
    return _within_limit(tasks)


def twin(lane: Lane, task: Task, *, sent: bool = False) -> Task | None:
    """Find the task of the lane that asks the same as one of an earlier lane.

    It is one that was not sent. With `sent` another one will do when there is none.
    """
    wanted = (task.kind, _same(task.text))
    same = [t for t in lane.tasks if (t.kind, _same(t.text)) == wanted and (sent or not t.sent)]
    return min(same, key=lambda t: t.sent, default=None)


def _within_limit(tasks: Sequence[Task]) -> tuple[Task, ...]:
    """Drop the last of the tasks that nobody has begun when there are too many."""
    room = MAX_TASKS - sum(map(_begun, tasks))
    kept: list[Task] = []
    for task in tasks:
        room -= not _begun(task)
        if _begun(task) or room >= 0:
            kept.append(task)
    return tuple(kept)


def _begun(task: Task) -> bool:
    handled = bool(task.draft.strip()) or task.mark in (Mark.ANSWERED, Mark.DONE)
    return not task.sent and (handled or task.assignee is not None)


def _same(text: str) -> str:
    return " ".join(text.casefold().split())

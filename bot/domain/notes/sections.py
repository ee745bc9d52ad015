"""Ticket notes: always exactly four sections, whatever the model wrote, and even when it wrote nothing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bot.domain.fences import split
from bot.domain.ids import UserId
from bot.domain.lane import Kind, Lane, Mark, Task
from bot.domain.markdown.literal import literal
from bot.domain.notes.lines import greeting, headings, outside_of_wrapper, tidy
from bot.domain.notes.names import HEADINGS, SECTIONS, HeadingLanguage, language_of
from bot.domain.reply.absent import absent
from bot.domain.reply.reader import read
from bot.domain.safety import cleaned
from bot.domain.sessions import Author, Session, Turn, said_resolution

__all__ = [
    "SECTIONS",
    "Notes",
    "assemble",
    "completed",
    "language_of",
    "preview",
    "render",
    "repair",
    "split",
    "transcript",
]

NONE: Final = "None"
_EMPTY: Final[Mapping[HeadingLanguage, tuple[str, str]]] = {
    HeadingLanguage.ENGLISH: ("Not recorded.", NONE),
    HeadingLanguage.GERMAN: ("Nicht erfasst.", "Keine"),
    HeadingLanguage.FRENCH: ("Non renseigné.", "Aucune"),
    HeadingLanguage.SPANISH: ("No registrado.", "Ninguno"),
}
"""What a section reads that is a gap, and what Next Steps read when there are none."""
_NOTHING: Final = frozenset(
    {"tbd", "unknown", "nicht dokumentiert", *(gap.casefold().strip(".") for gap, _ in _EMPTY.values())}
)
_HELD_BACK: Final = re.compile(
    r"\s*(?:>\s*)?(?:[-*+]|\d{1,9}[.)]?)?\s*(?:#{1,6}.*|[`~]{1,3}[^`~]*|\*{1,2}[^*]*\*{0,2}:?|__[^_]*_{0,2}:?|[-=]+)?"
)
_PREFACE_CHARS: Final = 300
_PROBLEM_CHARS: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """The four sections' bodies in Markdown. An empty one is a gap."""

    problem_summary: str = ""
    steps_taken: str = ""
    resolution: str = ""
    next_steps: str = ""

    @property
    def bodies(self) -> tuple[str, str, str, str]:
        """The bodies in the order of `SECTIONS`."""
        return self.problem_summary, self.steps_taken, self.resolution, self.next_steps


def repair(markdown: str) -> Notes:
    """Read notes out of whatever a model wrote."""
    found = _sections(markdown)
    return _notes([found.get(number, "") for number in range(4)])


def of_bodies(bodies: Sequence[str]) -> Notes:
    """Make notes of the four bodies that a person has written, each below its own heading."""
    problem, steps, resolution, following = (tidy(body) for body in bodies)
    return Notes(problem_summary=problem, steps_taken=steps, resolution=resolution, next_steps=following)


def render(notes: Notes, language: HeadingLanguage = HeadingLanguage.ENGLISH) -> str:
    """Write notes with exactly the four headings, in order, and nothing else."""
    *bodies, following = _notes(notes.bodies).bodies
    gap, none = _EMPTY[language]
    written = [*(body or gap for body in bodies), none if following in ("", NONE) else following]
    return "\n\n".join(f"## {name}\n\n{body}" for name, body in zip(HEADINGS[language], written, strict=True))


def completed(notes: Notes, other: Notes | None) -> Notes:
    """Fill the gaps of some notes from others."""
    if other is None:
        return notes
    return _notes([own or instead for own, instead in zip(notes.bodies, other.bodies, strict=True)])


def built_on(edited: Notes, fresh: Notes) -> Notes:
    """Keep what a person has made of notes, and put below it what is new."""
    problem, *bodies = zip(edited.bodies, fresh.bodies, strict=True)
    return _notes([problem[0] or problem[1], *(_below(own, new) for own, new in bodies)])


def _below(own: str, new: str) -> str:
    if own in ("", NONE):
        return new
    return own if new in ("", NONE) or new in own else f"{own}\n\n{new}"


def preview(markdown: str, language: HeadingLanguage = HeadingLanguage.ENGLISH) -> str:
    """Show notes that are still being written: what has begun, in order, without half a heading or an open fence."""
    lines = _unwrapped(markdown).split("\n")
    if _HELD_BACK.fullmatch(lines[-1].strip()[:_PREFACE_CHARS]) or _may_become_heading(lines[-1]):
        lines.pop()
    found = _sections("\n".join(lines), writing=True)
    return "\n\n".join(f"## {HEADINGS[language][n]}\n\n{found[n]}".rstrip() for n in sorted(found))


def _may_become_heading(line: str) -> bool:
    start = re.sub(r"^\s*(?:\d{1,2}[.)]\s*)?", "", line).casefold()
    return any(name.casefold().startswith(start) for names in HEADINGS.values() for name in names)


def _notes(bodies: Sequence[str]) -> Notes:
    problem, steps, resolution, following = (tidy(body) for body in bodies)
    if following and absent(following):
        following = NONE
    return Notes(
        problem_summary=_unless_nothing(problem),
        steps_taken=_unless_nothing(steps),
        resolution=_unless_nothing(resolution),
        next_steps=following,
    )


def _unless_nothing(body: str) -> str:
    return "" if absent(body) or body.casefold().strip(" .*_") in _NOTHING else body


def _unwrapped(markdown: str) -> str:
    """Take off JSON that some models put around the notes."""
    text = cleaned(markdown)
    return (read(text) or text) if text.lstrip()[:1] == "{" else text


def _sections(markdown: str, *, writing: bool = False) -> dict[int, str]:
    """Split notes into the bodies of the sections that are there."""
    lines = outside_of_wrapper(_unwrapped(markdown).split("\n"))
    marks = headings(lines, writing=writing)
    parts: dict[int, list[str]] = {}
    preface = _preface(lines[: marks[0].line] if marks else lines, writing=writing and not marks)
    if preface:
        parts[0] = [preface]
    ends = [*(mark.line for mark in marks[1:]), *([len(lines)] if marks else [])]
    for mark, end in zip(marks, ends, strict=True):
        body = tidy("\n".join((mark.rest, *lines[mark.line + 1 : end])))
        parts.setdefault(mark.section, []).append(body)
    return {number: tidy("\n\n".join(part for part in texts if part)) for number, texts in parts.items()}


def _preface(lines: Sequence[str], *, writing: bool) -> str:
    """What stands before the first heading, without greetings. While writing, also without what may become one."""
    text = "\n".join(lines)
    if writing and "\n\n" not in text.lstrip() and len(text) < _PREFACE_CHARS:
        return ""
    paragraphs = text.strip("\n").split("\n\n")
    while paragraphs and (not paragraphs[0].strip() or greeting(paragraphs[0])):
        paragraphs.pop(0)
    return tidy("\n\n".join(paragraphs))


def assemble(session: Session, lane: Lane, handled: Sequence[Task], evidence: Sequence[str] = ()) -> Notes | None:
    """Put notes together from the session's own data. It is None when nothing at all is known.

    `evidence` has the names of the files that were shared.
    """
    done = [task for task in handled if task.mark is not Mark.OPEN]
    known = {task.id for task in done}
    done += [task for task in lane.tasks if task.mark is not Mark.OPEN and task.id not in known]
    if not (session.problem.strip() or session.summary.strip() or done or said_resolution(session) or evidence):
        return None
    problem = session.problem.strip()
    if len(problem) > _PROBLEM_CHARS:
        problem = problem[: _PROBLEM_CHARS - 1].rstrip() + "…"
    left = [f"- {_item(task.text)}" for task in lane.tasks if task.mark is Mark.OPEN and not task.sent]
    return _notes(
        [
            "\n\n".join(part for part in (session.summary.strip(), literal(problem)) if part),
            "\n".join((*(_step(task) for task in done), *_shared(evidence))),
            literal(session.resolution),
            "\n".join(left) or NONE,
        ]
    )


def _shared(evidence: Sequence[str]) -> list[str]:
    return [f"- Evidence in the thread: {literal('; '.join(evidence))}"] if evidence else []


def _step(task: Task) -> str:
    said = _item(literal(task.answer.strip()))
    outcome = {Mark.SKIPPED: "skipped", Mark.DONE: f"done: {said}" if said else "done"}.get(task.mark, said)
    asked = "" if task.kind is Kind.QUESTION else "Action: "
    # A backtick without its other half would take the next one, which is in somebody else's words, for that.
    apart = "\n\n  " if outcome.startswith("```") or "`" in _PAIRED.sub("", task.text) else " "
    return f"- {asked}{_item(task.text)} —{apart}{outcome}"


_PAIRED: Final = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
"""Inline code, and what is between the marks of fences."""


def _item(text: str) -> str:
    """Let all lines of a text belong to its list item."""
    return text.replace("\n", "\n  ")


def transcript(turns: Sequence[Turn]) -> str:
    """Write the dialogue as readable Markdown."""
    names: dict[UserId | None, str] = {}
    parts = []
    for turn in sorted(turns, key=lambda t: t.seq):
        text = cleaned(turn.text if turn.author is Author.MEMBER else read(turn.text)).strip()
        if not text:
            continue
        name = "Assistant"
        if turn.author is Author.MEMBER:
            name = names.setdefault(turn.user, "Engineer" if not names else f"Colleague {len(names)}")
        at = datetime.fromtimestamp(turn.at, UTC).strftime("%Y-%m-%d %H:%M UTC")
        parts.append(f"**{name}** · {at}\n\n{text}")
    return "\n\n---\n\n".join(parts)

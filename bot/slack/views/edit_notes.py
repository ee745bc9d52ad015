"""Editing ticket notes: the modal with their sections, and the list of their versions."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from bot.domain.notes.record import NotesSource, NotesVersion
from bot.domain.notes.sections import SECTIONS
from bot.domain.sessions import Session
from bot.slack.views import kit
from bot.slack.views.ids import Action, Callback, Prefix, value
from bot.slack.views.kit import View, button, field, line, person, section, text_input

_ROOM: Final = kit.INPUT_CHARS - 200
"""Characters of a section that one input begins with, so that there is room to write."""
_VERSIONS: Final = 30
_CONTINUED: Final = "c"
_NEXT_LINE: Final = "n"
_BY: Final = {
    NotesSource.ASSEMBLED: "assembled from the session's own data",
    NotesSource.TRANSCRIPT: "the conversation alone",
}


def edit_modal(session: Session, bodies: Sequence[str]) -> View:
    """Draw the four sections of the notes as inputs. A long section has several."""
    blocks = [section(f"*{line(session.title, kit.HEADER_CHARS)}*")]
    for number, body in enumerate(bodies):
        parts = list(_parts(body))
        for part, (joint, text) in enumerate(parts):
            label = SECTIONS[number] if len(parts) == 1 else f"{SECTIONS[number]}, part {part + 1} of {len(parts)}"
            box = text_input(Prefix.SECTION, initial=text)
            blocks.append(field(f"{Prefix.SECTION}:{number}:{part}:{joint}", label, box, optional=True))
    return kit.modal(Callback.EDIT_NOTES, "Edit notes", blocks, submit="Save", metadata=value(session.id))


def bodies_of(values: Mapping[str, str]) -> list[str]:
    """Put the sections together again from the inputs of the modal."""
    bodies = ["" for _ in SECTIONS]
    inputs = [(*name.split(":")[1:], text) for name, text in values.items() if name.startswith(f"{Prefix.SECTION}:")]
    for number, _, joint, text in sorted(inputs, key=lambda one: (int(one[0]), int(one[1]))):
        between = "\n" if joint == _NEXT_LINE and bodies[int(number)] else ""
        bodies[int(number)] += between + text
    return bodies


def versions_modal(session: Session, versions: Sequence[NotesVersion]) -> View:
    """List who wrote which version of the notes, newest first, each but the newest with `Restore`."""
    blocks = [section(f"*{line(session.title, kit.HEADER_CHARS)}*")]
    for place, version in enumerate(versions[:_VERSIONS]):
        by = person(version.user) if version.user else _BY.get(version.source, "the assistant")
        fallback = datetime.fromtimestamp(version.at, UTC).strftime("%Y-%m-%d %H:%M UTC")
        when = f"<!date^{int(version.at)}^{{date_short_pretty}} {{time}}|{fallback}>"
        told = f"*Version {version.number}* · {by} · {when}\n> {line(version.text.replace('## ', ''), 150)}"
        about = f"Restore version {version.number}"
        restore = button("Restore", Action.RESTORE, f"{session.id}:{version.number}", about=about)
        blocks.append(section(told, restore if place else None))
    return kit.modal(Callback.VERSIONS, "Versions", blocks, metadata=value(session.id))


def _parts(body: str) -> Iterator[tuple[str, str]]:
    """Cut a section into texts that each fit an input, and say how each is joined to the one before it."""
    joint, left = _NEXT_LINE, body
    while len(left) > _ROOM:
        at = left.rfind("\n", 1, _ROOM)
        yield joint, left[: at if at > 0 else _ROOM]
        joint, left = (_NEXT_LINE, left[at + 1 :]) if at > 0 else (_CONTINUED, left[_ROOM:])
    yield joint, left

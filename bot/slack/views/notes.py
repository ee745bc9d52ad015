"""Ticket notes: the message that is edited while they are written, and what can be done with them then."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, assert_never

from bot import errors
from bot.domain.evidence import Evidence
from bot.domain.ids import ChannelId, SessionId, UserId
from bot.domain.markdown.certain import settled
from bot.domain.notes.provenance import complete
from bot.domain.notes.provenance import provenance as provenance_of
from bot.domain.notes.record import NotesRecord, NotesSource
from bot.domain.pushes import PushStanding
from bot.domain.ratings import of_notes
from bot.domain.sessions import Session, duration
from bot.domain.tickets import TicketLink
from bot.slack.views import kit, ratings, rich
from bot.slack.views.card import titled, with_title
from bot.slack.views.ids import Action, Callback, Field, Link, Prefix, value
from bot.slack.views.kit import (
    Block,
    Element,
    Rendered,
    View,
    actions,
    button,
    channel_name,
    context,
    escaped,
    field,
    header,
    line,
    link,
    markdown,
    message,
    person,
    section,
    text_input,
)
from bot.slack.views.push import push_blocks, push_line
from bot.slack.views.spans import MOST
from bot.slack.views.text import mrkdwn
from bot.slack.views.tickets import ticket_fact

TITLE: Final = "Ticket Notes"
FAILED: Final = "Documentation generation failed. You can copy the conversation from the chat."
COPY_PARTS: Final = 4
"""How many pieces of raw Markdown the copy modal holds; longer notes come as a file."""
ALL_PARTS: Final = 40
"""How many it holds when there can be no file."""

_FEW: Final = 3
"""So many files stand in a line. More are folded away."""
_LISTED: Final = 9
_NAME: Final = 150
_VIEW_BYTES: Final = 200_000
"""What the words of a modal take, and leave for the rest of it."""
_CUT: Final = "Cut here: copy the notes to have all of them."


@dataclass(frozen=True, slots=True, kw_only=True)
class BelowNotes:
    """What is said around finished notes: how their newest push stands, the files that were shared, and the ticket."""

    push: PushStanding | None = None
    evidence: Sequence[Evidence] = ()
    ticket: TicketLink | None = None
    generation: int | None = None
    """Which writing of the notes this is, where people are asked whether it helped."""


NOTHING_BELOW: Final = BelowNotes()


def placeholder(session: Session) -> Rendered:
    """Draw the notes before their first word."""
    waiting = "Writing the ticket notes…"
    return message(_about(session, waiting), header(TITLE), section(waiting), _stop(session))


def waiting(session: Session) -> Rendered:
    """Draw the notes while the assistant is overloaded, and asked again."""
    told = "The assistant is busy. The ticket notes follow soon, with or without it…"
    return message(_about(session, told), header(TITLE), section(told), _stop(session))


def writing(session: Session, preview: str, part: int, last: bool) -> Rendered:
    """Draw one part of the notes while they are written. Only the last part can still grow."""
    if not preview.strip():
        return placeholder(session)
    tail = [context("Writing…"), _stop(session)] if last else []
    return message(_about(session, "Writing…"), *_head(part == 0), markdown(preview), *tail)


def final(
    session: Session,
    text: str,
    source: NotesSource,
    by: UserId | None = None,
    below: BelowNotes = NOTHING_BELOW,
    *,
    first: bool = True,
    last: bool = True,
    summarised: int = 0,
) -> Rendered:
    """Draw one part of the finished notes. What can be done with them stands below the last part.

    `by` is who edited them or, of those that the assistant has written, who stopped it. `summarised` counts the
    messages that went into them as a summary.
    """
    blocks = [*_head(first), markdown(text)]
    if last:
        blocks += [*_provenance(source, by, summarised), *evidence_blocks(session.id, below.evidence)]
        edited = source is NotesSource.EDITED
        blocks += [*_finished(session, edited=edited), *push_blocks(session.id, below.push)]
        if below.generation is not None and not edited:
            blocks.append(ratings.asked(session.id, of_notes(below.generation), "these ticket notes"))
    return message(_about(session, mrkdwn(text[: kit.FALLBACK_BYTES])), *blocks)


def failed(session: Session) -> Rendered:
    """Say that there are no notes. The transcript is attached by whoever posts this."""
    return message(FAILED, section(FAILED), actions(_regenerate(session)))


class FileState(Enum):
    """What there is to say of the file that long notes also come as."""

    NONE = auto()
    COMING = auto()
    READY = auto()
    REFUSED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Notes to be copied, and the file that long ones also come as."""

    notes: NotesRecord
    evidence: Sequence[Evidence] = ()
    file: FileState = FileState.NONE
    link: str = ""
    why: str = ""
    """Why there is no file, in words for people."""
    dialog: str = ""
    """Our name for the modal, by which it is changed once the file is there."""


def copy_modal(copied: Copy) -> View:
    """Draw the raw Markdown in inputs to copy it from. Notes too long for that are in the file, or all here."""
    text, refused = complete(copied.notes, copied.evidence), copied.file is FileState.REFUSED
    pieces = [text[at : at + kit.INPUT_CHARS] for at in range(0, len(text), kit.INPUT_CHARS)] or [""]
    room = ALL_PARTS if refused else COPY_PARTS
    blocks = [
        field(f"{Prefix.RAW}:{number}", _piece_label(number, len(pieces)), text_input(Prefix.RAW, initial=piece))
        for number, piece in enumerate(pieces[:room])
    ]
    for block in blocks:
        block["optional"] = True
    view = kit.modal(
        Callback.COPY,
        "Ticket notes",
        [*_about_file(copied, cut=len(pieces) > room), *blocks],
        submit="Done",
        metadata=value(copied.notes.session),
    )
    return {**view, "external_id": copied.dialog} if copied.dialog else view


def _about_file(copied: Copy, *, cut: bool) -> list[Block]:
    """Say how the file stands, and whether the notes are here whole."""
    told = ["These notes are too long to show here whole."] if cut else []
    match copied.file:
        case FileState.NONE:
            pass
        case FileState.COMING:
            told.append("All of them follow as the file `ticket-notes.md`: its link appears here in a moment.")
        case FileState.READY:
            told.append("All of them are in `ticket-notes.md`, in the session's thread.")
        case FileState.REFUSED:
            told.append(f"There is no file: {escaped(copied.why, 500)} Copy the notes from here.")
        case _:
            assert_never(copied.file)
    blocks = [section(" ".join(told))] if told else []
    if copied.link:
        blocks.append(actions(kit.link_button("Open ticket-notes.md", Link.OPEN_FILE, copied.link)))
    return blocks


def file_shared(session: Session, file_link: str) -> Rendered:
    """Tell a person who closed the modal where the file is."""
    told = f"The ticket notes on *{escaped(session.title, 200)}* are in the thread as {_file_name(file_link)}."
    return message(told, section(told))


def file_refused(session: Session, fault: errors.SlackFault) -> Rendered:
    """Tell a person who closed the modal that there is no file."""
    why = escaped(fault.user_text, 500)
    told = f"The ticket notes on *{escaped(session.title, 200)}* are not there as a file. {why}"
    return message(told, section(told))


def _file_name(file_link: str) -> str:
    return link(file_link, "ticket-notes.md") if file_link else "`ticket-notes.md`"


def view_notes_modal(
    session: Session,
    text: str,
    source: NotesSource = NotesSource.STREAMED,
    stopped_by: UserId | None = None,
    summarised: int = 0,
    *,
    evidence: Sequence[Evidence] = (),
) -> View:
    """Draw the finished notes to be read. Modals take no Markdown blocks, so this is rich text."""
    blocks: list[Block] = [with_title(session), *_provenance(source, stopped_by, summarised)]
    blocks += rich.within(rich.blocks(rich.from_markdown(text)), _VIEW_BYTES, _CUT)
    if len(text) > MOST:
        blocks.append(kit.plain_context(_CUT))
    copy = button("Copy", Action.COPY, value(session.id), about=f"Copy the notes on {titled(session)}")
    blocks += [*evidence_line(evidence), actions(copy)]
    return kit.modal(Callback.VIEW_NOTES, TITLE, blocks, metadata=value(session.id))


def _provenance(source: NotesSource, stopped_by: UserId | None, summarised: int) -> list[Block]:
    """Say how the notes came about, where there is something to say."""
    by = "" if stopped_by is None else person(stopped_by)
    said = provenance_of(source, stopped=stopped_by is not None, by=by, summarised=summarised)
    return [context(said)] if said else []


def post_modal(session: Session, default_channel: ChannelId | None = None) -> View:
    """Ask which channel the notes go to."""
    picker = kit.conversations_select(Field.TEAM_CHANNEL, default_channel)
    blocks = [
        with_title(session, "Post the ticket notes on ", " to a channel."),
        field(Field.TEAM_CHANNEL, "Team channel", picker),
    ]
    return kit.modal(Callback.POST, "Post to channel", blocks, submit="Post", metadata=value(session.id))


def team_post(
    session: Session,
    text: str,
    time_spent: float,
    link_to_thread: str,
    source: NotesSource = NotesSource.STREAMED,
    by: UserId | None = None,
    below: BelowNotes = NOTHING_BELOW,
    *,
    summarised: int = 0,
) -> Rendered:
    """Draw the notes as a team channel gets them. What is too long ends with a pointer to the thread.

    `by` is who edited them or, of those that the assistant has written, who stopped it.
    """
    facts = [f"Owner {person(session.owner)}", f"Time spent {duration(time_spent)}"]
    facts.append(link(link_to_thread, "Open the thread"))
    facts += [ticket_fact(below.ticket)] if below.ticket is not None else []
    room = kit.MESSAGE_CHARS
    shown = text if len(text) <= room else settled(text[:room].rsplit("\n", 1)[0])
    more = [context(f"Cut here. The whole notes are in {link(link_to_thread, 'the thread')}.")]
    return message(
        f"Ticket notes: {line(titled(session), kit.HEADER_CHARS)}",
        header(titled(session)),
        context(*facts),
        *_provenance(source, by, summarised),
        markdown(shown),
        *(more if len(shown) < len(text) else []),
        *evidence_blocks(session.id, below.evidence),
        *([context(push_line(below.push))] if below.push is not None else []),
    )


def not_shown(session: Session, fault: errors.SlackFault) -> Rendered:
    """Tell the owner that the notes are written, and why they are not in the thread."""
    told = (
        f"The ticket notes on *{escaped(session.title, 200)}* are in my App Home, under *View notes*. "
        f"I could not show them in {channel_name(session.channel)}. {escaped(fault.user_text, 500)}"
    )
    return message(told, section(told))


def posted(channel: ChannelId) -> Rendered:
    """Say that the notes are in the channel."""
    told = f"The ticket notes are in {channel_name(channel)}."
    return message(told, section(told))


def not_posted(channel: ChannelId, fault: errors.SlackFault) -> Rendered:
    """Say that the notes could not be posted, and what to do about it."""
    told = f"I could not post the ticket notes in {channel_name(channel)}. {escaped(fault.user_text, 500)}"
    return message(told, section(told))


def evidence_blocks(session: SessionId, files: Sequence[Evidence]) -> list[Block]:
    """List the files that were shared in a message: many of them folded away, where all have room."""
    if len(files) <= _FEW:
        return evidence_line(files)
    links = _links(files)[: kit.FOLDED_BLOCKS * _LISTED]
    lines = [context(*links[at : at + _LISTED]) for at in range(0, len(links), _LISTED)]
    return kit.folded(f"Evidence ({len(files)} files)", lines, f"{Prefix.EVIDENCE}:{session}")


def evidence_line(files: Sequence[Evidence]) -> list[Block]:
    """List the files that were shared by their names, each with a link to it."""
    links = _links(files)
    if not links:
        return []
    more = len(links) - _LISTED
    rest = [f"and {more} more"] if more > 0 else []
    return [context(f"Evidence: {links[0]}", *links[1:_LISTED], *rest)]


def _links(files: Sequence[Evidence]) -> list[str]:
    return [link(one.file.link, escaped(one.name or one.file.name, _NAME)) for one in files]


def _about(session: Session, mrkdwn_text: str) -> str:
    return f"{TITLE} — {line(titled(session), kit.HEADER_CHARS)}\n{mrkdwn_text}"


def _head(first: bool) -> list[Block]:
    return [header(TITLE)] if first else []


def _stop(session: Session) -> Block:
    return actions(button("Stop", Action.STOP_NOTES, value(session.id), about="Stop writing the ticket notes"))


def _regenerate(session: Session) -> Element:
    about = f"Regenerate the notes on {titled(session)}"
    return button("Regenerate", Action.REGENERATE, value(session.id), about=about)


def _finished(session: Session, *, edited: bool) -> list[Block]:
    key, about = value(session.id), f"the notes on {titled(session)}"
    regenerate = _regenerate(session)
    if edited:
        regenerate["confirm"] = {
            "title": kit.plain("Replace the edited notes?", 100),
            "text": kit.plain("A person has edited these notes. What they wrote stays under Versions.", 300),
            "confirm": kit.plain("Regenerate", 30),
            "deny": kit.plain("Keep them", 30),
        }
    return [
        actions(
            button("Copy", Action.COPY, key, about=f"Copy {about}"),
            button("Edit", Action.EDIT_NOTES, key, about=f"Edit {about}"),
            regenerate,
            button("Post to channel", Action.POST, key, about=f"Post {about} to a channel"),
            button("Push to ticket", Action.PUSH, key, about=f"Push {about} to a ticket"),
            button("Versions", Action.VERSIONS, key, about=f"Versions of {about}"),
        )
    ]


def _piece_label(number: int, count: int) -> str:
    return "Markdown" if count == 1 else f"Markdown, part {number + 1} of {count}"

"""Ticket notes: the message that is edited while they are written, and what can be done with them then."""

from typing import Final

from bot import errors
from bot.domain.ids import ChannelId, SessionId, UserId
from bot.domain.markdown.certain import settled
from bot.domain.notes.provenance import provenance as provenance_of
from bot.domain.notes.record import NotesSource
from bot.domain.sessions import Session, duration
from bot.slack.views import kit, rich
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
from bot.slack.views.spans import MOST
from bot.slack.views.text import mrkdwn

TITLE: Final = "Ticket Notes"
FAILED: Final = "Documentation generation failed. You can copy the conversation from the chat."
COPY_PARTS: Final = 4
"""How many pieces of raw Markdown the copy modal holds; longer notes come as a file."""

_VIEW_BYTES: Final = 200_000
"""What the words of a modal take, and leave for the rest of it."""
_CUT: Final = "Cut here: copy the notes to have all of them."


def placeholder(session: Session) -> Rendered:
    """Draw the notes before their first word."""
    waiting = "Writing the ticket notes…"
    return message(_about(session, waiting), header(TITLE), section(waiting), _stop(session))


def writing(session: Session, preview: str, part: int, last: bool) -> Rendered:
    """Draw one part of the notes while they are written; only the last part can still grow."""
    if not preview.strip():
        return placeholder(session)
    tail = [context("Writing…"), _stop(session)] if last else []
    return message(_about(session, "Writing…"), *_head(part == 0), markdown(preview), *tail)


def final(
    session: Session,
    text: str,
    source: NotesSource,
    stopped_by: UserId | None = None,
    *,
    first: bool = True,
    last: bool = True,
) -> Rendered:
    """Draw one part of the finished notes; what can be done with them stands below the last part."""
    blocks = [*_head(first), markdown(text)]
    if last:
        blocks += [*_provenance(source, stopped_by), _finished(session)]
    return message(_about(session, mrkdwn(text[: kit.FALLBACK_BYTES])), *blocks)


def failed(session: Session) -> Rendered:
    """Say that there are no notes; the transcript is attached by whoever posts this."""
    return message(FAILED, section(FAILED), actions(_regenerate(session)))


def copy_modal(session: SessionId, text: str, file_link: str = "", provenance: str = "") -> View:
    """Draw the raw Markdown in inputs to copy it from; notes too long for that are told to be in the file.

    `provenance` is the line on how the notes came about, where there is one to say.
    """
    pieces = [text[at : at + kit.INPUT_CHARS] for at in range(0, len(text), kit.INPUT_CHARS)] or [""]
    blocks = [
        field(f"{Prefix.RAW}:{number}", _piece_label(number, len(pieces)), text_input(Prefix.RAW, initial=piece))
        for number, piece in enumerate(pieces[:COPY_PARTS])
    ]
    for block in blocks:
        block["optional"] = True
    told: list[Block] = [kit.plain_context(provenance)] if provenance else []
    if len(pieces) > COPY_PARTS:
        told.append(section("These notes are too long to show here whole. All of them are in `ticket-notes.md`."))
    if file_link:
        told.append(actions(kit.link_button("Open ticket-notes.md", Link.OPEN_FILE, file_link)))
    return kit.modal(Callback.COPY, "Ticket notes", [*told, *blocks], submit="Done", metadata=value(session))


def view_notes_modal(
    session: Session,
    text: str,
    source: NotesSource = NotesSource.STREAMED,
    stopped_by: UserId | None = None,
) -> View:
    """Draw the finished notes to be read; modals take no Markdown blocks, so this is rich text."""
    blocks: list[Block] = [with_title(session), *_provenance(source, stopped_by)]
    blocks += _within(rich.blocks(rich.from_markdown(text)), cut=len(text) > MOST)
    copy = button("Copy", Action.COPY, value(session.id), about=f"Copy the notes on {titled(session)}")
    return kit.modal(Callback.VIEW_NOTES, TITLE, [*blocks, actions(copy)], metadata=value(session.id))


def _within(drawn: list[Block], *, cut: bool) -> list[Block]:
    """Keep what a modal has room for, and say when that is not all."""
    room, kept = _VIEW_BYTES, []
    for block in drawn:
        room -= kit.size([block])
        if room < 0:
            cut = True
            break
        kept.append(block)
    return [*kept, *([kit.plain_context(_CUT)] if cut else [])]


def _provenance(source: NotesSource, stopped_by: UserId | None) -> list[Block]:
    """Say how the notes came about, where there is something to say."""
    by = "" if stopped_by is None else person(stopped_by)
    said = provenance_of(source, stopped=stopped_by is not None, by=by)
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
    stopped_by: UserId | None = None,
) -> Rendered:
    """Draw the notes as a team channel gets them; what is too long ends with a pointer to the thread."""
    facts = [f"Owner {person(session.owner)}", f"Time spent {duration(time_spent)}"]
    facts.append(link(link_to_thread, "Open the thread"))
    room = kit.MESSAGE_CHARS
    shown = text if len(text) <= room else settled(text[:room].rsplit("\n", 1)[0])
    more = [context(f"Cut here. The whole notes are in {link(link_to_thread, 'the thread')}.")]
    return message(
        f"Ticket notes: {line(titled(session), kit.HEADER_CHARS)}",
        header(titled(session)),
        context(*facts),
        *_provenance(source, stopped_by),
        markdown(shown),
        *(more if len(shown) < len(text) else []),
    )


def posted(channel: ChannelId) -> Rendered:
    """Say that the notes are in the channel."""
    told = f"The ticket notes are in {channel_name(channel)}."
    return message(told, section(told))


def not_posted(channel: ChannelId, fault: errors.SlackFault) -> Rendered:
    """Say that the notes could not be posted, and what to do about it."""
    told = f"I could not post the ticket notes in {channel_name(channel)}. {escaped(fault.user_text, 500)}"
    return message(told, section(told))


def _about(session: Session, mrkdwn_text: str) -> str:
    return f"{TITLE} — {line(titled(session), kit.HEADER_CHARS)}\n{mrkdwn_text}"


def _head(first: bool) -> list[Block]:
    return [header(TITLE)] if first else []


def _stop(session: Session) -> Block:
    return actions(button("Stop", Action.STOP_NOTES, value(session.id), about="Stop writing the ticket notes"))


def _regenerate(session: Session) -> Element:
    about = f"Regenerate the notes on {titled(session)}"
    return button("Regenerate", Action.REGENERATE, value(session.id), about=about)


def _finished(session: Session) -> Block:
    key, about = value(session.id), f"the notes on {titled(session)}"
    return actions(
        button("Copy", Action.COPY, key, about=f"Copy {about}"),
        _regenerate(session),
        button("Post to channel", Action.POST, key, about=f"Post {about} to a channel"),
    )


def _piece_label(number: int, count: int) -> str:
    return "Markdown" if count == 1 else f"Markdown, part {number + 1} of {count}"

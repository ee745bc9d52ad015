"""How ticket notes came about, in one line: for whoever reads them to know how far to trust them."""

import re
from collections.abc import Sequence
from typing import Final, assert_never

from bot.domain.evidence import Evidence
from bot.domain.notes.record import NotesRecord, NotesSource

_MARKS: Final = re.compile(r"[\\\[\]*_`<]")
_ASSEMBLED: Final = "The assistant was not available, so these notes were assembled from the session's own data."
_TRANSCRIPT: Final = "The assistant was not available; the conversation is attached."
_WHOLE: Final = "Streaming broke off, so the assistant wrote these notes again in one piece."
_SUMMARISED: Final = (
    "The session is long, so its first {count} messages went into these notes as a summary, "
    "and all answers and notes word by word."
)
_EDITED: Final = "These notes were edited by hand."


def provenance(source: NotesSource, *, stopped: bool = False, by: str = "", summarised: int = 0) -> str:
    """Say how notes came about. Empty when the assistant wrote them whole, streamed them and was told everything.

    `by` names who stopped them, in the form of the place where the line is shown. `summarised` counts the messages that
    the assistant was told as a summary.
    """
    if source is NotesSource.EDITED:
        return f"Edited by {by}." if by else _EDITED
    sentences = [_said(source)]
    if stopped:
        who = f" by {by}" if by else ""
        sentences.append(f"Stopped{who} before the end.")
        if source in (NotesSource.STREAMED, NotesSource.WHOLE):
            sentences.append("What was not written yet comes from the session's own data.")
    if summarised and source in (NotesSource.STREAMED, NotesSource.WHOLE):
        sentences.append(_SUMMARISED.format(count=summarised))
    return " ".join(sentence for sentence in sentences if sentence)


def complete(record: NotesRecord, files: Sequence[Evidence] = ()) -> str:
    """Return notes as they leave Slack: their text, and below it the files and how they came about."""
    text = f"{record.text.rstrip()}\n\n{_listed(files)}" if files and record.text.strip() else record.text
    line = provenance(record.source, stopped=record.stopped_by is not None, summarised=record.summarised)
    return signed(text, line)


def _listed(files: Sequence[Evidence]) -> str:
    """List files by their names, each with a link to it."""
    links = (f"[{_label(one)}](<{one.file.link}>)" if one.file.link else _label(one) for one in files)
    return f"Evidence: {', '.join(links)}"


def _label(one: Evidence) -> str:
    return _MARKS.sub(r"\\\g<0>", one.name or one.file.name)


def signed(text: str, line: str) -> str:
    """Put the line under notes that leave Slack: copied, in a file, or in a ticket."""
    return f"{text.rstrip()}\n\n---\n\n_{line}_" if line and text.strip() else text


def _said(source: NotesSource) -> str:
    match source:
        case NotesSource.STREAMED:
            return ""
        case NotesSource.WHOLE:
            return _WHOLE
        case NotesSource.ASSEMBLED:
            return _ASSEMBLED
        case NotesSource.TRANSCRIPT:
            return _TRANSCRIPT
        case NotesSource.EDITED:
            return _EDITED
        case _:
            assert_never(source)

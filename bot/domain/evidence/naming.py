"""What a file is called in the thread and in the notes: `Screenshot 2, from Ben`."""

import re
from collections.abc import Collection
from typing import Final

from bot.domain.evidence.kinds import EvidenceKind

_SCREENSHOT: Final = re.compile(
    r"screen[ _-]?shot|screen[ _-]?grab|bildschirmfoto|capture d.?.cran|captura de pantalla|skärmavbild|schermata"
    r"|スクリーンショット|屏幕截图|snip|^image(?: ?\(\d+\))?\.png$",
    re.IGNORECASE,
)
_UNSEEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff`]")
_NAME_CHARS: Final = 60


def evidence_name(kind: EvidenceKind, file_name: str, author: str, taken: Collection[str] = ()) -> str:
    """Name a file. `taken` holds the names that the session's files have already."""
    by = f", from {_clean(author, 40)}" if author.strip() else ""
    noun = _noun(kind, file_name)
    if noun:
        used = [int(found[1]) for name in taken if (found := re.match(rf"{noun} (\d{{1,6}})(?:,|$)", name))]
        return f"{noun} {max(used, default=0) + 1}{by}"
    name = _clean(file_name, _NAME_CHARS) or "File"
    number, shown = 1, f"{name}{by}"
    while shown in taken:
        number += 1
        shown = f"{name} ({number}){by}"
    return shown


def _noun(kind: EvidenceKind, file_name: str) -> str:
    if not kind.is_picture and kind is not EvidenceKind.PICTURE_OF_OTHER_KIND:
        return ""
    return "Screenshot" if _SCREENSHOT.search(file_name) is not None else "Picture"


def _clean(text: str, most: int) -> str:
    line = " ".join(_UNSEEN.sub("", text).split())
    return line if len(line) <= most else line[: most - 1] + "…"

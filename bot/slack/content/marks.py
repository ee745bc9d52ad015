"""Marks in a text where the names of people, channels and groups belong, which no message can forge."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from bot.domain.content import Mention, MentionKind

_OPEN: Final = "\ufdd0"
_CLOSE: Final = "\ufdd1"
"""Two of Unicode's noncharacters: they stand in no text, and `clean` takes them out."""
_MARK: Final = re.compile(rf"{_OPEN}([@#&])([A-Z0-9]*)\|([^{_OPEN}{_CLOSE}]*){_CLOSE}")
_UNSEEN: Final = re.compile("[\x00\ufdd0-\ufdef\ufffe\uffff\ufeff\u200b\u2060\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""NUL, noncharacters, what takes no room, what turns the reading direction around, and lone surrogates."""
_LINE_ENDS: Final = re.compile("[\u2028\u2029]")
_DIRECTIONS: Final = re.compile("[\u061c\u200e\u200f]")
_RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u05ff\u0600-\u061b\u061d-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_NAME_CHARS: Final = 80
_STAND_INS: Final[Mapping[str, str]] = {"@": "@someone", "#": "#a-channel", "&": "@a-group"}


def clean(text: str) -> str:
    """Drop what a text cannot show. Marks of direction stay where there is a word that is read from the right."""
    text = _LINE_ENDS.sub("\n", _UNSEEN.sub("", text)).replace("\xa0", " ")
    if _DIRECTIONS.search(text) is not None and _RIGHT_TO_LEFT.search(text) is None:
        return _DIRECTIONS.sub("", text)
    return text


def mark(kind: MentionKind, id_: str, label: str = "") -> str:
    """Return the mark for a mention. `label` is the name that Slack sent along."""
    shown = _one_line(label)
    return f"{_OPEN}{kind}{id_}|{'' if shown == id_ else shown}{_CLOSE}"


def unnamed(texts: Iterable[str]) -> Iterator[Mention]:
    """Yield the mentions whose names are to be looked up, each once: what Slack sends along of a person is a handle."""
    seen: set[tuple[str, str]] = set()
    for text in texts:
        for kind, id_, label in _MARK.findall(text):
            if id_ and (not label or kind == "@") and (kind, id_) not in seen:
                seen.add((kind, id_))
                yield Mention(kind=MentionKind(kind), id=id_)


def named(text: str, names: Mapping[str, str]) -> str:
    """Replace every mark by the name, or by a word that stands for it."""

    def name_of(found: re.Match[str]) -> str:
        kind, id_, label = found.groups()
        looked_up = _one_line(names.get(id_, ""))
        name = looked_up if looked_up and looked_up != id_ else label
        return f"{'#' if kind == '#' else '@'}{name}" if name else _STAND_INS[kind]

    return _MARK.sub(name_of, text)


def labels(text: str) -> Mapping[str, str]:
    """Return the names that Slack sent along in a text, by id."""
    return {id_: label for _, id_, label in _MARK.findall(text) if label}


def labelled(text: str, by_id: Mapping[str, str]) -> str:
    """Give the marks of a text the names that Slack sent along elsewhere."""
    if not by_id:
        return text
    return _MARK.sub(lambda found: f"{_OPEN}{found[1]}{found[2]}|{found[3] or by_id.get(found[2], '')}{_CLOSE}", text)


def unlabelled(text: str) -> str:
    """Return a text with ids in place of its marks, so that it can be compared."""
    return _MARK.sub(r" \2 ", text)


def is_marked(text: str) -> bool:
    """Tell whether a text begins with the mention of a person or a group."""
    begun = _MARK.match(text)
    return begun is not None and begun[1] != "#"


def author(text: str, names: Mapping[str, str]) -> str:
    """Return the name of an author, without the sign that a mention has."""
    return named(text, names).removeprefix("@") if text.startswith(_OPEN) else text


def without(text: str, id_: str) -> str:
    """Take the mentions of one user out of a text, with the space and the comma that they leave behind."""
    if not id_ or f"{_OPEN}@{id_}|" not in text:
        return text
    one = rf"{_OPEN}@{re.escape(id_)}\|[^{_OPEN}{_CLOSE}]*{_CLOSE}"
    text = re.sub(rf"\A\s*(?:{one}[ \t]*[,:;]?\s*)+", "", text)
    text = re.sub(rf"(?<=[.!?:;\n])[ \t]*{one}[ \t]*[,:;]", "", text)
    text = re.sub(rf"[ \t]?{one}(?=[ \t]*(?:[.,;:!?)\n]|\Z))", "", text)
    return re.sub(rf"{one}[ \t]?", "", text)


def _one_line(name: str) -> str:
    return " ".join(clean(name).split()).lstrip("@#")[:_NAME_CHARS]

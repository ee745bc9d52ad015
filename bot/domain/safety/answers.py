"""A question and its answer, read together: an answer that is nothing but a password does not look like one alone."""

import re
from typing import Final

from bot.domain.safety.languages import any_of
from bot.domain.safety.names import Kind, names
from bot.domain.safety.shapes import Span
from bot.domain.safety.text import Redacted, redact
from bot.domain.safety.words import REMOVED, dense, looks_secret, trimmed, unusual

_SENTENCE: Final = re.compile(r"[^?\n]*?(?:[?:]|(?<=\w{3})[.!](?=\s|\Z)|\n|\Z)")
_ASKS: Final = re.compile(f"[\\W_]*(?:{any_of(lambda words: words.asks)})(?!\\w)", re.IGNORECASE)
_ASKS_FOR: Final = re.compile(f"(?<!\\w)(?:{any_of(lambda words: words.asks_for)})(?!\\w)", re.IGNORECASE)
_PLEASE: Final = re.compile(r"(?<!\w)(?:please|bitte|s['’]il (?:vous|te) pla[iî]t|svp|por favor)(?!\w)", re.IGNORECASE)
_OTHERWISE: Final = re.compile(f"(?:{any_of(lambda words: words.otherwise)})", re.IGNORECASE)
_NEGATED: Final = re.compile(f"(?<!\\w)(?:{any_of(lambda words: words.negations)})(?!\\w)", re.IGNORECASE)
_WORD: Final = re.compile(r"\w[\w'’-]*")
_BEHIND_NAME: Final = 3
"""How many words behind the name of a secret can tell that something else is asked."""
_LEAD: Final = re.compile(f"[\\W_]*(?:{any_of(lambda words: words.leads)})(?!\\w)[\\s,:;.!–—-]*", re.IGNORECASE)
_EVADES: Final = re.compile(f"[\\W_]*(?:{any_of(lambda words: words.evades)})", re.IGNORECASE)
_TOKEN: Final = re.compile(r"[^\s]+")
_MENTION: Final = re.compile(r"[@#][^\W\d_]+(?:[.-][^\W\d_]+)*[.,:;!?)]{0,3}")
"""Somebody's name, or a channel's."""
_CLAUSE: Final = re.compile(r"(?:[^\s.,;()]|[.,;](?=\S))+(?:[ \t]+(?:[^\s.,;()–—]|[.,;](?=\S))+)*")
_PAIR: Final = re.compile(r"[\w.@\\-]{1,64}(?:[ \t]{0,2}[/|][ \t]{0,2}|:[ \t]?)(?P<s>[^\s/|:]+)[ \t]*\Z")
"""The name of an account and its password."""
_MOST_WORDS: Final = 4
"""The longest secret of plain words."""
_PASSES: Final = 4


def redact_answer(question: str, answer: str) -> Redacted:
    """Take secrets out of an answer. When its question asks for one, a bare value is one, whatever it looks like.

    What does not name the value stays: "I don't know", "it was reset", "same as before". `question` may be all of the
    message before, with several questions in it.
    """
    result = redact(answer)
    kinds = asked_for(question)
    if not kinds:
        return result
    text, count = result.text, result.count
    for _ in range(_PASSES):
        bare, more = _without_values(text, kinds)
        again = redact(bare)
        count += more + again.count
        if again.text == text:
            break
        text = again.text
    return Redacted(text=text, count=count)


def asked_for(question: str) -> frozenset[Kind]:
    """Tell what kinds of secrets a text asks for. It is none when it merely talks about them."""
    return frozenset(kind for match in _SENTENCE.finditer(question) if match[0] for kind in _asked_in(match[0]))


def _asked_in(sentence: str) -> set[Kind]:
    named = names(sentence)
    if not named:
        return set()
    asks = sentence.rstrip().endswith("?")
    requests = _PLEASE.search(sentence) is not None or _ASKS_FOR.match(sentence.lstrip(" \t*_>-"))
    kinds: set[Kind] = set()
    for name in named:
        before = sentence[: name.start]
        behind = _WORD.findall(sentence, _end_of_word(sentence, name.end))
        if any(map(_OTHERWISE.fullmatch, (*_WORD.findall(before), *behind[:_BEHIND_NAME]))) or _NEGATED.search(before):
            continue
        bare = len(_WORD.findall(before)) <= 3 and not behind and sentence.rstrip()[-1:] in "?:"
        by_word = asks and (_ASKS.match(sentence) or _ASKS_FOR.search(sentence))
        if bare or by_word or (requests and _ASKS_FOR.search(sentence)):
            kinds.add(name.kind)
    return kinds


def _end_of_word(text: str, at: int) -> int:
    while at < len(text) and text[at].isalnum():
        at += 1
    return at


def _without_values(answer: str, kinds: frozenset[Kind]) -> tuple[str, int]:
    """Replace the values in an answer, and count them."""
    lines = answer.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip(" \t`~")), 0)
    count = 0
    for number, line in enumerate(lines):
        spans = _values(line, kinds, first=number == first)
        for start, end in reversed(spans):
            line = line[:start] + REMOVED + line[end:]
        lines[number] = line
        count += len(spans)
    return "\n".join(lines), count


def _values(line: str, kinds: frozenset[Kind], *, first: bool) -> list[Span]:
    """Find the values in a line of an answer."""
    start, evades = _past_leads(line)
    accept = dense if evades or (not first and len(line.split()) > 1) else looks_secret
    tokens = [match for match in _TOKEN.finditer(line) if REMOVED not in match[0] and not _MENTION.fullmatch(match[0])]
    spans = [_inner(match) for match in tokens if accept(trimmed(match[0]))]
    if spans or evades or not first or REMOVED in line:
        return spans
    pair = _PAIR.match(line, start) if "password" in kinds else None
    if pair is not None and unusual(pair["s"]):
        return [pair.span("s")]
    clause = _CLAUSE.match(line, start)
    return [] if clause is None or not _is_value(clause[0], kinds) else [_inner(clause)]


def _past_leads(line: str) -> tuple[int, bool]:
    """Tell where an answer begins behind words like "it's", and whether it does not name the value at all."""
    at = 0
    while _EVADES.match(line, at) is None:
        lead = _LEAD.match(line, at)
        if lead is None or lead.end() >= len(line.rstrip()):
            opening = re.compile(r"[\W_]*").match(line, at)
            return (opening.end() if opening and opening.end() < len(line) else at), False
        at = lead.end()
    return at, True


def _is_value(clause: str, kinds: frozenset[Kind]) -> bool:
    word = trimmed(clause)
    if "number" in kinds and re.fullmatch(r"\d{3,12}", word):
        return True
    words = word.split()
    return "password" in kinds and 1 <= len(words) <= _MOST_WORDS and all(map(unusual, words))


def _inner(match: re.Match[str]) -> Span:
    word = trimmed(match[0])
    start = match.start() + match[0].index(word)
    return start, start + len(word)

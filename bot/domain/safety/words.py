"""Telling a secret from an ordinary word, where only the words around it raise the suspicion."""

import re
from typing import Final

from bot.domain.safety.languages import ENDINGS, ORDINARY

REMOVED: Final = "[removed]"

_NO_SECRET: Final = re.compile(
    r"\[removed\].*|[*•●x.…_|>-]+|<[^>]*>?|\{\{?[^}]*\}?\}?|%+\w+%?.*|\$[A-Za-z_{(][\w:.]*[^\s]*\}|\$[A-Za-z_][\w:.]*|\$\(.*"
    r"|\$?\{.*|\?\w*|[\w.$>:-]+\([^()]*\)?[;,)]*|[\w.$]+\[.*|@\w+\(.*"
    r"|(?:https?|ftp|file)://.*|www\..*|[A-Za-z]:\\.*|\\\\.*|/.*|HK(?:LM|CU|CR|EY_\w+)\b.*|~/.*"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:[\w-]+\.)+(?:com|net|org|io|local|lan|de|uk|eu|edu|gov|example)(?::\d+)?/?.*"
    r"|0x[0-9a-f]+|(?:kb|aadsts|ora-?|err[-_]?|evt-?|inc|req|chg|cs|ticket)#?\d+|v?\d+(?:\.\d+)+[a-z]?"
    r"|\d{1,4}[-/:.]\d{1,2}(?:[-/:.]\d{1,4})?\S{0,16}|\d+(?:st|nd|rd|th|am|pm|min|mins|h|s|x|d|days?|hours?|chars?|%|\+)?-?"
    r"|(?:windows|win|office|outlook|teams|server|exchange|sql|ps|tls|sha|aes|md|ntlm|wpa|oauth|m|o|version|step|ipv|http)"
    r"-?v?\d+\w?(?:-[a-z]+)?|S-1-\d[\d-]*|(?:sha\d+|md5):.*|(?:[0-9a-f]{2}[:-]){5,}[0-9a-f]{2}|arn:.*"
    r"|(?:get|read|new|set|convert(?:to|from)|import|export|invoke|select|add|remove|test|start|stop|out|write)-[a-z]+"
    r"|(?:self|this|args|req|request|config|settings|process|os|env|var|secrets|params|options|opts|data|local|module|ctx)"
    r"\.[\w.\[\]\"']+"
    r"|[a-z]#\d[\d.]*|1password|base64|utf-?8|2fa|mfa2?|(?:not|see|n)/\w+|vault:\S*|\w+:\w+(?::\w+)+",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"(?!(?:19|20)\d\d\Z)\d{4,64}")
"""A PIN or a longer number, but no year."""
_SPACELESS: Final = "\u2e80"
"""From this character on scripts set no spaces, and hardly any secret is written in them."""
_SYMBOLS: Final = frozenset("!@#$%^&*+=~?§€")
_QUOTES: Final = "\"'`“”„‘’«»"
_EDGES: Final = _QUOTES + ".,;:)]}>*_|\\\xa0"
_OPENS: Final = re.compile(r"(?:(?:\\*[\"'`“„‘’«»][\xa0 ]?)|\*\*|__)+")
_GUID: Final = re.compile(r"\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?", re.IGNORECASE)
_HASH: Final = re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})", re.IGNORECASE)
_SHUFFLED: Final = re.compile(r"(?=\w{6})[a-z]{0,4}\d{1,3}[a-z]{1,4}\d{1,3}[a-z]\w{0,8}")
_SYMBOL_NAME: Final = re.compile(
    r"[A-Za-z_]\w{1,40}![A-Za-z_?][\w:.<>~]*"
    r"|'?[\w\[\] .-]*'?!?\$?[A-Z]{1,3}\$?\d{1,7}(?::\$?[A-Z]{1,3}\$?\d{1,7})?"
    r"|(?:\$?[A-Z]{1,3}\$\d{1,7}:?)+|MSSQL\$.*|SQLAgent\$.*"
)
"""A function in a module as debuggers write it, a cell of a spreadsheet, an instance of a database."""


def trimmed(value: str) -> str:
    """Take off the quotes and the punctuation around a value."""
    opening = _OPENS.match(value)
    return value[opening.end() if opening else 0 :].rstrip(_EDGES)


def unusual(value: str) -> bool:
    """Tell whether a value could be a secret rather than an ordinary word."""
    word = trimmed(value)
    lower = word.casefold().rstrip("!?")
    ordinary = (
        len(word) < 3
        or not any(map(str.isalnum, word))
        or lower in ORDINARY
        or (lower.isalpha() and lower.endswith(ENDINGS))
    )
    if ordinary or _NO_SECRET.fullmatch(word) is not None:
        return False
    return " " not in word or not any(part.strip(".,") in ORDINARY for part in lower.split())


def looks_secret(value: str) -> bool:
    """Tell whether a value has the looks of a secret: quoted, a number, or letters mixed with digits or symbols."""
    word = trimmed(value)
    if _NUMBER.fullmatch(word) or _quoted(value):
        return True
    return len(word) >= 4 and unusual(word) and _mixed(word)


def _mixed(word: str) -> bool:
    letters = any(c.isalpha() for c in word)
    digits = any(c.isdigit() for c in word)
    symbols = any(c in _SYMBOLS for c in word.rstrip("!?"))
    return letters + digits + symbols >= 2


def _quoted(value: str) -> bool:
    """Tell whether a value is quoted, and no part of it is an ordinary word."""
    if value.lstrip("\\")[:1] not in _QUOTES:
        return False
    words = trimmed(value).split()
    if len(words) == 1:
        return unusual(words[0])
    return any(map(_dense, words)) or (
        bool(words) and all(unusual(word) or (len(word) < 3 and word.isdigit()) for word in words)
    )


def strong(value: str) -> bool:
    """Tell whether a value looks like a secret even where nothing but its neighbour says so."""
    word = trimmed(value)
    return _quoted(value) or _dense(word) or (_SHUFFLED.fullmatch(word) is not None and unusual(word))


def dense(value: str) -> bool:
    """Tell whether a word has three kinds of characters, as passwords that people make have."""
    return _dense(trimmed(value))


def _dense(word: str) -> bool:
    kinds = (str.isupper, str.islower, str.isdigit, _SYMBOLS.__contains__)
    mixed = len(word) >= 6 and sum(any(map(kind, word)) for kind in kinds) >= 3
    return mixed and unusual(word) and _mixed(word) and max(word) < _SPACELESS


def loud(value: str) -> bool:
    """Tell whether a value looks like a password all by itself: every kind of character, a symbol among them inside."""
    word = trimmed(value)
    inside = word[1:-1]
    kinds = (str.isupper, str.islower, str.isdigit)
    if not any(symbol in inside for symbol in "!@#$%^&*") or not all(any(map(kind, word)) for kind in kinds):
        return False
    address = re.fullmatch(r"[\w.-]{2,}@[\w.-]+", word)
    return not address and max(word) < _SPACELESS and unusual(word) and _SYMBOL_NAME.fullmatch(word) is None


def is_key(value: str) -> bool:
    """Tell whether a value looks like a key or a token: no id, no short number, no name."""
    word = trimmed(value)
    if len(word) < 8 or not unusual(word) or not word.isascii():
        return _quoted(value) and len(word) >= 6 and _mixed(word)
    return _mixed(word) and any(c.isdigit() for c in word) and any(c.isalpha() for c in word)


def is_long_key(value: str) -> bool:
    """Tell whether a value looks like a key even where nothing but its neighbour says so: no hash, no id."""
    word = trimmed(value)
    return len(word) >= 20 and is_key(value) and not _GUID.fullmatch(word) and not _HASH.fullmatch(word)


def is_recovery_key(value: str) -> bool:
    """Tell a recovery key from the id of one."""
    return looks_secret(value) and _GUID.fullmatch(trimmed(value)) is None


def is_short_number(value: str) -> bool:
    """Tell a PIN from what else follows the word."""
    return re.fullmatch(r"\d{4,10}", trimmed(value)) is not None


def is_phrase(value: str) -> bool:
    """Tell a secret of several plain words from a sentence."""
    words = re.split(r"[ -]", trimmed(value))
    plain = sum(word.isdigit() or (word.isalpha() and unusual(word)) for word in words)
    return len(words) >= 3 and all(map(str.isalnum, words)) and plain >= len(words) - (len(words) > 3)


def is_seed(value: str) -> bool:
    """Tell a Base32 seed from four words of four letters."""
    return value.isupper() or any(c.isdigit() for c in value)


def is_code(value: str) -> bool:
    """Tell a code from a date, a phone number, a placeholder and the name of an update."""
    no_code = r"\d{4}-\d\d-\d\d|\d{3}-\d{3,4}-\d{4}|(?:kb\d+|0x[0-9a-f]+|[a-z]+)|<.*|\{.*|\$.*"
    return not re.fullmatch(no_code, value, re.IGNORECASE)

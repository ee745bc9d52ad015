"""Secrets that stand beside the name of an account, or where somebody says how to get in."""

import re
from typing import Final

from bot.domain.safety.labels import VALUE
from bot.domain.safety.languages import any_of
from bot.domain.safety.names import names
from bot.domain.safety.shapes import Shape, Span, shape
from bot.domain.safety.words import dense, is_code, is_seed, loud, strong, trimmed

_INNER_SYMBOL: Final = re.compile(r"[\w.~-][!@#$%^&*]{1,8}[\w.~-]")
_LOUD: Final = re.compile(r"(?<![^\s\"'`(/])[\w!@#$%^&*.~-]{8,40}+(?=[\"'`),;:?.]{0,3}(?:\s|\Z))")
_GETS_IN: Final = re.compile(
    f"(?<![a-z])(?:{any_of(lambda words: words.entering)}|{any_of(lambda words: words.accounts)})(?![a-z])",
    re.IGNORECASE,
)
_LINE_START: Final = re.compile(r"\s{0,8}(?:[-*>|]\s)?(?:[\w.@\\-]{2,40}\s?[/|]\s?)?[\"'`(]?\Z")
_HINT_REACH: Final = 90

ACCOUNTS: Final = (
    shape(
        "/",
        r"\b(?:try|use|using|versuch|mit|with|essaie|prueba|user(?:name)?|benutzer|utilisateur|usuario)",
        r":?\s{1,3}[a-z][\w.@\\-]{1,63}\s?/\s?",
        VALUE,
        accept=strong,
    ),
    shape(
        "cred, log, sign, admin, zugang, anmeld, ident, acc, conn, sesi",
        f"(?<![a-z])(?:{any_of(lambda words: words.accounts)})(?![a-z])",
        r"[^\n/|]{0,40}?(?<![\w.@\\-])[a-z][\w.@\\-]{1,63}\s{0,2}[/:|,]\s{0,2}",
        VALUE,
        accept=dense,
    ),
    shape(
        "ssid",
        r"\bssid\b[^\n]{0,60}?\b(?:key|schlüssel|clé|clave)\b(?:\s{0,3}[:=/]|\s)\s{0,3}",
        VALUE,
        accept=strong,
    ),
    shape(
        "otp, 2fa, mfa, authenticator, setup",
        r"(?<![a-z])(?:totp|otp|2fa|mfa|authenticator|setup)\b[^\n]{0,60}?\b(?:secret|seed|key)\b[^\na-z2-7]{0,10}",
        r"(?:is |was )?(?P<s>[a-z2-7]{16,64}|[a-z2-7]{4}(?:[ -][a-z2-7]{4}){3,15})(?![a-z0-9])",
        accept=is_seed,
    ),
)
CODES: Final = Shape(
    pattern=re.compile(f"(?:{any_of(lambda words: words.recovery)})(?P<s>[^\\n]{{0,400}})", re.IGNORECASE),
    needles=("code", "códig"),
    each=re.compile(
        r"(?<![\w.:/-])(?=[A-Za-z0-9-]{0,40}\d)(?P<s>[A-Za-z0-9]{4,12}(?:-[A-Za-z0-9]{3,12}){1,5}"
        r"|(?=\d{0,11}[A-Za-z])[A-Za-z0-9]{8,16}|\d{8,12}|\d{4} \d{4})(?![\w:-]|\.\w)"
    ),
    accept=is_code,
)
"""The codes in the line that announces them."""


def loud_words(text: str) -> list[Span]:
    """Find the words that look like a password, where somebody gets in with them or a line begins with one."""
    if _INNER_SYMBOL.search(text) is None:
        return []
    spans: list[Span] = []
    for match in _LOUD.finditer(text):
        if loud(match[0]) and _gets_in(text, match.start()):
            word = trimmed(match[0])
            start = match.start() + match[0].index(word)
            spans.append((start, start + len(word)))
    return spans


def _gets_in(text: str, at: int) -> bool:
    if at < 60 and _LINE_START.match(text, 0, at):
        return True
    before = text[max(at - _HINT_REACH, 0) : at]
    return _GETS_IN.search(before) is not None or any(name.kind == "password" for name in names(before))

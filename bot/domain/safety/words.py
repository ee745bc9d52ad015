"""Telling a secret from an ordinary word, where only the words around it raise the suspicion."""

import re
from typing import Final

_ORDINARY: Final = frozenset(
    """
    able about access accurate active admin after again age all allowed already also always an and any are as ask
    asked at available bad be because been before being below blank both broken but by cached can cannot case
    change changes characters clear code complexity compliant compromised correct credential credentials current
    currently default details did different disabled does done down due either email empty enabled enforced entry
    error errors even ever every expiration expire expired expires expiry failed failure false field forgot fields fine
    first for forgotten free from gone good granted had hard has have he her hers here hers his history how if in
    incorrect instead invalid is issue issues it its just known kept last later length like local locked lockout
    login logins long lost mandatory manager manual masked maybe me mine mismatch missing more must my needed
    neither never new next no none nor normal not nothing now null off often ok okay old on once only open optional
    or original other our ours outlook over own page pending per permanent persistent please policies policy
    possible present private problem problems prompt prompts protected protection provided public questions ready
    recent reset resets required right rules safe same saved secret secure security see sent set she shared short
    should sign simple since so some something somewhere soon stale still stored strength strong stuck such sync
    temporary than that the their them then there these they this those through till to today together token
    tokens tomorrow too true twice unable unavailable unchanged under unique unknown unlocked unset until up update
    updates upon us used user username users valid value vault very visible was way weak well were what when where
    which who why will with within without work works would write wrong yes yesterday yet you your yours
    windows office teams vpn intune entra azure keepass lastpass bitwarden dashlane itglue hudu passportal keeper
    onenote sharepoint keychain keyvault edge chrome firefox exchange onedrive authenticator helpdesk documentation
    falsch abgelaufen richtig korrekt gesperrt bekannt unbekannt leer nicht noch neu alt vergessen ungültig gültig
    geändert zurückgesetzt derselbe dasselbe gleich hier dort auch
    """.split()  # noqa: SIM905
)
_ENDINGS: Final = ("ed", "ing", "ly", "able", "ible", "ory", "less", "ation", "ment", "ness", "n't", "n’t")
_NO_SECRET: Final = re.compile(
    r"\[removed\].*|[*•●x.…_-]+|<[^>]*>?|\{\{?[^}]*\}?\}?|%\w+%.*|\$[A-Za-z_{(][\w:.]*\}?|\$\(.*"
    r"|(?:https?|ftp|file)://.*|www\..*|[A-Za-z]:\\.*|\\\\.*|/.*"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:[\w-]+\.)+(?:com|net|org|io|local|lan|de|uk|eu|edu|gov)(?::\d+)?/?.*"
    r"|0x[0-9a-f]+|(?:kb|aadsts|ora-?|err[-_]?|evt-?|inc|req|chg|cs|ticket)#?\d+|v?\d+(?:\.\d+)+[a-z]?"
    r"|\d{1,4}[-/:.]\d{1,2}(?:[-/:.]\d{1,4})?\S{0,16}|\d+(?:st|nd|rd|th|am|pm|min|mins|h|s|x|d|days?|hours?|chars?|%|\+)?-?"
    r"|(?:windows|win|office|outlook|teams|server|exchange|sql|ps|tls|sha|aes|md|ntlm|wpa|oauth|m|o|version|step|ipv|http)-?v?\d+\w?"
    r"|[a-z]#\d.*|1password|base64|utf-?8|2fa|mfa2?|(?:not|see|n)/\w+",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"(?!(?:19|20)\d\d\Z)\d{4,64}")
"""A PIN or a longer number, but no year."""
_SYMBOLS: Final = frozenset("!@#$%^&*+=~?§€")
_QUOTES: Final = "\"'`“”„‘’"
_EDGES: Final = _QUOTES + ".,;:)]}>*_"


def trimmed(value: str) -> str:
    """Take off the quotes and the punctuation around a value."""
    return value.lstrip(_QUOTES).rstrip(_EDGES)


def unusual(value: str) -> bool:
    """Tell whether a value could be a secret rather than an ordinary word."""
    word = trimmed(value)
    lower = word.casefold().rstrip("!?")
    ordinary = len(word) < 3 or lower in _ORDINARY or lower.endswith(_ENDINGS)
    return not ordinary and _NO_SECRET.fullmatch(word) is None


def looks_secret(value: str) -> bool:
    """Tell whether a value has the looks of a secret: quoted, a number, or letters mixed with digits or symbols."""
    word = trimmed(value)
    if _NUMBER.fullmatch(word) or _quoted(value):
        return True
    if len(word) < 4 or not unusual(word):
        return False
    letters = any(c.isalpha() for c in word)
    digits = any(c.isdigit() for c in word)
    symbols = any(c in _SYMBOLS for c in word.rstrip("!?"))
    return letters + digits + symbols >= 2


def _quoted(value: str) -> bool:
    """Tell whether a value is quoted, and no part of it is an ordinary word."""
    return value[0] in _QUOTES and all(unusual(word) for word in trimmed(value).split() or [""])


def strong(value: str) -> bool:
    """Tell whether a value looks like a secret even where nothing but its neighbour says so."""
    word = trimmed(value)
    kinds = (str.isupper, str.islower, str.isdigit, _SYMBOLS.__contains__)
    mixed = len(word) >= 6 and sum(any(map(kind, word)) for kind in kinds) >= 3
    return _quoted(value) or (mixed and looks_secret(word))


def loud(value: str) -> bool:
    """Tell whether a value looks like a password all by itself: every kind of character, a symbol among them inside."""
    word = trimmed(value)
    inside = word[1:-1]
    kinds = (str.isupper, str.islower, str.isdigit)
    address = re.fullmatch(r"[\w.-]{2,}@[\w.-]+", word)
    marked = any(symbol in inside for symbol in "!@#$%^&*")
    return marked and not address and all(any(map(kind, word)) for kind in kinds) and unusual(word)


def is_seed(value: str) -> bool:
    """Tell a Base32 seed from four words of four letters."""
    return value.isupper() or any(c.isdigit() for c in value)


def is_code(value: str) -> bool:
    """Tell a code from a date, a phone number and the name of an update."""
    return not re.fullmatch(r"\d{4}-\d\d-\d\d|\d{3}-\d{3,4}-\d{4}|(?:kb\d+|0x[0-9a-f]+|[a-z]+)", value, re.IGNORECASE)

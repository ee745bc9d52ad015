"""Secrets that stand beside their name, in a sentence or in the notation of a configuration.

Every gap is bounded, and a run of characters is possessive: hostile input costs linear time.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.domain.safety.languages import LANGUAGES, any_of
from bot.domain.safety.names import Kind, Name, names
from bot.domain.safety.shapes import Span, secret_span
from bot.domain.safety.words import (
    dense,
    is_key,
    is_long_key,
    is_phrase,
    is_recovery_key,
    is_short_number,
    looks_secret,
    strong,
    unusual,
)

SUFFIX: Final = r"(?:[ _-]?(?:\d{1,2}|value|text|plain ?text|hash))?(?![a-z])"
"""What may still belong to a name."""
VALUE: Final = (
    r"""(?-i:(?P<s>\\{1,3}"[^"\n]{1,200}"|"[^"\n]{1,200}"|'[^'\n]{1,200}'|`[^`\n]{1,200}`|“[^”\n]{1,200}”|„[^“”\n]{1,200}[“”]"""
    r"""|‘[^’\n]{1,200}’|«[^»\n]{1,200}»|[^\s"'`“”„‘’«»<\u2e80-\U0010ffff]"""
    r"""[^\s\u2e80-\U0010ffff]{0,199}))"""
)
"""It holds no letter, and says so: taking case away from its ranges costs most of the time that the start takes."""
_WORD: Final = r"(?P<s>[^\W\d_]{4,40})(?=[.,;!)\"'*]{0,3}(?:\s{0,3}\Z|[ \t]{0,3}\n|[.,;!][ \t]))"
"""One plain word at the end of a clause."""
_PHRASE: Final = r"(?P<s>[^\W\d_]{3,12}(?:[ -][^\W_]{3,12}){2,11})(?=[.!]?\s{0,3}\Z)"
_SPACE: Final = "[ \t\u00a0\u202f]"
ASIDE: Final = _SPACE + r"{0,2}[(\[](?:\[removed\]|[^()\[\]\n]){1,60}[)\]]"
ABOUT: Final = (
    f"(?:{ASIDE})?(?:{_SPACE}{{1,3}}(?:{any_of(lambda words: words.about)})(?:{_SPACE}{{1,3}}|(?<=['’]))"
    f"(?:[^\\s:=(]{{1,40}}+{_SPACE}{{1,3}}){{0,6}}?[^\\s:=(]{{1,40}}?)?(?:{ASIDE})?"
)
"""What a secret is for, between its name and what follows."""
EDGE: Final = r"(?:\\{0,3}[\"'*_`)\]>]){0,4}" + _SPACE + "{0,20}"
SIGN: Final = r"(?::=|=>|->|→|[:=])"
EQUALS: Final = any_of(lambda words: words.equals)
_LABEL: Final = EDGE + SIGN + _SPACE + r"{0,20}[*_]{0,3}" + _SPACE + "{0,3}"
_ADVERB: Final = f"(?:\\s{{1,3}}(?:{any_of(lambda words: words.adverbs)}))?[ \t:]{{1,10}}"
_VERB: Final = f"(?:['’]s|{EDGE}\\b(?:{EQUALS})\\b){_ADVERB}"
_NAMES_IT: Final = f"(?:['’]s|{EDGE}\\b(?:{any_of(lambda words: words.names)})\\b){_ADVERB}"
_SAYS: Final = f"(?:{_LABEL}|{_VERB})"
ANNOUNCES: Final = re.compile(
    f"{SUFFIX}(?:{EDGE}{SIGN}|['’]s|{_SPACE}{{0,2}}[(\\[]|{EDGE}\\b(?:{EQUALS})\\b"
    f"|{_SPACE}{{1,3}}(?:{any_of(lambda words: words.about)}))",
    re.IGNORECASE,
)
"""What follows a name that announces its secret, or says what it is for."""
_SOME_WORDS: Final = r"(?: [^\s.:=]{1,30}+){0,5}?"
_INTO: Final = any_of(lambda words: words.into)
_CHANGES_BEHIND: Final = tuple(language for language in LANGUAGES if language.changed)
INTO_BEHIND: Final = tuple(f" {word} " for language in _CHANGES_BEHIND for word in language.into)
"""The words before a new value whose verb comes behind it."""
_INTO_BEHIND: Final = f"(?:{'|'.join(word for language in _CHANGES_BEHIND for word in language.into)})"
PHRASE: Final = re.compile(r"pass ?phrase|phrase (?:secrète|de passe)|frase de contraseña", re.IGNORECASE)
"""The name of a secret that may be several words."""
QUOTE_BEGUN: Final = re.compile(
    f"{SUFFIX}{ABOUT}(?:{_SAYS}|{_SPACE}{{1,12}})\\\\{{0,3}}"
    r"""(?P<s>"[^"\n]{0,200}|'[^'\n]{0,200}|`[^`\n]{0,200}|“[^”\n]{0,200}|„[^“”\n]{0,200}|‘[^’\n]{0,200}|«[^»\n]{0,200})\Z""",
    re.IGNORECASE,
)
"""A quoted value that has not ended."""
TO_THE_END: Final = re.compile(f"{_SOME_WORDS} {_INTO_BEHIND}\\s{{1,3}}{VALUE}[^\\n]{{0,22}}\\Z", re.IGNORECASE)
"""A new value near the end, behind which the verb may come that tells that it is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A way in which a secret stands beside its name: one of the patterns has it as group `s`."""

    kinds: tuple[Kind, ...] = ("password",)
    named: re.Pattern[str] | None = None
    """When set, only names that look like this."""
    before: re.Pattern[str] | None = None
    """What must stand right before the name."""
    reach: int
    """How long that can be."""
    behind: re.Pattern[str]
    """What must stand right behind it."""
    accept: Callable[[str], bool]
    says: bool
    """Whether the name must be followed by what `ANNOUNCES` finds, which is cheap to tell."""

    def span(self, text: str, name: Name) -> Span | None:
        """Find the secret beside a name."""
        if self.named is not None and not self.named.match(text, name.start, name.end):
            return None
        behind = self.behind.match(text, name.end)
        if behind is None:
            return None
        before, start = None, name.start
        if self.before is not None:
            before = self.before.search(text, max(name.start - self.reach, 0), name.start)
            if before is None:
                return None
            start = before.start()
        if before is not None and "s" in before.re.groupindex:
            return secret_span(before, self.accept, start)
        return secret_span(behind, self.accept, start)


def _beside(
    behind: str,
    accept: Callable[[str], bool],
    *,
    kinds: tuple[Kind, ...] = ("password",),
    named: re.Pattern[str] | None = None,
    before: str = "",
    reach: int = 200,
    says: bool = False,
) -> Beside:
    return Beside(
        kinds=kinds,
        named=named,
        before=re.compile(f"(?:{before})\\Z", re.IGNORECASE) if before else None,
        reach=reach,
        behind=re.compile(behind, re.IGNORECASE),
        accept=accept,
        says=says,
    )


def beside_names(text: str) -> list[Span]:
    """Find the secrets beside their names."""
    spans: list[Span] = []
    for name in names(text):
        announced = ANNOUNCES.match(text, name.end) is not None
        for way in _WAYS[name.kind]:
            if (announced or not way.says) and (span := way.span(text, name)) is not None:
                spans.append(span)
    return spans


_KEY: Final[tuple[Kind, ...]] = ("key",)
_ALL: Final[tuple[Kind, ...]] = ("password", "key")
_RECOVERY: Final = re.compile("recovery|wiederherstellung|.*récup|.*recuper", re.IGNORECASE)
_COMPOUND: Final = re.compile("(?:pass|kenn)wort", re.IGNORECASE)
"""The end of many German words, as in `Initialpasswort`."""
_CLAVE: Final = re.compile("clave", re.IGNORECASE)
_ANY_SECRET: Final = re.compile("secret|geheimnis|jeton", re.IGNORECASE)

_SENTENCES: Final = (
    _beside(SUFFIX + ABOUT + _SAYS + VALUE, looks_secret, says=True),
    _beside(SUFFIX + ABOUT + f"(?:{_LABEL}|{_NAMES_IT})" + _WORD, unusual, says=True),
    _beside(SUFFIX + r"[\"']?\s{0,3}=\s{0,3}" + VALUE, unusual),
    _beside(r"(?![a-z])\s{0,3}=\s{0,3}\{(?P<s>[^{}\n]{4,100})\}(?=[;\s\"']|\Z)", dense),
    _beside(SUFFIX + r"\\{0,3}[\"']\s{0,3}:\s{0,3}(?=\\{0,3}[\"'])" + VALUE, unusual),
    _beside(ABOUT + _SAYS + _PHRASE, is_phrase, named=PHRASE, says=True),
    _beside(SUFFIX + ABOUT + _SAYS + VALUE, is_key, kinds=_KEY, says=True),
    _beside(SUFFIX + ABOUT + _SAYS + VALUE, is_recovery_key, kinds=_ALL, named=_RECOVERY, says=True),
    _beside(ABOUT + _SAYS + VALUE, looks_secret, kinds=_KEY, named=_CLAVE, says=True),
    _beside(f"(?![a-z]){_SAYS}{VALUE}", dense, kinds=_KEY, named=_ANY_SECRET, says=True),
    _beside(
        f"(?![a-z]){ABOUT}(?:{_SAYS}|\\s{{1,3}})(?P<s>\\d{{4,10}}(?![\\w.:/-]))", is_short_number, kinds=("number",)
    ),
    _beside(
        f"\\s{{1,3}}{VALUE}", looks_secret, before=f"(?<![a-z])(?:{any_of(lambda words: words.beside)}) ", reach=16
    ),
    _beside(
        f"(?![a-z])(?:{ASIDE})?(?:{_SPACE}{{1,12}}[–—-])?{_SPACE}{{1,12}}{VALUE}", strong, before="(?<![a-z])", reach=0
    ),
    _beside(f"(?![a-z]){_SPACE}{{1,3}}{VALUE}", dense, named=_COMPOUND),
    _beside(f"(?![a-z]){_SPACE}{{1,3}}{VALUE}", dense, kinds=_KEY, named=_ANY_SECRET),
    _beside(f"(?![a-z]){_SPACE}{{1,3}}{VALUE}", is_long_key, kinds=_KEY, before="(?<![a-z])", reach=0),
    _beside(f"{_SPACE}{{1,3}}{VALUE}", dense, kinds=_KEY, named=_CLAVE, before="(?<![a-z])", reach=0),
    _beside(
        f"{_SOME_WORDS} (?:{_INTO})\\s{{1,3}}{VALUE}",
        looks_secret,
        before=f"(?<![a-z])(?:{any_of(lambda words: words.change)})\\b(?: [^\\s.]{{1,30}}+){{0,5}}? ",
    ),
    _beside(
        f"{_SOME_WORDS} {_INTO_BEHIND}\\s{{1,3}}{VALUE}"
        f"(?=[^\\n]{{0,20}}\\b(?:{any_of(lambda words: words.changed)})\\b)",
        looks_secret,
    ),
    _beside(
        "(?![a-z])",
        dense,
        before=r"(?<![^\s\"'`(“„])(?P<s>[^\s\"'`“„]{4,60}+)[\"'`”“]?"
        f" (?:{any_of(lambda words: words.role)}) (?:[^\\W\\d_]{{1,12}} ){{0,3}}",
        reach=130,
    ),
)
_MARKUP: Final = (
    *(
        _beside(
            r"[\w.-]{0,1}(?:\s[^<>\n]{0,200})?(?<!/)(?:>|&gt;)\s{0,4}(?:<value>|<!\[cdata\[)?"
            r"(?:&lt;(?!/))?(?P<s>(?:[^<>\s&]|&(?!lt;/|gt;))(?:[^<>\n&]|&(?!lt;/|gt;(?:<|\Z))){1,200}+)" + follows,
            accept,
            kinds=_ALL,
            before=r"(?:<|&lt;)(?:[\w.-]{1,30}:)?[\w.-]{0,40}",
        )
        for follows, accept in ((r"(?!<(?!br\b)[a-z])", unusual), (r"(?=<[a-z])", dense))
    ),
    _beside(
        r"(?![a-z])\\?[\"'](?:\s{1,4}[\w:.-]{1,40}=\\?[\"'][^\"'\n]{0,100}[\"']){0,4}"
        r"\s{1,4}value=\\?[\"'](?P<s>[^\"'\n]{1,200})",
        unusual,
        kinds=_ALL,
    ),
    _beside(
        r"(?![a-z])[\"'](?:\s[^<>\n]{0,100})?(?<!/)>\s{0,4}(?:<value>)?(?P<s>[^<>\s][^<>\n]{1,200})",
        unusual,
        kinds=_ALL,
        before=r"<[^<>\n]{1,60}[\"'][\w.:-]{0,60}",
    ),
    _beside(
        r"(?![a-z])\s{0,3}:?\s{0,3}</(?:td|th|b|strong|dt|label|span|em|p|div|key|name|li)>:?\s{0,4}(?:<[^<>\n]{1,100}>\s{0,4}){0,4}"
        r"(?P<s>[^<>\s:][^<>\n]{1,200})",
        looks_secret,
        kinds=_ALL,
    ),
    _beside(
        r"(?![a-z])\\?[\"']\s{0,4},?\s{0,4}(?:\\?[\"']\w{1,20}\\?[\"']\s{0,3}:\s{0,3}\w{1,10},\s{0,4})?"
        r"\\?[\"']?value\\?[\"']?\s{0,3}[:=]\s{0,3}\\?[\"'](?P<s>[^\"'\n\\]{1,200})",
        unusual,
        kinds=_ALL,
        before=r"(?:name|key|variable)\\?[\"']?\s{0,3}[:=]\s{0,3}\\?[\"'][\w.:-]{0,60}",
    ),
    _beside(
        SUFFIX + f"[*_`]{{0,3}}(?:{ASIDE})?:?\\s{{0,40}}\\|\\s{{0,20}}"
        r"(?P<s>[^|\n\s][^|\n]{0,100}?)\s{0,40}(?:\||\Z)",
        looks_secret,
        kinds=_ALL,
        before=r"\|\s{0,20}[*_`]{0,3}(?:[\w./-]{1,20} ){0,2}",
    ),
)
_WAYS: Final[Mapping[Kind, tuple[Beside, ...]]] = {
    kind: tuple(way for way in (*_SENTENCES, *_MARKUP) if kind in way.kinds) for kind in ("password", "key", "number")
}

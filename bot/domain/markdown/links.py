"""Web addresses that stand bare in a text."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_URL: Final = re.compile(r"(?<![\w/])https?://[^\s<>\"`|\\^{}\u2e80-\uffef]+", re.IGNORECASE)
"""Scripts that set no spaces end an address: the sentence goes on right behind it."""
_AFTER: Final = ".,;:!?'*_~…»”’"
_PAIRS: Final = {")": "(", "]": "["}


class Stretch(NamedTuple):
    """A stretch of text, and whether it is an address."""

    text: str
    is_url: bool


def stretches(text: str) -> Iterator[Stretch]:
    """Cut a text into addresses and what stands between them. Punctuation behind an address is not part of it."""
    at = 0
    for found in _URL.finditer(text):
        url = _trimmed(found[0])
        if not url.partition("://")[2].strip("/"):
            continue
        if found.start() > at:
            yield Stretch(text[at : found.start()], is_url=False)
        yield Stretch(url, is_url=True)
        at = found.start() + len(url)
    if at < len(text):
        yield Stretch(text[at:], is_url=False)


def _trimmed(url: str) -> str:
    while True:
        last = url[-1:]
        if (last in _AFTER and last) or (last in _PAIRS and url.count(last) > url.count(_PAIRS[last])):
            url = url[:-1]
        else:
            return url

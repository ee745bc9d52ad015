"""Telling from the first words of a session whether it is to be guided."""

import re
from typing import Final

_FLAG: Final = re.compile(r"\A\s*(?:--|[–—])guided(?=\s|\Z)\s*", re.IGNORECASE)


def wished(text: str) -> tuple[bool, str]:
    """Tell whether a problem is to be solved step by step, and return it without the word that says so.

    Some keyboards make a long dash of the two hyphens.
    """
    flag = _FLAG.match(text)
    return (True, text[flag.end() :]) if flag is not None else (False, text)

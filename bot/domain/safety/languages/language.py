"""What is to know about a language to find secrets in its sentences."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """Patterns, in lower case, of the words of one language. `ordinary` and `endings` are plain text."""

    stems: tuple[str, ...]
    """Letters, without pattern, of which every name of a secret has some."""
    passwords: tuple[str, ...]
    """Names of a secret that may be a plain word."""
    keys: tuple[str, ...]
    """Names of a secret that has digits or symbols in it."""
    numbers: tuple[str, ...]
    """Names of a secret that is a short number."""
    recovery: tuple[str, ...]
    """Names of a list of codes that let somebody in without their second factor."""
    equals: tuple[str, ...]
    """Verbs between the name of a secret and the secret."""
    names: tuple[str, ...]
    """Those of them behind which a plain word can only be the secret."""
    adverbs: tuple[str, ...]
    """What may stand behind such a verb."""
    about: tuple[str, ...]
    """Prepositions between the name of a secret and what it is for."""
    change: tuple[str, ...]
    """Verbs that give a secret a new value; they stand before it, and `into` between."""
    changed: tuple[str, ...]
    """Verbs that do so at the end of a clause."""
    into: tuple[str, ...]
    role: tuple[str, ...]
    """What stands between a secret and its name, as in "Summer24 as the password"."""
    beside: tuple[str, ...]
    """Words that make it likely that the word after the name of a secret is the secret."""
    entering: tuple[str, ...]
    """Verbs of somebody who gets in with something."""
    accounts: tuple[str, ...]
    """Names of a pair of user and password."""
    asks: tuple[str, ...]
    """How a question begins that asks for a thing."""
    asks_for: tuple[str, ...]
    """Verbs that ask somebody to hand a thing over."""
    otherwise: tuple[str, ...]
    """Words in a question that ask for something else than the secret that they name."""
    negations: tuple[str, ...]
    """Words that turn such a question around."""
    leads: tuple[str, ...]
    """How an answer begins before the thing that was asked for."""
    evades: tuple[str, ...]
    """How an answer begins that does not name the thing."""
    ordinary: frozenset[str]
    """Words that are no secret wherever they stand."""
    endings: tuple[str, ...]
    """How words end that are no secret."""

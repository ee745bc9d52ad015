"""How the promises look at the evidence."""

from collections import Counter
from collections.abc import Iterable

from tests.integration.chaos.evidence import Seen, WitnessedEvidence


def by_key(evidence: WitnessedEvidence) -> dict[str, Seen]:
    """Return the messages by their keys."""
    return {message.key: message for message in evidence.messages}


def parts_of(shown: dict[str, Seen], key: str) -> list[Seen]:
    """List the messages of a text that rolled over."""
    parts = [shown[key]] if key in shown else []
    while parts and (more := shown.get(f"{key}:{len(parts)}")) is not None:
        parts.append(more)
    return parts


def whole(shown: dict[str, Seen], key: str) -> str:
    """Join the parts of a text that rolled over."""
    return "".join(part.body for part in parts_of(shown, key))


def squeezed(text: str) -> str:
    """Leave letters and digits: what makes a mention inert, or a list a list, is another test's matter."""
    return "".join(filter(str.isalnum, text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")))


def difference(shown: Iterable[str], due: Iterable[str]) -> str:
    """Say in a few words what is shown instead of what."""
    have, want = Counter(shown), Counter(due)
    return f"{list((have - want).elements())[:3]} instead of {list((want - have).elements())[:3]}"

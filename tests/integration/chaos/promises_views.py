"""What is promised of cards, lanes and App Home: they show what is stored."""

from collections.abc import Iterator

from tests.integration.chaos.evidence import WitnessedEvidence
from tests.integration.chaos.looking import by_key, difference


def cards_show_the_status(evidence: WitnessedEvidence) -> Iterator[str]:
    """Each session has its card, and it shows how the session stands."""
    shown = by_key(evidence)
    for session in evidence.sessions:
        card = shown.get(f"card:{session.id}")
        if card is None or session.thread is None:
            yield f"{session.id} has no card, or does not know its thread"
        elif card.gist != session.card:
            yield f"the card of {session.id} shows {difference(card.gist, session.card)}"


def lanes_show_the_tasks(evidence: WitnessedEvidence) -> Iterator[str]:
    """A thread has one lane or none, as stored, and it stands below the reply it came with."""
    shown = by_key(evidence)
    for session in evidence.sessions:
        lane = shown.get(f"lane:{session.id}")
        if lane is None or session.lane is None:
            if lane is not None or session.lane is not None:
                yield f"the lane of {session.id} is {'there' if lane else 'missing'}"
            continue
        if lane.gist != session.lane:
            yield f"the lane of {session.id} shows {difference(lane.gist, session.lane)}"
        if lane.thread != session.thread:
            yield f"the lane of {session.id} is in another thread"


def lanes_stand_last(evidence: WitnessedEvidence) -> Iterator[str]:
    """No reply that brought a lane stands below it: a lane comes anew, at the bottom, with the reply it is of."""
    shown = by_key(evidence)
    for session in evidence.sessions:
        lane = shown.get(f"lane:{session.id}")
        replies = [shown.get(f"reply:{turn.id}") for turn in session.turns if turn.lane]
        if lane is not None and any(reply is not None and reply.ts > lane.ts for reply in replies):
            yield f"the lane of {session.id} stands above a reply"


def homes_show_the_newest(evidence: WitnessedEvidence) -> Iterator[str]:
    """App Home shows what is stored."""
    for home in evidence.homes:
        if home.shown != home.due:
            yield f"App Home of {home.user} shows {difference(home.shown, home.due)}"


def nobody_is_pinged(evidence: WitnessedEvidence) -> Iterator[str]:
    """No message mentions anybody that it does not mean to."""
    for message in evidence.messages:
        if unmeant := set(message.pings) - evidence.allowed_pings:
            yield f"{message.key} mentions {', '.join(sorted(unmeant))}"

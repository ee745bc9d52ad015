"""What is promised of the steps of guided sessions, and of ratings."""

from collections.abc import Iterator

from tests.integration.chaos.evidence import StoredTurn, WitnessedEvidence


def steps_are_kept(evidence: WitnessedEvidence) -> Iterator[str]:
    """A step that was answered is not open any more, and the assistant was told of each that counts."""
    answered = set(evidence.answered)
    for session in evidence.sessions:
        told = {_words(turn.text) for turn in session.turns if _tells_a_step(turn)}
        for step in session.steps:
            if step.open and (session.id, step.id) in answered:
                yield f"in {session.id} {step.told!r} was answered and is open"
            if not step.open and not step.by_message and _words(step.told) not in told:
                yield f"in {session.id} the assistant was never told of {step.told!r}"


def steps_are_counted(evidence: WitnessedEvidence) -> Iterator[str]:
    """The assistant is told of no more answers to steps than people gave."""
    told = {session.id: sum(map(_tells_a_step, session.turns)) for session in evidence.sessions}
    for session, times in told.items():
        counted = evidence.steps.get(session)
        if times and (counted is None or not counted.allows(times)):
            yield f"{times} times a step was answered in {session}, for {counted}"


def ratings_are_kept(evidence: WitnessedEvidence) -> Iterator[str]:
    """What somebody thinks of a message is what they clicked last."""
    for (about, user), rated in evidence.rated.items():
        stored = evidence.ratings.get((about, user))
        if stored not in rated.allowed:
            yield f"{user} rated {about} as {stored}, for {rated}"
    for about, user in set(evidence.ratings) - set(evidence.rated):
        yield f"{user} never rated {about}"


def _tells_a_step(turn: StoredTurn) -> bool:
    return not turn.assistant and turn.source is None and turn.text.startswith(("Step ", "Correction of step "))


def _words(told: str) -> str:
    """Take a step's text and answer without its number: one that is taken back changes those of the later ones."""
    return told.partition(": ")[2]

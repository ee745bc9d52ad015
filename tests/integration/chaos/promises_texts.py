"""What is promised of replies and ticket notes, wherever they are shown."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from tests.integration.chaos.evidence import Posting, WitnessedEvidence
from tests.integration.chaos.looking import by_key, parts_of, squeezed, whole


def nothing_is_doubled(evidence: WitnessedEvidence) -> Iterator[str]:
    """Every message of the app has an id of its own, and is there once.

    What it tells one person alone, at the top of their direct messages, has none.
    """
    told = [m for m in evidence.messages if not m.key and m.channel.startswith("D") and m.thread == m.ts]
    for key, times in Counter(message.key for message in evidence.messages if message not in told).items():
        if not key:
            yield f"{times} messages have no id"
        elif times > 1:
            yield f"{key} is there {times} times"


def nothing_waits(evidence: WitnessedEvidence) -> Iterator[str]:
    """No placeholder, no half text and no Stop is left."""
    for message in evidence.messages:
        if message.waiting or not message.final:
            yield f"{message.key} still waits: {message.body[:60]!r}"


def every_reply_is_shown(evidence: WitnessedEvidence) -> Iterator[str]:
    """Each turn of the assistant has its message, in the order of the turns, and no message is of no turn."""
    shown = by_key(evidence)
    turns = {f"reply:{turn.id}" for session in evidence.sessions for turn in session.turns if turn.assistant}
    for key in shown:
        if key.startswith("reply:") and ":".join(key.split(":")[:2]) not in turns:
            yield f"{key} belongs to no turn"
    for session in evidence.sessions:
        before = ""
        for turn in (turn for turn in session.turns if turn.assistant):
            message = shown.get(f"reply:{turn.id}")
            if message is None:
                yield f"turn {turn.seq} of {session.id} ({turn.state}) is not shown"
                continue
            if message.ts < before:
                yield f"turn {turn.seq} of {session.id} stands above the one before it"
            before = message.ts
            if turn.state == "writing":
                yield f"turn {turn.seq} of {session.id} is still being written"
            if turn.state == "done" and squeezed(turn.text) != squeezed(whole(shown, message.key)):
                yield f"turn {turn.seq} of {session.id} shows something else than is stored"


def notes_are_final(evidence: WitnessedEvidence) -> Iterator[str]:
    """A resolved session has one notes message, and it says what is stored."""
    shown = by_key(evidence)
    for session in evidence.sessions:
        message = shown.get(f"notes:{session.id}")
        if session.status == "resolved" and session.notes_state is None:
            yield f"{session.id} is resolved and has no notes"
        if session.notes_state is None:
            continue
        if session.notes_state != "final" and session.status == "resolved":
            yield f"the notes of {session.id} are {session.notes_state}"
        if message is None:
            if session.notes_state != "waiting" or session.status == "resolved":  # else they were never begun
                yield f"the notes of {session.id} are not shown"
        elif session.notes_state == "final" and squeezed(session.notes_text) != squeezed(whole(shown, message.key)):
            yield f"the notes of {session.id} show something else than is stored"


def last_words_stay(evidence: WitnessedEvidence) -> Iterator[str]:
    """After its last word a text changes only when a person has it written anew."""
    for key, looks in evidence.histories.items():
        final, asked = False, 0
        for look in looks:
            if look.asked:
                asked += 1
            elif look.reopened:
                final = False
            elif final and not look.final:
                final, asked = False, asked - 1
                if asked < 0:
                    yield f"{key} went back behind its last word (entry {look.number})"
                    break
            else:
                final = look.final


def failures_are_told(evidence: WitnessedEvidence) -> Iterator[str]:
    """A reply that failed says why, in the words that are stored, below what there is of it."""
    shown = by_key(evidence)
    for session in evidence.sessions:
        for turn in session.turns:
            message = shown.get(f"reply:{turn.id}")
            if turn.state != "failed" or message is None:
                continue
            parts = parts_of(shown, message.key)
            if squeezed(turn.text) != squeezed("".join(part.body for part in parts)):
                yield f"turn {turn.seq} of {session.id} failed and shows something else than is stored"
            if turn.failure and not any(turn.failure in told for told in parts[-1].gist):
                yield f"turn {turn.seq} of {session.id} does not say: {turn.failure}"


def stops_hold(evidence: WitnessedEvidence) -> Iterator[str]:
    """Notes that a person stopped while they were written stay stopped, and only those."""
    shown, stops = by_key(evidence), {stop.session for stop in evidence.stops}
    for session in evidence.sessions:
        if session.notes_stopped and session.id not in stops:
            yield f"the notes of {session.id} were stopped by nobody"
        told = "Stopped by" in str([part.gist for part in parts_of(shown, f"notes:{session.id}")])
        if session.notes_state == "final" and session.notes_text and told != session.notes_stopped:
            yield f"the notes of {session.id} {'say' if told else 'do not say'} that they were stopped"
    stopped = {session.id for session in evidence.sessions if session.notes_stopped}
    for stop in evidence.stops:
        if stop.accepted is not None and stop.session not in stopped:
            looks = evidence.histories.get(f"notes:{stop.session}", ())
            after = [look for look in looks if look.number > stop.accepted]
            written = sum(not (look.final or look.reopened) for look in after)
            # One edit may be on its way when notes are complete, and nothing is left to stop.
            if written > 1 and not any(look.asked for look in after):
                yield f"the notes of {stop.session} were stopped, and written on"


SIGNED: Final = "\n\n---\n\n_"
"""What stands between notes and the line on how they came about."""


def copies_are_whole(evidence: WitnessedEvidence) -> Iterator[str]:
    """What a person copies is what the message with the notes shows, and how the notes came about."""
    for copied in evidence.copies:
        if squeezed(copied.text.split(SIGNED)[0]) not in map(squeezed, copied.shown):
            yield f"of the notes of {copied.session} {copied.text[-60:]!r} was copied"


def posts_are_made(evidence: WitnessedEvidence) -> Iterator[str]:
    """Notes are in the team's channel when they were posted there, and only then."""
    shown = by_key(evidence)
    posted = {key.split(":")[1]: message for key, message in shown.items() if key.startswith("post:")}
    for session in evidence.sessions:
        message, posting = posted.get(session.id), evidence.posts.get(session.id, Posting())
        asked = posting.begun is not None or (session.status == "resolved" and session.team is not None)
        if message is None and asked and session.notes_text and session.notes_state == "final":
            yield f"the notes of {session.id} were not posted"
        if message is not None and not asked and not posting.unsure:
            yield f"nobody posted the notes of {session.id}"
        if message is not None and message.key != f"post:{session.id}:{message.channel}":
            yield f"{message.key} is in {message.channel}"


def posts_show_the_newest(evidence: WitnessedEvidence) -> Iterator[str]:
    """What was posted after the notes' last word, or is posted by itself, shows the notes as they are."""
    for message in evidence.messages:
        if not message.key.startswith("post:"):
            continue
        session = next((one for one in evidence.sessions if one.id == message.key.split(":")[1]), None)
        if session is None or session.notes_state != "final" or not session.notes_text:
            continue
        looks = [look.number for look in evidence.histories.get(f"notes:{session.id}", ()) if not look.asked]
        begun = evidence.posts.get(session.id, Posting()).begun
        newest = begun is not None and begun >= max(looks, default=0)
        by_itself = session.status == "resolved" and session.team == message.channel
        if (newest or by_itself) and squeezed(message.body) != squeezed(session.notes_text):
            yield f"{message.key} shows other notes than are stored: {message.body[-60:]!r}"

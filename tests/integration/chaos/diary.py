"""What people did, and what of it the app acknowledged: the other side of the evidence."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bot.sandbox import Ack, Message
from tests.integration.chaos.evidence import Copied, Counted, Draft, Posting, Rated, Said, StreamStop
from tests.integration.chaos.witness import Witness

K = TypeVar("K")


@dataclass(slots=True)
class Tally:
    """How often something was asked for: acknowledged, and not."""

    accepted: int = 0
    unsure: int = 0

    def note(self, ack: Ack) -> None:
        """Count one answer to it."""
        if ack.ok:
            self.accepted += 1
        else:
            self.unsure += 1


@dataclass(slots=True)
class Posts:
    """How often a session's notes were posted to the team."""

    begun: int | None = None
    """The record's number when the last one that was acknowledged was asked for."""
    unsure: int = 0


@dataclass(slots=True)
class Diary:
    """Everything that is held against the app in the end."""

    said: list[Message] = field(default_factory=list)
    changed: dict[str, str] = field(default_factory=dict)
    """What people have changed their messages to, by ts. A message is changed once, and empty when it was deleted."""
    starts: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    mentions: dict[str, Message] = field(default_factory=dict)
    """Messages that were to start a session, by the problem's text."""
    sends: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    steps: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    """How often the steps of each guided session were answered."""
    answered: set[tuple[str, str]] = field(default_factory=set)
    ratings: dict[tuple[str, str], Rated] = field(default_factory=dict)
    conclusions: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    drafts: dict[tuple[str, str], Draft] = field(default_factory=dict)
    owners: dict[str, list[tuple[str, bool]]] = field(default_factory=lambda: defaultdict(list))
    """Who began each session and who took it over, by user id, and whether that was acknowledged."""
    posts: dict[str, Posts] = field(default_factory=lambda: defaultdict(Posts))
    stops: list[StreamStop] = field(default_factory=list)
    copies: list[Copied] = field(default_factory=list)
    did: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """How often people did each kind of thing."""

    def typed(self, session: str, task: str, text: str, ack: Ack | None) -> None:
        """Keep what is being typed into a task."""
        before = self.drafts.get((session, task))
        unsure = before.unsure if before is not None else ()
        if ack is not None and ack.ok:
            self.drafts[session, task] = Draft(session=session, task=task, accepted=text, unsure=unsure)
        elif before is not None:
            self.drafts[session, task] = replace(before, unsure=(*unsure, text))

    def rated(self, about: str, user: str, *, helpful: bool, stored: bool) -> None:
        """Keep what a person has clicked below a message."""
        before = self.ratings.get((about, user), Rated())
        after = Rated(thanked=helpful) if stored else replace(before, unsure=(*before.unsure, helpful))
        self.ratings[about, user] = after

    def spoken(self, witness: Witness) -> list[Said]:
        """Return what was said into threads, and when it was acknowledged."""
        return [
            Said(
                channel=message.channel.id,
                ts=message.ts,
                text=message.text,
                written=witness.said[message.ts],
                accepted=witness.acked.get(("message", message.ts)),
                now=self.changed.get(message.ts) if message.ts in witness.changed else None,
            )
            for message in self.said
        ]

    def posted(self) -> dict[str, Posting]:
        """Return what was posted to the team's channel, by session."""
        return {key: Posting(begun=posts.begun, unsure=posts.unsure) for key, posts in self.posts.items()}

    def started(self, witness: Witness) -> dict[str, Counted]:
        """Return how often each session was asked for, by command and by mention."""
        asked = counted(self.starts)
        for problem, message in self.mentions.items():
            kind = "message" if message.channel.kind == "im" else "app_mention"
            ok = (kind, message.ts) in witness.acked
            asked[problem] = Counted(accepted=int(ok), unsure=int(not ok))
        return asked


def counted(tallies: Mapping[str, Tally]) -> dict[str, Counted]:
    """Freeze some tallies."""
    return {key: Counted(accepted=tally.accepted, unsure=tally.unsure) for key, tally in tallies.items()}

"""Names for the identifiers that travel through the app, so that the type checker keeps them apart."""

from dataclasses import dataclass
from typing import NewType

TeamId = NewType("TeamId", str)
UserId = NewType("UserId", str)
ChannelId = NewType("ChannelId", str)
MessageTs = NewType("MessageTs", str)
SessionId = NewType("SessionId", str)
TurnId = NewType("TurnId", str)
TaskId = NewType("TaskId", str)
MessageId = NewType("MessageId", str)
"""Names a message of the assistant's within its session: a reply, or one writing of the notes."""
EvidenceId = NewType("EvidenceId", str)
DeliveryId = NewType("DeliveryId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """The workspace on whose behalf something happens. Every query is filtered by it."""

    team: TeamId


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in Slack a message belongs: a channel and, unless it starts a thread, the thread's root."""

    channel: ChannelId
    thread: MessageTs | None = None

"""Who may do what: one table. Doubt about a person's rights is a no."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain.ids import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What the workspace says about a person."""

    user: UserId
    name: str = ""
    email: str = ""
    admin: bool = False
    guest: bool = False
    stranger: bool = False
    """Whether they belong to another organisation, and are here through Slack Connect."""
    deactivated: bool = False
    bot: bool = False
    unknown: bool = False
    """Whether Slack knows nobody of this id."""


class Role(StrEnum):
    """What a person is in a workspace and in a session. Most people have several roles."""

    OWNER = "owner"
    """They own the session."""
    ENGINEER = "engineer"
    """They are in a user group that may conclude. Without such groups every full member is."""
    ADMIN = "admin"
    MEMBER = "member"
    """They are a full member of this workspace."""
    GUEST = "guest"
    STRANGER = "stranger"
    NOBODY = "nobody"
    """They are deactivated or unknown in this workspace."""
    APP = "app"
    """They are no person."""


class Verb(StrEnum):
    """What a person may want to do."""

    TALK = "talk"
    """Say something in a thread, and start a session with it. What apps say is not even read as a message."""
    WORK = "work"
    """Fold, answer, skip, assign and send the tasks of a session: for its owner that is talking, too."""
    SWITCH = "switch"
    """Say which messages of a session are answered."""
    CATCH_UP = "catch_up"
    """Be told what a session is about, what was tried and what is open."""
    SEE_TEAM = "see_team"
    """See the open sessions of colleagues in App Home."""
    RATE = "rate"
    """Say whether a reply or the ticket notes helped."""
    CONCLUDE = "conclude"
    RESUME = "resume"
    """Resume or reopen a session, also in a new chat, to go on talking."""
    TAKE_OVER = "take_over"
    WRITE_NOTES = "write_notes"
    """Stop the writing of notes, edit them, or have them written anew."""
    POST = "post"
    PUSH = "push"
    SEARCH = "search"
    """Look for resolved sessions, of oneself and of others."""
    SETTINGS = "settings"


class Refusal(StrEnum):
    """Why a person may not do what they asked for."""

    NOBODY = "nobody"
    STRANGER = "stranger"
    GUEST = "guest"
    NOT_OWNER = "not_owner"
    NOT_ENGINEER = "not_engineer"
    NOT_ADMIN = "not_admin"


_PEOPLE: Final = frozenset(Role) - {Role.APP}
_OWNER: Final = frozenset({Role.OWNER})
_FULL_OWNER: Final = frozenset({Role.OWNER, Role.MEMBER})

MAY: Final[Mapping[Verb, Collection[frozenset[Role]]]] = {
    Verb.TALK: [frozenset({role}) for role in _PEOPLE],
    Verb.WORK: [_OWNER, frozenset({Role.MEMBER})],
    Verb.SWITCH: [_OWNER],
    Verb.CATCH_UP: [_OWNER, frozenset({Role.MEMBER})],
    Verb.SEE_TEAM: [frozenset({Role.ENGINEER}), frozenset({Role.ADMIN})],
    Verb.RATE: [frozenset({Role.MEMBER})],
    Verb.CONCLUDE: [frozenset({Role.OWNER, Role.ENGINEER}), frozenset({Role.ADMIN})],
    Verb.RESUME: [_OWNER],
    Verb.TAKE_OVER: [frozenset({Role.ENGINEER}), frozenset({Role.ADMIN})],
    Verb.WRITE_NOTES: [_FULL_OWNER],
    Verb.POST: [frozenset({Role.MEMBER})],
    Verb.PUSH: [_FULL_OWNER, frozenset({Role.ENGINEER}), frozenset({Role.ADMIN})],
    Verb.SEARCH: [frozenset({Role.MEMBER})],
    Verb.SETTINGS: [frozenset({Role.ADMIN})],
}
"""For each verb, the sets of roles of which one is enough."""


def roles(
    member: Member, *, owner: UserId | None = None, engineers: Collection[UserId] | None = None
) -> frozenset[Role]:
    """Name the roles of a person.

    `owner` is who owns the session in question. `engineers` are the members of the user groups that may conclude, and
    None where every full member may.
    """
    if member.bot:
        return frozenset({Role.APP})
    if member.deactivated or member.unknown:
        return frozenset({Role.NOBODY})
    mine = {Role.OWNER} if member.user == owner else set()
    if member.stranger:
        return frozenset({*mine, Role.STRANGER})
    if member.guest:
        return frozenset({*mine, Role.GUEST})
    mine.add(Role.MEMBER)
    if engineers is None or member.user in engineers:
        mine.add(Role.ENGINEER)
    if member.admin:
        mine.add(Role.ADMIN)
    return frozenset(mine)


def refusal(verb: Verb, mine: frozenset[Role]) -> Refusal | None:
    """Say why roles do not allow a verb. It is None when they do."""
    if any(enough <= mine for enough in MAY[verb]):
        return None
    if mine & {Role.NOBODY, Role.APP}:
        return Refusal.NOBODY
    if Role.STRANGER in mine and verb is not Verb.WORK:
        return Refusal.STRANGER
    if Role.GUEST in mine and verb is not Verb.WORK:
        return Refusal.GUEST
    if verb is Verb.SETTINGS:
        return Refusal.NOT_ADMIN
    if Role.OWNER not in mine and any(Role.OWNER in enough for enough in MAY[verb]):
        return Refusal.NOT_OWNER
    return Refusal.NOT_ENGINEER

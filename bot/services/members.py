"""What the workspace says about people and user groups, and what that allows them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Generic, TypeVar

import structlog

from bot import errors
from bot.domain.ids import ChannelId, Tenant, UserId
from bot.domain.incoming import Incoming
from bot.domain.rights import Member, Refusal, Verb, refusal, roles
from bot.domain.sessions import Session
from bot.errors import FaultKind
from bot.slack.web.client import SlackClients

PATIENCE: Final = 1.0
"""Seconds for which a person waits for a lookup. Slack gives up on an answer after three."""
_FRESH: Final = 300.0
"""Seconds after which something is looked up again, while what was known goes on counting."""
_STALE: Final = 900.0
"""Seconds after which nothing that was known counts any more."""
_MOST: Final = 5_000

T = TypeVar("T")
_ERRORS: Final[dict[Refusal, type[errors.Refused]]] = {
    Refusal.NOBODY: errors.NobodyRefused,
    Refusal.STRANGER: errors.StrangerRefused,
    Refusal.GUEST: errors.GuestRefused,
    Refusal.NOT_OWNER: errors.NotTheOwner,
    Refusal.NOT_ENGINEER: errors.NotAnEngineer,
    Refusal.NOT_ADMIN: errors.AdminsOnly,
}


def refuse(reason: Refusal | None) -> None:
    """Raise what a refusal means to the person."""
    if reason is not None:
        raise _ERRORS[reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a person is in a workspace."""

    member: Member
    engineers: frozenset[UserId] | None
    """The members of the user groups that may conclude. It is None when every full member may."""

    def check(self, verb: Verb, session: Session | None = None) -> None:
        """Raise what says why the person may not do something."""
        refuse(self._refusal(verb, session))

    def may(self, verb: Verb, session: Session) -> bool:
        """Tell whether the person may do something."""
        return self._refusal(verb, session) is None

    def _refusal(self, verb: Verb, session: Session | None) -> Refusal | None:
        owner = session.owner if session is not None else None
        return refusal(verb, roles(self.member, owner=owner, engineers=self.engineers))


class Lookups(Generic[T]):
    """Answers of Slack's that are remembered, renewed beside, and waited for only so long."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._answers: dict[str, tuple[float, T]] = {}
        self._under_way: dict[str, asyncio.Task[T]] = {}

    async def get(self, key: str, ask: Callable[[], Awaitable[T]], patience: float | None = PATIENCE) -> T:
        """Return an answer. Raises `PersonUnknown` when Slack gives none just now, and a fault that stays as it is."""
        at, answer = self._answers.get(key, (float("-inf"), None))
        age = self._clock() - at
        if answer is not None and 0 <= age < _FRESH:
            return answer
        asking = self._under_way.get(key) or self._ask(key, ask)
        if answer is not None and 0 <= age < _STALE:
            return answer
        try:
            async with asyncio.timeout(patience):
                return await asyncio.shield(asking)
        except (TimeoutError, errors.SlackFault) as fault:
            structlog.get_logger(__name__).warning("lookup failed", error=getattr(fault, "error", "timeout"))
            if isinstance(fault, errors.SlackFault) and fault.kind is not FaultKind.TRANSIENT:
                raise
            raise errors.PersonUnknown from fault

    async def close(self) -> None:
        """Ask nothing any more."""
        asking = set(self._under_way.values())
        for task in asking:
            task.cancel()
        if asking:
            await asyncio.wait(asking)

    def _ask(self, key: str, ask: Callable[[], Awaitable[T]]) -> "asyncio.Task[T]":
        async def answered() -> T:
            answer = await ask()
            if len(self._answers) >= _MOST:
                self._answers.clear()
            self._answers[key] = (self._clock(), answer)
            return answer

        task = self._under_way[key] = asyncio.create_task(answered(), name="lookup")
        task.add_done_callback(lambda done: self._done(key, done))
        return task

    def _done(self, key: str, task: "asyncio.Task[T]") -> None:
        self._under_way.pop(key, None)
        if not task.cancelled():
            task.exception()  # whoever waits hears of it, and a renewal is tried again


class Members:
    """Looks people and user groups up. Both change rarely, and a click must not wait for either."""

    def __init__(self, slack: SlackClients, engineers: Sequence[str], clock: Callable[[], float]) -> None:
        self._slack = slack
        self._groups = tuple(engineers)
        self._people: Lookups[Member] = Lookups(clock)
        self._engineers: Lookups[frozenset[UserId]] = Lookups(clock)
        self._channels: Lookups[frozenset[ChannelId]] = Lookups(clock)

    async def get(self, tenant: Tenant, user: UserId, patience: float | None = PATIENCE) -> Member:
        """Return a person. Raises `PersonUnknown` when Slack does not say just now who it is."""
        return await self._people.get(f"{tenant.team}:{user}", partial(self._slack.of(tenant).member, user), patience)

    async def person(self, incoming: Incoming) -> Standing:
        """Return what a person is here, for what needs no engineer.

        Raises `PersonUnknown` when Slack does not say so in time, and a fault when it never will.
        """
        member = await self.get(incoming.tenant, incoming.user)
        return Standing(member=member, engineers=frozenset())

    async def channels(
        self, tenant: Tenant, user: UserId, verb: Verb, patience: float | None = PATIENCE
    ) -> frozenset[ChannelId]:
        """Return the channels that a person is in, who may do something with others' sessions there.

        Raises what says why they may not, and `PersonUnknown` or a fault when Slack does not say so in time.
        """
        member, engineers = await asyncio.gather(self.get(tenant, user, patience), self._engineers_of(tenant, patience))
        Standing(member=member, engineers=engineers).check(verb)
        ask = partial(self._slack.of(tenant).channels_of, user)
        return await self._channels.get(f"{tenant.team}:{user}", ask, patience)

    async def admin(self, tenant: Tenant, user: UserId) -> bool:
        """Tell whether a person is an admin of this workspace. One who cannot be looked up is none."""
        try:
            return refusal(Verb.SETTINGS, roles(await self.get(tenant, user))) is None
        except (errors.PersonUnknown, errors.SlackFault):
            return False

    async def standing(self, incoming: Incoming, patience: float | None = PATIENCE) -> Standing:
        """Return what a person is here.

        Raises `PersonUnknown` when Slack does not say so within `patience` seconds, and a fault when it never will.
        """
        member, engineers = await asyncio.gather(
            self.get(incoming.tenant, incoming.user, patience), self._engineers_of(incoming.tenant, patience)
        )
        return Standing(member=member, engineers=engineers)

    async def close(self) -> None:
        """Ask nothing any more."""
        await self._people.close()
        await self._channels.close()
        await self._engineers.close()

    async def _engineers_of(self, tenant: Tenant, patience: float | None) -> frozenset[UserId] | None:
        """Return the members of the user groups that may conclude. It is None when every full member may."""
        if not self._groups:
            return None
        ask = partial(self._slack.of(tenant).group_members, self._groups)
        try:
            return await self._engineers.get(tenant.team, ask, patience)
        except errors.PersonUnknown as unknown:
            raise errors.GroupUnknown from unknown
        except errors.SlackFault as fault:
            raise errors.GroupGone(fault.error) from fault

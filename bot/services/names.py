"""What people say, with the names of those whom it mentions."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from bot import errors
from bot.domain import safety
from bot.domain.content import Mention, MentionKind, MessageContent
from bot.domain.ids import ChannelId, Tenant, UserId
from bot.domain.incoming import Opening
from bot.services.members import PATIENCE, Lookups, Members
from bot.slack import content
from bot.slack.web.client import SlackClients

_GROUPS: Final = "groups"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a message says."""

    text: str
    """All of it, with what is quoted in it. Of a message that holds nothing but files it says which."""
    own: str
    """The author's own words."""
    to_colleague: bool = False
    """Whether they begin with the mention of somebody."""


class Names:
    """Looks up how people, channels and groups are called. Nobody waits long for a name."""

    def __init__(self, slack: SlackClients, members: Members, clock: Callable[[], float]) -> None:
        self._slack = slack
        self._members = members
        self._channels: Lookups[str] = Lookups(clock)
        self._groups: Lookups[Mapping[str, str]] = Lookups(clock)

    async def words(self, opening: Opening) -> Words:
        """Return what a command or a message says."""
        return await self.said(opening.tenant, opening.content)

    async def said(self, tenant: Tenant, said: MessageContent) -> Words:
        """Return what a message says, with the names of those whom it mentions as far as they are known in time."""
        names = await self._names(tenant, said)
        own = content.spoken(said, names)
        text = content.render(said, names)
        if safety.blank(text):
            text = content.sharing(said)
        return Words(text=text, own=own, to_colleague=content.begins_with_mention(said))

    async def person(self, tenant: Tenant, user: UserId) -> str:
        """Return the name of a person, and nothing when Slack does not say it."""
        with suppress(errors.PersonUnknown):
            return (await self._members.get(tenant, user)).name
        return ""

    async def people(self, tenant: Tenant, users: Iterable[UserId]) -> dict[UserId, str]:
        """Return the names of people, without those that Slack does not say."""
        named = {user: await self.person(tenant, user) for user in users}
        return {user: name for user, name in named.items() if name}

    async def close(self) -> None:
        """Ask nothing any more."""
        await self._channels.close()
        await self._groups.close()

    async def _names(self, tenant: Tenant, said: MessageContent) -> Mapping[str, str]:
        looked_up = await asyncio.gather(*(self._name(tenant, mention) for mention in said.mentions))
        return {mention.id: name for mention, name in zip(said.mentions, looked_up, strict=True) if name}

    async def _name(self, tenant: Tenant, mention: Mention) -> str:
        slack = self._slack.of(tenant)
        with suppress(errors.PersonUnknown):
            if mention.kind is MentionKind.USER:
                return await self.person(tenant, UserId(mention.id))
            if mention.kind is MentionKind.CHANNEL:
                key = f"{tenant.team}:{mention.id}"
                return await self._channels.get(key, lambda: slack.channel_name(ChannelId(mention.id)), PATIENCE)
            groups = await self._groups.get(f"{tenant.team}:{_GROUPS}", slack.group_names, PATIENCE)
            return groups.get(mention.id, "")
        return ""

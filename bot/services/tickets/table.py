"""The admin's table of who is who in the ticket system. What stands in it wins over the look-up by e-mail address."""

import asyncio
from typing import Final

from bot import errors
from bot.domain.ids import UserId
from bot.domain.incoming import Click, Incoming, Submission
from bot.domain.rights import Verb
from bot.domain.tickets import MemberTable, TicketMember
from bot.psa.connected import ConnectedSystem
from bot.psa.faults import TicketSystemFault
from bot.services.members import Members
from bot.services.tickets.connections import PATIENCE, Connections
from bot.services.work import WorkDatabase
from bot.storage import tickets as rows

_NOBODY: Final = "Nobody in the ticket system has that e-mail address."
_INACTIVE: Final = "That account is inactive in the ticket system. Have it activated there, or enter another one."
_LATE: Final = "The ticket system does not answer in time. Press Save once more."


class TicketMembers:
    """Keeps the table of each workspace."""

    def __init__(self, database: WorkDatabase, members: Members, connections: Connections) -> None:
        self._database = database
        self._members = members
        self._connections = connections

    async def table(self, click: Click) -> MemberTable:
        """Return who is known to be who, the admin's own entries first."""
        connected = await self._allowed(click)
        async with self._database.read(click.tenant) as uow:
            known = await rows.members(uow, connected.system.value)
        return MemberTable(system=connected.system.value, rows=known)

    async def forget(self, click: Click) -> MemberTable:
        """Take a person out of the table, so that the e-mail address counts again. Return the table as it is then."""
        connected = await self._allowed(click)
        async with self._database.write(click.tenant) as work:
            if await work.first_time(click):
                await rows.forget_member(work, UserId(click.value), connected.system.value)
        return await self.table(click)

    async def save(self, form: Submission, user: UserId, email: str) -> str:
        """Enter who a person is. Return what is wrong with that, and store nothing then."""
        connected = await self._allowed(form)
        try:
            async with asyncio.timeout(PATIENCE):
                found = await connected.destination.find_member(email.strip())
        except TimeoutError:
            return _LATE
        except TicketSystemFault as fault:
            return fault.user_text
        if found is None or not found.active:
            return _NOBODY if found is None else _INACTIVE
        entry = TicketMember(
            user=user,
            member_id=found.id,
            name=found.name,
            email=found.email,
            role=found.role,
            by_admin=True,
        )
        async with self._database.write(form.tenant) as work:
            if await work.first_time(form):
                await rows.save_member(work, connected.system.value, entry, work.now)
        return ""

    async def _allowed(self, incoming: Incoming) -> ConnectedSystem:
        (await self._members.standing(incoming)).check(Verb.SETTINGS)
        connected = await self._connections.of(incoming.tenant)
        if connected is None:
            raise errors.NoTicketSystem
        return connected

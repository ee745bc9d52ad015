"""Who an engineer is in the ticket system: what an admin or an earlier look-up says, else by e-mail address."""

from dataclasses import dataclass
from typing import Final

from bot.domain.ids import UserId
from bot.domain.jobs import Job
from bot.domain.tickets import TicketMember
from bot.psa.connected import ConnectedSystem
from bot.psa.values import MemberRef
from bot.services.members import Members
from bot.services.work import WorkDatabase
from bot.storage import tickets


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketEngineer:
    """A person as the ticket system knows them."""

    name: str = ""
    member: MemberRef | None = None
    """It is None when nobody there is the person, or an account that may do nothing."""
    inactive: bool = False
    """Whether there is such an account."""


NOBODY: Final = TicketEngineer()


class Engineers:
    """Looks engineers up, and remembers who they are."""

    def __init__(self, database: WorkDatabase, members: Members) -> None:
        self._database = database
        self._members = members

    async def of(self, job: Job, user: UserId, connected: ConnectedSystem) -> TicketEngineer:
        """Return who a person is in a ticket system, which is asked unless that is known."""
        person = await self._members.get(job.tenant, user, patience=None)
        async with self._database.read(job.tenant) as uow:
            known = await tickets.member(uow, user, connected.system.value)
        if person.email and (known is None or not (known.active or known.by_admin)):
            async with connected.turn:
                member = await connected.destination.find_member(person.email)
            if member is not None:
                known = TicketMember(
                    user=user,
                    member_id=member.id,
                    name=member.name,
                    email=member.email,
                    role=member.role,
                    active=member.active,
                )
                async with self._database.write(job.tenant) as work:
                    await tickets.save_member(work, connected.system.value, known, work.now)
        if known is None or not known.active:
            return TicketEngineer(name=person.name, inactive=known is not None)
        member = MemberRef(id=known.member_id, name=known.name, email=known.email, role=known.role)
        return TicketEngineer(name=person.name, member=member)

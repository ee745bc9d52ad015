"""The ticket system of a workspace: an admin sets it, and what works with tickets gets a connection to it."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot import errors
from bot.domain.ids import TeamId, Tenant, UserId
from bot.domain.incoming import Click, Incoming, Submission
from bot.domain.rights import Verb
from bot.domain.tickets import ConnectionForm, FormInput
from bot.psa.choose import INPUTS, InputsRefused, System, account_of, problems_of
from bot.psa.connected import ConnectedSystem, connect
from bot.psa.faults import AccountChanged
from bot.psa.values import TestReport
from bot.services.members import Members
from bot.services.redraws import notes_changed
from bot.services.work import Work, WorkDatabase
from bot.storage import pushes
from bot.storage import tickets as rows
from bot.storage.crypto import SecretKeyUnusable, SecretUnreadable, Vault

PATIENCE: Final = 2.2
"""Seconds for which a person who clicks waits for a ticket system. Slack gives up on an answer after three."""
_KEPT: Final = "Leave it empty to keep what is stored."
_LATE: Final = "The ticket system did not answer in time. Press Test connection once more."


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketAccess:
    """What the configuration says about ticket systems."""

    vault: Vault | None = None
    """It is None while nothing can be kept secret."""
    allow_private: bool = False


class Connections:
    """Keeps one connection for each workspace, as long as no admin changes it."""

    def __init__(self, database: WorkDatabase, members: Members, access: TicketAccess) -> None:
        self._database = database
        self._members = members
        self._access = access
        self._open: dict[TeamId, tuple[int, ConnectedSystem]] = {}
        self._former: list[ConnectedSystem] = []

    async def of(self, tenant: Tenant) -> ConnectedSystem | None:
        """Return the connection of a workspace. It is None when no ticket system is set."""
        async with self._database.read(tenant) as uow:
            stored = await rows.connection(uow)
        if stored is None:
            return None
        revision, kept = self._open.get(tenant.team, (0, None))
        if kept is not None and revision == stored.revision:
            return kept
        if kept is not None:
            self._former.append(kept)  # what is under way over it comes to its end
        fresh = self._connect(System(stored.system), self._unsealed(stored.sealed))
        self._open[tenant.team] = (stored.revision, fresh)
        return fresh

    async def required(self, tenant: Tenant) -> ConnectedSystem:
        """Return the connection of a workspace. Raises `NoTicketSystem` when none is set."""
        connected = await self.of(tenant)
        if connected is None:
            raise errors.NoTicketSystem
        return connected

    async def form(self, click: Click) -> ConnectionForm:
        """Return the form as it is opened: with what is stored, secrets left out."""
        await self._admins_only(click)
        async with self._database.read(click.tenant) as uow:
            stored = await rows.connection(uow)
        return await self._form(click, System(stored.system) if stored else System.WEBHOOK)

    async def chosen(self, click: Click) -> ConnectionForm:
        """Return the form for the system that was just chosen in it."""
        await self._admins_only(click)
        return await self._form(click, _system(click.value))

    async def test(self, click: Click, entered: Mapping[str, str], system: str) -> ConnectionForm:
        """Try what is in the form, and return it with what works and which rights are missing. Nothing is stored."""
        await self._admins_only(click)
        chosen = _system(system)
        return await self._form(click, chosen, await self._tried(click.tenant, chosen, entered))

    async def save(self, form: Submission, entered: Mapping[str, str], system: str) -> Mapping[str, str]:
        """Store what is in the form. Returns a sentence for each wrong input, by its key, and stores nothing then."""
        await self._admins_only(form)
        chosen = _system(system)
        values = await self._complete(form.tenant, chosen, entered)
        if problems := problems_of(chosen, values, allow_private=self._access.allow_private):
            return problems
        async with self._database.write(form.tenant) as work:
            if await work.first_time(form):
                await self._store(work, chosen, values, form.user)
                await work.redraw_home(form.user)
        return {}

    async def preset(self, tenant: Tenant, system: str, values: Mapping[str, str]) -> None:
        """Connect a workspace without asking anybody, as the demo does."""
        async with self._database.write(tenant) as work:
            await self._store(work, _system(system), values, UserId(""))

    async def _store(self, work: Work, system: System, values: Mapping[str, str], user: UserId) -> None:
        former = await rows.connection(work)
        if former is not None and self._account(former) != account_of(system, values):
            await rows.forget_account(work, system.value)
            for session_id in await pushes.forget_tickets(work, AccountChanged.__name__):
                await notes_changed(work, await work.session(session_id))
        sealed = self._vault.encrypt(json.dumps(dict(values)))
        stored = rows.StoredConnection(system=system.value, sealed=sealed, set_by=user, at=work.now)
        await rows.connect(work, stored)

    def _account(self, stored: rows.StoredConnection) -> str:
        """Name whose ticket system is stored. It is empty when the key that reads it is lost."""
        try:
            return account_of(System(stored.system), self._unsealed(stored.sealed))
        except (SecretKeyUnusable, SecretUnreadable):
            return ""

    async def close(self) -> None:
        """Close every connection."""
        for connected in (*self._former, *(kept for _, kept in self._open.values())):
            await connected.close()
        self._former.clear()
        self._open.clear()

    @property
    def _vault(self) -> Vault:
        if self._access.vault is None:
            raise SecretKeyUnusable("it is not set")
        return self._access.vault

    async def _admins_only(self, incoming: Incoming) -> None:
        (await self._members.standing(incoming)).check(Verb.SETTINGS)
        _ = self._vault

    def _connect(self, system: System, values: Mapping[str, str]) -> ConnectedSystem:
        return connect(system, values, wall=self._database.clock, allow_private=self._access.allow_private)

    def _unsealed(self, sealed: str) -> dict[str, str]:
        values: dict[str, str] = json.loads(self._vault.decrypt(sealed))
        return values

    async def _stored(self, tenant: Tenant, system: System) -> dict[str, str]:
        """Return what is stored for a system. It is empty for another one, and where no key reads it any more."""
        async with self._database.read(tenant) as uow:
            stored = await rows.connection(uow)
        if stored is None or stored.system != system.value:
            return {}
        try:
            return self._unsealed(stored.sealed)
        except SecretUnreadable:  # then all of it has to be entered again
            return {}

    async def _complete(self, tenant: Tenant, system: System, entered: Mapping[str, str]) -> dict[str, str]:
        """Add the secrets that are stored where none was entered."""
        stored = await self._stored(tenant, system)
        values = {entry.key: entered.get(entry.key, "").strip() for entry in INPUTS[system]}
        return {
            entry.key: values[entry.key] or (stored.get(entry.key, "") if entry.secret else "")
            for entry in INPUTS[system]
        }

    async def _form(self, incoming: Incoming, system: System, told: tuple[str, ...] = ()) -> ConnectionForm:
        stored = await self._stored(incoming.tenant, system)
        inputs = tuple(
            FormInput(
                key=entry.key,
                label=entry.label,
                hint=_KEPT if entry.secret and stored.get(entry.key) else entry.hint,
                value="" if entry.secret else stored.get(entry.key, ""),
                optional=entry.optional or (entry.secret and bool(stored.get(entry.key))),
            )
            for entry in INPUTS[system]
        )
        return ConnectionForm(systems=tuple(System), system=system.value, inputs=inputs, told=told)

    async def _tried(self, tenant: Tenant, system: System, entered: Mapping[str, str]) -> tuple[str, ...]:
        values = await self._complete(tenant, system, entered)
        problems = problems_of(system, values, allow_private=self._access.allow_private)
        if problems:
            return tuple(problems.values())
        try:
            connected = self._connect(system, values)
        except InputsRefused as refused:
            return tuple(refused.problems.values())
        try:
            async with asyncio.timeout(PATIENCE):
                return _told(await connected.destination.check())
        except TimeoutError:
            return (_LATE,)
        finally:
            await connected.close()


def _told(report: TestReport) -> tuple[str, ...]:
    if report.fault is not None:
        return (report.fault.user_text,)
    works = sorted(feature.value for feature in report.works)
    missing = [f"Missing right for {lack.feature.value}: {lack.right}" for lack in report.missing]
    return (f"Works: {', '.join(works)}." if works else "Nothing works yet.", *missing)


def _system(name: str) -> System:
    try:
        return System(name)
    except ValueError:
        raise errors.BadPayload from None

"""What the doctor says of the ticket systems that admins have connected."""

import asyncio
import json
from collections.abc import Callable
from typing import Final

from bot.app import keys
from bot.psa.choose import System
from bot.psa.connected import connect
from bot.psa.faults import TicketSystemFault
from bot.settings import Settings
from bot.storage import tickets
from bot.storage.crypto import SecretKeyUnusable, SecretUnreadable
from bot.storage.database import Database

_SECONDS: Final = 15.0
_UNREADABLE: Final = (
    "TASKLANE_SECRET_KEY does not decrypt what is stored for the ticket system. "
    "Set the key that was used, or have an admin enter the ticket system anew in App Home."
)


async def ticket_problems(settings: Settings, database: Database, wall: Callable[[], float]) -> list[str]:
    """Try the ticket system of each workspace, and say what does not work."""
    async with database.read_everywhere() as everywhere:
        stored = await tickets.connections_everywhere(everywhere)
    if not stored:
        return []
    try:
        vault = keys.vault(settings)
    except SecretKeyUnusable:
        return []  # the key has a line of its own
    lines: list[str] = []
    for system, sealed in stored.values():
        try:
            values: dict[str, str] = json.loads(vault.decrypt(sealed)) if vault is not None else {}
        except SecretUnreadable:
            values = {}
        if not values:
            lines.append(_UNREADABLE)
            continue
        lines += await _tried(settings, System(system), values, wall)
    return list(dict.fromkeys(lines))


async def _tried(settings: Settings, system: System, values: dict[str, str], wall: Callable[[], float]) -> list[str]:
    """Ask a ticket system what works, as Test connection does."""
    try:
        connected = connect(system, values, wall=wall, allow_private=settings.tasklane_allow_private_hosts)
    except TicketSystemFault as fault:
        return [_line(system, fault.user_text)]
    try:
        async with asyncio.timeout(_SECONDS):
            report = await connected.destination.check()
    except TimeoutError:
        return [_line(system, "It does not answer. Check the address, the network and the proxy.")]
    finally:
        await connected.close()
    if report.fault is not None:
        return [_line(system, report.fault.user_text)]
    return [_line(system, f"The right for {lack.feature.value} is missing: {lack.right}.") for lack in report.missing]


def _line(system: System, problem: str) -> str:
    return f"Ticket system ({system.value}): {problem}"

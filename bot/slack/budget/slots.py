"""What this room needs of the other replicas: slots of an edit budget that all of them share."""

from typing import Protocol

from bot.domain.ids import Tenant
from bot.domain.pacing.replicas import Lease, Report
from bot.domain.pacing.window import Limits


class SharedSlots(Protocol):
    """Leases slots. One call is one short transaction."""

    @property
    def replicas(self) -> int:
        """How many processes share the budget, as far as is known."""
        ...

    async def lease(self, tenant: Tenant, method: str, report: Report, limits: Limits) -> Lease:
        """Settle what was used and lease more. Raises `StorageUnavailable` when nobody can be asked."""
        ...

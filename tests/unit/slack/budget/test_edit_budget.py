import asyncio
import math

import pytest
from structlog.testing import capture_logs

from bot.domain.ids import TeamId, Tenant
from bot.domain.pacing.window import Limits, Priority
from bot.slack.budget.edit_budget import EditBudget

TENANT = Tenant(team=TeamId("T1"))
FULL = Limits(calls=1, window=3600.0, reserve=0)


async def test_a_withdrawn_wait_ends_without_a_slot() -> None:
    budget = EditBudget(FULL).of(TENANT)
    assert await budget.turn("spent", Priority.CLICK)
    waiting = asyncio.ensure_future(budget.turn("reply", Priority.INTERIM))
    await asyncio.sleep(0)
    budget.withdraw("reply")
    assert await waiting is False


async def test_workspaces_do_not_share_their_slots() -> None:
    budget = EditBudget(FULL)
    for team in ("T1", "T2"):
        assert await budget.of(Tenant(team=TeamId(team))).turn("one", Priority.CLICK)


async def test_a_cancelled_wait_leaves_the_line() -> None:
    budget = EditBudget(FULL).of(TENANT)
    assert await budget.turn("spent", Priority.CLICK)
    waiting = asyncio.ensure_future(budget.turn("reply", Priority.LAST_WORD))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait({waiting})
    assert waiting.cancelled()


@pytest.mark.parametrize("seconds", [-1.0, 0.0, 36_000.0, math.inf, math.nan])
async def test_a_retry_after_that_is_absurd_is_bounded_and_logged(seconds: float) -> None:
    budget = EditBudget().of(TENANT)
    with capture_logs() as logs:
        budget.limited(seconds)
    assert [entry["event"] for entry in logs] == ["retry_after_bounded"]


async def test_a_retry_after_that_is_sensible_is_not_logged() -> None:
    with capture_logs() as logs:
        EditBudget().of(TENANT).limited(30.0)
    assert logs == []

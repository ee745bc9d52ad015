"""A short chaos run on each database: `make chaos` plays long ones."""

from pathlib import Path

import pytest

from tests.integration.chaos.run import Chaos, play

SHORT = (
    Chaos(database="sqlite", kills=3, engineers=4, seed=1),
    Chaos(database="sqlite", kills=1, engineers=3, seed=2, trouble=True),
    Chaos(database="postgres", kills=2, engineers=3, seed=3, replicas=2, copies=3),
)


@pytest.mark.parametrize("chaos", SHORT, ids=lambda chaos: f"{chaos.database}-{chaos.seed}")
async def test_what_is_killed_loses_nothing_and_doubles_nothing(chaos: Chaos, tmp_path: Path) -> None:
    outcome = await play(chaos, tmp_path)
    assert outcome.violations == []
    assert outcome.kills >= chaos.kills
    assert outcome.sessions
    assert outcome.notes

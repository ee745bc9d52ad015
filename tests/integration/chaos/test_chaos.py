"""A short chaos run on each database: `make chaos` plays long ones."""

from pathlib import Path

import pytest

from tests.integration.chaos.run import Chaos, play

BRISK = 0.3
"""People who hardly rest: less of a run is waiting."""
SHORT = (
    Chaos(database="sqlite", kills=2, engineers=2, seed=2, calm=BRISK, trouble=True),
    Chaos(database="postgres", kills=2, engineers=2, seed=3, calm=BRISK, replicas=2, copies=3),
)


@pytest.mark.parametrize("chaos", SHORT, ids=lambda chaos: f"{chaos.database}-{chaos.seed}")
async def test_what_is_killed_loses_nothing_and_doubles_nothing(chaos: Chaos, tmp_path: Path) -> None:
    outcome = await play(chaos, tmp_path)
    assert outcome.violations == []
    assert outcome.kills >= chaos.kills
    assert outcome.sessions
    assert outcome.notes

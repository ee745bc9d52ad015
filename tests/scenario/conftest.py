"""Scenarios: people use the real app in a Slack workspace on localhost, and what they see is compared."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.contract.storage.samples import KINDS, fresh
from tests.meta.statements import watched
from tests.scenario.stage import Stage, playing
from tests.scenario.story import Story


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database, of each kind in turn: for the few scenarios that a database could spoil."""
    with fresh(request.param) as url:
        yield url


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """The app in a workspace, with the assistant of `scripts/desk.yaml`."""
    async with playing(tmp_path) as playing_stage:
        yield playing_stage


@pytest.fixture
def story(stage: Stage) -> Story:
    """The story of what happens on the stage."""
    return Story(stage)


@pytest.fixture(autouse=True)
def _in_their_workspace() -> Iterator[None]:
    """No statement of a transaction in one workspace may reach another."""
    with watched() as watch:
        yield
    assert not watch.broken, "\n".join(watch.broken)

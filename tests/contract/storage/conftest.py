from collections.abc import AsyncIterator

import pytest

from bot.storage.database import Database
from tests.contract.storage.samples import KINDS, fresh


@pytest.fixture(params=KINDS)
async def database(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    with fresh(request.param) as url:
        opened = Database.open(url)
        yield opened
        await opened.close()

"""What the app and the doctor say to a database that it cannot serve from."""

from collections.abc import Iterator

import pytest

from benchmarks.support import postgres
from benchmarks.support.app import MANIFEST, settings_for
from bot.app import Tasklane
from bot.app.doctor import examine
from bot.errors import ConfigurationError, StorageUnavailable
from bot.sandbox import Sandbox
from bot.storage import schema


@pytest.fixture
def empty() -> Iterator[str]:
    with postgres.shared().empty() as url:
        yield url


async def test_a_database_behind_is_named_with_the_command_that_helps(empty: str) -> None:
    async with Sandbox(manifest=MANIFEST, limits="off") as slack:
        settings = settings_for(slack, database_url=empty)
        with pytest.raises(ConfigurationError) as refused:
            await Tasklane.start(settings)
        assert "Run `tasklane db upgrade`" in refused.value.problems[0]
        (found,) = await examine(settings)
        assert "Run `tasklane db upgrade`" in found
        schema.upgrade(empty)
        assert await examine(settings) == []
        app = await Tasklane.start(settings)
        assert await app.ready() is None
        await app.stop()


async def test_a_database_that_does_not_answer_is_named() -> None:
    async with Sandbox(manifest=MANIFEST, limits="off") as slack:
        settings = settings_for(slack, database_url="postgresql+psycopg://u@127.0.0.1:1/nothing")
        with pytest.raises(StorageUnavailable):
            await Tasklane.start(settings)
        (found,) = await examine(settings)
        assert "does not answer" in found

"""What tests of every kind may ask for: a real PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.support import postgres


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """The URL of a PostgreSQL database at head, without rows."""
    with postgres.shared().fresh() as url:
        yield url


@pytest.fixture
def own_postgres() -> Iterator[postgres.Postgres]:
    """A PostgreSQL server that the test may kill."""
    with postgres.private() as server:
        yield server


def pytest_sessionfinish() -> None:
    """Leave no server behind."""
    postgres.leave()

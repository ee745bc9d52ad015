"""What tests of every kind may ask for: a real PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.support import postgres


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """The URL of a PostgreSQL database at head, without rows."""
    with postgres.shared().fresh() as url:
        yield url


@pytest.fixture(scope="session")
def mortal_postgres() -> Iterator[postgres.Postgres]:
    """The server of `own_postgres`, which takes longer to make than to bring back."""
    with postgres.private() as server:
        yield server


@pytest.fixture
def own_postgres(mortal_postgres: postgres.Postgres) -> postgres.Postgres:
    """A PostgreSQL server that the test may kill."""
    mortal_postgres.start()
    return mortal_postgres


def pytest_sessionfinish() -> None:
    """Leave no server behind."""
    postgres.leave()

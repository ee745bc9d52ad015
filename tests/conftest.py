"""What tests of every kind may ask for: a real PostgreSQL."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings

from benchmarks.support import postgres
from tests.support import examples as _registers_profiles  # noqa: F401
from tests.support.engines import share_compiled_statements

LONGEST_FIRST: Final = ("integration", "contract/jobs", "browser", "scenario")
"""The folders whose tests mostly wait: begun first, they wait while others compute, and none is left for the end."""


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


def pytest_configure(config: pytest.Config) -> None:
    """Draw few examples, unless `--hypothesis-profile` says otherwise, and compile each SQL statement once."""
    share_compiled_statements()
    if config.getoption("--hypothesis-profile") is None:
        settings.load_profile("quick")


def pytest_xdist_auto_num_workers() -> int:
    """Run one test more at once than there are processors: there is always one that waits."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest tests."""
    here = Path(__file__).parent

    def place(item: pytest.Item) -> int:
        folder = item.path.relative_to(here).as_posix()
        starts = [folder.startswith(name) for name in LONGEST_FIRST]
        return starts.index(True) if any(starts) else len(starts)

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """Spare the garbage collector what lives as long as the run."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Leave no server behind."""
    postgres.leave()

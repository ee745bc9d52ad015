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
SLOW: Final = (
    "browser/",
    *(f"integration/{name}" for name in ("chaos/test_chaos", "test_bad_storage", "test_installed", "test_plans")),
    *(f"integration/{name}" for name in ("test_replicas", "test_stopping")),
)
"""Tests that drive a browser, kill processes or fill a disk. `--slow` plays them, and so does their name."""


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


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the slow tests to whoever runs all of them."""
    parser.addoption("--slow", action="store_true", help="also the tests that take long: what CI runs")


def pytest_configure(config: pytest.Config) -> None:
    """Draw few examples, unless `--hypothesis-profile` says otherwise, and compile each SQL statement once."""
    share_compiled_statements()
    if config.getoption("--hypothesis-profile") is None:
        settings.load_profile("quick")


def pytest_xdist_auto_num_workers() -> int:
    """Run one test more at once than there are processors: there is always one that waits."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the longest tests, and leave the slow ones out unless they are asked for."""
    here = Path(__file__).parent

    def where(item: pytest.Item) -> str:
        return item.path.relative_to(here).as_posix()

    def place(item: pytest.Item) -> int:
        starts = [where(item).startswith(name) for name in LONGEST_FIRST]
        return starts.index(True) if any(starts) else len(starts)

    everything = [Path(name).resolve() for name in config.args] == [here]
    if everything and not config.getoption("--slow"):
        left_out = [item for item in items if where(item).startswith(SLOW)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not where(item).startswith(SLOW)]
    items.sort(key=place)


def pytest_collection_finish() -> None:
    """Spare the garbage collector what lives as long as the run."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Leave no server behind."""
    postgres.leave()

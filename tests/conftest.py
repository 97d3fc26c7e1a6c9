"""What holds for every test, with a window or without."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from patient_qtbot import PatientQtBot
from running_order import long_ones_early

if TYPE_CHECKING:
    from postgres_cluster import PostgresCluster
    from postgres_shop import PostgresShop

# Tests read what a program says: English, whatever the computer speaks.
os.environ["XUMM_DESK_LANGUAGE"] = "en"

_tests = count(1)

# Examples may take as long as they need: a test must not fail because a machine is slow or busy.
settings.register_profile(
    "desk", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("desk")

pytest_plugins = ["xumm_desk.testing.pytest_plugin"]
"""As in a project that has the package installed; there it is found by its entry point."""


@pytest.hookimpl(trylast=True)  # what mixes the tests comes before
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests that take long begin early, in whatever process."""
    items[:] = long_ones_early(items, lambda item: item.path)


def pytest_collection_finish() -> None:
    """Leave out of the collections below what all tests share, the modules with their classes and
    functions: some 375,000 objects, which took each collection 0.2 s to walk."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def nothing_is_collected_in_the_middle() -> Iterator[None]:
    """Collect between tests only, as the program does (`xumm_desk.qt.gc_policy`): collecting an old
    window while another one paints crashes the process, in whichever test that happens."""
    gc.disable()
    yield
    number = next(_tests)
    if number % 10 == 0:
        if number % 500 == 0:
            gc.unfreeze()  # what outlived its tests, a window of a whole module perhaps
        gc.collect()
        gc.freeze()


@pytest.fixture
def qtbot(qapp: object, request: pytest.FixtureRequest) -> PatientQtBot:
    """pytest-qt's robot user, but patient."""
    return PatientQtBot(request)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresCluster]:
    """A PostgreSQL server of this test process; without PostgreSQL the test fails."""
    from postgres_cluster import NoPostgresError, PostgresCluster

    try:
        cluster = PostgresCluster()
    except NoPostgresError as error:
        pytest.fail(str(error), pytrace=False)
    cluster.create()
    yield cluster
    cluster.remove()


@pytest.fixture
def shop(postgres: PostgresCluster) -> Iterator[PostgresShop]:
    """A shop in a database of its own, whose owner is no superuser."""
    from postgres_shop import PostgresShop

    made = PostgresShop(postgres)
    yield made
    made.remove()

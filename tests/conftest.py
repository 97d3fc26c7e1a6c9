"""What holds for every test, with a window or without."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from patient_qtbot import PatientQtBot

_tests = count(1)

# Examples may take as long as they need: a test must not fail because a machine is slow or busy.
settings.register_profile(
    "desk", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("desk")


@pytest.fixture(autouse=True)
def nothing_is_collected_in_the_middle() -> Iterator[None]:
    """Collect between tests only, as the program does (`xumm_desk.qt.gc_policy`): collecting an old
    window while another one paints crashes the process, in whichever test that happens."""
    gc.disable()
    yield
    if next(_tests) % 10 == 0:
        gc.collect()


@pytest.fixture
def qtbot(qapp: object, request: pytest.FixtureRequest) -> PatientQtBot:
    """pytest-qt's robot user, but patient."""
    return PatientQtBot(request)

"""The pytest fixture `xumm_simulator`: a Xumm platform, a ledger and phones for one test.

pytest loads this module in every project in whose environment the package is installed. So it
imports nothing but pytest, and what it needs at the first use of the fixture.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from xumm_desk.testing.running_simulator import RunningSimulator, SimulatorHost

_MARKER = (
    "xumm_simulator(network, customers, ledger_interval, speed, start, seed, webhook_url):"
    " how the fixture xumm_simulator is set up for this test"
)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture(scope="session")
def xumm_simulator_host() -> Iterator[SimulatorHost]:
    """The process in which the simulators of all tests run, one after the other."""
    from xumm_desk.testing.running_simulator import SimulatorHost  # noqa: PLC0415 - see above

    host = SimulatorHost()
    yield host
    host.close()


@pytest.fixture
def xumm_simulator(
    request: pytest.FixtureRequest, xumm_simulator_host: SimulatorHost
) -> Iterator[RunningSimulator]:
    """A simulator that nothing has happened in; the marker of the same name sets it up."""
    marker = request.node.get_closest_marker("xumm_simulator")
    simulator = xumm_simulator_host.start(**(marker.kwargs if marker is not None else {}))
    yield simulator
    xumm_simulator_host.stop(simulator)

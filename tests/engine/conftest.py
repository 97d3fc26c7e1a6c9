"""A desk with a real journal file, talking HTTP and websocket to a real local platform."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from .engine_fixture import EngineUnderTest, running_engine
from .fault_report import FaultReport


@pytest.fixture
def anyio_backend() -> str:
    """The engine runs on asyncio."""
    return "asyncio"


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[EngineUnderTest]:
    """A shop on a platform whose clock runs, with a ledger node, and customers by hand."""
    async with running_engine(tmp_path) as one:
        yield one


@pytest.fixture
async def engine_without_ledger(tmp_path: Path) -> AsyncIterator[EngineUnderTest]:
    """The same without a ledger node."""
    async with running_engine(tmp_path, ledger=False) as one:
        yield one


@pytest.fixture
def report(request: pytest.FixtureRequest) -> FaultReport:
    """Where a fault's test writes down what was injected and what the row ended as."""
    return FaultReport(request.node.path.stem.removeprefix("test_"))

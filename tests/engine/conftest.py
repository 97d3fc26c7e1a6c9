"""A desk with a real journal file, talking HTTP and websocket to a real local platform."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from .house import House, open_house


@pytest.fixture
def anyio_backend() -> str:
    """The engine runs on asyncio."""
    return "asyncio"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A shop on a platform whose clock runs, with a ledger node, and customers by hand."""
    async with open_house(tmp_path) as one:
        yield one


@pytest.fixture
async def blind(tmp_path: Path) -> AsyncIterator[House]:
    """The same without a ledger node."""
    async with open_house(tmp_path, ledger=False) as one:
        yield one


OUTPUT = Path(__file__).parent.parent / "output"


@pytest.fixture
def report() -> Callable[[str, str, str, int], None]:
    """Keeps what a fault ended as, one file a fault, for the table in tests/README.md."""

    def keep(name: str, injected: str, ended: str, gets: int) -> None:
        folder = OUTPUT / "faults"
        folder.mkdir(parents=True, exist_ok=True)
        line = {"fault": name, "injected": injected, "ended": ended, "gets": gets}
        (folder / f"{name.replace(' ', '-')[:60]}.json").write_text(json.dumps(line))

    return keep

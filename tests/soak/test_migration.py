"""The migration's short form: a few kills, the same comparison."""

from __future__ import annotations

from pathlib import Path

import pytest

from .migration import soak


@pytest.fixture
def anyio_backend() -> str:
    """Its processes run on asyncio."""
    return "asyncio"


@pytest.mark.anyio
async def test_a_few_kills_of_a_migration_lose_nothing(tmp_path: Path) -> None:
    numbers = await soak(requests=300, kills=3, seed=5, folder=tmp_path)
    assert numbers.clean, numbers
    assert numbers.sold

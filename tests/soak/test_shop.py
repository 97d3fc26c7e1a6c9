"""The shop's short form: a few kills, a fail-over, the same comparison."""

from __future__ import annotations

from pathlib import Path

import pytest

from .shop import soak


@pytest.fixture
def anyio_backend() -> str:
    """Its processes run on asyncio."""
    return "asyncio"


@pytest.mark.anyio
async def test_a_few_kills_of_a_shop_lose_nothing(tmp_path: Path) -> None:
    numbers = await soak(tills=2, kills=2, database_kills=1, failovers=1, seed=5, folder=tmp_path)
    assert numbers.clean, numbers
    assert numbers.sold

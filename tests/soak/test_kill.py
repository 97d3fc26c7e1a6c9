"""The soak's short form: a few kills, the same comparison with the simulator's report."""

from __future__ import annotations

from pathlib import Path

import pytest

from .kill import Numbers, soak


@pytest.fixture
def anyio_backend() -> str:
    """The simulator runs on asyncio."""
    return "asyncio"


@pytest.mark.anyio
async def test_a_few_kills_lose_double_and_misjudge_nothing(tmp_path: Path) -> None:
    numbers = await soak(kills=5, requests=20, seed=7, folder=tmp_path, last_run=12.0)
    assert numbers.clean, numbers.details
    assert sum(numbers.ended.values()) == 20


def test_a_day_on_which_little_was_sent_proves_nothing() -> None:
    assert Numbers(requests=20, never_sent=5).clean
    assert not Numbers(requests=20, never_sent=6).clean

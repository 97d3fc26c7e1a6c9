"""When the collector may stop the window."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest

from xumm_desk.qt import gc_policy as module
from xumm_desk.qt.gc_policy import (
    AWAY_INPUT,
    FULL_INTERVAL,
    IDLE_INPUT,
    SURVIVORS_DUE,
    SURVIVORS_URGENT,
    GarbageCollectorPolicy,
    full_collection_due,
)


class Ring:
    """Garbage that only the collector finds."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def collector() -> Iterator[GarbageCollectorPolicy]:
    yield GarbageCollectorPolicy()
    gc.unfreeze()


@pytest.mark.parametrize(
    ("stayed", "untouched", "since", "calm", "expected"),
    [
        (0, AWAY_INPUT, AWAY_INPUT, True, False),
        (SURVIVORS_DUE, IDLE_INPUT - 1, 0.0, True, False),
        (SURVIVORS_DUE, IDLE_INPUT, 0.0, True, True),
        (SURVIVORS_DUE, IDLE_INPUT, 0.0, False, False),
        (SURVIVORS_URGENT, 0.0, 0.0, False, True),
        (0, IDLE_INPUT, FULL_INTERVAL, True, False),
        (0, AWAY_INPUT, FULL_INTERVAL, True, True),
        (0, AWAY_INPUT, FULL_INTERVAL, False, False),
    ],
)
def test_when(stayed: int, untouched: float, since: float, calm: bool, expected: bool) -> None:
    assert full_collection_due(stayed, untouched, since, idle=calm) is expected


def test_none_comes_by_itself(collector: GarbageCollectorPolicy) -> None:
    before = [generation["collections"] for generation in gc.get_stats()]
    kept = [[number] for number in range(300_000)]
    assert [generation["collections"] for generation in gc.get_stats()] == before
    collector.freeze()
    assert collector.survivors >= len(kept)
    assert [generation["collections"] for generation in gc.get_stats()] == before
    collector.collect_all()
    assert gc.get_stats()[2]["collections"] == before[2] + 1
    assert collector.survivors == 0


def test_a_ring_is_found_while_it_is_new_and_later_when_all_is_looked_through(
    collector: GarbageCollectorPolicy,
) -> None:
    new = weakref.ref(Ring())
    collector.collect_young()
    assert new() is None
    ring = Ring()
    kept = weakref.ref(ring)
    collector.freeze()
    del ring
    collector.collect_young()
    assert kept() is not None
    collector.collect_all()
    assert kept() is None


@pytest.mark.parametrize(
    ("limits", "collects"),
    [
        ((1e9, 1e9, 0), True),  # idle
        ((0.0, 1e9, 10**9), True),  # busy, and little to look at
        ((0.0, 1e9, 0), False),  # busy, and much to look at
        ((0.0, 0.0, 10**9), False),  # a flood
    ],
)
def test_it_looks_only_where_there_is_little_to_do(
    collector: GarbageCollectorPolicy,
    monkeypatch: pytest.MonkeyPatch,
    limits: tuple[float, float, int],
    collects: bool,
) -> None:
    for name in ("_START", "_EVERY"):
        monkeypatch.setattr(module, name, 0.0)
    for name, limit in zip(("IDLE_SHARE", "FLOOD_SHARE", "FEW_YOUNG"), limits, strict=True):
        monkeypatch.setattr(module, name, limit)
    rounds = asyncio.Event()
    keep = collector.freeze

    def kept() -> None:
        keep()
        rounds.set()

    monkeypatch.setattr(collector, "freeze", kept)

    async def dropped() -> bool:
        running = asyncio.create_task(collector.run(lambda: 0.0))
        await rounds.wait()
        gone = weakref.ref(Ring())
        rounds.clear()
        await rounds.wait()
        running.cancel()
        return gone() is None

    assert asyncio.run(dropped()) is collects

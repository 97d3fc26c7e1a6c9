"""When the collector may stop the window."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest

from xumm_desk import collector as module
from xumm_desk.collector import AWAY, MANY, QUIET, SELDOM, TOO_MANY, Collector, due


class Ring:
    """Garbage that only the collector finds."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def collector() -> Iterator[Collector]:
    yield Collector()
    gc.unfreeze()


@pytest.mark.parametrize(
    ("stayed", "untouched", "since", "calm", "expected"),
    [
        (0, AWAY, AWAY, True, False),
        (MANY, QUIET - 1, 0.0, True, False),
        (MANY, QUIET, 0.0, True, True),
        (MANY, QUIET, 0.0, False, False),
        (TOO_MANY, 0.0, 0.0, False, True),
        (0, QUIET, SELDOM, True, False),
        (0, AWAY, SELDOM, True, True),
        (0, AWAY, SELDOM, False, False),
    ],
)
def test_when(stayed: int, untouched: float, since: float, calm: bool, expected: bool) -> None:
    assert due(stayed, untouched, since, calm=calm) is expected


def test_none_comes_by_itself(collector: Collector) -> None:
    before = [generation["collections"] for generation in gc.get_stats()]
    kept = [[number] for number in range(300_000)]
    assert [generation["collections"] for generation in gc.get_stats()] == before
    collector.keep()
    assert collector.stayed >= len(kept)
    assert [generation["collections"] for generation in gc.get_stats()] == before
    collector.collect()
    assert gc.get_stats()[2]["collections"] == before[2] + 1
    assert collector.stayed == 0


def test_a_ring_is_found_while_it_is_new_and_later_when_all_is_looked_through(
    collector: Collector,
) -> None:
    new = weakref.ref(Ring())
    collector.walk()
    assert new() is None
    ring = Ring()
    kept = weakref.ref(ring)
    collector.keep()
    del ring
    collector.walk()
    assert kept() is not None
    collector.collect()
    assert kept() is None


@pytest.mark.parametrize("calm", [True, False])
def test_it_looks_only_where_there_is_little_to_do(
    collector: Collector, monkeypatch: pytest.MonkeyPatch, calm: bool
) -> None:
    monkeypatch.setattr(module, "_START", 0.0)
    monkeypatch.setattr(module, "_EVERY", 0.0)
    monkeypatch.setattr(module, "CALM", 1e9 if calm else 0.0)
    rounds = asyncio.Event()
    keep = collector.keep

    def kept() -> None:
        keep()
        rounds.set()

    monkeypatch.setattr(collector, "keep", kept)

    async def dropped() -> bool:
        running = asyncio.create_task(collector.run(lambda: 0.0))
        await rounds.wait()
        gone = weakref.ref(Ring())
        rounds.clear()
        await rounds.wait()
        running.cancel()
        return gone() is None

    assert asyncio.run(dropped()) is calm

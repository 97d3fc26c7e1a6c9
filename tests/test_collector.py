"""When the collector may stop the window."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from xumm_desk.collector import AWAY, QUIET, THAW, TOO_MANY, WORTH, Collector, Reach, reach


@pytest.fixture
def collector() -> Iterator[Collector]:
    before = gc.get_threshold()
    yield Collector()
    gc.unfreeze()
    gc.set_threshold(*before)


@pytest.mark.parametrize(
    ("middle", "untouched", "since_thaw", "chosen"),
    [
        (0, AWAY, 0.0, Reach.NOTHING),
        (WORTH, 1.0, 0.0, Reach.NOTHING),
        (WORTH, QUIET, 0.0, Reach.NEW),
        (TOO_MANY, 0.0, 0.0, Reach.NEW),
        (TOO_MANY, 0.0, THAW, Reach.NEW),
        (0, QUIET, THAW, Reach.NOTHING),
        (0, AWAY, THAW, Reach.EVERYTHING),
    ],
)
def test_when_and_how_far(middle: int, untouched: float, since_thaw: float, chosen: Reach) -> None:
    assert reach(middle, untouched, since_thaw) is chosen


def test_no_full_collection_comes_by_itself(collector: Collector) -> None:
    collector.freeze()
    before = gc.get_stats()[2]["collections"]
    kept = [[number] for number in range(300_000)]
    assert gc.get_stats()[2]["collections"] == before
    assert len(kept) == 300_000


def test_what_is_left_is_set_aside_and_rings_are_found(collector: Collector) -> None:
    class Ring:
        def __init__(self) -> None:
            self.me = self

    Ring()
    before = gc.get_stats()[2]["collected"]
    collector.collect(Reach.EVERYTHING)
    assert gc.get_stats()[2]["collected"] > before
    assert gc.get_freeze_count() > 0
    collector.collect(Reach.NOTHING)
    assert gc.get_freeze_count() > 0

"""When the collector may stop the window."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from xumm_desk.collector import AWAY, MANY, QUIET, SELDOM, TOO_MANY, Collector, due


@pytest.fixture
def collector() -> Iterator[Collector]:
    before = gc.get_threshold()
    yield Collector()
    gc.set_threshold(*before)
    gc.enable()


@pytest.mark.parametrize(
    ("middle", "untouched", "since", "expected"),
    [
        (0, AWAY, AWAY, False),
        (MANY, QUIET - 1, 0.0, False),
        (MANY, QUIET, 0.0, True),
        (TOO_MANY, 0.0, 0.0, True),
        (0, QUIET, SELDOM, False),
        (0, AWAY, SELDOM, True),
    ],
)
def test_when(middle: int, untouched: float, since: float, expected: bool) -> None:
    assert due(middle, untouched, since) is expected


def test_no_full_collection_comes_by_itself(collector: Collector) -> None:
    before = gc.get_stats()[2]["collections"]
    kept = [[number] for number in range(300_000)]
    assert gc.get_stats()[2]["collections"] == before
    assert len(kept) == 300_000
    collector.collect()
    assert gc.get_stats()[2]["collections"] == before + 1


def test_nothing_is_collected_while_the_program_starts(collector: Collector) -> None:
    assert not gc.isenabled()
    collector.begin()
    assert gc.isenabled()
    gc.unfreeze()


def test_rings_are_found(collector: Collector) -> None:
    class Ring:
        def __init__(self) -> None:
            self.me = self

    Ring()
    before = gc.get_stats()[2]["collected"]
    collector.collect()
    assert gc.get_stats()[2]["collected"] > before

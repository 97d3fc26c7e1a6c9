"""Put the tests that take long into the first half of a run, spread over it.

Each process gets the next tests in their order, a block at a time, and nobody takes over what it
has. So a test of half a minute that begins last keeps one process at work alone, and several in one
block keep it from sharing the rest. Early and apart, they wait while the others compute.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final, TypeVar

Test = TypeVar("Test")

TESTS: Final = Path(__file__).resolve().parent
LONG: Final = (
    "benchmarks",
    "cli",
    "engine/scenarios/test_long_days.py",
    "engine/scenarios/test_platform_down.py",
    "engine/scenarios/test_short_connections.py",
    "examples",
    "packaging/test_help_pages.py",
    "soak",
    "store/replication/test_shop_laws.py",
    "ui/access/test_every_window.py",
)
"""Folders and files whose tests take many seconds, most of them with processes of their own; or
whose first test does, for all of a file that should stay together."""


def is_long(path: Path) -> bool:
    """Whether the tests of this file are among `LONG`."""
    return any(path.is_relative_to(TESTS / name) for name in LONG)


def long_ones_early(tests: Sequence[Test], file_of: Callable[[Test], Path]) -> list[Test]:
    """All tests, those of a file together and otherwise in their order, but files of long ones at
    even distances from the beginning to the middle."""
    files = [(path, list(some)) for path, some in groupby(tests, file_of)]
    long = [some for path, some in files if is_long(path)]
    short = [some for path, some in files if not is_long(path)]
    step = max(1, len(short) // (2 * max(1, len(long))))
    ordered: list[Test] = []
    for place, some in enumerate(short):
        if place % step == 0 and long:
            ordered += long.pop(0)
        ordered += some
    return [*ordered, *(test for some in long for test in some)]

"""When a disk is too full, and how sizes are written."""

from __future__ import annotations

import pytest

from xumm_desk.core.health.disk_space import DiskSpace, size_text
from xumm_desk.core.health.lamp import LampLevel

GB = 10**9


@pytest.mark.parametrize(
    ("free", "journal", "level"),
    [
        (12 * GB, 84 * 10**6, LampLevel.WELL),
        (500 * 10**6, 0, LampLevel.WELL),
        (499 * 10**6, 0, LampLevel.WARNING),
        (99 * 10**6, 0, LampLevel.HARM),
        (0, 0, LampLevel.HARM),
        (3 * GB, 4 * GB, LampLevel.WARNING),
        (4 * GB, 4 * GB, LampLevel.WELL),
    ],
)
def test_a_disk_is_low_long_before_it_is_full(free: int, journal: int, level: LampLevel) -> None:
    assert DiskSpace(free, 64 * GB, journal).level is level


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (4_290_000, "4.2 MB"),
        (999_999_999, "999 MB"),
        (12_400_000_000, "12 GB"),
        (2 * 10**12, "2.0 TB"),
    ],
)
def test_a_size_is_rounded_down_to_what_fits_into_a_lamp(size: int, words: str) -> None:
    assert size_text(size) == words

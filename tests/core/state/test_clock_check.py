"""Words for clocks: durations, a clock that was set, a clock that is off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from xumm_desk.core.state.clock_check import (
    DateReading,
    clock_off_text,
    clock_set_text,
    spoken_duration,
)

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (-3593, "59 minutes 53 seconds"),
        (3600, "1 hour"),
        (3601, "1 hour"),
        (3 * 86_400, "3 days"),
        (3 * 86_400 + 7200 + 60, "3 days 2 hours"),
        (86_400 + 59, "1 day"),
        (59.7, "1 minute"),
    ],
)
def test_a_duration_in_its_two_largest_units(seconds: float, words: str) -> None:
    assert spoken_duration(seconds) == words


def test_a_clock_that_was_set() -> None:
    assert (
        clock_set_text(-3600, NOON)
        == "The clock of this computer was set back by 1 hour, to 12:00:00."
    )
    assert "set forward by 3 days" in clock_set_text(3 * 86_400, NOON)


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (None, ""),
        (timedelta(seconds=60), ""),
        (timedelta(seconds=-60), ""),
        (timedelta(seconds=61), "1 minute 1 second ahead of the platform's"),
        (timedelta(days=-3), "3 days behind the platform's"),
    ],
)
def test_a_clock_that_is_off(ahead: timedelta | None, words: str) -> None:
    said = clock_off_text(ahead)
    assert words in said
    assert bool(said) is bool(words)


def test_a_reading_says_how_far_the_computer_is_ahead() -> None:
    assert DateReading(NOON, NOON + timedelta(hours=1)).ahead == timedelta(hours=1)

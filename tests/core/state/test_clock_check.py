"""Words for clocks: durations, a clock that was set, a clock that is off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.state.clock_check import (
    DateReading,
    clock_off_text,
    clock_set_text,
    is_off,
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
        (timedelta(seconds=11), ""),
        (timedelta(seconds=-10), ""),
        (timedelta(seconds=12), "12 seconds ahead of the platform's"),
        (timedelta(seconds=-11), "11 seconds behind the platform's"),
        (timedelta(days=-3), "3 days behind the platform's"),
    ],
)
def test_a_clock_that_is_off(ahead: timedelta | None, words: str) -> None:
    said = clock_off_text(ahead)
    assert words in said
    assert bool(said) is bool(words)


def test_a_reading_says_how_far_the_computer_is_ahead() -> None:
    assert DateReading(NOON, NOON + timedelta(hours=1)).ahead == timedelta(hours=1)


@given(
    off=st.floats(-60, 60),
    travel=st.floats(0, 30),
    age=st.floats(0, 1),
    at=st.floats(0, 1),
)
def test_a_clock_within_ten_seconds_is_never_said_to_be_off(
    off: float, travel: float, age: float, at: float
) -> None:
    """`Date` is made somewhere on the way of an answer, and has whole seconds."""
    sent = NOON + timedelta(seconds=at)
    made = sent + timedelta(seconds=travel * age)
    served = made.replace(microsecond=0)
    arrived = sent + timedelta(seconds=travel + off)
    reading = DateReading(served, arrived, travel)
    said = is_off(reading.ahead, reading.travel)
    if abs(off) <= 10:
        assert not said
    if travel < 1 and abs(off) > 13:
        assert said

"""The last hour of a lamp: bounded, without holes, and honest about what was not recorded."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.health.lamp import LampLevel, LampReading
from xumm_desk.core.health.lamp_history import GAP, SPAN, LampHistory, totals
from xumm_desk.core.message import Message

WELL = LampReading(LampLevel.WELL, "ok", "")
FAILS = LampReading(LampLevel.WARNING, "fails", "It does not answer.")
LEVELS = [LampLevel.UNUSED, LampLevel.WELL, LampLevel.WARNING, LampLevel.HARM]


def test_a_state_that_lasts_is_one_period() -> None:
    history = LampHistory()
    for second in range(100):
        history.record(WELL, second)
    (one,) = history.periods(99)
    assert (one.start, one.end, one.level) == (0, 99, LampLevel.WELL)


def test_only_a_change_for_the_worse_is_told() -> None:
    history = LampHistory()
    unused = LampReading(LampLevel.UNUSED, "–", "")
    full = LampReading(LampLevel.HARM, "refuses", "")
    told = [history.record(one, at) for at, one in enumerate([unused, WELL, FAILS, FAILS, full])]
    assert told == [False, False, True, False, True]
    assert not history.record(FAILS, 10)
    assert not history.record(WELL, 11)
    assert not history.record(unused, 12)


def test_a_lamp_that_is_ill_at_the_first_look_is_told() -> None:
    assert LampHistory().record(FAILS, 0)


def test_other_numbers_in_the_same_words_are_no_change() -> None:
    history = LampHistory()
    for second in range(60):
        word = Message("{count} of {wanted}", count=second, wanted=99)
        history.record(LampReading(LampLevel.WARNING, word, f"lost {second}"), second)
    (one,) = history.periods(59)
    assert (one.word, one.meaning) == ("59 of 99", "lost 59")
    history.record(LampReading(LampLevel.WARNING, Message("silent"), ""), 60)
    assert len(history.periods(60)) == 2


def test_of_a_time_without_readings_nothing_is_claimed() -> None:
    history = LampHistory()
    history.record(FAILS, 0)
    history.record(FAILS, GAP)
    history.record(FAILS, GAP + 500)
    levels = [(one.level, one.seconds) for one in history.periods(GAP + 500)]
    assert levels == [(LampLevel.WARNING, GAP), (LampLevel.UNKNOWN, 500), (LampLevel.WARNING, 0)]


def test_after_a_gap_what_was_ill_before_is_not_told_again() -> None:
    history = LampHistory()
    assert history.record(FAILS, 0)
    assert not history.record(FAILS, 500)


def test_samples_keep_the_lowest_and_the_highest() -> None:
    history = LampHistory()
    for at, value in ((0, 60), (5, 3), (10, 40), (25, 50)):
        history.record(LampReading(LampLevel.WELL, "", "", value=value), at)
    assert [(one.low, one.high) for one in history.samples(25)] == [(3, 60), (50, 50)]


@given(
    st.lists(
        st.tuples(st.sampled_from(LEVELS), st.floats(0, 400), st.integers(-9, 9)), max_size=200
    )
)
def test_the_hour_has_no_holes_and_its_totals_are_the_time_recorded(
    steps: list[tuple[LampLevel, float, int]],
) -> None:
    history, now = LampHistory(), 0.0
    for level, after, value in steps:
        now += after
        history.record(LampReading(level, level.name, "", value=value), now)
    periods = history.periods(now)
    assert all(one.end == two.start for one, two in pairwise(periods))
    assert all(one.start >= now - SPAN for one in periods)
    if steps:
        assert periods[-1].end == now
        assert periods[-1].level is steps[-1][0]
        assert sum(totals(periods).values()) == pytest.approx(now - periods[0].start)


def test_a_lamp_that_flickers_for_days_takes_no_more_memory() -> None:
    history = LampHistory()
    for second in range(20_000):
        history.record(FAILS if second % 2 else WELL, second)
    assert len(history.periods(20_000)) <= 400
    assert len(history.samples(20_000)) <= 181


def test_a_time_before_the_last_one_is_ignored() -> None:
    history = LampHistory()
    history.record(WELL, 10)
    assert not history.record(FAILS, 5)
    assert [one.level for one in history.periods(10)] == [LampLevel.WELL]

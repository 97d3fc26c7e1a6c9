"""Periods follow each other without a gap and hold the day they were made for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.report.periods import Length, period_of

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@given(st.sampled_from(Length), DAYS)
def test_a_period_holds_its_day_and_joins_its_neighbours(length: Length, day: date) -> None:
    period = period_of(length, day)
    assert period.first <= day < period.end
    assert period.before().end == period.first
    assert period.after().first == period.end
    assert period.after().before() == period


@given(st.sampled_from(Length), DAYS)
def test_its_days_are_the_whole_period(length: Length, day: date) -> None:
    period = period_of(length, day)
    days = period.days()
    assert (days[0].first, days[-1].end) == (period.first, period.end)
    assert all(one.end == two.first for one, two in pairwise(days))


def test_the_day_on_which_the_clock_is_put_back_has_25_hours() -> None:
    zone = ZoneInfo("Europe/Berlin")
    day = period_of(Length.DAY, date(2026, 10, 25))
    since, until = day.bounds(lambda local: local.replace(tzinfo=zone).astimezone(UTC))
    assert since == datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert until == datetime(2026, 10, 25, 23, tzinfo=UTC)

"""Periods follow each other without a gap and hold the day they were made for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.report.periods import Length, midnight, period_of, span_of

from .summaries import to_local, to_utc, whole_span

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


@given(st.sampled_from(Length), st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_slots_follow_each_other_and_are_the_whole_period(length: Length, day: date) -> None:
    span = whole_span(period_of(length, day))
    assert (span.slots[0].since, span.slots[-1].until) == (span.since, span.until)
    assert all(one.until == two.since for one, two in pairwise(span.slots))
    assert all(slot.is_day is (length is not Length.DAY) for slot in span.slots)
    assert span.is_whole


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 10, 25), 25), (date(2026, 3, 29), 23), (date(2026, 3, 30), 24)]
)
def test_a_day_has_as_many_slots_as_hours(day: date, hours: int) -> None:
    slots = whole_span(period_of(Length.DAY, day)).slots
    assert len(slots) == hours
    assert len({slot.place for slot in slots}) == hours
    shown = [slot.begins.hour for slot in slots]
    assert shown == sorted(shown)
    assert shown.count(2) == hours - 23


def test_hours_of_a_zone_with_half_hours_begin_on_its_clock() -> None:
    zone = ZoneInfo("Asia/Kolkata")
    span = span_of(
        period_of(Length.DAY, date(2026, 5, 5)),
        lambda local: local.replace(tzinfo=zone).astimezone(UTC),
        lambda at: at.astimezone(zone).replace(tzinfo=None),
    )
    assert [slot.begins.minute for slot in span.slots] == [0] * 24


@given(st.sampled_from(Length), st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(-1, 32))
def test_a_span_that_stops_early_has_no_slot_after_that(
    length: Length, day: date, days: int
) -> None:
    period = period_of(length, day)
    whole = whole_span(period)
    stop = whole.since + timedelta(days=days, minutes=17)
    part = span_of(period, to_utc, to_local, stop)
    assert part.until == min(max(stop, whole.since), whole.until)
    assert part.is_whole is (part.until == whole.until)
    assert all(slot.until <= part.until for slot in part.slots)
    if part.slots:
        assert (part.slots[0].since, part.slots[-1].until) == (part.since, part.until)


def test_a_moment_has_its_like_in_the_period_before() -> None:
    afternoon = timedelta(hours=14)
    november = period_of(Length.MONTH, date(2026, 11, 30))
    like = november.before().like(november, midnight(date(2026, 11, 30)) + afternoon)
    assert like == midnight(date(2026, 10, 30)) + afternoon
    march = period_of(Length.MONTH, date(2026, 3, 31))
    like = march.before().like(march, midnight(date(2026, 3, 31)) + afternoon)
    assert like == midnight(date(2026, 3, 1))

"""Days, weeks and months of the shop's calendar, the one before each, and their hours or days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Final, TypeAlias

ToUtc: TypeAlias = Callable[[datetime], datetime]
"""The UTC time of a local one without a zone; the caller knows the zone."""

ToLocal: TypeAlias = Callable[[datetime], datetime]
"""The local time, without a zone, of a UTC one."""

_HOUR: Final = timedelta(hours=1)


class Length(Enum):
    """How long a period is; the values are stored."""

    DAY = "day"
    WEEK = "week"
    """From Monday."""
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """Local days from `first` on; `end` is not included."""

    length: Length
    first: date
    end: date

    def before(self) -> Period:
        """The period that ends where this one begins."""
        return period_of(self.length, self.first - timedelta(days=1))

    def after(self) -> Period:
        """The period that begins where this one ends."""
        return period_of(self.length, self.end)

    def days(self) -> tuple[Period, ...]:
        """Its days, one by one."""
        count = (self.end - self.first).days
        return tuple(
            period_of(Length.DAY, self.first + timedelta(days=place)) for place in range(count)
        )

    def bounds(self, to_utc: ToUtc) -> tuple[datetime, datetime]:
        """When it begins and ends in UTC; a day may have 23 or 25 hours."""
        since, until = (to_utc(midnight(day)) for day in (self.first, self.end))
        return since, until

    def like(self, other: Period, moment: datetime) -> datetime:
        """The local time in this period that is as far from its beginning as `moment` is from that
        of `other`, at most its end."""
        return min(midnight(self.first) + (moment - midnight(other.first)), midnight(self.end))


def period_of(length: Length, day: date) -> Period:
    """The period that holds `day`."""
    if length is Length.DAY:
        return Period(length, day, day + timedelta(days=1))
    if length is Length.WEEK:
        monday = day - timedelta(days=day.weekday())
        return Period(length, monday, monday + timedelta(days=7))
    first = day.replace(day=1)
    return Period(length, first, (first + timedelta(days=31)).replace(day=1))


@dataclass(frozen=True, slots=True)
class TimeSlot:
    """An hour of a day, or a day of a longer period. `since` and `until` are UTC, `until` is not
    included; `begins` is local. Of an hour that the clock shows twice, the later one is `again`."""

    since: datetime
    until: datetime
    begins: datetime
    is_day: bool = False
    again: bool = False

    @property
    def place(self) -> tuple[object, ...]:
        """What it has in common with the slot of another day that is compared with it."""
        return (self.begins.time(), self.again)


@dataclass(frozen=True, slots=True)
class Span:
    """What is summed: a period, or its beginning where it is not `is_whole`, divided into slots.
    `until` is not included."""

    period: Period
    since: datetime
    until: datetime
    slots: tuple[TimeSlot, ...]
    is_whole: bool = True


def midnight(day: date) -> datetime:
    """The local beginning of a day."""
    return datetime.combine(day, time())


def span_of(period: Period, to_utc: ToUtc, to_local: ToLocal, stop: datetime | None = None) -> Span:
    """The whole of `period`, or what of it lies before `stop` (UTC)."""
    since, end = period.bounds(to_utc)
    until = end if stop is None else max(since, min(end, stop))
    slots = _hours(since, end, to_local) if period.length is Length.DAY else _days(period, to_utc)
    kept = (replace(one, until=min(one.until, until)) for one in slots if one.since < until)
    return Span(period, since, until, tuple(kept), until == end)


def _hours(since: datetime, until: datetime, to_local: ToLocal) -> list[TimeSlot]:
    found: list[TimeSlot] = []
    shown: set[datetime] = set()
    while since < until:
        begins = to_local(since)
        end = min(since + _HOUR, until)
        found.append(TimeSlot(since, end, begins, again=begins in shown))
        shown.add(begins)
        since = end
    return found


def _days(period: Period, to_utc: ToUtc) -> list[TimeSlot]:
    return [
        TimeSlot(*day.bounds(to_utc), midnight(day.first), is_day=True) for day in period.days()
    ]

"""Days, weeks and months of the shop's calendar, and the one before each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import TypeAlias

ToUtc: TypeAlias = Callable[[datetime], datetime]
"""The UTC time of a local one without a zone; the caller knows the zone."""


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
        midnights = (datetime.combine(day, time()) for day in (self.first, self.end))
        since, until = (to_utc(midnight) for midnight in midnights)
        return since, until


def period_of(length: Length, day: date) -> Period:
    """The period that holds `day`."""
    if length is Length.DAY:
        return Period(length, day, day + timedelta(days=1))
    if length is Length.WEEK:
        monday = day - timedelta(days=day.weekday())
        return Period(length, monday, monday + timedelta(days=7))
    first = day.replace(day=1)
    return Period(length, first, (first + timedelta(days=31)).replace(day=1))

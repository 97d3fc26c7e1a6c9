"""The days that the history can be narrowed to, as a person names them."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from xumm_desk.core.message import Message


class Period(StrEnum):
    """Which days; the values are stored."""

    ANY = "any"
    TODAY = "today"
    YESTERDAY = "yesterday"
    THIS_WEEK = "this week"
    """From Monday on."""
    WEEK = "7 days"
    MONTH = "this month"
    DAYS = "days"
    """Days that are chosen one by one."""


PERIOD_LABELS: Final[dict[Period, str]] = {
    Period.ANY: Message("All days"),
    Period.TODAY: Message("Today"),
    Period.YESTERDAY: Message("Yesterday"),
    Period.THIS_WEEK: Message("This week"),
    Period.WEEK: Message("Last 7 days"),
    Period.MONTH: Message("This month"),
    Period.DAYS: Message("Days…"),
}


def first_and_last(period: Period, today: date) -> tuple[date, date] | None:
    """The first and the last day of a period, both included; None where `today` does not say."""
    match period:
        case Period.TODAY:
            return today, today
        case Period.YESTERDAY:
            return today - timedelta(days=1), today - timedelta(days=1)
        case Period.THIS_WEEK:
            return today - timedelta(days=today.weekday()), today
        case Period.WEEK:
            return today - timedelta(days=6), today
        case Period.MONTH:
            return today.replace(day=1), today
    return None

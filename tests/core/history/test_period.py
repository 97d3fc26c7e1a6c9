"""Days by name."""

from __future__ import annotations

from datetime import date

import pytest

from xumm_desk.core.history.period import PERIOD_LABELS, Period, first_and_last

SATURDAY = date(2026, 3, 14)


@pytest.mark.parametrize(
    ("period", "days"),
    [
        (Period.ANY, None),
        (Period.TODAY, (SATURDAY, SATURDAY)),
        (Period.YESTERDAY, (date(2026, 3, 13), date(2026, 3, 13))),
        (Period.THIS_WEEK, (date(2026, 3, 9), SATURDAY)),
        (Period.WEEK, (date(2026, 3, 8), SATURDAY)),
        (Period.MONTH, (date(2026, 3, 1), SATURDAY)),
        (Period.DAYS, None),
    ],
)
def test_a_name_is_days_of_today(period: Period, days: tuple[date, date] | None) -> None:
    assert first_and_last(period, SATURDAY) == days


def test_each_has_a_label() -> None:
    assert set(PERIOD_LABELS) == set(Period)

"""What is remembered of an export, and the days of a period."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.export.choice import (
    ExportChoice,
    Period,
    Wanted,
    choice_from_text,
    days_of,
)
from xumm_desk.core.export.columns import NAMES
from xumm_desk.core.export.job import ExportFormat


def test_a_choice_is_read_back_and_chosen_days_are_not_kept() -> None:
    made = ExportChoice(
        ExportFormat.XLSX, False, ("tag", "status"), Wanted.PAID, Period.LAST_YEAR, "/x"
    )
    assert choice_from_text(made.to_text()) == made
    days = choice_from_text(ExportChoice(period=Period.DAYS).to_text())
    assert days.period is Period.THIS_MONTH
    assert choice_from_text(ExportChoice().to_text()).columns == NAMES


@given(st.text() | st.sampled_from(["", "[]", '{"columns": [1], "mark": 3, "format": []}']))
def test_any_text_is_a_choice(text: str) -> None:
    assert choice_from_text(text).columns


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (Period.TODAY, "2026-03-01", "2026-03-01"),
        (Period.YESTERDAY, "2026-02-28", "2026-02-28"),
        (Period.THIS_MONTH, "2026-03-01", "2026-03-01"),
        (Period.LAST_MONTH, "2026-02-01", "2026-02-28"),
        (Period.THIS_YEAR, "2026-01-01", "2026-03-01"),
        (Period.LAST_YEAR, "2025-01-01", "2025-12-31"),
    ],
)
def test_a_period_has_a_first_and_a_last_day(period: Period, first: str, last: str) -> None:
    found = days_of(period, date(2026, 3, 1))
    assert found == (date.fromisoformat(first), date.fromisoformat(last))

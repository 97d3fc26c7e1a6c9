"""The strip of sales shows as many as there is room for, and says how many more there are."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from ui.sample_rows import Clock
from xumm_desk.core.status import Status
from xumm_desk.ui.till import sales_strip
from xumm_desk.ui.till.sales_strip import SaleChip, SalesStrip

from .sales import sale_row


def test_only_the_sales_that_fit_cost_something(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[SaleChip] = []

    class Counted(SaleChip):
        def __init__(self, clock: Clock) -> None:
            super().__init__(clock)
            made.append(self)

    monkeypatch.setattr(sales_strip, "SaleChip", Counted)
    strip = SalesStrip(Clock())
    qtbot.addWidget(strip)
    strip.resize(1000, strip.minimumSizeHint().height())
    rows = [sale_row(Status.PAID, number) for number in range(100)]
    strip.show_sales(rows, "", set())
    shown = [chip.row.identifier for chip in strip.chips]
    assert shown == [f"sale-{number}" for number in range(len(shown))]
    assert 2 <= len(shown) < 10
    assert len(made) == len(shown) + 1
    assert f"+{100 - len(shown)}" in strip.all.text()

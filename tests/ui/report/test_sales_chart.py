"""The chart of sales: bars as high as they should be, reached by mouse and keyboard."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from xumm_desk.core.history.query import HistoryQuery
from xumm_desk.ui.report.report_page import ReportPage
from xumm_desk.ui.style.theme import Theme

from .past_days import days, page_of

PATIENCE = 120_000


@pytest.fixture
def page(qtbot: QtBot) -> ReportPage:
    """A report whose chart was loaded."""
    made, _ = page_of(qtbot, days())
    qtbot.waitUntil(lambda: made.chart is not None, timeout=PATIENCE)
    QApplication.processEvents()
    return made


def colour_at(chart: Any, at: int, share: float) -> QColor:
    """What is painted in a slot, at this share of the chart's height from its bottom."""
    picture = chart.grab().toImage()
    place = chart.place_of(at)
    ratio = picture.devicePixelRatio()
    box = chart._box.sceneBoundingRect()
    y = box.bottom() - share * box.height() + 0.5
    return QColor(picture.pixelColor(QPoint(round(place.x() * ratio), round(y * ratio))))


def click(chart: Any, place: QPoint) -> None:
    QTest.mouseClick(chart, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)


def test_a_bar_is_as_high_as_there_were_sales(page: ReportPage, scheme: str) -> None:
    page.chart._draw()
    QApplication.processEvents()
    colours = Theme.current().colours
    eleven, noon, night = 11, 12, 3
    assert colour_at(page.chart, eleven, 0.8) == QColor(colours.accent)
    assert colour_at(page.chart, noon, 0.2) == QColor(colours.accent)
    assert colour_at(page.chart, noon, 0.8) == QColor(colours.card)
    assert colour_at(page.chart, night, 0.2) == QColor(colours.card)


def test_the_colours_follow_the_scheme(page: ReportPage) -> None:
    Theme.current().set_scheme("dark")
    QApplication.processEvents()
    assert colour_at(page.chart, 3, 0.2) == QColor(Theme.current().colours.card)
    assert colour_at(page.chart, 11, 0.8) == QColor(Theme.current().colours.accent)


def test_a_bar_that_is_pressed_leads_to_its_sales(page: ReportPage, qtbot: QtBot) -> None:
    asked: list[HistoryQuery] = []
    page.asked.connect(asked.append)
    click(page.chart, page.chart.place_of(11))
    (query,) = asked
    assert [row.key for row in days() if query.matches(row)] == [3, 4]
    click(page.chart, QPoint(1, 1))
    assert len(asked) == 1


def test_arrows_go_from_bar_to_bar(page: ReportPage, qtbot: QtBot) -> None:
    asked: list[HistoryQuery] = []
    page.asked.connect(asked.append)
    chart = page.chart
    QTest.keyClick(chart, Qt.Key.Key_Home)
    assert chart.marked == 0
    QTest.keyClick(chart, Qt.Key.Key_Left)
    assert chart.marked == 0
    QTest.keyClick(chart, Qt.Key.Key_End)
    assert chart.marked == 23
    for _ in range(11):
        QTest.keyClick(chart, Qt.Key.Key_Left)
    assert chart.accessibleName() == "Chart of sales, Today. 12:00: 1 sale. Before: 0."
    QTest.keyClick(chart, Qt.Key.Key_Return)
    assert [row.key for row in days() if asked[-1].matches(row)] == [5]


def test_it_is_described_in_words(page: ReportPage) -> None:
    assert page.chart.accessibleDescription() == (
        "3 sales in all. Most at 11:00: 2. The same numbers stand in the table."
    )


def test_it_opens_no_window_of_its_own(page: ReportPage) -> None:
    modules = {type(one).__module__ for one in QApplication.topLevelWidgets()}
    assert not any(name.startswith("pyqtgraph") for name in modules)


def test_marks_on_the_axis_are_whole_numbers_that_hold_the_highest_bar() -> None:
    from xumm_desk.ui.report.sales_chart import _ticks

    for highest in (0, 1, 2, 3, 7, 14, 99, 101, 12_345):
        ticks = _ticks(highest)
        assert ticks[0] == 0
        assert ticks[-1] >= max(1, highest)
        assert len(ticks) <= 6
        assert len({b - a for a, b in pairwise(ticks)}) == 1


def test_its_axis_names_as_many_hours_as_have_room(page: ReportPage) -> None:
    chart = page.chart

    def named() -> list[str]:
        return [mark for _at, mark in chart._bottom._tickLevels[0]]

    assert named() == [f"{hour:02d}" for hour in range(24)]
    chart.resize(240, 120)
    assert named()[:2] in (["00", "03"], ["00", "04"], ["00", "02"], ["00", "06"])


def test_without_its_library_the_table_is_named(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "xumm_desk.ui.report.sales_chart", None)
    page, _ = page_of(qtbot, days())
    qtbot.waitUntil(
        lambda: "The table has the same numbers" in page._legend.text(), timeout=PATIENCE
    )
    assert page.chart is None
    page.loader.read()
    assert "The table has the same numbers" in page._legend.text()

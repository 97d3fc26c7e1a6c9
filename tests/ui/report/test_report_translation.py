"""The report in a pseudo-locale: no sentence bypasses translation, and nothing is clipped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.fake_desk import FakeDesk
from ui.test_translation import bypassing, clipped, pseudo
from xumm_desk.core.report.periods import Length
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.report.report_page import ReportPage

from .past_days import days, page_of

__all__ = ["pseudo"]

PATIENCE = 120_000
OUTPUT = Path(__file__).parents[2] / "output"


def charted(qtbot: QtBot) -> ReportPage:
    page, _ = page_of(qtbot, days())
    qtbot.waitUntil(lambda: page.chart is not None, timeout=PATIENCE)
    return page


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize("length", list(Length), ids=lambda one: one.value)
def test_no_sentence_of_the_report_bypasses_the_catalogue(qtbot: QtBot, length: Length) -> None:
    page = charted(qtbot)
    page.periods.length.set_value(length.value)
    page.chart.mark(0)
    assert bypassing(page) == ""
    if length is not Length.MONTH:  # babel's February looks as an English one
        page.periods.go_back()
    page.switch.set_value("table")
    assert bypassing(page) == ""


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize("rows", ["none", "failing"])
def test_no_sentence_about_an_absent_report_bypasses_it(qtbot: QtBot, rows: str) -> None:
    page, reports = page_of(qtbot, [])
    if rows == "failing":
        from xumm_desk.core.journal_error import JournalError
        from xumm_desk.core.message import Message

        reports.history.refusal = JournalError(Message("The journal is closed."))
        page.loader.read()
    assert bypassing(page) == ""


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize("size", [(1366, 768), (1024, 600)], ids=str)
def test_nothing_of_the_report_is_clipped_in_longer_words(
    opened: Callable[..., tuple[MainWindow, FakeDesk]], qtbot: QtBot, size: tuple[int, int]
) -> None:
    window, desk = opened(rows=(), view="report")
    window.resize(*size)
    board = window._desk_view
    assert board is not None
    page = board.report.page
    assert page is not None
    desk.history.rows.update({row.key: row for row in days()})
    page.loader.read()
    qtbot.waitUntil(lambda: page.chart is not None, timeout=PATIENCE)
    for _ in range(10):
        QApplication.processEvents()  # layouts within layouts wait for their turn
    OUTPUT.mkdir(exist_ok=True)
    window.grab().save(str(OUTPUT / f"report-pseudo-{size[0]}.png"))
    assert list(clipped(page)) == []
    assert window.width() <= size[0]
    window.remove_desk()


def test_lines_from_right_to_left_turn_the_report_around(qtbot: QtBot) -> None:
    page = charted(qtbot)
    page.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    QApplication.processEvents()
    OUTPUT.mkdir(exist_ok=True)
    page.grab().save(str(OUTPUT / "report-right-to-left.png"))
    first, second = list(page.cards.cards.values())[:2]
    left = [card.mapTo(page, card.rect().topLeft()).x() for card in (first, second)]
    assert left[0] > left[1]


def test_the_axis_of_the_chart_stays_where_time_begins(app: QApplication, qtbot: QtBot) -> None:
    app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        page = charted(qtbot)
        page.show()
        QApplication.processEvents()
        chart = page.chart
        assert chart is not None
        assert chart._left.scenePos().x() < chart._box.scenePos().x()
    finally:
        app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)

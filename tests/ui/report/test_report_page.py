"""The report: what it shows, where its figures lead, and when it is read again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui import sample_rows
from ui.fake_desk import FakeDesk, Held
from xumm_desk.core.history.query import HistoryQuery
from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.money.amount import XrpAmount
from xumm_desk.core.report.line import Section
from xumm_desk.core.report.periods import Length
from xumm_desk.core.status import Status
from xumm_desk.ui.desk_view import REPORT, REQUESTS
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.report import report_table
from xumm_desk.ui.report.report_page import ReportPage

from .past_days import NOON, days, page_of, sale

PATIENCE = 120_000


def figure(page: ReportPage, section: Section, key: str) -> str:
    row = page.cards.cards[section].row(key)
    assert row is not None
    return row.figure.text()


def press(page: ReportPage, section: Section, key: str, *, before: bool = False) -> HistoryQuery:
    """The question to which this figure leads."""
    asked: list[HistoryQuery] = []
    page.asked.connect(asked.append)
    row = page.cards.cards[section].row(key)
    assert row is not None
    (row.before if before else row.figure).click()
    page.asked.disconnect(asked.append)
    (query,) = asked
    return query


def test_it_shows_today_beside_yesterday_up_to_now(qtbot: QtBot) -> None:
    page, reports = page_of(qtbot, days())
    assert page.title.text() == "Today"
    assert figure(page, Section.TAKINGS, "net EUR") == "€\u00a017.00"
    assert figure(page, Section.REQUESTS, "requests") == "5"
    assert figure(page, Section.REQUESTS, "status paid") == "3"
    assert figure(page, Section.DOUBT, "doubt") == "1"
    assert figure(page, Section.REFUNDS, "refunds") == "0"
    ((now, before),) = reports.asked
    assert now.is_whole
    assert before.until == sample_rows.NOW.replace(second=0, microsecond=0) - timedelta(days=1)


def test_each_figure_leads_to_its_requests(qtbot: QtBot) -> None:
    page, _ = page_of(qtbot, days())

    def found(query: HistoryQuery) -> set[int]:
        return {row.key for row in days() if query.matches(row)}

    assert found(press(page, Section.TAKINGS, "net EUR")) == {3, 4, 5}
    assert found(press(page, Section.TAKINGS, "net EUR", before=True)) == {1, 2}
    assert found(press(page, Section.REQUESTS, "status declined")) == {6}
    assert found(press(page, Section.DOUBT, "doubt")) == {7}
    assert found(press(page, Section.REFUNDS, "refunds", before=True)) == {2}


def test_the_table_says_the_same_and_can_be_copied(qtbot: QtBot) -> None:
    page, _ = page_of(qtbot, days())
    page.switch.set_value("table")
    assert page.table.isVisible()
    rows = {
        (report_table.cell_text(line, 0), report_table.cell_text(line, 1)): (
            report_table.cell_text(line, 2),
            report_table.cell_text(line, 3),
            report_table.cell_text(line, 4),
        )
        for line in page.table.rows.lines
    }
    assert rows["Takings", "Takings, EUR"] == (
        "€\u00a017.00",
        "€\u00a03.00",
        "€\u00a014.00 more (+467 %)",
    )
    assert rows["11:00", "Sales"] == ("2", "1", "1 more (+100 %)")
    assert ("03:00", "Sales") not in rows
    page.copy.click()
    copied = QGuiApplication.clipboard().text().splitlines()
    assert copied[0] == "Part\tFigure\tToday\tYesterday until 14:04\tDifference"
    assert "Takings\tTakings, EUR\t€ 17.00\t€ 3.00\t€ 14.00 more (+467 %)" in copied
    assert len(copied) == 1 + len(page.table.rows.lines)


def test_the_table_can_be_copied_only_while_it_is_shown(qtbot: QtBot) -> None:
    page, reports = page_of(qtbot, days())
    assert page.copy.isHidden()
    page.switch.set_value("table")
    assert not page.copy.isHidden()
    page.periods.go_back()
    page.periods.go_back()  # a day without requests, and without any on the day before
    page.periods.go_back()
    assert page.empty.isVisible()
    assert page.copy.isHidden()
    page.periods.go_to_present()
    assert not page.copy.isHidden()
    reports.history.refusal = JournalError("The disk reports an error.")
    page.loader.read()
    assert page.copy.isHidden()
    page.switch.set_value("cards")
    page.switch.set_value("table")
    assert page.copy.isHidden()


def test_the_keyboard_copies_and_asks_in_the_table(qtbot: QtBot) -> None:
    page, _ = page_of(qtbot, days())
    page.switch.set_value("table")
    table = page.table
    asked: list[HistoryQuery] = []
    page.asked.connect(asked.append)
    at = [line.key for line in table.rows.lines].index("status paid")
    table.setCurrentIndex(table.rows.index(at, report_table.BEFORE))
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert [row.key for row in days() if asked[-1].matches(row)] == [1]
    table.setCurrentIndex(table.rows.index(at, report_table.NOW))
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert [row.key for row in days() if asked[-1].matches(row)] == [3, 4, 5]
    table.selectRow(at)
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Requests\tPaid\t3\t1\t2 more (+200 %)"


def test_other_periods_are_reached_with_buttons_keys_and_a_date(qtbot: QtBot) -> None:
    page, reports = page_of(qtbot, days())
    page.periods.back.click()
    assert page.title.text() == "Yesterday"
    assert figure(page, Section.TAKINGS, "net EUR") == "€\u00a03.00"
    assert reports.asked[-1][1].is_whole
    page.periods.length.set_value(Length.MONTH.value)
    assert page.title.text() == "This month"
    assert figure(page, Section.TAKINGS, "net EUR") == "€\u00a020.00"
    page.periods.go_back()
    assert page.title.text() == "Feb 2026"
    page.periods.date.setDate(page.periods.date.date().addMonths(-1))
    assert page.title.text() == "Jan 2026"
    page.periods.present.click()
    assert page.title.text() == "This month"
    assert not page.periods.forward.isEnabled()
    page.periods.go_forward()
    assert page.title.text() == "This month"
    page.periods.length.set_value(Length.WEEK.value)
    assert page.title.text() == "This week"
    page.periods.back.click()
    assert page.title.text() == "Last week"
    page.periods.back.click()
    assert page.title.text() == "Week 9"


def test_today_is_another_day_after_midnight(qtbot: QtBot) -> None:
    clock = sample_rows.Clock()
    page, _ = page_of(qtbot, days(), clock=clock)
    page.tick()
    clock.passed = 10 * 3600
    page.tick()
    assert page.title.text() == "Today"
    assert "No requests on this day" in page.empty.message
    page.periods.back.click()
    assert figure(page, Section.REQUESTS, "requests") == "5"
    clock.passed += 24 * 3600
    page.tick()
    assert page.periods.period.first == NOON.date()


def test_yesterday_has_its_date_after_midnight(qtbot: QtBot) -> None:
    clock = sample_rows.Clock()
    page, _ = page_of(qtbot, days(), clock=clock)
    page.periods.back.click()
    page.switch.set_value("table")
    assert page.title.text() == "Yesterday"
    clock.passed = 24 * 3600
    page.tick()
    assert page.title.text() == "Fri 13 Mar 2026"
    header = page.table.rows.headerData(report_table.NOW, Qt.Orientation.Horizontal)
    assert header == "Fri 13 Mar 2026"


def test_a_report_that_is_opened_after_midnight_is_of_the_new_day(qtbot: QtBot) -> None:
    clock = sample_rows.Clock()
    page, reports = page_of(qtbot, days(), clock=clock)
    page.rest()
    clock.passed = 24 * 3600
    page.open()
    assert page.title.text() == "Today"
    assert reports.asked[-1][0].period.first == NOON.date() + timedelta(days=1)


def test_a_running_day_is_compared_with_more_of_yesterday_as_time_passes(qtbot: QtBot) -> None:
    clock = sample_rows.Clock()
    page, reports = page_of(qtbot, days(), clock=clock)
    page.tick()
    clock.passed = 60
    page.tick()
    qtbot.waitUntil(lambda: len(reports.asked) == 2, timeout=PATIENCE)
    assert reports.asked[1][1].until - reports.asked[0][1].until == timedelta(minutes=1)
    page.periods.back.click()
    clock.passed = 120
    page.tick()
    assert not page.loader._timer.isActive()


def test_a_day_without_requests_says_so(qtbot: QtBot) -> None:
    page, _ = page_of(qtbot, [])
    assert "No requests on this day" in page.empty.message
    assert page.empty.isVisible()
    page.periods.length.set_value(Length.WEEK.value)
    assert "No requests in this week" in page.empty.message


def test_an_empty_day_beside_a_full_one_is_compared(qtbot: QtBot) -> None:
    page, _ = page_of(qtbot, [sale(1, NOON - timedelta(days=1))])
    assert page.cards.isVisible()
    row = page.cards.cards[Section.REQUESTS].row("requests")
    assert row is not None
    assert row.difference.text() == "1 fewer (−100 %)"


def test_figures_that_cannot_be_read_are_asked_for_again(qtbot: QtBot) -> None:
    page, reports = page_of(qtbot, days())
    reports.history.refusal = JournalError("The disk reports an error.")
    page.loader.read()
    assert page.empty.isVisible()
    assert "The disk reports an error." in page.empty.message
    reports.history.refusal = None
    page.empty.pressed.emit()
    assert page.cards.isVisible()
    assert figure(page, Section.REQUESTS, "requests") == "5"


def test_it_is_read_again_when_requests_change_but_not_for_each(qtbot: QtBot) -> None:
    page, reports = page_of(qtbot, days())
    reports.history.rows[8] = sale(8, NOON)
    for _ in range(500):
        page.changed()
    assert len(reports.asked) == 1
    qtbot.waitUntil(lambda: len(reports.asked) == 2, timeout=PATIENCE)
    assert figure(page, Section.REQUESTS, "requests") == "6"


def test_nothing_is_read_while_nobody_looks(qtbot: QtBot) -> None:
    page, reports = page_of(qtbot, days())
    page.changed()
    page.rest()
    assert not page.loader._timer.isActive()
    page.changed()
    page.periods.go_back()
    assert not page.loader._timer.isActive()
    assert len(reports.asked) == 1
    page.open()
    assert len(reports.asked) == 2
    assert page.title.text() == "Yesterday"


@pytest.mark.parametrize("meanwhile", ["nothing", "another period"])
def test_a_reading_that_ends_when_nobody_looks_is_the_last_one(
    qtbot: QtBot, meanwhile: str
) -> None:
    page, reports = page_of(qtbot, days())
    reports.history.behind = 12  # so that it would be read again
    held = Held()
    answer = reports.compare

    async def slow(now: object, before: object) -> object:
        await held
        return await answer(now, before)  # type: ignore[arg-type]

    reports.compare = slow  # type: ignore[method-assign, assignment]
    page.loader.read()
    if meanwhile == "another period":
        page.periods.go_back()
    page.rest()
    held.release()
    assert len(reports.asked) == 2
    assert not page.loader._timer.isActive()
    assert not page.loader._reading
    page.open()
    held.release()
    assert len(reports.asked) == 3
    assert page.loader._timer.isActive()


def test_changes_during_a_reading_are_read_after_it(qtbot: QtBot) -> None:
    page, reports = page_of(qtbot, days())
    held = Held()
    answer = reports.compare

    async def slow(now: object, before: object) -> object:
        await held
        return await answer(now, before)  # type: ignore[arg-type]

    reports.compare = slow  # type: ignore[method-assign, assignment]
    page.loader.read()
    page.changed()
    assert not page.loader._timer.isActive()
    reports.history.rows[8] = sale(8, NOON)
    held.release()
    assert page.loader._timer.isActive()


def test_figures_never_stand_under_the_name_of_another_period(qtbot: QtBot) -> None:
    page, reports = page_of(qtbot, days())
    held = Held()
    answer = reports.compare

    async def slow(now: object, before: object) -> object:
        await held
        return await answer(now, before)  # type: ignore[arg-type]

    reports.compare = slow  # type: ignore[method-assign, assignment]
    page.periods.back.click()
    qtbot.waitUntil(page.empty.isVisible, timeout=PATIENCE)
    assert page.empty.message == "Counting…"
    assert page.title.text() == ""
    page.periods.back.click()  # before the first answer has come
    held.release()
    assert page.title.text() == ""
    held.release()
    assert page.report is not None
    assert page.report.period == page.periods.period
    assert page.title.text() == "Thu 12 Mar 2026"


def test_what_is_not_counted_yet_is_said_and_read_later(qtbot: QtBot) -> None:
    page, reports = page_of(qtbot, days())
    reports.history.behind = 12
    page.loader.read()
    assert "12 requests of the journal are not counted yet" in page._note.text()
    assert page.loader._timer.isActive()
    reports.history.behind = 0
    qtbot.waitUntil(lambda: "as of" in page._note.text(), timeout=PATIENCE)


def test_the_keyboard_stays_where_it_was_when_figures_change(qtbot: QtBot) -> None:
    page, reports = page_of(qtbot, days())
    page.activateWindow()
    row = page.cards.cards[Section.REQUESTS].row("status declined")
    assert row is not None
    row.figure.setFocus()
    reports.history.rows[8] = sale(8, NOON, status=Status.DECLINED)
    page.loader.read()
    assert page.cards.cards[Section.REQUESTS].row("status declined") is row
    assert row.figure.text() == "2"


def test_figures_are_spoken_with_their_difference(qtbot: QtBot) -> None:
    page, _ = page_of(qtbot, days())
    row = page.cards.cards[Section.REQUESTS].row("status paid")
    assert row is not None
    assert row.figure.accessibleName() == "Paid: 3, 2 more (+200 %)"
    assert "Before: 1. Now 2 more (+200 %)." in row.figure.toolTip()


def test_a_figure_opens_the_requests_behind_it(
    opened: Callable[..., tuple[MainWindow, FakeDesk]], qtbot: QtBot
) -> None:
    window, desk = opened(rows=(), view="report")
    board = window._desk_view
    assert board is not None
    assert board.view() == REPORT
    desk.history.rows.update({row.key: row for row in days()})
    page = board.report.page
    assert page is not None
    page.loader.read()
    row = page.cards.cards[Section.REQUESTS].row("status paid")
    assert row is not None
    row.figure.click()
    assert board.view() == REQUESTS
    assert board.table.rowCount() == 3
    assert board.pane.bar.query().statuses == {Status.PAID}
    board.show_view(REPORT)
    row = page.cards.cards[Section.TAKINGS].row("net EUR")
    assert row is not None
    row.figure.click()
    assert board.table.rowCount() == 3
    assert board.pane.bar.query().moved
    window.remove_desk()


def test_payments_without_a_request_open_their_own_list(qtbot: QtBot) -> None:
    page, reports = page_of(qtbot, [])
    assert page.empty.isVisible()
    reports.unmatched.append((NOON, XrpAmount(1_500_000)))
    page.loader.read()
    assert figure(page, Section.DOUBT, "unmatched") == "1"
    assert figure(page, Section.DOUBT, "unmatched MAINNET XRP ") == "1.50"
    row = page.cards.cards[Section.DOUBT].row("unmatched")
    assert row is not None
    with qtbot.waitSignal(page.unmatched_asked):
        row.figure.click()


def test_the_report_waits_until_the_journal_was_read(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    window, desk = opened(read=False, view="report")
    board = window._desk_view
    assert board is not None
    assert board.report.page is None
    window.show_resumed(())
    assert board.report.page is not None
    assert len(desk.reports.asked) == 1
    window.remove_desk()


def test_it_is_made_when_it_is_first_opened(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    window, desk = opened(view="till")
    board = window._desk_view
    assert board is not None
    assert board.report.page is None
    action = next(a for a in window.menu._view_menu.actions() if a.text() == "Report")
    assert action.shortcut().toString() == "Ctrl+3"
    action.trigger()
    assert board.view() == REPORT
    assert board.report.page is not None
    assert not any(one.isVisible() for one in board.panel_actions)
    assert board.request_actions.row is None
    action = next(a for a in window.menu._view_menu.actions() if a.text() == "Till")
    action.trigger()
    desk.show(*sample_rows.rows())
    assert not board.report.page.loader._timer.isActive()
    window.remove_desk()


def test_a_locked_desk_shows_no_figures(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    window, _ = opened(view="report")
    board = window._desk_view
    assert board is not None
    window.preferences.change(pin_hash="any")
    window.use_settings(window.preferences)
    assert window.lock.locked
    assert board.view() != REPORT
    board.show_view(REPORT)
    assert board.view() != REPORT
    action = next(a for a in window.menu._view_menu.actions() if a.text() == "Report")
    assert not action.isEnabled()
    window.remove_desk()


@pytest.mark.usefixtures("scheme")
def test_it_fits_a_small_window(qtbot: QtBot) -> None:
    page, _ = page_of(qtbot, days())
    page.resize(900, 500)
    QApplication.processEvents()
    assert page.width() == 900
    for card in page.cards.cards.values():
        right = card.mapTo(page, card.rect().topRight()).x()
        assert right <= page.width()

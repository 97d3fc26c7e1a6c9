"""Filters that a person saves, chooses, names, replaces, moves and deletes in the sidebar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from ui import sample_rows
from ui.fake_desk import FakeDesk, run_now
from ui.fake_history import FakeHistory
from xumm_desk.core.history.period import Period
from xumm_desk.core.history.query import HistoryQuery
from xumm_desk.core.history.saved_filter import SavedFilter
from xumm_desk.core.history.summary import summarise
from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.status import Status
from xumm_desk.store.settings_file import SettingsFile
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.requests.actions import RequestActions
from xumm_desk.ui.requests.pane import RequestPane
from xumm_desk.ui.requests.rows.filtering import Group
from xumm_desk.ui.requests.rows.history_source import HistorySource
from xumm_desk.ui.requests.saved_filters.name_dialog import NameDialog
from xumm_desk.ui.requests.saved_filters.saved_section import SavedButton
from xumm_desk.ui.requests.table_model import RequestTableModel

DECLINED = SavedFilter("Declined", HistoryQuery(statuses=frozenset({Status.DECLINED})))
TODAY = SavedFilter("Today", HistoryQuery(), Period.TODAY)
GONE = SavedFilter("Old till", HistoryQuery(tills=frozenset({"sold"})))
TABLE = SavedFilter("Table", HistoryQuery(text="table"))

Shop = Callable[..., RequestPane]


@pytest.fixture
def history() -> FakeHistory:
    """The sample rows, which are in memory, and the same of ten days ago."""
    rows = list(enumerate(sample_rows.rows(), start=1))
    lines = [
        summarise(key, row.request, row.verdict.status, finished=row.verdict.final)
        for key, row in rows
    ]
    old = [
        replace(
            one,
            key=one.key + 1000,
            identifier=f"old {one.key}",
            created_at=one.created_at - timedelta(days=10),
        )
        for one in lines
    ]
    return FakeHistory([*old, *lines])


@pytest.fixture
def shop(qtbot: QtBot, tmp_path: Path, history: FakeHistory) -> Shop:
    def make(*filters: SavedFilter, attached: bool = True) -> RequestPane:
        settings = SettingsFile(tmp_path / "settings.json")
        settings.change(saved_filters=[one.to_json() for one in filters])
        table = RequestTableModel(sample_rows.Clock())
        pane = RequestPane(table, RequestActions(), preferences=settings)
        qtbot.addWidget(pane)
        pane.resize(1200, 600)
        with qtbot.waitExposed(pane):
            pane.show()
        sample_rows.show(table, sample_rows.rows())
        if attached:
            table.attach(HistorySource(history, run_now, table), "MAINNET")
        pane.activateWindow()
        qtbot.waitUntil(pane.isActiveWindow)
        return pane

    return make


def counted(pane: RequestPane, qtbot: QtBot) -> dict[str, int]:
    """The numbers, once all are known."""
    counts = pane.saved.counts
    names = {one.name for one in counts._store.filters}
    qtbot.waitUntil(lambda: counts.counts.keys() == names)
    return counts.counts


def button(pane: RequestPane, name: str) -> SavedButton:
    found = pane.filters.saved.button(name)
    assert found is not None
    return found


def names(pane: RequestPane) -> list[str]:
    return [one.saved.name for one in pane.filters.saved._buttons]


def kept(tmp_path: Path) -> list[str]:
    """The names in the settings file."""
    value = SettingsFile(tmp_path / "settings.json").value
    return [str(one["name"]) for one in value.saved_filters]


def name_dialog(pane: RequestPane) -> NameDialog:
    [dialog] = [one for one in pane.findChildren(NameDialog) if one.isVisible()]
    return dialog


class TestSaving:
    def test_what_is_filtered_is_kept_under_a_name(self, shop: Shop, tmp_path: Path) -> None:
        pane = shop()
        assert not pane.filters.saved.save_action.isEnabled()
        pane.filters.choose(Group.PAID)
        pane.bar.choose_period(Period.WEEK)
        pane.search.setText("3.33")
        pane.filters.saved.save_action.trigger()
        dialog = name_dialog(pane)
        assert dialog.name.text() == "3.33, Paid, Paid late, Signed, Last 7 days"[:40]
        dialog.name.set_text("  Paid this week ")
        dialog.save_button.click()
        assert names(pane) == kept(tmp_path) == ["Paid this week"]
        chosen = pane.filters.saved.checked()
        assert chosen is not None
        assert (chosen.period, chosen.query.text) == (Period.WEEK, "3.33")
        assert chosen.query.since is None, "days are kept by name"
        assert chosen.query.statuses == {Status.PAID, Status.PAID_LATE, Status.SIGNED}

    def test_a_name_that_is_taken_replaces(self, shop: Shop) -> None:
        pane = shop(DECLINED, TODAY)
        pane.search.setText("104")
        pane.saved.ask_to_save()
        dialog = name_dialog(pane)
        dialog.name.set_text("declined")
        assert dialog.save_button.text() == "Replace"
        dialog.save_button.click()
        assert names(pane) == ["declined", "Today"]
        assert button(pane, "declined").saved.query == HistoryQuery(text="104")

    def test_a_filter_without_a_name_is_none(self, shop: Shop) -> None:
        pane = shop()
        pane.search.setText("104")
        pane.saved.ask_to_save()
        dialog = name_dialog(pane)
        dialog.name.set_text(" \u200e ")
        dialog.save_button.click()
        assert dialog.isVisible()
        assert dialog.name.problem() == "Type a name."
        assert names(pane) == []

    def test_nothing_that_is_filtered_is_nothing_to_save(self, shop: Shop) -> None:
        pane = shop(DECLINED)
        pane.search.setText("x")
        assert pane.filters.saved.save_action.isEnabled()
        pane.search.clear()
        assert not pane.filters.saved.save_action.isEnabled()
        pane.filters.choose(Group.PAID)
        pane.bar.status.choose([Status.DECLINED.value])
        pane.bar.status.changed.emit()
        assert pane.saved.present() is None, "no status is in both"

    def test_days_are_kept_whole_or_not_at_all(self, shop: Shop) -> None:
        pane = shop()
        pane.bar.use_days(date(2026, 3, 10), date(2026, 3, 12))
        found = pane.saved.present("days")
        assert found is not None
        assert (found.period, found.days) == (
            Period.DAYS,
            (date(2026, 3, 10), date(2026, 3, 12)),
        )
        noon = sample_rows.NOW.replace(hour=12, minute=0, second=0)
        for query in (
            HistoryQuery(since=noon),
            HistoryQuery(until=noon),
            HistoryQuery(since=noon, until=noon + timedelta(hours=1)),
        ):
            pane.show_query(query)
            assert pane.saved.present() is None, query
            assert not pane.filters.saved.save_action.isEnabled(), query

    def test_attention_is_kept_as_what_it_asks_for(self, shop: Shop) -> None:
        pane = shop()
        pane.filters.choose(Group.ATTENTION)
        assert pane.saved.present("a") == SavedFilter("a", HistoryQuery(attention=True))


class TestChoosing:
    def test_it_shows_what_it_asks_for_and_nothing_else(self, shop: Shop) -> None:
        pane = shop(DECLINED, TODAY)
        pane.search.setText("no such thing")
        pane.filters.choose(Group.ATTENTION)
        button(pane, "Declined").click()
        assert pane.view.isVisible()
        assert pane.search.text() == ""
        assert pane.history_filter() == DECLINED.query
        assert pane.filters.group is Group.ALL
        assert not pane.filters.button(Group.ALL).isChecked()
        button(pane, "Today").click()
        assert pane.bar.chosen_period is Period.TODAY
        assert 0 < pane.table.rowCount() == len(sample_rows.rows())

    def test_another_filter_lets_it_go(self, shop: Shop) -> None:
        pane = shop(DECLINED)
        changes: tuple[Callable[[], object], ...] = (
            lambda: pane.search.setText("104"),
            lambda: pane.bar.choose_period(Period.MONTH),
            lambda: pane.filters.choose(Group.PAID),
            lambda: pane.show_query(HistoryQuery(text="1041")),
            lambda: pane.show_query(HistoryQuery(networks=frozenset({"MAINNET"}))),
            pane.clear_filters,
        )
        for change in changes:
            button(pane, "Declined").click()
            assert pane.filters.saved.checked() == DECLINED
            change()
            assert pane.filters.saved.checked() is None
            assert pane.filters.button(pane.filters.group).isChecked()

    def test_keys_choose_them(self, shop: Shop) -> None:
        pane = shop(DECLINED, TODAY)
        modifiers = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier
        QTest.keyClick(pane, Qt.Key.Key_2, modifiers)
        assert pane.filters.saved.checked() == TODAY
        QTest.keyClick(pane, Qt.Key.Key_1, modifiers)
        assert pane.filters.saved.checked() == DECLINED

    def test_a_till_that_is_gone_is_asked_for_all_the_same(self, shop: Shop, qtbot: QtBot) -> None:
        pane = shop(GONE)
        button(pane, "Old till").click()
        assert pane.table.rowCount() == 0
        assert pane.filters.saved.checked() == GONE
        assert pane.bar.till.isVisible()
        assert counted(pane, qtbot) == {"Old till": 0}

    def test_today_is_another_day_after_midnight(self, shop: Shop) -> None:
        pane = shop(TODAY)
        button(pane, "Today").click()
        clock = pane.table.clock
        assert isinstance(clock, sample_rows.Clock)
        clock.passed = 86_400.0
        pane.tick()
        assert pane.filters.saved.checked() == TODAY
        assert pane.table.rowCount() == 0


class TestCounts:
    def test_they_are_of_all_requests_that_ever_were(self, shop: Shop, qtbot: QtBot) -> None:
        pane = shop(DECLINED, TODAY)
        assert button(pane, "Declined").shown_count() == "…"
        assert button(pane, "Declined").accessibleName() == "Declined, not counted yet"
        found = counted(pane, qtbot)
        for name in found:
            button(pane, name).click()
            assert pane.table.rowCount() == found[name] > 0
            words = f"{name}, saved filter, {found[name]} request" + "s" * (found[name] != 1)
            assert button(pane, name).accessibleName() == words

    def test_one_that_cannot_be_counted_shows_no_number(
        self, shop: Shop, history: FakeHistory, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def refuse(_query: HistoryQuery) -> int:
            raise JournalError("the disk reports an error")

        pane = shop(DECLINED)
        counted(pane, qtbot)
        monkeypatch.setattr(history, "count", refuse)
        pane.saved.counts.refresh()
        qtbot.waitUntil(lambda: button(pane, "Declined").shown_count() == "…")

    def test_while_older_requests_are_prepared_there_is_no_number(
        self, shop: Shop, history: FakeHistory, qtbot: QtBot
    ) -> None:
        history.behind = 1000
        pane = shop(DECLINED)
        counts = pane.saved.counts
        qtbot.waitUntil(lambda: counts.timer.interval() > 0 and counts.timer.isActive())
        assert button(pane, "Declined").shown_count() == "…"

    def test_a_row_that_changes_is_counted_anew(
        self, shop: Shop, history: FakeHistory, qtbot: QtBot
    ) -> None:
        pane = shop(DECLINED)
        before = counted(pane, qtbot)["Declined"]
        declined = next(row for row in history.rows.values() if row.status is Status.DECLINED)
        history.rows[9999] = replace(declined, key=9999, identifier="new")
        fresh = list(sample_rows.many(1))
        sample_rows.show(pane.table, fresh)
        counts = pane.saved.counts
        counts.timer.start(0)
        qtbot.waitUntil(lambda: counts.counts.get("Declined") == before + 1)


class TestChanging:
    def test_its_menu_renames(self, shop: Shop, tmp_path: Path) -> None:
        pane = shop(DECLINED, TODAY)
        button(pane, "Declined").click()
        button(pane, "Declined").setFocus()
        button(pane, "Declined").rename.trigger()
        dialog = name_dialog(pane)
        dialog.name.set_text("today")
        dialog.save_button.click()
        assert "already" in dialog.name.problem()
        dialog.name.set_text("Said no")
        dialog.save_button.click()
        assert names(pane) == kept(tmp_path) == ["Said no", "Today"]
        assert button(pane, "Said no").isChecked()
        assert pane.focusWidget() is button(pane, "Said no")

    def test_its_menu_replaces_it_by_what_is_filtered(self, shop: Shop) -> None:
        pane = shop(DECLINED)
        assert not button(pane, "Declined").replace.isEnabled()
        pane.search.setText("104")
        button(pane, "Declined").replace.trigger()
        assert button(pane, "Declined").saved.query == HistoryQuery(text="104")
        assert button(pane, "Declined").isChecked()

    def test_keys_move_it_and_keep_the_keyboard_on_it(self, shop: Shop, tmp_path: Path) -> None:
        pane = shop(DECLINED, TODAY, TABLE)
        button(pane, "Table").setFocus()
        for _ in range(3):
            focused = pane.focusWidget()
            assert isinstance(focused, SavedButton)
            QTest.keyClick(focused, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
        assert names(pane) == kept(tmp_path) == ["Table", "Declined", "Today"]
        assert pane.focusWidget() is button(pane, "Table")
        assert "(Alt+Shift+1)" in button(pane, "Table").toolTip()
        QTest.keyClick(button(pane, "Table"), Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
        assert names(pane) == ["Declined", "Table", "Today"]

    def test_it_is_deleted_after_a_question(self, shop: Shop, tmp_path: Path) -> None:
        pane = shop(DECLINED, TODAY)
        button(pane, "Declined").click()
        button(pane, "Declined").setFocus()
        QTest.keyClick(button(pane, "Declined"), Qt.Key.Key_Delete)
        [box] = pane.findChildren(QMessageBox)
        assert "“Declined”" in box.text()
        box.defaultButton().click()
        assert names(pane) == kept(tmp_path) == ["Today"]
        assert pane.filters.button(Group.ALL).isChecked()
        assert pane.focusWidget() is button(pane, "Today")

    def test_more_than_nine_have_no_key_and_are_reached_all_the_same(self, shop: Shop) -> None:
        pane = shop(*(replace(TABLE, name=f"Table {n}") for n in range(1, 15)))
        assert "Alt+Shift" not in button(pane, "Table 10").toolTip()
        last = button(pane, "Table 14")
        last.click()
        assert last.isChecked()
        assert pane.height() == 600, "the sidebar scrolls"


def test_no_key_of_the_window_has_two_meanings_with_them(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    filters = [replace(TABLE, name=f"Table {n}").to_json() for n in range(1, 12)]
    window, _ = opened(settings={"saved_filters": filters})
    board = window._desk_view
    assert board is not None
    section = board.pane.filters.saved
    assert section.save_action in board.panel_actions
    keys = [shortcut for one in section._buttons for shortcut in one.children()]
    texts = [s.key().toString() for s in keys if hasattr(s, "key")]
    assert texts == [f"Alt+Shift+{n}" for n in range(1, 10)]
    used = [
        key.toString()
        for action in window.findChildren(type(section.save_action))
        for key in action.shortcuts()
    ]
    assert not set(texts) & set(used)
    assert used.count("Ctrl+Shift+S") == 1
    assert used.count("Ctrl+Shift+F") == 1


def test_each_part_of_a_filter_is_said(shop: Shop) -> None:
    whole = SavedFilter(
        "All of it",
        HistoryQuery(
            text="ann",
            statuses=frozenset({Status.PAID}),
            attention=True,
            assets=frozenset({"XRP"}),
            tills=frozenset({"", "T1"}),
            cashiers=frozenset({"Anna"}),
            networks=frozenset({"MAINNET"}),
        ),
        Period.MONTH,
    )
    tip = button(shop(whole), "All of it").toolTip()
    for part in (
        "Search: ann",
        "Status: Needs a person, Paid",
        "Asset: XRP",
        "Till: None, T1",
        "Operator: Anna",
        "Network: MAINNET",
        "Period: This month",
    ):
        assert part in tip, part

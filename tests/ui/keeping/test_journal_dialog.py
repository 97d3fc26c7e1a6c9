"""The dialogs about the journal: what they list, what they allow, what they ask for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import PurePath
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from xumm_desk.core.keeping.letting_go import ArchiveReport, ErasureChoices
from xumm_desk.core.keeping.reports import JournalCopy, RebuildReport
from xumm_desk.core.settings import Settings
from xumm_desk.ui.keeping.journal_dialog import JournalDialog
from xumm_desk.ui.keeping.letting_go_dialogs import ArchiveDialog, EraseDialog
from xumm_desk.ui.keeping.work_dialog import WorkDialog
from xumm_desk.ui.widgets.number_box import NumberBox


class Remembered:
    """Settings in memory."""

    value = Settings()
    error = ""
    problems = ()
    is_new = False

    def change(self, **values: Any) -> Settings:
        """Note what was changed."""
        self.changed = values
        return self.value


def copy(day: int, problem: str = "") -> JournalCopy:
    at = datetime(2026, 3, day, 21, 0, tzinfo=UTC)
    return JournalCopy(PurePath(f"/c/{day}"), date(2026, 3, day), 2_500_000, day, at, problem)


def test_only_a_copy_that_can_be_read_is_restored(qtbot: QtBot) -> None:
    dialog = JournalDialog(Remembered())
    qtbot.addWidget(dialog)
    dialog.show_copies([copy(3), copy(2, "It cannot be read.")])
    assert not dialog.restore_button.isEnabled()
    dialog.table.selectRow(1)
    assert not dialog.restore_button.isEnabled()
    dialog.table.selectRow(0)
    with qtbot.waitSignal(dialog.restore_asked) as asked:
        dialog.restore_button.click()
    assert asked.args == [copy(3)]
    dialog.show_copies([copy(4), copy(3)])
    assert dialog.selected() == copy(3), "the selected day stays selected"
    shown = dialog.table.item(0, 3)
    assert shown is not None
    assert shown.text() == "3 MB"


def test_the_days_are_saved(qtbot: QtBot) -> None:
    settings = Remembered()
    dialog = JournalDialog(settings)
    qtbot.addWidget(dialog)
    assert dialog.days.text() == "14"
    dialog.days.set_value(30)
    assert settings.changed == {"copy_days": 30}


def test_a_number_is_never_out_of_its_bounds(qtbot: QtBot) -> None:
    box = NumberBox(1, 20, 5)
    qtbot.addWidget(box)
    found: list[int] = []
    box.value_changed.connect(found.append)
    QTest.keyClick(box, Qt.Key.Key_Up)
    box.setText("")
    assert box.value() == 6
    box.setText("0")
    box.setText("99")
    box.setText("12")
    box.set_value(1000)
    assert found == [6, 12, 20]


def test_work_can_be_stopped_and_does_not_close_meanwhile(qtbot: QtBot) -> None:
    dialog = WorkDialog("Salvage", ["Words."], "Salvage")
    qtbot.addWidget(dialog)
    dialog.show()
    with qtbot.waitSignal(dialog.begun):
        dialog.action_button.click()
    dialog.progress(40, 100)
    qtbot.waitUntil(lambda: dialog.bar.value() == 40)
    dialog.close()
    assert dialog.isVisible()
    with qtbot.waitSignal(dialog.stopped):
        dialog.close_button.click()
    report = RebuildReport(facts=5, requests=2, lost=((3, 4), (9, 9)), affected=("a",))
    dialog.show_result("Done", report.sentences())
    assert "3 rows of the journal could not be read: 3 to 4, 9." in dialog.words.text()
    assert dialog.close_button.text() == "Close"


def test_nothing_is_archived_before_it_was_counted(qtbot: QtBot) -> None:
    dialog = ArchiveDialog()
    qtbot.addWidget(dialog)
    assert not dialog.action_button.isEnabled()
    dialog.show_plan(dialog.months.value(), ArchiveReport(3, 30, {"XRP": Decimal(1)}, 2))
    assert dialog.action_button.isEnabled()
    assert "2 older requests stay" in dialog.planned.text()
    with qtbot.waitSignal(dialog.asked) as asked:
        dialog.months.set_value(12)
    assert asked.args == [12]
    assert not dialog.action_button.isEnabled()
    dialog.show_plan(24, ArchiveReport(3, 30))
    assert not dialog.action_button.isEnabled(), "the answer to an older question"
    dialog.show_plan(12, ArchiveReport(1, 3))
    with qtbot.waitSignal(dialog.chosen) as chosen:
        dialog.action_button.click()
    assert chosen.args == [12]


@pytest.mark.parametrize("txid", [False, True])
def test_what_is_erased_is_chosen(qtbot: QtBot, txid: bool) -> None:
    dialog = EraseDialog()
    qtbot.addWidget(dialog)
    assert not dialog.action_button.isEnabled()
    dialog.what.set_text("  sale-7 ")
    assert dialog.action_button.isEnabled()
    dialog.txid.setChecked(txid)
    with qtbot.waitSignal(dialog.chosen) as chosen:
        dialog.action_button.click()
    assert chosen.args == ["sale-7", ErasureChoices(txid=txid)]

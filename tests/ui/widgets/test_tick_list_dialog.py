"""The dialog that the columns of the table and those of an export are chosen in."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from xumm_desk.ui.widgets.tick_list_dialog import TickListDialog


def made(qtbot: QtBot) -> TickListDialog:
    dialog = TickListDialog("Fruit")
    qtbot.addWidget(dialog)
    dialog.list.fill([("a", "Apple"), ("b", "Banana")], ["a"])
    dialog.use_button.clicked.connect(dialog.accept)
    dialog.lay_out(
        "Choose.", tools=(QPushButton("Tool"),), row=QLabel("Row"), foot=(QPushButton("Foot"),)
    )
    dialog.open()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.list.setFocus()
    return dialog


def test_tab_goes_from_the_list_to_its_tools_and_then_to_the_foot(qtbot: QtBot) -> None:
    dialog = made(qtbot)
    reached = []
    for _ in range(6):
        QTest.keyClick(QApplication.focusWidget() or dialog, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        assert isinstance(focused, QPushButton)
        reached.append(focused.text())
    assert reached == ["Move up", "Move down", "Tool", "Foot", "Cancel", "Use them"]


def test_keys_move_a_line_and_end_the_dialog(qtbot: QtBot) -> None:
    dialog = made(qtbot)
    QTest.keyClick(dialog.list, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: dialog.list.names() == ["b", "a"])
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    assert dialog.result() == TickListDialog.DialogCode.Accepted
    dialog.open()
    dialog.cancel_button.click()
    assert dialog.result() == TickListDialog.DialogCode.Rejected

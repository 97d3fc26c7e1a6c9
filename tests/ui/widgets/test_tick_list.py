"""The list that is ticked and put in order."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from xumm_desk.ui.widgets.tick_list import TickList


def made(qtbot: QtBot) -> TickList:
    one = TickList()
    qtbot.addWidget(one)
    one.fill([("a", "Apple"), ("b", "Bread"), ("c", "Cake")], ["b"], ["a"])
    one.show()
    return one


def test_it_says_what_is_ticked_in_its_order(qtbot: QtBot) -> None:
    one = made(qtbot)
    assert one.names() == ["a", "b", "c"]
    assert one.ticked() == ["a", "b"]
    one.setCurrentRow(2)
    one.move_current(-2)
    QTest.keyClick(one, Qt.Key.Key_Space)
    assert one.ticked() == ["c", "a", "b"]
    assert one.current_name() == "c"


def test_a_line_is_moved_no_further_than_there_is_room(qtbot: QtBot) -> None:
    one = made(qtbot)
    one.move_current(-1)
    assert one.names() == ["a", "b", "c"]
    one.move_current(3)
    assert one.names() == ["a", "b", "c"]


def test_a_line_that_is_always_ticked_stays_so(qtbot: QtBot) -> None:
    one = made(qtbot)
    one.tick_all(False)
    assert one.ticked() == ["a"]
    one.setCurrentRow(0)
    QTest.keyClick(one, Qt.Key.Key_Space)
    assert one.ticked() == ["a"]
    one.tick_all(True)
    assert one.ticked() == ["a", "b", "c"]

"""Rows of buttons: as many as their words need, each row as wide as the others."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from xumm_desk.ui.till.button_rows import ButtonRows


@pytest.mark.parametrize("width", [170, 330, 420, 574, 900, 1500])
@pytest.mark.parametrize("count", range(1, 8))
def test_every_row_is_full_and_no_button_lies_on_another(
    qtbot: QtBot, count: int, width: int
) -> None:
    buttons = [QPushButton(f"Button {number}") for number in range(count)]
    rows = ButtonRows(buttons)
    qtbot.addWidget(rows)
    rows.resize(width, 400)
    rows.show()
    QApplication.processEvents()
    by_row: dict[int, list[QPushButton]] = {}
    for one in buttons:
        by_row.setdefault(one.y(), []).append(one)
    edges = {(row[0].x(), row[-1].geometry().right()) for row in by_row.values()}
    assert len(edges) == 1, "the last row is as wide as the others"
    for row in by_row.values():
        widths = [one.width() for one in row]
        assert max(widths) - min(widths) <= 1
        assert all(a.geometry().right() < b.x() for a, b in pairwise(row))


def test_a_button_that_goes_leaves_no_gap(qtbot: QtBot) -> None:
    buttons = [QPushButton(f"Button {number}") for number in range(3)]
    rows = ButtonRows(buttons)
    qtbot.addWidget(rows)
    rows.resize(330, 400)
    rows.show()
    buttons[0].hide()
    QApplication.processEvents()
    assert [one.y() for one in buttons[1:]] == [buttons[1].y()] * 2
    buttons[0].show()
    QApplication.processEvents()
    assert buttons[2].width() == rows.width()

"""The sidebar of the requests: its numbers are never cut, however many requests there are."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from xumm_desk.ui.requests.filters.filter_sidebar import FilterSidebar
from xumm_desk.ui.requests.rows.filtering import Group
from xumm_desk.ui.style import theme


@pytest.mark.parametrize("compact", [False, True])
@pytest.mark.parametrize("count", [7, 9_999, 12_345, 833_154, 9_999_999])
def test_a_number_has_room(qtbot: QtBot, app: object, compact: bool, count: int) -> None:
    sidebar = FilterSidebar()
    qtbot.addWidget(sidebar)
    sidebar.set_compact(compact)
    sidebar.show_counts(Counter(dict.fromkeys(Group, count)))
    sidebar.resize(sidebar.sizeHint().width(), 500)
    sidebar.show()
    QApplication.processEvents()
    for button in map(sidebar.button, Group):
        words = QFontMetrics(theme.font(strong=True, tabular=True)).horizontalAdvance(
            button.shown_count()
        )
        mark = QFontMetrics(theme.font()).height() + int(theme.Space.L + theme.Space.S)
        assert words + mark <= button.width(), (button.shown_count(), button.width())
        assert f"{count:,}".replace(",", "\u202f") in button.tooltip()

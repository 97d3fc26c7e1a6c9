"""The list changes only what looks different."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from ui import sample_rows
from xumm_desk.ui.shop.till_model import TITLES, TillColumn, TillModel, widest_texts
from xumm_desk.ui.style.theme import Theme

from . import shops

NOW = sample_rows.MONO


def texts(model: QAbstractTableModel, row: int) -> list[str]:
    return [model.index(row, column).data() for column in TillColumn]


def test_it_is_a_model(qtmodeltester: ModelTester) -> None:
    model = TillModel()
    model.show_shop(shops.health(shops.twenty()), NOW)
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]


def test_each_till_is_a_line(qtbot: QtBot) -> None:
    model = TillModel()
    tills = (shops.till(2, seen_ago=1.0, missing=12), shops.till(1, alive=False, followed=True))
    model.show_shop(shops.health(shops.shop(*tills), answered=2.0), NOW)
    assert texts(model, 0)[:3] == ["Till 1", "Not live, followed by another till", "Till"]
    assert texts(model, 1) == ["Till 2", "Live", "Till", "3 s ago", "12 facts"]
    assert len(TITLES) == len(TillColumn) == len(widest_texts())


def test_time_changes_when_it_was_seen_and_nothing_else(qtbot: QtBot) -> None:
    model, changed = TillModel(), list[tuple[QModelIndex, QModelIndex]]()
    health = shops.health(shops.shop(shops.till(1), shops.till(2)))
    model.show_shop(health, NOW)
    model.dataChanged.connect(lambda first, last: changed.append((first, last)))
    model.show_shop(health, NOW)
    assert changed == []
    with qtbot.assertNotEmitted(model.modelReset):
        model.show_shop(health, NOW + 1)
    cells = {(one.column(), last.column()) for one, last in changed}
    assert cells == {(TillColumn.SEEN, TillColumn.SEEN)}
    assert len(changed) == 2


def test_a_till_that_joins_or_leaves_makes_a_new_list(qtbot: QtBot) -> None:
    model = TillModel()
    model.show_shop(shops.health(shops.shop(shops.till(1), shops.till(2))), NOW)
    with qtbot.waitSignal(model.modelReset):
        model.show_shop(shops.health(shops.shop(shops.till(2), shops.till(3))), NOW)
    assert model.row_of("id-03") == 1
    assert model.row_of("id-01") == -1
    assert model.till(5) is None


def test_a_screen_reader_hears_what_is_behind_as_a_sentence(qtbot: QtBot) -> None:
    model = TillModel()
    model.show_shop(shops.health(shops.shop(shops.till(1, missing=2))), NOW)
    spoken = model.index(0, TillColumn.BEHIND).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "2 facts of this till are in the shop's database and not here yet."
    assert "by the clock of the shop's database" in model.index(0, TillColumn.SEEN).data(
        Qt.ItemDataRole.ToolTipRole
    )


@pytest.mark.parametrize("column", [TillColumn.STATE, TillColumn.SEEN])
def test_another_scheme_paints_all_again(qtbot: QtBot, column: TillColumn) -> None:
    model = TillModel()
    model.show_shop(shops.health(shops.shop(shops.till(1, alive=False))), NOW)
    before = model.index(0, column).data(Qt.ItemDataRole.ForegroundRole)
    with qtbot.waitSignal(model.dataChanged):
        Theme.current().set_scheme("dark")
    assert model.index(0, column).data(Qt.ItemDataRole.ForegroundRole) != before

"""Read the columns as an earlier version remembered them: the state of Qt's own header."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QHeaderView

from xumm_desk.ui.requests.columns import Column

from .column_state import MAX_WIDTH, MIN_WIDTH, ColumnPlace, ColumnState, complete

_COLUMNS: Final = tuple(column for column in Column if column < Column.PRICE)
"""The columns of that version, which had the same numbers."""


def state_from_header(text: str) -> ColumnState | None:
    """Read such a state from its hex text; None for what is none."""
    state = QByteArray.fromHex(QByteArray(text.encode("ascii", "replace")))
    if state.isEmpty():
        return None
    model, header = QStandardItemModel(0, len(_COLUMNS)), QHeaderView(Qt.Orientation.Horizontal)
    header.setModel(model)
    try:
        if not header.restoreState(state) or header.count() != len(_COLUMNS):
            return None
        places = [_place(header, header.logicalIndex(at)) for at in range(len(_COLUMNS))]
        section = header.sortIndicatorSection()
        sort = Column(section) if 0 <= section < len(_COLUMNS) else Column.TIME
        descending = header.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
        return ColumnState(sort, descending, complete(places))
    finally:
        header.deleteLater()


def _place(header: QHeaderView, section: int) -> ColumnPlace:
    hidden = header.isSectionHidden(section)
    width = 0 if hidden else min(MAX_WIDTH, max(MIN_WIDTH, header.sectionSize(section)))
    return ColumnPlace(Column(section), width, not hidden)

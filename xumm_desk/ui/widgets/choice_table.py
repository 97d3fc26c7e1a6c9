"""Tables from which one row is chosen: a payment, a request, a copy of the journal."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from xumm_desk.locale.translation import as_written, tr
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.theme import Theme, escape_tooltip
from xumm_desk.ui.widgets.mirroring import NUMBER_SIDE, TEXT_SIDE


def make_table(
    name: str, titles: Sequence[str], *, numbers: Collection[str], wide: Collection[str]
) -> QTableWidget:
    """An empty table under this accessible name. Columns of `numbers` are set to the right, those
    of `wide` take the room that is left."""
    table = QTableWidget(0, len(titles))
    table.setAccessibleName(tr(name))
    table.setHorizontalHeaderLabels([tr(title) for title in titles])
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.setWordWrap(False)
    # As far from the edge as the titles are.
    table.setStyleSheet("QTableView::item { padding: 0px 5px; }")
    table.verticalHeader().hide()
    head = table.horizontalHeader()
    head.setHighlightSections(False)
    for column, title in enumerate(titles):
        stretched = title in wide
        head.setSectionResizeMode(
            column,
            QHeaderView.ResizeMode.Stretch
            if stretched
            else QHeaderView.ResizeMode.ResizeToContents,
        )
        item = table.horizontalHeaderItem(column)
        if item is not None:
            item.setTextAlignment(NUMBER_SIDE if title in numbers else TEXT_SIDE)
    return table


def fill_table(table: QTableWidget, lines: Sequence[Sequence[tuple[str, str]]]) -> None:
    """Show these lines, each cell with its text and its tooltip."""
    table.blockSignals(True)
    table.setRowCount(len(lines))
    for place, cells in enumerate(lines):
        for column, (text, tip) in enumerate(cells):
            item = QTableWidgetItem(as_written(text))
            item.setToolTip(escape_tooltip(tip))
            title = table.horizontalHeaderItem(column)
            if title is not None:
                side = Qt.AlignmentFlag(title.textAlignment())
                item.setTextAlignment(side)
                if side & Qt.AlignmentFlag.AlignRight:
                    item.setFont(theme.font(tabular=True))
            table.setItem(place, column, item)
    table.clearSelection()
    table.setCurrentCell(-1, -1)
    table.blockSignals(False)


def mute_row(table: QTableWidget, place: int) -> None:
    """What is settled steps back."""
    ink = QBrush(QColor(Theme.current().colours.muted))
    for column in range(table.columnCount()):
        item = table.item(place, column)
        if item is not None:
            item.setForeground(ink)


def selected_row(table: QTableWidget) -> int | None:
    """The place of the chosen row; None for none."""
    found = table.selectionModel().selectedRows()
    return found[0].row() if found else None

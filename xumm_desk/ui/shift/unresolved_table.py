"""The list of what is unresolved in the open shift: each with a note for the one who comes next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from xumm_desk.core.message import Message, Sentences
from xumm_desk.core.shift.report import OpenItem
from xumm_desk.core.shift.wording import signed_amount
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.theme import escape_tooltip
from xumm_desk.ui.style.time_format import local_and_utc
from xumm_desk.ui.widgets.mirroring import NUMBER_SIDE, TEXT_SIDE

_TITLES: Final = (
    Message("Sale"),
    Message("Status"),
    Message("Amount"),
    Message("Since"),
    Message("Note"),
)
_NOTE: Final = len(_TITLES) - 1
_AMOUNT: Final = 2
_MAX_NOTE: Final = 200


class UnresolvedTable(QTableWidget):
    """`opened` carries the item that a person wants to look at."""

    opened = Signal(object)

    def __init__(self) -> None:
        super().__init__(0, len(_TITLES))
        self._items: tuple[OpenItem, ...] = ()
        self._notes: dict[str, str] = {}
        self.setAccessibleName(_("Unresolved, carried over to the next shift"))
        self.setHorizontalHeaderLabels([tr(title) for title in _TITLES])
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.SelectedClicked
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setStyleSheet("QTableView::item { padding: 0px 5px; }")
        self.verticalHeader().hide()
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        for column in range(len(_TITLES)):
            mode = QHeaderView.ResizeMode.ResizeToContents
            head.setSectionResizeMode(
                column, QHeaderView.ResizeMode.Stretch if column == _NOTE else mode
            )
            item = self.horizontalHeaderItem(column)
            if item is not None:
                item.setTextAlignment(_side(column))
        self.itemChanged.connect(self._edited)
        self.cellDoubleClicked.connect(self._double_clicked)

    def show_items(self, items: Sequence[OpenItem], now: datetime) -> None:
        """List these; the selected one stays selected, and notes stay with their items. Nothing
        changes under the hands of a person who writes a note."""
        if self.state() is QAbstractItemView.State.EditingState or tuple(items) == self._items:
            return
        picked = self.selected()
        self._items = tuple(items)
        self.blockSignals(True)
        self.setRowCount(len(items))
        for row, item in enumerate(items):
            for column, (text, tip) in enumerate(self._cells(item, now)):
                cell = QTableWidgetItem(text)
                cell.setToolTip(escape_tooltip(tip))
                cell.setTextAlignment(_side(column))
                if column == _AMOUNT:
                    cell.setFont(theme.font(tabular=True))
                if column != _NOTE:
                    cell.setFlags(cell.flags() & ~Qt.ItemFlag.ItemIsEditable)
                self.setItem(row, column, cell)
        self.blockSignals(False)
        keys = [item.item.key for item in items]
        if picked is not None and picked.item.key in keys:
            self.setCurrentCell(keys.index(picked.item.key), max(0, self.currentColumn()))
        elif items:
            self.setCurrentCell(0, 0)
        self.itemSelectionChanged.emit()

    def selected(self) -> OpenItem | None:
        """The item that is selected."""
        row = self.currentRow()
        return self._items[row] if 0 <= row < len(self._items) else None

    def notes(self) -> dict[str, str]:
        """What was written about the items that are listed, by key."""
        keys = {item.item.key for item in self._items}
        return {key: note for key, note in self._notes.items() if note and key in keys}

    def _cells(self, item: OpenItem, now: datetime) -> list[tuple[str, str]]:
        one = item.item
        why = tr(Sentences([Message("{status}.", status=one.what), one.why]))
        money = tr(signed_amount(one.asset, one.count)) if one.asset is not None else ""
        since = formats.time_or_date(one.since, now)
        carried = (
            _("Carried over since shift #{number}.", number=item.carried_from)
            if item.carried_from
            else ""
        )
        note = self._notes.get(one.key, "")
        return [
            (tr(one.label), one.key),
            (tr(one.what), why),
            (money, ""),
            (since, f"{local_and_utc(one.since, _('Since'))} {carried}".strip()),
            (note, note or _("Write a note for the next shift")),
        ]

    def _edited(self, cell: QTableWidgetItem) -> None:
        row = cell.row()
        if cell.column() == _NOTE and 0 <= row < len(self._items):
            self._notes[self._items[row].item.key] = cell.text().strip()[:_MAX_NOTE]

    def _double_clicked(self, row: int, column: int) -> None:
        if column == _NOTE:
            cell = self.item(row, column)
            if cell is not None:
                self.editItem(cell)
        elif 0 <= row < len(self._items):
            self.opened.emit(self._items[row])


def _side(column: int) -> Qt.AlignmentFlag:
    return NUMBER_SIDE if column == _AMOUNT else TEXT_SIDE

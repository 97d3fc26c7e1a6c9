"""The report as a table: the same lines as the cards and the chart, to be read and copied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView

from xumm_desk.core.bidi import strip_controls
from xumm_desk.core.report.line import ReportLine, Section
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style import theme
from xumm_desk.ui.widgets.mirroring import NUMBER_SIDE, TEXT_SIDE

from . import wording

Index = QModelIndex | QPersistentModelIndex

PART, FIGURE, NOW, BEFORE, DIFFERENCE = range(5)
_RIGHT: Final = frozenset({NOW, BEFORE})


class ReportTableModel(QAbstractTableModel):
    """The lines of a report, but for hours and days without any sale in both periods."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[ReportLine, ...] = ()
        self._titles = ("", "")

    def show_lines(self, lines: Sequence[ReportLine], now: str, before: str) -> None:
        """Show these; `now` and `before` are what the two periods are called."""
        shown = tuple(line for line in lines if _is_shown(line))
        self._titles = now, before
        if [line.key for line in shown] != [line.key for line in self.lines]:
            self.beginResetModel()
            self.lines = shown
            self.endResetModel()
        else:
            self.lines = shown
            last = self.index(len(shown) - 1, DIFFERENCE)
            self.dataChanged.emit(self.index(0, 0), last)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, NOW, BEFORE)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """How many lines there are."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Part, figure, both periods, difference."""
        return 0 if parent.isValid() else 5

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell, and how it stands."""
        if not index.isValid():
            return None
        line, column = self.lines[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cell_text(line, column)
            case Qt.ItemDataRole.ToolTipRole if column in _RIGHT:
                return _("Press Enter to see what is behind it.")
            case Qt.ItemDataRole.TextAlignmentRole:
                return int(NUMBER_SIDE if column in _RIGHT else TEXT_SIDE)
            case Qt.ItemDataRole.FontRole:
                return theme.font(strong=line.main, tabular=True)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The titles of the columns."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(NUMBER_SIDE if section in _RIGHT else TEXT_SIDE)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        titles = (_("Part"), _("Figure"), *self._titles, _("Difference"))
        return titles[section]


class ReportTable(QTableView):
    """`asked` carries the `Figure` that a person wants to look behind. Enter and double click ask,
    Ctrl+C copies the selected cells."""

    asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.rows = ReportTableModel()
        self.setModel(self.rows)
        self.setAccessibleName(_("Report as a table"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setStyleSheet("QTableView { border: none; } QTableView::item { padding: 0px 8px; }")
        self.verticalHeader().hide()
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(FIGURE, QHeaderView.ResizeMode.Stretch)
        self.doubleClicked.connect(self._ask)

    def copy_all(self) -> None:
        """Copy the whole table with its titles, columns parted by tabs."""
        titles = [
            str(self.rows.headerData(column, Qt.Orientation.Horizontal))
            for column in range(self.rows.columnCount())
        ]
        lines = [[cell_text(line, column) for column in range(5)] for line in self.rows.lines]
        _copy([titles, *lines])

    def copy_selected(self) -> None:
        """Copy the selected cells, those of a line parted by tabs."""
        places = sorted((index.row(), index.column()) for index in self.selectedIndexes())
        lines: dict[int, list[str]] = {}
        for row, column in places:
            lines.setdefault(row, []).append(cell_text(self.rows.lines[row], column))
        if lines:
            _copy(list(lines.values()))

    def event(self, event: QEvent) -> bool:
        """Ctrl+C is the table's own while it has the keyboard."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.matches(QKeySequence.StandardKey.Copy)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selected()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._ask(self.currentIndex())
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with a cell."""
        menu = QMenu(self)
        menu.addAction(_("Show the requests"), lambda: self._ask(self.currentIndex()))
        menu.addAction(_("Copy"), self.copy_selected)
        menu.addAction(_("Copy the whole table"), self.copy_all)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def _ask(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        line = self.rows.lines[index.row()]
        figure = line.before if index.column() == BEFORE else line.now
        if figure.leads:
            self.asked.emit(figure)


def cell_text(line: ReportLine, column: int) -> str:
    """What stands in a cell."""
    match column:
        case _ if column == PART:
            return wording.slot_text(line.slot) if line.slot is not None else tr(line.section.value)
        case _ if column == FIGURE:
            return tr(line.label)
        case _ if column == NOW:
            return tr(line.now.text)
        case _ if column == BEFORE:
            return tr(line.before.text)
    return tr(line.difference.words)


def _is_shown(line: ReportLine) -> bool:
    return line.section is not Section.SLOTS or any(line.counts) or not _is_count(line)


def _is_count(line: ReportLine) -> bool:
    return line.key.startswith("sales ")


def _copy(lines: Sequence[Sequence[str]]) -> None:
    """Digits are not grouped there: a spreadsheet would not read them as numbers."""
    plain = str.maketrans({"\t": " ", "\u202f": None, "\u00a0": " "})
    text = "\n".join(
        "\t".join(strip_controls(cell).translate(plain) for cell in line) for line in lines
    )
    QGuiApplication.clipboard().setText(text)

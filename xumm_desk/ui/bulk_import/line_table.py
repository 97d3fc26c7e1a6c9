"""A table of lines of a file: what is wrong with them, what they ask for, what became of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from xumm_desk.core.bulk_import.import_result import OUTCOME_LABELS, LineResult, Outcome
from xumm_desk.core.bulk_import.import_row import ImportRow, LineProblem
from xumm_desk.core.message import Message
from xumm_desk.core.money import amount, fiat
from xumm_desk.locale.translation import as_written, tr
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Theme, escape_tooltip
from xumm_desk.ui.widgets.mirroring import NUMBER_SIDE, TEXT_SIDE

Cells = Sequence[str]
_Index = QModelIndex | QPersistentModelIndex

PROBLEM_TITLES: Final = (
    Message("Line"),
    Message("Column"),
    Message("Cell"),
    Message("What is wrong"),
)
ROW_TITLES: Final = (
    Message("Line"),
    Message("Asks for"),
    Message("Reference"),
    Message("Destination tag"),
    Message("Result"),
)
_NUMBERS: Final = (ROW_TITLES[0], ROW_TITLES[1], ROW_TITLES[3])
_TONES: Final = {
    Outcome.CREATED: Tone.GOOD,
    Outcome.REFUSED: Tone.HARM,
    Outcome.UNSURE: Tone.ATTENTION,
}


def problem_cells(problem: LineProblem) -> Cells:
    """The cells of a problem."""
    return (
        str(problem.line),
        as_written(problem.column),
        as_written(problem.cell),
        tr(problem.message),
    )


def row_cells(row: ImportRow, result: str) -> Cells:
    """The cells of a row and what becomes of it."""
    asked = (
        fiat.format_fiat(row.price)
        if row.price is not None
        else amount.format_amount(row.spec.amount)
    )
    tag = row.spec.tag
    return (
        str(row.line),
        tr(asked) or row.spec.tx_type,
        as_written(row.reference or (row.identifier if row.is_named else "")),
        "" if tag is None else str(tag),
        result,
    )


def result_text(result: LineResult) -> str:
    """What became of a line, with the reason where there is one."""
    label = tr(OUTCOME_LABELS[result.outcome])
    return tr(result.message) if result.message else label


class LineModel(QAbstractTableModel):
    """Lines that are made into cells when they are shown: a file may have a hundred thousand."""

    def __init__(self) -> None:
        super().__init__()
        self._titles: Sequence[str] = PROBLEM_TITLES
        self._count = 0
        self._cells: Callable[[int], Cells] = lambda _place: ()
        self._tone: Callable[[int], Tone | None] = lambda _place: None

    def show(
        self,
        titles: Sequence[str],
        count: int,
        cells: Callable[[int], Cells],
        tone: Callable[[int], Tone | None] = lambda _place: None,
    ) -> None:
        """Show `count` lines, whose cells and tone of the last cell are asked for by place."""
        self.beginResetModel()
        self._titles, self._count, self._cells, self._tone = titles, count, cells, tone
        self.endResetModel()

    def update_all(self) -> None:
        """The cells of lines changed."""
        if self._count:
            last = self.index(self._count - 1, len(self._titles) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            text = self._cells(index.row())[index.column()]
            return escape_tooltip(text) if role == Qt.ItemDataRole.ToolTipRole else text
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == len(self._titles) - 1:
            tone = self._tone(index.row())
            return QColor(Theme.current().colour(tone)) if tone is not None else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return NUMBER_SIDE if self._titles[index.column()] in _NUMBERS else TEXT_SIDE
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(self._titles[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return NUMBER_SIDE if self._titles[section] in _NUMBERS else TEXT_SIDE
        return None


def tone_of(outcome: Outcome) -> Tone | None:
    """The tone in which a result is written."""
    return _TONES.get(outcome)


class LineTable(QTableView):
    """Shows a `LineModel`."""

    def __init__(self, spoken: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines = LineModel()
        self.setModel(self.lines)
        self.setAccessibleName(tr(spoken))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setStyleSheet("QTableView::item { padding: 0px 5px; }")
        self.verticalHeader().hide()
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setStretchLastSection(True)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.lines.modelReset.connect(self._fit)

    def _fit(self) -> None:
        """Give the columns the room of the first lines; the last one takes the rest."""
        self.horizontalHeader().setResizeContentsPrecision(100)
        for column in range(self.lines.columnCount() - 1):
            self.resizeColumnToContents(column)
            self.setColumnWidth(column, min(240, self.columnWidth(column) + 12))

"""The Qt model of the log window: the lines that match a level and a search, newest last."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QColor

from xumm_desk.core.message import Message
from xumm_desk.locale import formats
from xumm_desk.locale.translation import tr
from xumm_desk.setup.log_ring import CAPACITY, LogLine, line_text
from xumm_desk.ui.style import status_shapes, theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.status_shapes import Shape
from xumm_desk.ui.style.theme import Theme, escape_tooltip

_AnyIndex = QModelIndex | QPersistentModelIndex
_NO_PARENT: Final = QModelIndex()
_MARK: Final = 14
_NAMESPACE: Final = "xumm_desk."


class LogColumn(IntEnum):
    """From left to right."""

    TIME = 0
    LEVEL = 1
    SOURCE = 2
    TEXT = 3


_TITLES: Final = (
    Message("Time"),
    Message("Level"),
    Message("Part of the program"),
    Message("What"),
)
_ERROR: Final = (Message("Error"), Shape.OCTAGON, Tone.HARM)
_WARNING: Final = (Message("Warning"), Shape.TRIANGLE, Tone.ATTENTION)
_INFO: Final = (Message("Information"), None, Tone.NEUTRAL)
_DEBUG: Final = (Message("Detail"), None, Tone.NEUTRAL)


def _look(level: int) -> tuple[str, Shape | None, Tone]:
    if level >= logging.ERROR:
        return _ERROR
    if level >= logging.WARNING:
        return _WARNING
    return _INFO if level >= logging.INFO else _DEBUG


def level_words() -> list[str]:
    """What may stand in the column of the level."""
    return [tr(words) for words, _shape, _tone in (_ERROR, _WARNING, _INFO, _DEBUG)]


class LogModel(QAbstractTableModel):
    """The newest `capacity` lines that were added, of which those are rows that match."""

    def __init__(self, parent: QObject | None = None, capacity: int = CAPACITY) -> None:
        super().__init__(parent)
        self._all: deque[LogLine] = deque(maxlen=capacity)
        self._rows: list[LogLine] = []
        self._level, self._search = logging.NOTSET, ""

    @property
    def total(self) -> int:
        """How many lines there are, the hidden ones among them."""
        return len(self._all)

    def line(self, row: int) -> LogLine | None:
        """The line of a row."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def text(self, rows: Sequence[int] | None = None) -> str:
        """These rows, or all, as in the log file."""
        lines = self._rows if rows is None else [self._rows[row] for row in rows]
        return "".join(f"{line_text(line)}\n" for line in lines)

    def add(self, lines: Sequence[LogLine]) -> None:
        """These came after those that are there; the oldest make room."""
        self._all.extend(lines)
        if not self._all:
            return
        oldest = self._all[0].number
        gone = next(
            (n for n, line in enumerate(self._rows) if line.number >= oldest), len(self._rows)
        )
        if gone:
            self.beginRemoveRows(_NO_PARENT, 0, gone - 1)
            del self._rows[:gone]
            self.endRemoveRows()
        fresh = [line for line in lines if line.number >= oldest and self._matches(line)]
        if fresh:
            first = len(self._rows)
            self.beginInsertRows(_NO_PARENT, first, first + len(fresh) - 1)
            self._rows += fresh
            self.endInsertRows()

    def set_filter(self, level: int, search: str) -> None:
        """Show lines of this level and above which hold `search`, whatever its case."""
        search = search.strip().casefold()
        if (level, search) == (self._level, self._search):
            return
        self.beginResetModel()
        self._level, self._search = level, search
        self._rows = [line for line in self._all if self._matches(line)]
        self.endResetModel()

    def clear(self) -> None:
        """Hold no line: the window is closed."""
        self.beginResetModel()
        self._all.clear()
        self._rows = []
        self.endResetModel()

    def rowCount(self, parent: _AnyIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _AnyIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(LogColumn)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return tr(_TITLES[section])
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self.line(index.row())
        if line is None:
            return None
        column = index.column()
        words, shape, tone = _look(line.level)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _cell(line, column, words)
            case Qt.ItemDataRole.DecorationRole if column == LogColumn.LEVEL and shape:
                return status_shapes.pixmap(shape, Theme.current().colour(tone), _MARK, 1.0)
            case Qt.ItemDataRole.ForegroundRole:
                muted = column in (LogColumn.TIME, LogColumn.SOURCE)
                if column == LogColumn.LEVEL and shape:
                    return Theme.current().colour(tone)
                return QColor(Theme.current().colours.muted) if muted else None
            case Qt.ItemDataRole.FontRole if column == LogColumn.TIME:
                return theme.font(tabular=True)
            case Qt.ItemDataRole.ToolTipRole if column == LogColumn.TIME:
                return f"{line.at:%Y-%m-%d %H:%M:%S} UTC"
            case Qt.ItemDataRole.ToolTipRole if column == LogColumn.TEXT:
                return escape_tooltip(line.text[:600])
            case Qt.ItemDataRole.ToolTipRole:
                return line.source if column == LogColumn.SOURCE else None
        return None

    def _matches(self, line: LogLine) -> bool:
        if line.level < self._level:
            return False
        return not self._search or (
            self._search in line.text.casefold() or self._search in line.source.casefold()
        )


def _cell(line: LogLine, column: int, level: str) -> str:
    match column:
        case LogColumn.TIME:
            return formats.time_of_day(line.at)
        case LogColumn.LEVEL:
            return tr(level)
        case LogColumn.SOURCE:
            return line.source.removeprefix(_NAMESPACE)
        case _:
            first, more, __ = line.text.partition("\n")
            return f"{first} …" if more else first

"""Knows how facts read: what was heard, when, from whom, how long after the one before. Must not
know how facts are stored or what they add up to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from xumm_desk.core.facts import ClockSet, Fact

from . import theme
from .telling import fact_text
from .theme import Size, Space, Theme, escape_tooltip

_AnyIndex = QModelIndex | QPersistentModelIndex
_NO_PARENT: Final = QModelIndex()
_UNKNOWN: Final = "–"
_UNORDERED: Final = 1.0
"""Seconds by which two facts may be written down in another order than they were heard in."""

_TITLES: Final = ("Time", "After", "Witness", "What")


def elapsed_text(seconds: float) -> str:
    """The time since the fact before."""
    if abs(seconds) < 60:
        return f"{seconds:+.1f} s"
    sign, whole = "+" if seconds > 0 else "-", abs(int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, last = divmod(rest, 60)
    return f"{sign}{hours}:{minutes:02d}:{last:02d}" if hours else f"{sign}{minutes}:{last:02d}"


def _after(before: Fact, fact: Fact) -> str:
    """How long after the one before, as far as that can be said: the clock may have been set."""
    seconds = (fact.at - before.at).total_seconds()
    if isinstance(fact.value, ClockSet) and abs(seconds - fact.value.seconds) < abs(seconds):
        seconds -= fact.value.seconds
    return _UNKNOWN if seconds < -_UNORDERED else elapsed_text(seconds)


class FactTable(QAbstractTableModel):
    """Facts as rows; facts only grow, so showing more of the same request only appends."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._facts: tuple[Fact, ...] = ()

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What is shown."""
        return self._facts

    def show_facts(self, recorded: Sequence[Fact]) -> None:
        """Show these."""
        fresh, known = tuple(recorded), len(self._facts)
        if fresh == self._facts:
            return
        if known and fresh[:known] == self._facts:
            self.beginInsertRows(_NO_PARENT, known, len(fresh) - 1)
            self._facts = fresh
            self.endInsertRows()
            return
        self.beginResetModel()
        self._facts = fresh
        self.endResetModel()

    def rowCount(self, parent: _AnyIndex = _NO_PARENT) -> int:
        """A row for each fact."""
        return 0 if parent.isValid() else len(self._facts)

    def columnCount(self, parent: _AnyIndex = _NO_PARENT) -> int:
        """Time, delta, witness, words."""
        return 0 if parent.isValid() else len(_TITLES)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Titles."""
        if orientation is Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return _TITLES[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _side(section)
        return None

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts; times local with UTC in the tooltip."""
        if not index.isValid():
            return None
        fact, column = self._facts[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(index.row(), column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return escape_tooltip(
                f"{fact_text(fact)}\n{fact.at:%Y-%m-%d %H:%M:%S.%f}"[:-3] + " UTC"
            )
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column)
        if role == Qt.ItemDataRole.ForegroundRole and column < 3:
            return QColor(Theme.current().colours.muted)
        if role == Qt.ItemDataRole.FontRole and column < 2:
            return theme.font(Size.SMALL, tabular=True)
        return None

    def _text(self, place: int, column: int) -> str:
        fact = self._facts[place]
        if column == 0:
            return f"{fact.at.astimezone():%H:%M:%S.%f}"[:-3]
        if column == 1:
            return "" if place == 0 else _after(self._facts[place - 1], fact)
        return fact.source.value if column == 2 else fact_text(fact)


def _side(column: int) -> int:
    side = Qt.AlignmentFlag.AlignRight if column == 1 else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignTop)


class Timeline(QTableView):
    """The facts of one request, read-only; stays at the newest while it is in sight."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = FactTable(self)
        self.setModel(self.table)
        self.setAccessibleName("Timeline")
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setShowGrid(False)
        self.setObjectName("timeline")
        self.setWordWrap(True)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        # A request has some dozen facts: measuring their heights costs nothing here.
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.setFont(theme.font(Size.SMALL))
        metrics = QFontMetrics(theme.font(Size.SMALL, tabular=True))
        self.verticalHeader().setMinimumSectionSize(metrics.height() + int(Space.S))
        for column, sample in enumerate(("00:00:00.000", "+00:00:0", "platform")):
            self.setColumnWidth(column, metrics.horizontalAdvance(sample) + int(Space.L))
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setHighlightSections(False)
        Theme.current().changed.connect(self.viewport().update)

    def show_facts(self, recorded: Sequence[Fact]) -> None:
        """Show these."""
        bar = self.verticalScrollBar()
        at_end = bar.value() >= bar.maximum()
        self.table.show_facts(recorded)
        if at_end:
            self.scrollToBottom()

"""The Qt model of the list of tills."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from xumm_desk.core.message import Message
from xumm_desk.core.replication.shop_view import TillView
from xumm_desk.engine.shop_watch import ShopHealth
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style import status_shapes, theme
from xumm_desk.ui.style.theme import Theme, escape_tooltip
from xumm_desk.ui.widgets.mirroring import NUMBER_SIDE, TEXT_SIDE

from . import till_words
from .till_words import LOOKS, ROLES, TillState

_AnyIndex = QModelIndex | QPersistentModelIndex
_NO_PARENT: Final = QModelIndex()
_MARK: Final = 16


class TillColumn(IntEnum):
    """From left to right."""

    NAME = 0
    STATE = 1
    ROLE = 2
    SEEN = 3
    BEHIND = 4


TITLES: Final = (
    Message("Name"),
    Message("State"),
    Message("Role"),
    Message("Seen", context="when a till was last seen"),
    Message("Behind"),
)


@dataclass(frozen=True, slots=True)
class _Line:
    """One till as it is shown."""

    till: TillView
    state: TillState
    texts: tuple[str, ...]


class TillModel(QAbstractTableModel):
    """A line for each till. Only what looks different is painted again."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[_Line] = []
        Theme.current().changed.connect(self._repaint)

    def show_shop(self, health: ShopHealth, now: float) -> None:
        """Show the tills as they are at the monotonic second `now`."""
        lost = health.is_lost(now)
        lines = [_line(till, lost=lost) for till in till_words.listed(health, now)]
        if [one.till.till for one in lines] != [one.till.till for one in self._lines]:
            self.beginResetModel()
            self._lines = lines
            self.endResetModel()
            return
        before, self._lines = self._lines, lines
        for row, (old, new) in enumerate(zip(before, lines, strict=True)):
            changed = [
                column
                for column, texts in enumerate(zip(old.texts, new.texts, strict=True))
                if texts[0] != texts[1]
            ]
            if changed:
                self.dataChanged.emit(self.index(row, changed[0]), self.index(row, changed[-1]))

    def till(self, row: int) -> TillView | None:
        """The till of a row."""
        return self._lines[row].till if 0 <= row < len(self._lines) else None

    def row_of(self, till: str) -> int:
        """The row of the till with this id; -1 if there is none."""
        ids = [one.till.till for one in self._lines]
        return ids.index(till) if till in ids else -1

    def rowCount(self, parent: _AnyIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: _AnyIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(TillColumn)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return tr(TITLES[section])
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _side(section)
        return None

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = index.row(), index.column()
        if not 0 <= row < len(self._lines):
            return None
        line = self._lines[row]
        shape, tone = LOOKS[line.state]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return line.texts[column]
            case Qt.ItemDataRole.DecorationRole if column == TillColumn.STATE:
                return status_shapes.pixmap(shape, Theme.current().colour(tone), _MARK, 1.0)
            case Qt.ItemDataRole.ForegroundRole:
                if column == TillColumn.STATE:
                    return Theme.current().colour(tone)
                return None if column == TillColumn.NAME else QColor(Theme.current().colours.muted)
            case Qt.ItemDataRole.FontRole if column in (TillColumn.SEEN, TillColumn.BEHIND):
                return theme.font(tabular=True)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _side(column)
            case Qt.ItemDataRole.ToolTipRole:
                return escape_tooltip(_tooltip(line, column))
            case Qt.ItemDataRole.AccessibleTextRole if column == TillColumn.BEHIND:
                return till_words.behind_sentence(line.till)
        return None

    def _repaint(self) -> None:
        if self._lines:
            last = self.index(len(self._lines) - 1, len(TillColumn) - 1)
            self.dataChanged.emit(self.index(0, 0), last)


def widest_texts() -> Sequence[Sequence[str]]:
    """What may stand in each column but that of the name, so that none moves with the time."""
    return (
        (),
        [tr(state.value) for state in TillState],
        [tr(role) for role in ROLES.values()],
        [till_words.seen_text(59), till_words.seen_text(3599), till_words.seen_text(None)],
        [_("{count} fact", plural="{count} facts", n=88_888, count="88\u202f888")],
    )


def _line(till: TillView, *, lost: bool) -> _Line:
    state = till_words.state_of(till, lost=lost)
    texts = (
        till_words.name_of(till),
        tr(state.value),
        tr(ROLES[till.role]),
        till_words.seen_text(till.seen_ago),
        till_words.behind_text(till),
    )
    return _Line(till, state, texts)


def _tooltip(line: _Line, column: int) -> str:
    match column:
        case TillColumn.SEEN if line.till.seen_ago is not None:
            return _("Seen {age}, by the clock of the shop's database.", age=line.texts[column])
        case TillColumn.BEHIND:
            return till_words.behind_sentence(line.till)
        case _:
            return line.texts[column]


def _side(column: int) -> Qt.AlignmentFlag:
    return NUMBER_SIDE if column in (TillColumn.SEEN, TillColumn.BEHIND) else TEXT_SIDE

"""The Qt model of the table: upserts, order, search and counts of up to ten thousand rows."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from xumm_desk.engine.runtime.ports import Clock
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style.theme import escape_tooltip

from . import columns
from .columns import NUMBERS, TITLES, Column
from .filtering import Group, IncrementalSort, filter_groups, search_text, sort_key

ROW_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1
_NO_PARENT: Final = QModelIndex()
_NEW_PER_BATCH: Final = 300
"""New rows that are put in at once: a few milliseconds, while a journal is being read."""

_MAX_RANGES: Final = 8
"""More changed ranges than these are signalled as one; `RequestTableModel.changed_lines` has the
lines."""

_AnyIndex = QModelIndex | QPersistentModelIndex
_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class RequestTableModel(QAbstractTableModel):
    """Rows by identifier, in an order which only a person or a new row changes.

    A row that no longer matches the filter stays where it is until `drop_unmatched`, so that
    nothing moves under the mouse. `counted` carries the number of rows in each group.
    """

    counted = Signal(object)

    def __init__(
        self,
        clock: Clock,
        parent: QObject | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._monotonic = monotonic
        self._rows: dict[str, RequestRow] = {}
        self._search_texts: dict[str, str] = {}
        self._order: list[str] = []
        self._line_by_identifier: dict[str, int] = {}
        self._counts: Counter[Group] = Counter()
        self._published_counts: Counter[Group] = Counter()
        self.changed_lines: dict[int, RequestRow] = {}
        """While `dataChanged` is emitted: the lines that changed, each with what it showed
        before."""
        self._changed: dict[str, RequestRow] = {}
        self._new: dict[str, RequestRow] = {}
        self._unmatched: set[str] = set()
        self._arranging: IncrementalSort | None = None
        self._more = QTimer(self)
        self._more.setSingleShot(True)
        self._more.timeout.connect(self.publish)
        self._turns = QTimer(self)
        self._turns.setSingleShot(True)
        self._turns.timeout.connect(self._arrange_on)
        self._text: tuple[str, ...] = ()
        self._group = Group.ALL
        self._column, self._descending = Column.TIME, True

    # What Qt asks.

    def rowCount(self, parent: _AnyIndex = _NO_PARENT) -> int:
        """Rows that match the filter."""
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: _AnyIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(Column)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, spoken text, tooltip, alignment, and the row itself."""
        if not index.isValid() or index.row() >= len(self._order):
            return None
        row, column = self._rows[self._order[index.row()]], Column(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(columns.cell_text(row, column, self._clock))
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column in NUMBERS else _LEFT
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _("{name}: {value}", name=TITLES[column], value=self._spoken(row, column))
        if role == Qt.ItemDataRole.ToolTipRole:
            return escape_tooltip(columns.tooltip(row, column, self._clock))
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Titles, aligned like their columns."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = Column(section)
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(TITLES[column])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column in NUMBERS else _LEFT
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort because a person asked; new rows are inserted by this order from now on."""
        self._column, self._descending = Column(column), order is Qt.SortOrder.DescendingOrder
        self.sort_again()

    # What the window asks.

    @property
    def clock(self) -> Clock:
        """The clock that cells are read against."""
        return self._clock

    @property
    def total(self) -> int:
        """All rows, whether they match the filter or not."""
        return len(self._rows)

    @property
    def counts(self) -> Counter[Group]:
        """How many rows are in each group."""
        return Counter(self._counts)

    @property
    def filtered(self) -> bool:
        """Whether a filter hides anything."""
        return bool(self._text) or self._group is not Group.ALL

    @property
    def group(self) -> Group:
        """The group that is shown."""
        return self._group

    def row(self, identifier: str) -> RequestRow | None:
        """The newest state of a request."""
        return self._rows.get(identifier)

    def row_at(self, index: _AnyIndex) -> RequestRow | None:
        """The row under an index."""
        return self._rows[self._order[index.row()]] if index.isValid() else None

    def row_at_line(self, place: int) -> RequestRow | None:
        """The row in line `place`, for painting; None if there is none."""
        return self._rows[self._order[place]] if 0 <= place < len(self._order) else None

    def index_of(self, identifier: str, column: Column = Column.STATUS) -> QModelIndex:
        """The index of a request; invalid while the filter hides it."""
        place = self._line_by_identifier.get(identifier)
        return QModelIndex() if place is None else self.index(place, column)

    def stage(self, rows: Iterable[RequestRow]) -> None:
        """Store new states at once; the view is signalled, and groups counted, by `publish`: this
        is done for each of thousands a second, that for many together."""
        for row in rows:
            identifier = row.request.spec.identifier
            known = self._rows.get(identifier)
            if known is None:
                self._new[identifier] = row
            elif known is not row:
                self._rows[identifier] = row
                self._changed.setdefault(identifier, known)

    def publish(self, most: int = _NEW_PER_BATCH) -> None:
        """Signal all that was staged since, of new rows `most` now and the others a moment later.
        Costs what changed."""
        dirty, self._changed = self._changed, {}
        fresh, self._new = self._new, {}
        if len(fresh) > most:
            names = list(fresh)
            self._new = {name: fresh.pop(name) for name in names[most:]}
            self._more.start(0)
        # Signalled before rows move, while the lines are still right.
        new_rows = self._apply_changes(dirty)
        places = self.changed_lines
        many = len(places) > _MAX_RANGES
        for first, last in [(min(places), max(places))] if many else ranges(places):
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(Column) - 1))
        self._rows.update(fresh)
        for row in fresh.values():
            self._count((), filter_groups(row))
        if self._arranging is not None:
            self._arranging.changed(dirty)
            self._arranging.changed(fresh)
        if self.filtered:
            self._unmatched.update(dirty)
        added = [name for name in (*fresh, *new_rows) if self._matches(self._rows[name])]
        if added:
            self._insert(added)
        if self._counts != self._published_counts:
            self._published_counts = Counter(self._counts)
            self.counted.emit(self.counts)

    def set_filter(self, text: str | None = None, group: Group | None = None) -> None:
        """Show rows that contain every word of `text` and are in `group`; None leaves a part as it
        is. The view restores the selection. With many rows the result comes a moment later, so that
        no frame is dropped meanwhile."""
        words = self._text if text is None else tuple(text.casefold().split())
        chosen = self._group if group is None else group
        if (words, chosen) == (self._text, self._group):
            return
        self._text, self._group = words, chosen
        self._arrange(self._rows, self._reset)

    def drop_unmatched(self, keep: str = "") -> None:
        """Remove rows that no longer match, except `keep`: at a moment when nobody points at
        them."""
        if not self._unmatched or self._arranging is not None:
            return
        changed, self._unmatched = self._unmatched, self._unmatched & {keep}
        gone = [
            self._line_by_identifier[name]
            for name in changed
            if name != keep
            and name in self._line_by_identifier
            and not self._matches(self._rows[name])
        ]
        for first, last in reversed(ranges(gone)):
            self.beginRemoveRows(_NO_PARENT, first, last)
            del self._order[first : last + 1]
            self._index()
            self.endRemoveRows()

    def sort_again(self) -> None:
        """Sort the rows by the chosen order again, at a quiet moment or on request."""
        if self._arranging is not None:
            # The filter's own result is not there yet, and will come in the order chosen now.
            self._arrange(self._rows, self._reset)
        else:
            self._arrange(self._order, self._move)

    def _arrange(self, names: Iterable[str], then: Callable[[list[str]], None]) -> None:
        """Find out which rows are shown and in what order, in steps, and pass that to `then`."""
        filtering = then == self._reset
        self._arranging = IncrementalSort(
            names,
            rows=self._rows,
            # Sorting moves the rows that are shown, whether or not they match by now.
            wanted=self._matches
            if filtering
            else lambda row: row.identifier in self._line_by_identifier,
            key=lambda row: sort_key(row, self._column, self._clock),
            down=self._descending,
            then=then,
            monotonic=self._monotonic,
        )
        self._arrange_on()

    def _arrange_on(self) -> None:
        arranging = self._arranging
        if arranging is None:
            return
        order = arranging.step()
        if order is None:
            self._turns.start(0)
            return
        self._arranging = None
        arranging.next_sort(order)

    def _reset(self, order: list[str]) -> None:
        self.beginResetModel()
        self._order = order
        self._unmatched.clear()
        self._index()
        self.endResetModel()

    def _move(self, order: list[str]) -> None:
        if order == self._order:
            return
        self.layoutAboutToBeChanged.emit()
        kept = [(index, self._order[index.row()]) for index in self.persistentIndexList()]
        self._order = order
        self._index()
        self.changePersistentIndexList(
            [index for index, _ in kept],
            [self.index(self._line_by_identifier[name], index.column()) for index, name in kept],
        )
        self.layoutChanged.emit()

    # How it is done.

    def _apply_changes(self, dirty: Mapping[str, RequestRow]) -> list[str]:
        """Count the rows that changed, and note their lines; returns those without a line."""
        rows, places = self._rows, self._line_by_identifier
        self.changed_lines, hidden = {}, []
        for name, before in dirty.items():
            self._count(filter_groups(before), filter_groups(rows[name]))
            if name in places:
                self.changed_lines[places[name]] = before
            else:
                hidden.append(name)
            self._search_texts.pop(name, None)
        return hidden

    def _count(self, before: Sequence[Group], after: Sequence[Group]) -> None:
        if before != after:
            for group in before:
                self._counts[group] -= 1
            for group in after:
                self._counts[group] += 1

    def _spoken(self, row: RequestRow, column: Column) -> str:
        if column is Column.LEFT:
            return columns.time_left_sentence(row, self._clock)
        return columns.cell_text(row, column, self._clock)

    def _matches(self, row: RequestRow) -> bool:
        if self._group is not Group.ALL and self._group not in filter_groups(row):
            return False
        if not self._text:
            return True
        hay = self._search_texts.get(row.identifier)
        if hay is None:
            hay = self._search_texts[row.identifier] = search_text(row)
        return all(word in hay for word in self._text)

    def _key(self, identifier: str) -> Any:
        return sort_key(self._rows[identifier], self._column, self._clock)

    def _sorted(self, identifiers: Iterable[str]) -> list[str]:
        return sorted(identifiers, key=self._key, reverse=self._descending)

    def _index(self) -> None:
        self._line_by_identifier = {
            identifier: place for place, identifier in enumerate(self._order)
        }

    def _insert(self, fresh: list[str]) -> None:
        """Insert new rows where the order wants them, without moving any other."""
        groups: dict[int, list[str]] = {}
        place = 0
        # Newest first among equal keys, as the reverse order of arrival.
        for identifier in self._sorted(reversed(fresh)):
            place = self._insert_position(identifier, place)
            groups.setdefault(place, []).append(identifier)
        for place in sorted(groups, reverse=True):
            added = groups[place]
            self.beginInsertRows(_NO_PARENT, place, place + len(added) - 1)
            self._order[place:place] = added
            self.endInsertRows()
        self._index()

    def _insert_position(self, identifier: str, low: int) -> int:
        """Where a row belongs, not before line `low`; mostly that is just there."""
        key, high, step = self._key(identifier), len(self._order), 1
        while low < high:
            middle = min(low + step - 1, (low + high) // 2)
            other = self._key(self._order[middle])
            if other > key if self._descending else other < key:
                low, step = middle + 1, step * 2
            else:
                high, step = middle, 1
        return low


def ranges(places: Collection[int]) -> list[tuple[int, int]]:
    """Places as contiguous runs, first and last."""
    runs: list[tuple[int, int]] = []
    for place in sorted(places):
        if runs and place <= runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs

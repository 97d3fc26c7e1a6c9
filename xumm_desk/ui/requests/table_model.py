"""The Qt model of the table: rows in memory, which move, among the lines of the whole history."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
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

from xumm_desk.core.history.history_lines import HistoryLines
from xumm_desk.core.history.query import HistoryQuery, Order
from xumm_desk.core.history.summary import RequestSummary
from xumm_desk.engine.runtime.ports import Clock
from xumm_desk.engine.runtime.registry import RequestRow

from .cell_data import past_data, row_data, title_data
from .columns import Column
from .rows.filtering import (
    Group,
    IncrementalSort,
    history_order,
    history_query,
)
from .rows.history_merge import merge
from .rows.history_source import HistorySource, around
from .rows.lines import Lines, ranges
from .rows.memory_rows import MemoryRows
from .rows.past_counts import PastCounts

ROW_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1
_NO_PARENT: Final = QModelIndex()
_NEW_PER_BATCH: Final = 300
"""New rows that are put in at once: a few milliseconds, while a journal is being read."""

_MAX_RANGES: Final = 8
"""More changed ranges than these are signalled as one; `RequestTableModel.changed_lines` has the
lines."""

_AnyIndex = QModelIndex | QPersistentModelIndex


class RequestTableModel(QAbstractTableModel):
    """Rows by identifier, in an order which only a person or a new row changes.

    A row that no longer matches the filter stays where it is until `drop_unmatched`, so that
    nothing moves under the mouse. With a history the rows of memory stand among all requests that
    ever were, of which those that are in view are read. `counted` carries the number of rows in
    each group, `past_wanted` the identifier of a request whose facts are wanted in memory;
    `past_arrived` says that lines of the history which are in view can be painted now; `attached`
    that there is a history from now on. `rows_came` carries the first and last line of rows that
    were put in, and how many of them are new requests; `published` says that rows are new or have
    changed.
    """

    counted = Signal(object)
    past_wanted = Signal(str)
    past_arrived = Signal()
    attached = Signal()
    rows_came = Signal(int, int, int)
    published = Signal()

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
        self._memory = MemoryRows(clock)
        self._lines = Lines()
        self._history: HistorySource | None = None
        self._past = PastCounts(lambda: self.counted.emit(self.counts))
        self._network = ""
        # What was created before is known to the history.
        self._attached_at = datetime.max.replace(tzinfo=UTC)
        self._published_counts: Counter[Group] = Counter()
        self.changed_lines: dict[int, RequestRow] = {}
        """While `dataChanged` is emitted: the lines that changed, each with what it showed
        before."""
        self._unmatched: set[str] = set()
        # Rows that have left memory, as they are shown until the history shows them.
        self._leaving: dict[str, RequestRow] = {}
        # Whether the history is to be asked again when it has answered.
        self._look_later = False
        self._arranging: IncrementalSort | None = None
        # The question whose answer the lines are.
        self._answered: tuple[HistoryQuery, Order, bool] | None = None
        self._more = QTimer(self)
        self._more.setSingleShot(True)
        self._more.timeout.connect(self.publish)
        self._turns = QTimer(self)
        self._turns.setSingleShot(True)
        self._turns.timeout.connect(self._arrange_on)

    # What Qt asks.

    def rowCount(self, parent: _AnyIndex = _NO_PARENT) -> int:
        """Rows that match the filter."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: _AnyIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(Column)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, spoken text, tooltip, alignment, and the row itself."""
        if not index.isValid() or index.row() >= len(self._lines):
            return None
        row, column = self.row_at_line(index.row()), Column(index.column())
        if row is None:
            past = self.past_at_line(index.row())
            return past_data(past, column, role, self._clock, self._network)
        if role == ROW_ROLE:
            return row
        return row_data(row, column, role, self._clock)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Titles, aligned like their columns."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        return title_data(Column(section), role)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort because a person asked; new rows are inserted by this order from now on."""
        self._memory.column = Column(column)
        self._memory.descending = order is Qt.SortOrder.DescendingOrder
        self.sort_again()

    # What the window asks.

    @property
    def clock(self) -> Clock:
        """The clock that cells are read against."""
        return self._clock

    @property
    def total(self) -> int:
        """All requests, whether they match the filter or not."""
        return len(self._memory.rows) + self._past.counts[Group.ALL]

    @property
    def counts(self) -> Counter[Group]:
        """How many requests are in each group."""
        return self._memory.counts + self._past.counts

    @property
    def filtered(self) -> bool:
        """Whether a filter hides anything."""
        return self._memory.filtered

    @property
    def group(self) -> Group:
        """The group that is shown."""
        return self._memory.group

    def row(self, identifier: str) -> RequestRow | None:
        """The newest state of a request."""
        return self._memory.rows.get(identifier)

    def row_at(self, index: _AnyIndex) -> RequestRow | None:
        """The row under an index; None for a request that is not in memory."""
        return self.row_at_line(index.row()) if index.isValid() else None

    def row_at_line(self, place: int) -> RequestRow | None:
        """The row in line `place`; None for a request that is not in memory."""
        if not 0 <= place < len(self._lines):
            return None
        number = self._lines[place]
        return self._memory.rows[self._memory.name(number)] if number < 0 else None

    def past_at_line(self, place: int) -> RequestSummary | None:
        """The request of the history in line `place`, if it was read."""
        if self._history is None or not 0 <= place < len(self._lines):
            return None
        return self._history.row(self._lines[place])

    def show_lines(self, first: int, last: int) -> None:
        """The lines `first` to `last` are in view: read those of the history among them."""
        if self._history is not None:
            self._history.want(self._lines.part(*around(first, last, len(self._lines))))

    @property
    def network(self) -> str:
        """The shop's network; "" while it has no history."""
        return self._network

    def take_to_memory(self, place: int) -> None:
        """Ask for the facts of the request in this line; it becomes a row like the others."""
        past = self.past_at_line(place)
        if past is not None:
            self.past_wanted.emit(past.identifier)

    def index_of(self, identifier: str, column: Column = Column.STATUS) -> QModelIndex:
        """The index of a request; invalid while the filter hides it."""
        place = self._line_of(identifier)
        return QModelIndex() if place is None else self.index(place, column)

    def stage(self, rows: Iterable[RequestRow]) -> None:
        """Store new states at once; the view is signalled, and groups counted, by `publish`: this
        is done for each of thousands a second, that for many together."""
        self._memory.stage(rows)

    def publish(self, most: int = _NEW_PER_BATCH) -> None:
        """Signal all that was staged since, of new rows `most` now and the others a moment later.
        Costs what changed."""
        dirty, fresh = self._memory.publish(most)
        if self._memory.staged:
            self._more.start(0)
        # Signalled before rows move, while the lines are still right.
        hidden = self._note_lines(dirty)
        came_back = self._replace_past(fresh)
        places = self.changed_lines
        many = len(places) > _MAX_RANGES
        for first, last in [(min(places), max(places))] if many else ranges(places):
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(Column) - 1))
        if self._arranging is not None:
            self._arranging.changed(dirty)
            self._arranging.changed(fresh)
        if self.filtered:
            self._unmatched.update(dirty)
        added = [
            name for name in (*fresh, *hidden) if name not in came_back and self._matches(name)
        ]
        if self._history is not None and any(map(self._is_old, added)):
            # Where it belongs among the lines of the history, that knows. A question that is on its
            # way is not broken off: in a flood no answer would ever be whole.
            self._look_when_answered()
        elif added:
            self._insert(added)
        if dirty or fresh:
            self.published.emit()
        if self._memory.counts != self._published_counts:
            self._published_counts = Counter(self._memory.counts)
            self.counted.emit(self.counts)

    def set_filter(
        self,
        text: str | None = None,
        group: Group | None = None,
        fields: HistoryQuery | None = None,
    ) -> None:
        """Show rows that contain every word of `text`, are in `group` and are asked for by
        `fields`, whose own text is left aside; None leaves a part as it is. The view restores the
        selection. With many rows the result comes a moment later, so that no frame is dropped
        meanwhile."""
        memory = self._memory
        if memory.set_filter(
            memory.text if text is None else text,
            memory.group if group is None else group,
            memory.fields if fields is None else fields,
        ):
            self._arrange(memory.rows, self._reset)

    def drop_unmatched(self, keep: str = "") -> None:
        """Remove rows that no longer match, except `keep`: at a moment when nobody points at
        them."""
        if not self._unmatched or self._arranging is not None:
            return
        changed, self._unmatched = self._unmatched, self._unmatched & {keep}
        gone = [
            line
            for name in changed
            if name != keep
            and (line := self._line_of(name)) is not None
            and not self._matches(name)
        ]
        for first, last in reversed(ranges(gone)):
            self.beginRemoveRows(_NO_PARENT, first, last)
            self._lines.remove(first, last)
            self.endRemoveRows()

    def sort_again(self) -> None:
        """Sort the rows by the chosen order again, at a quiet moment or on request."""
        if self._arranging is not None or self._history is not None:
            # The filter's own result is not there yet, and will come in the order chosen now.
            self._arrange(self._memory.rows, self._reset)
        else:
            self._arrange(self._shown(), self._move)

    def attach(self, history: HistorySource, network: str) -> None:
        """Show all requests that ever were, not only those in memory. `network` is the shop's."""
        self._history, self._network = history, network
        self._attached_at = self._clock.now()
        history.arrived.connect(self.past_arrived)
        history.unanswered.connect(self.look_again)
        self.look_again()
        self.attached.emit()

    def release(self, identifiers: Collection[str]) -> None:
        """These rows have left memory: once the history says where they stand, its lines show them.
        Those that it does not know yet, or that came back, stay."""
        rows = self._memory.rows
        self._leaving |= {name: rows[name] for name in identifiers if name in rows}
        self._leaving = {n: row for n, row in self._leaving.items() if rows.get(n) is row}
        if self._history is not None and self._leaving:
            self._history.find(tuple(self._leaving), self._count_without)

    def _count_without(self, keys: Mapping[str, int]) -> None:
        history, rest = self._history, self._memory.rows.keys() - keys.keys()
        if history is not None and keys:
            self._past.ask(history, tuple(rest), lambda: self._let_go(history, keys))

    def _let_go(self, history: HistorySource, keys: Mapping[str, int]) -> bool:
        """Show lines of the history, of these keys, in the place of rows of memory; whether all of
        these left. Those that did not are tried again with the next ones."""
        memory = self._memory
        gone = {
            name: key
            for name, key in keys.items()
            if name in self._leaving
            and memory.rows.get(name) is self._leaving[name]
            and not memory.is_staged(name)
            and self._arranging is None
        }
        self.changed_lines = {}
        for name, key in gone.items():
            if (line := self._line_of(name)) is not None:
                self._lines.replace(line, key)
                self.changed_lines[line] = memory.rows[name]
            del self._leaving[name]
            self._unmatched.discard(name)
        memory.remove(gone)
        history.forget(gone.values())
        for first, last in ranges(self.changed_lines):
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(Column) - 1))
        self._published_counts = Counter(memory.counts)
        if len(gone) < len(keys):
            self._count_past()
        return len(gone) == len(keys)

    def _look_when_answered(self) -> None:
        """Ask the history again, but break off no question that is on its way."""
        if self._history is not None and (self._history.is_asking or self._arranging is not None):
            self._look_later = True
        else:
            self.look_again()

    def look_again(self) -> None:
        """Ask the history again: for the lines, and how many there are."""
        self._look_later = False
        if self._history is not None:
            self._count_past()
            self._arrange(self._memory.rows, self._reset)

    def ask_values(self, column: str, then: Callable[[Sequence[str]], None]) -> None:
        """Call `then` with the different values of "till", "cashier", "asset" or "network", once
        there is a history."""
        if self._history is not None:
            self._history.values(column, then)

    def ask_counts(
        self,
        queries: Sequence[HistoryQuery],
        then: Callable[[Sequence[int] | None, bool], None],
    ) -> bool:
        """As `HistorySource.count_each`; False while there is no history."""
        if self._history is None:
            return False
        self._history.count_each(queries, then)
        return True

    def _arrange(self, names: Iterable[str], then: Callable[[list[str]], None]) -> None:
        """Find out which rows are shown and in what order, in steps, and pass that to `then`."""
        memory = self._memory
        filtering = then == self._reset
        self._arranging = IncrementalSort(
            names,
            rows=memory.rows,
            # Sorting moves the rows that are shown, whether or not they match by now.
            wanted=memory.matches
            if filtering
            else lambda row: self._line_of(row.identifier) is not None,
            key=lambda row: memory.key(row.identifier),
            down=memory.descending,
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
        memory = self._memory
        if self._history is None:
            self._show(Lines(memory.numbers(order)))
            return
        query = history_query(memory.text, memory.group, memory.fields)
        by, down = history_order(memory.column), memory.descending
        asked = dict.fromkeys(memory.rows)

        def answered(found: HistoryLines) -> None:
            # The first lines of a question that is answered already would take the others away for
            # a moment, and with them what is selected and in view.
            if found.whole or self._answered != (query, by, down):
                self._answered = (query, by, down)
                self._merge(found, order, asked)

        self._history.ask(query, by, descending=down, known=tuple(asked), then=answered)

    def _show(self, lines: Lines) -> None:
        """Show other lines; where they only go on after those that are shown, nothing moves."""
        if len(self._lines) and self._lines.begins(lines):
            more = lines.after(self._lines)
            if more:
                self.beginInsertRows(_NO_PARENT, len(self._lines), len(lines) - 1)
                self._lines = lines
                self.endInsertRows()
            return
        self.beginResetModel()
        self._lines = lines
        self._unmatched.clear()
        self.endResetModel()

    def _shown(self) -> list[str]:
        """The rows of memory that are shown, in their order."""
        numbers = self._lines.part(0, len(self._lines))
        return [self._memory.name(number) for number in numbers if number < 0]

    def _move(self, order: list[str]) -> None:
        if order == self._shown():
            return
        self.layoutAboutToBeChanged.emit()
        kept = [(index, self._lines[index.row()]) for index in self.persistentIndexList()]
        self._lines = Lines(self._memory.numbers(order))
        self.changePersistentIndexList(
            [index for index, _ in kept],
            [self.index(self._lines.place(n) or 0, index.column()) for index, n in kept],
        )
        self.layoutChanged.emit()

    # The history.

    def _merge(self, found: HistoryLines, order: list[str], asked: Collection[str]) -> None:
        """Put the rows of memory that are shown, in `order`, among the lines of the history, which
        was told of the rows `asked`: the line of an older one that came since is its own."""
        memory = self._memory
        order = [name for name in order if name in memory.rows]
        late = {name for name in memory.rows.keys() - asked if self._is_old(name)}
        self._look_later |= bool(late)
        came = memory.ordered(memory.rows.keys() - set(order) - late)
        self._show(merge(memory, found, [one for one in (*came, *order) if self._matches(one)]))
        if found.whole and self._look_later:
            self.look_again()

    def _replace_past(self, fresh: Mapping[str, RequestRow]) -> set[str]:
        """Put requests that came into memory from the history in the place of their lines; returns
        those that need no other line. Where the line of one is unknown, it is asked for."""
        history = self._history
        if history is None or not fresh:
            return set()
        known = {name: key for name in fresh if (key := history.key_of(name)) is not None}
        for name, key in known.items():
            self._put(name, key)
        unknown = [name for name in fresh if name not in known and self._is_old(name)]
        if unknown:
            history.find(unknown, lambda keys: self._found(unknown, keys))
        if known or unknown:
            self._count_past()
        return {*known, *unknown}

    def _is_old(self, name: str) -> bool:
        """Whether a row of memory was made before the history was attached, which then knows it."""
        return self._memory.rows[name].request.created_at < self._attached_at

    def _put(self, name: str, key: int) -> bool:
        """Let the line of this key show the row of memory; whether there is such a line."""
        if self._line_of(name) is not None:
            return True
        line = self._lines.place(key)
        if line is None:
            return False
        self._lines.replace(line, *self._memory.numbers([name]))
        self.changed_lines[line] = self._memory.rows[name]
        return True

    def _found(self, names: Sequence[str], keys: Mapping[str, int]) -> None:
        """The history has said where these rows of memory stand; a row of which it does not know
        is shown all the same."""
        self.changed_lines = {}
        names = [name for name in names if name in self._memory.rows]
        hidden = [name for name in names if name in keys and not self._put(name, keys[name])]
        for line in self.changed_lines:
            self.dataChanged.emit(self.index(line, 0), self.index(line, len(Column) - 1))
        missing = [name for name in names if name not in keys and self._line_of(name) is None]
        if missing := [name for name in missing if self._matches(name)]:
            self._insert(missing)
        if any(map(self._matches, hidden)):
            self._look_when_answered()

    def _count_past(self) -> None:
        if self._history is not None:
            self._past.ask(self._history, tuple(self._memory.rows))

    # How it is done.

    def _note_lines(self, dirty: Mapping[str, RequestRow]) -> list[str]:
        """Note the lines of the rows that changed; returns those without a line."""
        self.changed_lines, hidden = {}, []
        for name, before in dirty.items():
            line = self._line_of(name)
            if line is not None:
                self.changed_lines[line] = before
            else:
                hidden.append(name)
        return hidden

    def _matches(self, identifier: str) -> bool:
        return self._memory.matches(self._memory.rows[identifier])

    def _line_of(self, identifier: str) -> int | None:
        number = self._memory.number(identifier)
        return None if number is None else self._lines.place(number)

    def _insert(self, fresh: list[str]) -> None:
        """Insert new rows where the order wants them, without moving any other."""
        groups: dict[int, list[str]] = {}
        # Lines of the history stand between rows of memory; new ones come before them all, or, in
        # the order of time upwards, after them.
        place, end = 0, self._lines.leading()
        if self._memory.column is Column.TIME and not self._memory.descending:
            place = len(self._lines) - self._lines.trailing()
            end = len(self._lines)
        # Newest first among equal keys, as the reverse order of arrival.
        for identifier in self._memory.ordered(reversed(fresh)):
            place = self._insert_position(identifier, place, end)
            groups.setdefault(place, []).append(identifier)
        for place in sorted(groups, reverse=True):
            added = groups[place]
            self.beginInsertRows(_NO_PARENT, place, place + len(added) - 1)
            self._lines.insert(place, self._memory.numbers(added))
            self.endInsertRows()
            self.rows_came.emit(
                place, place + len(added) - 1, len(self._memory.new.intersection(added))
            )

    def _insert_position(self, identifier: str, low: int, high: int) -> int:
        """Where a row belongs among the lines from `low` to `high`; mostly that is just there."""
        key, step = self._memory.key(identifier), 1
        while low < high:
            middle = min(low + step - 1, (low + high) // 2)
            other = self._memory.key(self._memory.name(self._lines[middle]))
            if other > key if self._memory.descending else other < key:
                low, step = middle + 1, step * 2
            else:
                high, step = middle, 1
        return low

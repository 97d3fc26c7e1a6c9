"""The table under mouse and keyboard: selection, scrolling, columns, empty view."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import Final

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QPushButton,
    QTableView,
    QWidget,
)

from xumm_desk.core.message import Message
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.translation import _
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.theme import Theme
from xumm_desk.ui.widgets.containers import EmptyView

from .actions import RequestActions
from .columns import Column, changed_columns
from .follow_newest import FollowNewest
from .row_painter import PAD, ColumnSpan, PaintedLine, RowPainter, VisibleColumns
from .spoken_changes import SpokenChanges
from .table_columns.column_layout import ColumnLayout
from .table_columns.widths import comfortable_width
from .table_model import RequestTableModel

log = logging.getLogger(__name__)

_REST_MS: Final = 60
"""After so long a line of the history that is selected is read whole: while a key is held down,
each is selected for a moment."""

NO_REQUESTS: Final = (Message("No requests yet"), Message("Start one with Ctrl+N"))
NO_REQUESTS_OF_TILLS: Final = (
    Message("No requests yet"),
    Message("What the tills of the shop sell appears here."),
)
NO_MATCH: Final = (Message("Nothing matches"), "", Message("Clear filters"))


class RequestTableView(QTableView):
    """The table. `current_changed` carries the selected row whenever it, or its state, changes;
    None for nothing. `clear_asked` is the button of the empty view of a filter."""

    current_changed = Signal(object)
    clear_asked = Signal()

    def __init__(
        self, table: RequestTableModel, actions: RequestActions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._table, self._actions = table, actions
        self.spoken_changes = SpokenChanges(self, table.clock)
        self._cells = RowPainter(table.clock, self)
        self.is_walking = False
        """Whether a key is held down that walks through the rows."""
        self._take = QTimer(self)
        self._take.setSingleShot(True)
        self._take.setInterval(_REST_MS)
        self._take.timeout.connect(self._take_current)
        self._unpaintable: dict[str, RequestRow] = {}
        self._selected_identifier = ""
        self._empty_view = EmptyView(self.viewport())
        self._apply_font()
        self.setModel(table)
        self._visible_columns = VisibleColumns(self.horizontalHeader())
        self.columns, self.follow = ColumnLayout(self), FollowNewest(self)
        self._connect_signals()
        self._update_empty_view()

    @property
    def empty_view(self) -> EmptyView:
        """The view that is shown while there are no rows."""
        return self._empty_view

    @property
    def new_rows_button(self) -> QPushButton:
        """The button that says how many new rows are above."""
        return self.follow.button

    def current(self) -> RequestRow | None:
        """The selected row."""
        return self._table.row_at(self.currentIndex())

    def select(self, identifier: str) -> None:
        """Select a request and bring it into view."""
        index = self._table.index_of(identifier)
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def tick(self) -> None:
        """One second has passed: repaint the visible cells that count, drop rows that left the
        filter."""
        left = self.columnViewportPosition(Column.LEFT)
        wide = self.columnWidth(Column.LEFT)
        self.viewport().update(QRect(left, 0, wide, self.viewport().height()))
        if not self.viewport().underMouse():
            current = self.current()
            self._table.drop_unmatched(current.identifier if current else "")

    # Qt's events.

    def dataChanged(
        self,
        first: QModelIndex | QPersistentModelIndex,
        last: QModelIndex | QPersistentModelIndex,
        _roles: Sequence[int] = (),
    ) -> None:
        """Repaint the cells that changed and are in view; Qt itself would repaint all that is in
        view for a flood of changes that are not."""
        begin, end, changed = first.row(), last.row(), self._table.changed_lines
        for place, top in self._visible_lines(self.viewport().rect()):
            if place in changed and begin <= place <= end:
                self._repaint(place, top, changed[place])
                self.spoken_changes.note(changed[place], self._table.row_at_line(place))
        current = self.currentIndex().row()
        if begin <= current <= end and current in changed:
            self._on_current_changed()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the visible rows. Qt itself would make several calls for each cell."""
        region = event.region()
        height = self.verticalHeader().defaultSectionSize()
        across = self._visible_columns.in_rect(region.boundingRect())
        if not across:
            return
        left, end = min(one[1] for one in across), max(one[1] + one[2] for one in across)
        scattered = region.rectCount() > 1
        current = self.currentIndex()
        picked = current.row() if self.selectionModel().isSelected(current) else -1
        focused, base = self.hasFocus(), self.palette().base().color()
        with QPainter(self.viewport()) as painter:
            for place, top in self._visible_lines(region.boundingRect()):
                rect = QRect(left, top, end - left, height)
                if not region.intersects(rect):
                    continue
                chosen = place == picked
                line = PaintedLine(
                    rect, base, chosen, place == self._cells.hovered, chosen and focused
                )
                cells = across
                if scattered:
                    cells = [one for one in across if region.intersects(_cell(rect, one))]
                row = self._table.row_at_line(place)
                if row is not None:
                    self._paint_line(painter, row, line, cells)
                else:
                    self._paint_past(painter, place, line, cells)
        self._read_visible()

    def sizeHintForColumn(self, column: int) -> int:
        """The width that a double click on a header's edge gives a column."""
        return comfortable_width(Column(column))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.columns.fit()
        self._empty_view.setGeometry(self.viewport().rect())
        self.follow.place_button()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the application's font."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange and hasattr(self, "follow"):
            self._cells.refresh()
            self._row_height()
            self.columns.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Note whether the key is held down."""
        self.follow.input_noticed()
        self.is_walking = event.isAutoRepeat()
        super().keyPressEvent(event)
        self.is_walking = False

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Choose no row: Qt itself would make the first one current, although nobody chose it."""
        if not self.currentIndex().isValid():
            event = QFocusEvent(event.type(), Qt.FocusReason.MouseFocusReason)
        super().focusInEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the row under the mouse."""
        super().mouseMoveEvent(event)
        self.follow.input_noticed()
        self._hover(self.indexAt(event.position().toPoint()).row())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)
        self.follow.input_ended()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The actions of the row under the mouse, or of the selected one."""
        from_keys = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if from_keys else self.indexAt(event.pos())
        if not index.isValid():
            return
        self.setCurrentIndex(index)
        corner = self.visualRect(index).center() if from_keys else event.pos()
        self._actions.menu(self).popup(self.viewport().mapToGlobal(corner))

    # How it is done.

    def _paint_line(
        self, painter: QPainter, row: RequestRow, line: PaintedLine, across: Sequence[ColumnSpan]
    ) -> None:
        """Paint one row. If painting raises, draw an error text across the row until its data
        changes, and go on with the next row."""
        known = self._unpaintable.get(row.identifier) is row
        try:
            if not known:
                self._cells.paint(painter, row, line, across)
                return
        except Exception:
            log.exception("the line of %s cannot be painted", row.identifier)
            self._unpaintable[row.identifier] = row
        header = self.horizontalHeader()
        whole = QRect(-header.offset(), line.rect.top(), header.length(), line.rect.height())
        if not known:
            self.viewport().update(whole)
        self._cells.paint_error(painter, row, line._replace(rect=whole))

    def _paint_past(
        self, painter: QPainter, place: int, line: PaintedLine, across: Sequence[ColumnSpan]
    ) -> None:
        past = self._table.past_at_line(place)
        if past is None:
            self._cells.paint_empty(painter, line)
        else:
            self._cells.paint_past(painter, past, line, across, self._table.network)

    def _read_visible(self) -> None:
        """Let the model read the lines of the history that are in view."""
        lines = [place for place, _ in self._visible_lines(self.viewport().rect())]
        if lines:
            self._table.show_lines(lines[0], lines[-1])

    def _take_current(self) -> None:
        """The selected request is one of the history: its facts are read, once the keys rest."""
        if self.currentIndex().isValid() and self.current() is None:
            self._table.take_to_memory(self.currentIndex().row())

    def _repaint(self, place: int, top: int, before: RequestRow) -> None:
        """Request a repaint of the cells of a line that may look different than `before`."""
        room, height = self.viewport(), self.verticalHeader().defaultSectionSize()
        row = self._table.row_at_line(place)
        if row is None or row.identifier in self._unpaintable:
            room.update(0, top, room.width(), height)
            return
        columns = changed_columns(before, row)
        for column, left, width in self._visible_columns.spans():
            if column in columns:
                room.update(left, top, width, height)

    def _visible_lines(self, within: QRect) -> Iterator[tuple[int, int]]:
        """The lines in a part of the view, and their upper edges; all have one height, so that none
        of ten thousand has to be asked for it."""
        height, above = self.verticalHeader().defaultSectionSize(), self.verticalScrollBar().value()
        first = max(0, (within.top() + above) // height)
        last = min(self._table.rowCount() - 1, (within.bottom() + above) // height)
        for place in range(first, last + 1):
            yield place, place * height - above

    def _apply_font(self) -> None:
        self.setAccessibleName(_("Requests"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._row_height()

    def _row_height(self) -> None:
        height = QFontMetrics(theme.font(strong=True)).height() + 2 * PAD
        self.verticalHeader().setDefaultSectionSize(height)

    def _connect_signals(self) -> None:
        table = self._table
        self._actions.add_shortcuts_to(self)
        self.selectionModel().currentRowChanged.connect(self._on_current_changed)
        table.rowsInserted.connect(self._update_empty_view)
        table.rows_came.connect(self.follow.rows_came)
        table.rowsRemoved.connect(self._update_empty_view)
        table.modelAboutToBeReset.connect(self._store_selection)
        table.modelReset.connect(self._restore_selection)
        table.past_arrived.connect(self._past_arrived)
        self._empty_view.pressed.connect(self.clear_asked)
        self.columns.changed.connect(self._visible_columns.invalidate)
        self.horizontalHeader().sortIndicatorChanged.connect(self._sort_changed)
        Theme.current().changed.connect(self.viewport().update)

    def _sort_changed(self, column: int, order: Qt.SortOrder) -> None:
        upwards = order is Qt.SortOrder.AscendingOrder
        self.follow.set_newest_below(column == Column.TIME and upwards)

    def _past_arrived(self) -> None:
        self.viewport().update()
        self._take.start()

    def _on_current_changed(self) -> None:
        row = self.current()
        if row is None:
            self._take.start()
        if self.isVisible():  # else another view says which request is acted on
            self._actions.set_row(row)
        self.current_changed.emit(row)

    def _store_selection(self) -> None:
        row = self.current()
        self._selected_identifier = row.identifier if row else self._selected_identifier

    def _restore_selection(self) -> None:
        self.follow.reset()
        self._update_empty_view()
        self.select(self._selected_identifier)
        if not self.currentIndex().isValid():
            self._on_current_changed()

    def _update_empty_view(self) -> None:
        empty = self._table.rowCount() == 0
        if empty:
            none = NO_REQUESTS_OF_TILLS if self._actions.only_reads else NO_REQUESTS
            self._empty_view.show_message(*(NO_MATCH if self._table.total else none))
        self._empty_view.setVisible(empty)

    def _hover(self, place: int) -> None:
        if place != self._cells.hovered:
            self._cells.hovered = place
            self.viewport().update()


def _cell(line: QRect, span: ColumnSpan) -> QRect:
    return QRect(span[1], line.top(), span[2], line.height())

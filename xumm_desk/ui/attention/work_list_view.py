"""The work list under mouse and keyboard: Enter and the button do the main action."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QMenu, QWidget

from xumm_desk.core.attention.entry import Action, AttentionEntry
from xumm_desk.core.attention.wording import NOTHING_MORE, NOTHING_TO_DO, action_label
from xumm_desk.core.message import Message
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.requests.table_view import NO_MATCH
from xumm_desk.ui.style.theme import Theme
from xumm_desk.ui.widgets.containers import EmptyView

from .entry_painter import EntryPainter
from .work_list_model import WorkListModel

_REFRESH_TICKS: Final = 15
"""Seconds between two looks at what only time changes."""

_STILL_READING: Final = (Message("Reading the journal"), Message("What needs you appears here."))


class WorkListView(QListView):
    """The list. `asked` carries an entry and the action that a person wants; `current_changed`
    says that another entry is selected, or that its request changed; `clear_asked` is the button
    where a search finds nothing."""

    asked = Signal(object, object)
    current_changed = Signal()
    clear_asked = Signal()

    def __init__(self, model: WorkListModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._ticks = 0
        self._reading = False
        self._painter = EntryPainter(model, self)
        self._empty_view = EmptyView(self.viewport())
        self._empty_view.pressed.connect(self.clear_asked)
        self.setAccessibleName(_("Attention"))
        self.setItemDelegate(self._painter)
        self.setModel(model)
        self.setUniformItemSizes(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.selectionModel().currentChanged.connect(lambda *_indexes: self.current_changed.emit())
        for signal in (model.rowsInserted, model.rowsRemoved):
            signal.connect(self._update_empty_view)
        Theme.current().changed.connect(self.viewport().update)
        self._update_empty_view()

    @property
    def empty_view(self) -> EmptyView:
        """What is shown while nothing needs a person."""
        return self._empty_view

    def model(self) -> WorkListModel:
        """The entries."""
        return self._model

    def show_all(self) -> None:
        """The list is opened: bring it into order and select the most urgent entry."""
        self._model.refresh_times()
        self._tidy()
        self.setCurrentIndex(self._model.index(0, 0))
        self.scrollToTop()

    def current_entry(self) -> AttentionEntry | None:
        """The selected entry, unless it is settled."""
        line = self._model.line_at(self.currentIndex())
        return None if line is None or line.settled else line.entry

    def current_identifier(self) -> str:
        """The request of the selected line, settled or not; "" for none."""
        return self._model.identifier_at(self.currentIndex())

    def select(self, key: str) -> None:
        """Select an entry and bring it into view."""
        index = self._model.index_of(key)
        if index.isValid():
            self.setCurrentIndex(index)

    def set_reading(self, on: bool) -> None:
        """While the journal is being read, an empty list says nothing yet."""
        self._reading = on
        self._update_empty_view()

    def rows_changed(self) -> None:
        """Entries changed: show them in order, unless somebody points at the list."""
        if self._may_move():
            self._tidy()

    def tick(self) -> None:
        """A second has passed."""
        self._ticks += 1
        if self._ticks % _REFRESH_TICKS == 0:
            self._model.refresh_times()
            self.viewport().update()  # ages
        if self._may_move():
            self._tidy()

    # Qt's events.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter does the main action."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._ask(self.current_entry())
            return
        super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show that a button can be pressed."""
        super().mouseMoveEvent(event)
        self._hover(self._button_at(event.position().toPoint()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on the button is for the button alone."""
        super().mousePressEvent(event)
        if event.button() is Qt.MouseButton.LeftButton:
            self._painter.pressed_button = self._button_at(event.position().toPoint())
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go on the same button, it is pressed."""
        super().mouseReleaseEvent(event)
        pressed, self._painter.pressed_button = self._painter.pressed_button, -1
        self.viewport().update()
        if pressed >= 0 and pressed == self._button_at(event.position().toPoint()):
            self._ask(self.current_entry())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Beside the button it leads to the row; a double press of the button is one press."""
        if self._button_at(event.position().toPoint()) < 0:
            entry = self.current_entry()
            if entry is not None:
                self.asked.emit(entry, Action.DETAILS if entry.identifier else entry.action)
            return
        super().mouseDoubleClickEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """All actions of the entry under the mouse, or of the selected one."""
        from_keys = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if from_keys else self.indexAt(event.pos())
        if not index.isValid():
            return
        self.setCurrentIndex(index)
        entry = self.current_entry()
        if entry is None:
            return
        corner = self.visualRect(index).center() if from_keys else event.pos()
        self.menu_of(entry).popup(self.viewport().mapToGlobal(QPoint(corner)))

    def showEvent(self, event: QShowEvent) -> None:
        """What changed while the list was hidden is brought into order now."""
        super().showEvent(event)
        self._tidy()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._empty_view.setGeometry(self.viewport().rect())
        self.scheduleDelayedItemsLayout()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the application's font and language."""
        super().changeEvent(event)
        changes = (QEvent.Type.FontChange, QEvent.Type.LanguageChange)
        if event.type() in changes and hasattr(self, "_painter"):
            self._painter.refresh()
            self.scheduleDelayedItemsLayout()

    def menu_of(self, entry: AttentionEntry) -> QMenu:
        """The menu of an entry; it deletes itself when it closes."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in entry.actions:
            item = QAction(tr(action_label(action, refund=entry.is_refund)), menu)
            item.setData(action)
            menu.addAction(item)
            if action is entry.action:
                menu.setDefaultAction(item)
                menu.addSeparator()
        menu.triggered.connect(lambda item: self.asked.emit(entry, item.data()))
        return menu

    # How it is done.

    def _ask(self, entry: AttentionEntry | None) -> None:
        if entry is not None:
            self.asked.emit(entry, entry.action)

    def _may_move(self) -> bool:
        """Whether lines are seen, and nobody points at them."""
        return self.isVisible() and not self.viewport().underMouse()

    def _tidy(self) -> None:
        place = self.currentIndex().row()
        self._model.tidy()
        if not self.currentIndex().isValid() and self._model.rowCount():
            # The next one, where the settled one was: work goes on without the mouse.
            at = min(max(place, 0), self._model.rowCount() - 1)
            self.setCurrentIndex(self._model.index(at, 0))
        self._update_empty_view()

    def _button_at(self, point: QPoint) -> int:
        """The line whose button is at `point`, -1 for none."""
        index = self.indexAt(point)
        line = self._model.line_at(index)
        if line is None or line.settled:
            return -1
        inside = self._painter.button_rect(self.visualRect(index)).contains(point)
        return index.row() if inside else -1

    def _hover(self, row: int) -> None:
        if row != self._painter.hovered_button:
            self._painter.hovered_button = row
            cursor = Qt.CursorShape.PointingHandCursor if row >= 0 else Qt.CursorShape.ArrowCursor
            self.viewport().setCursor(cursor)
            self.viewport().update()

    def _update_empty_view(self) -> None:
        empty = self._model.rowCount() == 0
        if empty and self._model.searching:
            self._empty_view.show_message(*NO_MATCH)
        elif empty and self._reading:
            self._empty_view.show_message(*_STILL_READING)
        elif empty:
            self._empty_view.show_message(NOTHING_TO_DO, NOTHING_MORE)
        self._empty_view.setVisible(empty)

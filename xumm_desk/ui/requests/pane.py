"""The pane that holds filters, search field and table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.history.query import HistoryQuery
from xumm_desk.core.history.saved_filter import SavedFilter
from xumm_desk.core.settings import SettingsStore
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.formats import midnight
from xumm_desk.ui.attention.work_list_model import WorkListModel
from xumm_desk.ui.attention.work_list_view import WorkListView
from xumm_desk.ui.style.theme import Space, Theme

from .actions import RequestActions
from .filters.filter_bar import FilterBar
from .filters.filter_sidebar import FilterSidebar, SearchField
from .follow_newest import FollowBox
from .rows.filtering import EVERY_FIELD, Group, history_query
from .saved_filters.filter_store import FilterStore
from .saved_filters.saved_filters import SavedFilters
from .table_model import RequestTableModel
from .table_view import RequestTableView

_NARROW: Final = 860
"""Below this width the filters show no labels."""

_SEARCH: Final = 140
"""The least width of the search field."""

_COUNT_DELAY_MS: Final = 250
"""Between two changes of the filters' numbers."""


class RequestPane(QWidget):
    """Sidebar, search and table, wired to each other. Feed `table.update` and call
    `view.tick` once a second. Under Attention `work_list` stands in place of the table.
    `current_changed` carries the selected row of the one that is shown, None for none;
    `filters_changed` says that other filters are chosen, or another search. `preferences` keep the
    saved filters."""

    current_changed = Signal(object)
    filters_changed = Signal()

    def __init__(
        self,
        table: RequestTableModel,
        actions: RequestActions,
        work_list: WorkListView | None = None,
        parent: QWidget | None = None,
        *,
        preferences: SettingsStore | None = None,
    ) -> None:
        super().__init__(parent)
        self.table = table
        self.work_list = work_list = work_list or WorkListView(WorkListModel(table.clock.now))
        store = FilterStore(preferences, self)
        self.filters, self.search = FilterSidebar(store), SearchField()
        self.view = RequestTableView(table, actions)
        self._top = top = QHBoxLayout()
        top.setContentsMargins(int(Space.S), int(Space.S), int(Space.S), int(Space.S))
        top.setSpacing(int(Space.S))
        top.addWidget(self.search, 1)
        self.search.setMinimumWidth(_SEARCH)
        self.bar = FilterBar(table.ask_values, table.clock.now)
        top.addWidget(self.bar, 2)
        self._progress = QLabel()
        self._progress.setProperty("muted", True)
        self._progress.hide()
        top.addWidget(self._progress)
        self.follow_box = FollowBox(self.view.follow.action)
        top.addWidget(self.follow_box)
        self.addAction(self.view.follow.action)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addLayout(top)
        self._lists = QStackedWidget()
        self._lists.addWidget(self.view)
        self._lists.addWidget(work_list)
        right.addWidget(self._lists, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(1)
        whole.addWidget(self.filters)
        whole.addLayout(right, 1)
        self.saved = SavedFilters(self, store)
        self._connect_signals()
        actions.add_shortcuts_to(work_list)
        self._recount = QTimer(self)
        self._recount.setSingleShot(True)
        self._recount.setInterval(_COUNT_DELAY_MS)
        self._recount.timeout.connect(self._count)
        self._counts_pending = False
        table.counted.connect(self._counted)
        self._show_counts(table.counts)
        Theme.current().changed.connect(self.update)

    def shows_attention(self) -> bool:
        """Whether the work list is shown."""
        return self._lists.currentWidget() is self.work_list

    def current(self) -> RequestRow | None:
        """The selected row of the list that is shown."""
        if self.shows_attention():
            return self.table.row(self.work_list.current_identifier())
        return self.view.current()

    def tick(self) -> None:
        """One second has passed."""
        self.bar.tick()
        self.saved.counts.tick()
        self.work_list.tick()  # also while it is hidden: waits end, and are counted
        if not self.shows_attention():
            self.view.tick()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow pane the table comes first."""
        super().resizeEvent(event)
        narrow = self.width() < _NARROW
        self.filters.set_compact(narrow)
        self._fit_follow_box(compact=narrow)

    def _fit_follow_box(self, *, compact: bool) -> None:
        """Give it the room that is left: it stands in the menu too, which filters do not."""
        box = self.follow_box
        box.setVisible(not self.shows_attention())
        room = self.width() - self.filters.sizeHint().width() - 1
        for small in (False, True):
            box.set_compact(small or compact)
            self._top.invalidate()
            if self._top.minimumSize().width() <= room:
                return
        box.hide()

    def show_progress(self, words: str) -> None:
        """Say how much of the history is there; "" once it is whole."""
        self._progress.setText(words)
        self._progress.setVisible(bool(words))

    def focus_list(self) -> None:
        """Give the keyboard to the list that is shown."""
        shown = self.work_list if self.shows_attention() else self.view
        shown.setFocus(Qt.FocusReason.OtherFocusReason)

    def add_button(self, button: QPushButton) -> None:
        """Show a button at the end of the line with the search field."""
        self._top.addWidget(button)

    def clear_filters(self) -> None:
        """Show everything."""
        self.show_query(HistoryQuery())

    def show_query(self, query: HistoryQuery) -> None:
        """Show the requests that `query` asks for, in the group All."""
        self.bar.use(query)
        self.table.set_filter(query.text, Group.ALL, query)
        self.search.setText(query.text)
        self.filters.choose(Group.ALL)
        self.filters_changed.emit()

    def show_saved(self, saved: SavedFilter) -> None:
        """Show what a saved filter asks for today."""
        query = saved.query_on(self.table.clock.now().astimezone().date(), midnight)
        self.bar.use(query, saved.period)
        self.table.set_filter(query.text, Group.ALL, query)
        self.search.setText(query.text)
        self._choose(Group.ALL)

    def history_filter(self) -> HistoryQuery | None:
        """The filter and the search as a question to the history; None where nothing is left
        out."""
        group = self.filters.group
        # The work list knows no filters but the search.
        fields = EVERY_FIELD if group is Group.ATTENTION else self.bar.query()
        query = history_query(self.search.text(), group, fields)
        return None if query.is_everything else query

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """A hairline between sidebar and table."""
        painter = QPainter(self)
        painter.setPen(QColor(Theme.current().colours.line))
        right = self.filters.geometry().right() + 1
        if self.isRightToLeft():
            right = self.filters.geometry().left() - 1
        painter.drawLine(QPoint(right, 0), QPoint(right, self.height()))

    def _counted(self, counts: Mapping[Group, int]) -> None:
        """Show other numbers: at once, but in a flood only as fast as an eye can read them."""
        if self._recount.isActive():
            self._counts_pending = True
            return
        self._show_counts(counts)
        self._recount.start()

    def _count(self) -> None:
        if self._counts_pending:
            self._counts_pending = False
            self._counted(self.table.counts)

    def _table_current_changed(self, row: RequestRow | None) -> None:
        if not self.shows_attention():
            self.current_changed.emit(row)

    def _work_list_current_changed(self) -> None:
        if self.shows_attention():
            self.current_changed.emit(self.current())

    def _show_counts(self, counts: Mapping[Group, int]) -> None:
        """Of Attention the entries of the list count, payments without a request too."""
        self.filters.show_counts({**counts, Group.ATTENTION: self.work_list.model().count})

    def _connect_signals(self) -> None:
        self.filters.chosen.connect(self._choose)
        self.search.textChanged.connect(self._find)
        self.bar.changed.connect(self._use_fields)
        self.bar.clear_asked.connect(self.clear_filters)
        self.table.attached.connect(self.bar.read_values)
        self.view.clear_asked.connect(self.clear_filters)
        self.view.current_changed.connect(self._table_current_changed)
        self.work_list.current_changed.connect(self._work_list_current_changed)
        self.work_list.clear_asked.connect(self.search.clear)
        self.work_list.model().counted.connect(self.filters.button(Group.ATTENTION).set_count)

    def showEvent(self, event: QShowEvent) -> None:
        """What was not looked at was not counted."""
        super().showEvent(event)
        self.saved.counts.refresh()

    def _choose(self, group: Group) -> None:
        attention = group is Group.ATTENTION
        self.table.set_filter(None, group, EVERY_FIELD if attention else self.bar.query())
        # The work list is short, and nothing may be missing in it.
        self.bar.setVisible(not attention)
        if attention:
            self.work_list.show_all()
        self._lists.setCurrentWidget(self.work_list if attention else self.view)
        self._fit_follow_box(compact=self.width() < _NARROW)
        self.filters_changed.emit()
        self.current_changed.emit(self.current())

    def _use_fields(self, fields: HistoryQuery) -> None:
        self.table.set_filter(fields=fields)
        self.filters_changed.emit()

    def _find(self, text: str) -> None:
        self.table.set_filter(text)
        self.work_list.model().set_search(text)
        self.filters_changed.emit()

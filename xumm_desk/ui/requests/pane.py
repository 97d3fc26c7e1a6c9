"""The pane that holds filters, search field and table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from xumm_desk.ui.style.theme import Space, Theme

from .actions import RequestActions
from .filter_sidebar import FilterSidebar, SearchField
from .filtering import Group
from .table_model import RequestTableModel
from .table_view import RequestTableView

_NARROW: Final = 860
"""Below this width the filters show no labels."""

_COUNT_DELAY_MS: Final = 250
"""Between two changes of the filters' numbers."""


class RequestPane(QWidget):
    """Sidebar, search and table, wired to each other. Feed `table.update` and call
    `view.tick` once a second."""

    def __init__(
        self, table: RequestTableModel, actions: RequestActions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.table = table
        self.filters, self.search = FilterSidebar(), SearchField()
        self.view = RequestTableView(table, actions)
        top = QHBoxLayout()
        top.setContentsMargins(int(Space.S), int(Space.S), int(Space.S), int(Space.S))
        top.addWidget(self.search, 1)
        self._progress = QLabel()
        self._progress.setProperty("muted", True)
        self._progress.hide()
        top.addWidget(self._progress)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addLayout(top)
        right.addWidget(self.view, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(1)
        whole.addWidget(self.filters)
        whole.addLayout(right, 1)
        self.filters.chosen.connect(self._choose)
        self.search.textChanged.connect(self._find)
        self.view.clear_asked.connect(self.clear_filters)
        self._recount = QTimer(self)
        self._recount.setSingleShot(True)
        self._recount.setInterval(_COUNT_DELAY_MS)
        self._recount.timeout.connect(self._count)
        self._counts_pending = False
        table.counted.connect(self._counted)
        self.filters.show_counts(table.counts)
        Theme.current().changed.connect(self.update)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow pane the table comes first."""
        super().resizeEvent(event)
        self.filters.set_compact(self.width() < _NARROW)

    def show_progress(self, words: str) -> None:
        """Say how much of the history is there; "" once it is whole."""
        self._progress.setText(words)
        self._progress.setVisible(bool(words))

    def clear_filters(self) -> None:
        """Show everything."""
        self.search.clear()
        self.filters.choose(Group.ALL)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """A hairline between sidebar and table."""
        painter = QPainter(self)
        painter.setPen(QColor(Theme.current().colours.line))
        right = self.filters.geometry().right() + 1
        painter.drawLine(QPoint(right, 0), QPoint(right, self.height()))

    def _counted(self, counts: Mapping[Group, int]) -> None:
        """Show other numbers: at once, but in a flood only as fast as an eye can read them."""
        if self._recount.isActive():
            self._counts_pending = True
            return
        self.filters.show_counts(counts)
        self._recount.start()

    def _count(self) -> None:
        if self._counts_pending:
            self._counts_pending = False
            self._counted(self.table.counts)

    def _choose(self, group: Group) -> None:
        self.table.set_filter(group=group)

    def _find(self, text: str) -> None:
        self.table.set_filter(text)

"""The list of the shop's tills, and how its database is."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.health.lamp import LampReading
from xumm_desk.core.message import Sentences
from xumm_desk.engine.shop_watch import ShopHealth
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.lamps import lamp_words
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.status_shapes import ShapeIcon
from xumm_desk.ui.style.theme import Size, Space
from xumm_desk.ui.widgets.containers import EmptyView
from xumm_desk.ui.widgets.fitted_dialog import FittedDialog, room_for
from xumm_desk.ui.widgets.labels import wrapped_label

from . import till_words
from .till_model import TillColumn, TillModel, widest_texts

_SIZE: Final = (860, 600)
_NAME: Final = 14
"""Letters of a name that are seen at least."""
_LONG_NAME: Final = 50
"""Letters of a name for which the dialog grows."""


class ShopDialog(FittedDialog):
    """Stays open beside the window; call `show_shop` once a second."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Tills of the shop"))
        self._mark = ShapeIcon(22)
        self.title, self.meaning = wrapped_label(), wrapped_label(muted=True)
        self.title.setFont(theme.font(Size.LARGE, strong=True))
        self.model, self.table = TillModel(self), QTableView()
        self.empty, self._stack = EmptyView(), QStackedWidget()
        self.close_button = QPushButton(_("Close"))
        self.close_button.clicked.connect(self.accept)
        self._build()

    def show_shop(self, health: ShopHealth, reading: LampReading, now: float) -> None:
        """Show the shop as it is at the monotonic second `now`; `reading` is its lamp's."""
        self._mark.show_shape(*lamp_words.LOOKS[reading.level])
        for label, words in (
            (self.title, till_words.summary(health.view, lost=health.is_lost(now))),
            (self.meaning, tr(Sentences([reading.meaning, lamp_words.last_good(reading, now)]))),
        ):
            label.setText(words)
            label.setAccessibleName(words)
        chosen = self.model.till(self.table.currentIndex().row())
        self.model.show_shop(health, now)
        rows = self.model.rowCount()
        if rows and not self.table.currentIndex().isValid():
            row = self.model.row_of(chosen.till) if chosen is not None else 0
            self.table.selectRow(max(0, row))
        if not rows:
            self.empty.show_message(
                _("No other till has joined this shop yet."),
                _("The owner gives each one a code that can be used once."),
            )
        self._stack.setCurrentWidget(self.table if rows else self.empty)

    def showEvent(self, event: QShowEvent) -> None:
        """Grow until the names can be read."""
        wide = min(self._wide_for_names(), room_for(self).width())
        self.resize(max(self.width(), wide), self.height())
        super().showEvent(event)

    def _wide_for_names(self) -> int:
        table = self.table
        most = _LONG_NAME * theme.letter_width(table.fontMetrics()) + 2 * int(Space.L)
        name = min(table.sizeHintForColumn(TillColumn.NAME), most)
        others = sum(table.columnWidth(one) for one in TillColumn if one != TillColumn.NAME)
        edges = (
            2 * (table.frameWidth() + int(Space.L)) + table.verticalScrollBar().sizeHint().width()
        )
        return name + others + edges

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.title, 1)
        self._build_table()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.L, Space.L, Space.M)
        column.setSpacing(Space.S)
        column.addLayout(head)
        column.addWidget(self.meaning)
        column.addWidget(self._stack, 1)
        column.addLayout(foot)
        self.resize(*_SIZE)

    def _build_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setAccessibleName(_("Tills of the shop"))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setStyleSheet("QTableView::item { padding: 0px 5px; }")
        table.setWordWrap(False)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        metrics, rows = table.fontMetrics(), table.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(metrics.height() + int(Space.S))
        head = table.horizontalHeader()
        head.setHighlightSections(False)
        head.setMinimumSectionSize(theme.letter_width(metrics) * _NAME)
        head.setSectionResizeMode(TillColumn.NAME, QHeaderView.ResizeMode.Stretch)
        for column, texts in enumerate(widest_texts()):
            if texts:
                wide = max(metrics.horizontalAdvance(text) for text in texts)
                mark = metrics.height() if column == TillColumn.STATE else 0
                wide += mark + 2 * int(Space.L)
                table.setColumnWidth(column, max(wide, head.sectionSizeHint(column)))
        wide = sum(table.columnWidth(column) for column in TillColumn)
        self.setMinimumWidth(min(wide, _SIZE[0]))

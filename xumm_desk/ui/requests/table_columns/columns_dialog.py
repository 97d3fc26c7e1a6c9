"""The dialog in which a person arranges the columns of the table without a mouse."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QWidget

from xumm_desk.core.message import Message
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.requests.columns import DEFAULT_ORDER, TITLES, Column, title_tooltip
from xumm_desk.ui.style.theme import Space
from xumm_desk.ui.widgets.check_box import CheckBox
from xumm_desk.ui.widgets.number_box import NumberBox
from xumm_desk.ui.widgets.tick_list_dialog import TickListDialog

from .column_state import MAX_WIDTH, MIN_WIDTH, ColumnPlace, ColumnState

_SIZE: Final = (420, 620)
_ABOUT: Final = Message(
    "Ticked columns are shown, from top to bottom as from left to right. Drag a line, or use Alt"
    " with the arrow keys, to move it. A width is in pixels; with 0 it is chosen for you."
)


class ColumnsDialog(TickListDialog):
    """Show it with `open()`. `chosen` carries the new `ColumnState`. While nothing is changed,
    columns that are `automatic`, arranged by the room there is, stay so."""

    chosen = Signal(object)

    def __init__(
        self, state: ColumnState, *, automatic: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(_("Columns"), parent)
        self._automatic = state.places if automatic else ()
        self._widths = {one.column: one.width for one in state.places}
        self.list.fill(
            [(one.column.name, tr(TITLES[one.column])) for one in state.places],
            [one.column.name for one in state.places if one.shown],
            [Column.STATUS.name],
        )
        self.width_box, self.sort_box = NumberBox(0, MAX_WIDTH, 0), QComboBox()
        self.descending = CheckBox(_("Largest or newest first"))
        self.reset_button = QPushButton(_("Reset columns"))
        for column in DEFAULT_ORDER:
            self.sort_box.addItem(tr(TITLES[column]), int(column))
        self.sort_box.setCurrentIndex(DEFAULT_ORDER.index(state.sort))
        self.descending.setChecked(state.descending)
        self._build()
        self._show_width()

    def state(self) -> ColumnState:
        """What is chosen."""
        ticked = set(self.list.ticked())
        places = tuple(
            ColumnPlace(Column[name], self._widths.get(Column[name], 0), name in ticked)
            for name in self.list.names()
        )
        if places == self._automatic:
            places = ()
        return ColumnState(self._sort(), self.descending.isChecked(), places)

    def _sort(self) -> Column:
        return DEFAULT_ORDER[max(0, self.sort_box.currentIndex())]

    def _use(self) -> None:
        self.chosen.emit(self.state())
        self.accept()

    def _reset(self) -> None:
        self.chosen.emit(ColumnState())
        self.accept()

    def _current(self) -> Column | None:
        name = self.list.current_name()
        return Column[name] if name else None

    def _show_width(self) -> None:
        column = self._current()
        self.width_box.set_value(self._widths.get(column, 0) if column is not None else 0)
        name = TITLES[column] if column is not None else ""
        self.width_box.setAccessibleName(_("Width of {column}", column=name))

    def _set_width(self, width: int) -> None:
        column = self._current()
        if column is not None:
            self._widths[column] = width if width >= MIN_WIDTH else 0

    def _show_sort(self) -> None:
        self.sort_box.setToolTip(title_tooltip(self._sort()))

    def _build(self) -> None:
        width_label, sort_label = QLabel(_("&Width")), QLabel(_("&Sort by"))
        width_label.setBuddy(self.width_box)
        sort = QHBoxLayout()
        sort.setSpacing(Space.S)
        sort_label.setBuddy(self.sort_box)
        sort.addWidget(sort_label)
        sort.addWidget(self.sort_box, 1)
        sort.addWidget(self.descending)
        tools = width_label, self.width_box
        self.lay_out(_ABOUT, tools=tools, row=sort, foot=(self.reset_button,))
        self.list.currentRowChanged.connect(self._show_width)
        self.width_box.value_changed.connect(self._set_width)
        self.sort_box.currentIndexChanged.connect(self._show_sort)
        self.reset_button.clicked.connect(self._reset)
        self.use_button.clicked.connect(self._use)
        self._show_sort()
        self.resize(*_SIZE)

"""A list whose lines are ticked and put in order, with the mouse or the keyboard."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

from .check_box import TickDelegate

_NAME = Qt.ItemDataRole.UserRole


class TickList(QListWidget):
    """Each line has a name of its own. A line is moved by dragging it or by `move_current`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(TickDelegate(self))
        self.setSpacing(2)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)

    def fill(
        self,
        lines: Iterable[tuple[str, str]],
        ticked: Collection[str],
        always: Collection[str] = (),
    ) -> None:
        """Show these names with their titles, the ones `ticked`; `always` cannot be unticked."""
        self.clear()
        for name, title in lines:
            item = QListWidgetItem(title)
            item.setData(_NAME, name)
            flags = (
                Qt.ItemFlag.ItemIsEnabled
                | Qt.ItemFlag.ItemIsSelectable
                | Qt.ItemFlag.ItemIsDragEnabled
            )
            free = name not in always
            item.setFlags(flags | Qt.ItemFlag.ItemIsUserCheckable if free else flags)
            on = name in ticked or not free
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
            self.addItem(item)
        self.setCurrentRow(0)

    def names(self) -> list[str]:
        """All names, from top to bottom."""
        return [str(item.data(_NAME)) for item in self._items()]

    def ticked(self) -> list[str]:
        """The names that are ticked, from top to bottom."""
        return [
            str(item.data(_NAME))
            for item in self._items()
            if item.checkState() is Qt.CheckState.Checked
        ]

    def current_name(self) -> str:
        """The name of the current line; "" for none."""
        item = self.currentItem()
        return str(item.data(_NAME)) if item is not None else ""

    def tick_all(self, on: bool) -> None:
        """Tick all lines, or none."""
        for item in self._items():
            if item.flags() & Qt.ItemFlag.ItemIsUserCheckable:
                item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def move_current(self, by: int) -> None:
        """Move the current line up or down."""
        place = self.currentRow()
        if place < 0 or not 0 <= place + by < self.count():
            return
        item = self.takeItem(place)
        self.insertItem(place + by, item)
        self.setCurrentRow(place + by)

    def _items(self) -> list[QListWidgetItem]:
        return [item for place in range(self.count()) if (item := self.item(place)) is not None]

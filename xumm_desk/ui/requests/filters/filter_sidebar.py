"""The filters with live counts, and the search field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.health.lamp import LampReading
from xumm_desk.core.message import Message
from xumm_desk.engine.shop_watch import ShopHealth
from xumm_desk.locale.translation import _
from xumm_desk.ui.requests.rows.filtering import Group
from xumm_desk.ui.requests.saved_filters.filter_store import FilterStore
from xumm_desk.ui.requests.saved_filters.saved_section import SavedSection
from xumm_desk.ui.shop.shop_line import ShopLine
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.status_shapes import Shape
from xumm_desk.ui.style.theme import Space

from .count_button import CountButton

UNMATCHED_KEYS: Final = "Ctrl+U"

_MARKS: Final[dict[Group, tuple[Shape, Tone]]] = {
    Group.ATTENTION: (Shape.TRIANGLE, Tone.ATTENTION),
    Group.WAITING: (Shape.RING, Tone.NEUTRAL),
    Group.OPENED: (Shape.HALF, Tone.PROGRESS),
    Group.CONFIRMING: (Shape.THREE_QUARTERS, Tone.PROGRESS),
    Group.PAID: (Shape.FULL_TICK, Tone.GOOD),
    Group.NOT_PAID: (Shape.CROSS, Tone.NEUTRAL),
}


def _requests(name: str, count: int) -> Message:
    return Message("{name}, {n} request", plural="{name}, {n} requests", n=count, name=name)


def _payments(name: str, count: int) -> Message:
    return Message("{name}, {n} payment", plural="{name}, {n} payments", n=count, name=name)


class FilterButton(CountButton):
    """One filter, with its key."""

    def __init__(self, group: Group, number: int, parent: QWidget | None = None) -> None:
        mark = _MARKS.get(group, (None, Tone.NEUTRAL))
        keys, highlighted = f"Alt+{number}", group is Group.ATTENTION
        super().__init__(group.value, _requests, keys, mark, highlighted=highlighted, parent=parent)
        self.shown_group = group
        self.setCheckable(True)
        self.setAutoExclusive(True)  # one of several to a screen reader; the group sees to it
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.activated.connect(self.click)


class FilterSidebar(QWidget):
    """The filters, one of them chosen. Alt+1 to Alt+7 choose from anywhere in the window. Below
    them the payments that belong to no request: they are no rows, so `unmatched` opens a list.
    Below these the filters that a person has saved, and at the end the tills of the shop."""

    chosen = Signal(Group)

    def __init__(self, store: FilterStore | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Filters"))
        self._buttons = {g: FilterButton(g, n) for n, g in enumerate(Group, start=1)}
        self._one = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(int(Space.S), int(Space.S), int(Space.S), int(Space.S))
        layout.setSpacing(2)
        for button in self._buttons.values():
            self._one.addButton(button)
            layout.addWidget(button)
        layout.addSpacing(int(Space.M))
        mark = (Shape.TRIANGLE, Tone.ATTENTION)
        self.unmatched = CountButton(
            Message("Unmatched"),
            _payments,
            UNMATCHED_KEYS,
            mark,
            highlighted=True,
        )
        layout.addWidget(self.unmatched)
        layout.addSpacing(int(Space.M))
        self.saved = SavedSection(store or FilterStore(), self._one)
        layout.addWidget(self.saved, 1)
        self.shop = ShopLine()
        self._has_shop = False
        layout.addWidget(self.shop)
        self._buttons[Group.ALL].setChecked(True)
        self._one.buttonToggled.connect(self._toggled)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    @property
    def group(self) -> Group:
        """The chosen filter; All for a saved one."""
        return next((g for g, b in self._buttons.items() if b.isChecked()), Group.ALL)

    def choose(self, group: Group) -> None:
        """Choose a filter."""
        self._buttons[group].setChecked(True)

    def button(self, group: Group) -> FilterButton:
        """One filter's button."""
        return self._buttons[group]

    def show_counts(self, counts: Mapping[Group, int]) -> None:
        """Show these numbers."""
        for group, button in self._buttons.items():
            if button.count != counts.get(group, 0):
                button.set_count(counts.get(group, 0))

    def show_shop(self, health: ShopHealth, reading: LampReading, now: float) -> None:
        """Show the shop as it is at the monotonic second `now`; `reading` is its lamp's."""
        self._has_shop = True
        self.shop.show_shop(health, reading, now)
        self._fit_shop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_shop()

    def _fit_shop(self) -> None:
        """The tills need room that the filters do not: the lamp tells of them too."""
        layout = self.layout()
        if not self._has_shop or layout is None:
            return
        needed = layout.minimumSize().height()
        if not self.shop.isVisibleTo(self):
            needed += self.shop.sizeHint().height() + layout.spacing()
        self.shop.setVisible(needed <= self.height())

    def set_compact(self, compact: bool) -> None:
        """Take little room, where the table needs it more."""
        for button in (*self._buttons.values(), self.unmatched):
            button.set_compact(compact)
        self.saved.set_compact(compact)
        self.shop.set_compact(compact)

    def _toggled(self, button: QAbstractButton, on: bool) -> None:
        if on and isinstance(button, FilterButton):
            self.chosen.emit(button.shown_group)


class SearchField(QLineEdit):
    """The search field; Esc empties it. `textChanged` carries the search text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(_("Search (Ctrl+F)"))
        self.setAccessibleName(_("Search requests"))
        self.setToolTip(_("Reference, id, transaction, amount, payer, tag or note (Ctrl+F)"))
        self.setClearButtonEnabled(True)
        shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        shortcut.activated.connect(self.focus_search)

    def focus_search(self) -> None:
        """Take the keyboard and let typing replace what is there."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)

"""The saved filters in the sidebar: a button each, and one that saves what is filtered now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QShortcut,
)
from PySide6.QtWidgets import (
    QButtonGroup,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.history.saved_filter import SavedFilter
from xumm_desk.core.message import Message
from xumm_desk.locale.translation import _
from xumm_desk.ui.requests.filters.count_button import CountButton
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Size, Space, Theme, escape_tooltip
from xumm_desk.ui.widgets.containers import VerticalScrollArea
from xumm_desk.ui.widgets.labelled_field import small_label

from .filter_store import FilterStore
from .wording import filter_parts

SAVE_KEYS: Final = "Ctrl+Shift+S"
_KEYED: Final = 9
"""So many filters have a key: Alt+Shift with a digit."""


def _spoken(name: str, count: int) -> Message:
    return Message(
        "{name}, saved filter, {n} request",
        plural="{name}, saved filter, {n} requests",
        n=count,
        name=name,
    )


class SavedButton(CountButton):
    """One saved filter. `rename_asked`, `replace_asked` and `delete_asked` are of its menu, which
    the right button and the menu key open; `move_asked` carries how far down."""

    rename_asked = Signal()
    replace_asked = Signal()
    delete_asked = Signal()
    move_asked = Signal(int)

    def __init__(self, saved: SavedFilter, number: int, parent: QWidget | None = None) -> None:
        self.saved = saved
        self._number = number
        keys = f"Alt+Shift+{number}" if number <= _KEYED else ""
        mark = (None, Tone.NEUTRAL)
        super().__init__(saved.name, _spoken, keys, mark, highlighted=False, parent=parent)
        self.setCheckable(True)
        self.setAutoExclusive(True)  # one of several to a screen reader; the group sees to it
        # A long name is cut: it must not take room from the table.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.set_count(None)
        self.rename = self._action(_("Rename…"), self.rename_asked.emit)
        self.replace = self._action(_("Replace by the present filters"), self.replace_asked.emit)
        self.move_up = self._action(_("Move up"), partial(self.move_asked.emit, -1))
        self.move_down = self._action(_("Move down"), partial(self.move_asked.emit, 1))
        self.delete = self._action(_("Delete…"), self.delete_asked.emit)
        if keys:
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(self.click)

    def tooltip(self) -> str:
        """The name, what it asks for, and how it is changed."""
        lines = [super().tooltip() if self._keys else f"{self._name}: {self.shown_count()}"]
        lines += filter_parts(self.saved)
        lines.append(_("Menu key or right click: rename, replace, move, delete"))
        return escape_tooltip("\n".join(lines))

    def paint_beside(self, painter: QPainter, place: QRectF) -> None:
        """The digit of its key."""
        if self._number > _KEYED or self._compact:
            return
        painter.setFont(theme.font(Size.SMALL, tabular=True))
        painter.setPen(QColor(Theme.current().colours.muted))
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), str(self._number))

    def menu(self) -> QMenu:
        """What can be done with it; the menu deletes itself when it closes."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions([self.rename, self.replace])
        menu.addSeparator()
        menu.addActions([self.move_up, self.move_down])
        menu.addSeparator()
        menu.addAction(self.delete)
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu().popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Del deletes it, Alt with the arrow keys moves it."""
        key, alt = event.key(), event.modifiers() == Qt.KeyboardModifier.AltModifier
        if key == Qt.Key.Key_Delete:
            self.delete.trigger()
        elif alt and key == Qt.Key.Key_Up:
            self.move_up.trigger()
        elif alt and key == Qt.Key.Key_Down:
            self.move_down.trigger()
        else:
            super().keyPressEvent(event)

    def _action(self, words: str, slot: Callable[[], object]) -> QAction:
        action = QAction(words, self)
        action.triggered.connect(slot)
        return action


class _ButtonArea(VerticalScrollArea):
    """As high as its content while there is room, and as wide as it is let."""

    def __init__(self, content: QWidget) -> None:
        super().__init__(content)
        self._content = content
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Maximum)
        content.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)

    def sizeHint(self) -> QSize:
        return QSize(0, self._content.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """A filter at least, if there are any."""
        return QSize(0, min(self.sizeHint().height(), 3 * self.fontMetrics().height()))


class SavedSection(QWidget):
    """The buttons of the filters of `store`, in `group` with the others of the sidebar. The other
    signals carry the name of a filter; `save_action` keeps what is filtered now."""

    chosen = Signal(str)
    rename_asked = Signal(str)
    replace_asked = Signal(str)
    delete_asked = Signal(str)

    def __init__(
        self, store: FilterStore, group: QButtonGroup, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._store, self._group = store, group
        self._buttons: list[SavedButton] = []
        self._counts: Mapping[str, int] = {}
        self._compact = self._can_replace = False
        self.setAccessibleName(_("Saved filters"))
        self._title = small_label(QLabel(_("Saved filters")))
        self._title.setContentsMargins(int(Space.S), 0, 0, 0)
        self.save_action = QAction(_("Save filter…"), self)
        self.save_action.setShortcut(QKeySequence(SAVE_KEYS))
        self.save_button = QPushButton(_("Save filter…"))
        self.save_button.setProperty("quiet", True)
        self.save_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.save_button.setToolTip(
            _("Keep the filters and the search under a name ({keys})", keys=SAVE_KEYS)
        )
        self.save_button.setAccessibleName(_("Save filter"))
        self.save_button.clicked.connect(self.save_action.trigger)
        content = QWidget()
        self._list = QVBoxLayout(content)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(2)
        self._area = _ButtonArea(content)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(int(Space.XS))
        column.addWidget(self._title)
        column.addWidget(self._area)
        column.addWidget(self.save_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        self.set_saving(can_save=False)
        store.changed.connect(self._fill)
        self._fill()

    def button(self, name: str) -> SavedButton | None:
        """The button of a filter."""
        return next((one for one in self._buttons if one.saved.name == name), None)

    def checked(self) -> SavedFilter | None:
        """The filter that is chosen."""
        return next((one.saved for one in self._buttons if one.isChecked()), None)

    def choose(self, name: str) -> None:
        """Choose a filter."""
        button = self.button(name)
        if button is not None:
            button.setChecked(True)

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Show these numbers by name; the others are unknown."""
        self._counts = counts
        for button in self._buttons:
            if button.count != counts.get(button.saved.name):
                button.set_count(counts.get(button.saved.name))

    def set_saving(self, *, can_save: bool) -> None:
        """Whether there is anything to save."""
        self._can_replace = can_save
        self.save_action.setEnabled(can_save)
        self.save_button.setEnabled(can_save)
        for button in self._buttons:
            button.replace.setEnabled(can_save and not button.isChecked())

    def set_compact(self, compact: bool) -> None:
        """Take little room, where the table needs it more."""
        self._compact = compact
        self.save_button.setText("+" if compact else _("Save filter…"))
        for button in self._buttons:
            button.set_compact(compact)

    def _fill(self) -> None:
        """A button for each, the one that had the keyboard or was chosen still so."""
        checked = _again(self.checked(), self._store.filters)
        # Also while a dialog is open, which has the keyboard.
        keyboard = self.window().focusWidget()
        place = next((at for at, one in enumerate(self._buttons) if one is keyboard), -1)
        focused = _again(self._buttons[place].saved if place >= 0 else None, self._store.filters)
        for old in self._buttons:
            self._group.removeButton(old)
            self._list.removeWidget(old)
            old.hide()
            old.deleteLater()
        last = len(self._store.filters) - 1
        self._buttons = [SavedButton(one, at + 1) for at, one in enumerate(self._store.filters)]
        for at, button in enumerate(self._buttons):
            name = button.saved.name
            button.setChecked(button.saved is checked)
            button.set_compact(self._compact)
            button.set_count(self._counts.get(name))
            button.move_up.setEnabled(at > 0)
            button.move_down.setEnabled(at < last)
            button.rename_asked.connect(partial(self.rename_asked.emit, name))
            button.replace_asked.connect(partial(self.replace_asked.emit, name))
            button.delete_asked.connect(partial(self.delete_asked.emit, name))
            button.move_asked.connect(partial(self._store.move, name))
            button.toggled.connect(partial(self._toggled, name))
            self._group.addButton(button)
            self._list.insertWidget(at, button)
            button.show()  # a hidden one could not have the keyboard
        self._title.setVisible(bool(self._buttons))
        self._list.activate()
        self._area.updateGeometry()
        self.set_saving(can_save=self._can_replace)
        if place >= 0 and self._buttons:
            same = self.button(focused.name) if focused is not None else None
            (same or self._buttons[min(place, last)]).setFocus(Qt.FocusReason.OtherFocusReason)

    def _toggled(self, name: str, on: bool) -> None:
        if on:
            self.chosen.emit(name)


def _again(one: SavedFilter | None, filters: Sequence[SavedFilter]) -> SavedFilter | None:
    """The same filter in a new list, where it may have another name, or ask for something else."""
    if one is None:
        return None
    named = next((other for other in filters if other.name == one.name), None)
    return named or next((other for other in filters if replace(other, name=one.name) == one), None)

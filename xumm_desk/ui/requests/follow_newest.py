"""Keeps the newest request in view, or the rows where they are, and says how many came unseen."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QApplication, QPushButton, QTableView, QWidget

from xumm_desk.locale.translation import _
from xumm_desk.ui.language.shown_words import language_change
from xumm_desk.ui.style.theme import Space
from xumm_desk.ui.widgets.check_box import CheckBox

FOLLOW_KEYS: Final = "Ctrl+Shift+F"

REST_MS: Final = 2000
"""After the last key or movement of the mouse in the table: so long nothing moves under a person
who is about to choose a row."""


class FollowNewest(QObject):
    """Scrolls `view` to new rows while `action` is checked and the newest were in view before. It
    waits while the mouse or the keyboard is used in the table, or a menu is open. Else the rows in
    view stay where they are, and `button` says how many came, until a person looks at them."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self._view, self._bar = view, view.verticalScrollBar()
        self._unseen = 0
        self._is_moving = False
        # Whether the newest rows were in view when a person scrolled last.
        self._at_newest = True
        self._newest_below = False
        self.action = QAction(_("Follow newest"), self)
        self.action.setCheckable(True)
        self.action.setChecked(True)
        self.action.setShortcut(QKeySequence(FOLLOW_KEYS))
        self.action.toggled.connect(self._toggled)
        self.button = QPushButton(view.viewport())
        self.button.hide()
        self.button.clicked.connect(self.show_newest)
        self.rest = QTimer(self)
        self.rest.setSingleShot(True)
        self.rest.setInterval(REST_MS)
        self.rest.timeout.connect(self._rested)
        self._bar.valueChanged.connect(self._scrolled)

    @property
    def unseen(self) -> int:
        """How many new rows were not in view yet."""
        return self._unseen

    def set_newest_below(self, below: bool) -> None:
        """New rows come at the bottom from now on, or at the top."""
        self._newest_below = below
        self._at_newest = self._is_at_newest()

    def rows_came(self, first: int, last: int, new: int) -> None:
        """Rows were put into the lines `first` to `last`, of which `new` are new requests; those
        that were there moved down."""
        goes = self._goes()
        height = self._view.verticalHeader().defaultSectionSize()
        # Rows at the upper edge push the others down too, which only who follows wants.
        if first * height <= self._bar.value() and (self._bar.value() > 0 or not goes):
            self._move_by((last - first + 1) * height)
        if new and goes:
            self._follow(first, last)
        elif new and not self._is_visible(first, last):
            self._unseen += new
            if self.action.isChecked() and self._at_newest and not self.rest.isActive():
                self.rest.start()
        self.place_button()

    def reset(self) -> None:
        """Other rows are shown: none of them is new."""
        self._unseen = 0
        self._at_newest = self._is_at_newest()
        self.place_button()

    def show_newest(self) -> None:
        """Scroll to the newest rows, and follow them again."""
        self._is_moving = True
        if self._newest_below:
            self._view.scrollToBottom()
        else:
            self._view.scrollToTop()
        self._is_moving = False
        self._unseen, self._at_newest = 0, True
        self.rest.stop()
        self.place_button()

    def place_button(self) -> None:
        """Show the button where the unseen rows are."""
        self.button.setVisible(self._unseen > 0)
        if not self._unseen:
            return
        words = (
            _("↓ {count} new", count=self._unseen)
            if self._newest_below
            else _("↑ {count} new", count=self._unseen)
        )
        self.button.setText(words)
        self.button.setAccessibleName(
            _(
                "{n} new request, show it",
                plural="{n} new requests, show them",
                n=self._unseen,
            )
        )
        self.button.adjustSize()
        port, gap = self._view.viewport(), int(Space.S)
        low = port.height() - self.button.height() - gap
        middle = (port.width() - self.button.width()) // 2
        self.button.move(QPoint(middle, low if self._newest_below else gap))

    def input_noticed(self) -> None:
        """A person uses mouse or keyboard in the table."""
        self.rest.start()

    def input_ended(self) -> None:
        """The mouse has left the table."""
        if self.rest.isActive():
            self.rest.stop()
            self._rested()

    def _goes(self) -> bool:
        """Whether new rows are scrolled to right now."""
        return self.action.isChecked() and self._at_newest and not self._is_used()

    def _is_used(self) -> bool:
        return (
            self.rest.isActive()
            or QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
            or QApplication.activePopupWidget() is not None
        )

    def _rested(self) -> None:
        if not self._unseen or not self.action.isChecked() or not self._at_newest:
            return
        if self._is_used():
            self.rest.start()
        else:
            self.show_newest()

    def _toggled(self, on: bool) -> None:
        if on:
            self.show_newest()

    def _follow(self, first: int, last: int) -> None:
        """Bring these rows into view; sorted by something else they may be anywhere."""
        self._is_moving = True
        self._view.updateGeometries()
        if self._newest_below:
            self._view.scrollToBottom()
        elif first == 0:
            self._view.scrollToTop()
        elif not self._is_visible(first, last):
            self._view.scrollTo(self._view.model().index(first, 0))
        self._is_moving = False
        self._unseen = 0

    def _move_by(self, pixels: int) -> None:
        """Keep what is read where it is: as much was put in above it."""
        self._is_moving = True
        self._view.updateGeometries()
        self._bar.setValue(self._bar.value() + pixels)
        self._is_moving = False

    def _scrolled(self) -> None:
        if self._is_moving:
            return
        self._at_newest = self._is_at_newest()
        if self._at_newest and self._unseen:
            self._unseen = 0
            self.place_button()

    def _is_at_newest(self) -> bool:
        height = self._view.verticalHeader().defaultSectionSize()
        if self._newest_below:
            return self._bar.value() > self._bar.maximum() - height
        return self._bar.value() < height

    def _is_visible(self, first: int, last: int) -> bool:
        height = self._view.verticalHeader().defaultSectionSize()
        top, low = self._bar.value(), self._bar.value() + self._view.viewport().height()
        return first * height >= top - height / 2 and (last + 1) * height <= low + height / 2


class FollowBox(CheckBox):
    """The action as a check box."""

    def __init__(self, action: QAction, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._action = action
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(action.text())
        self.setToolTip(
            _(
                "Scroll to new requests, unless mouse or keyboard are used in the table ({keys})",
                keys=FOLLOW_KEYS,
            )
        )
        self.set_compact(False)
        language_change.changed.connect(self._say_again)
        self.setChecked(action.isChecked())
        self.toggled.connect(action.setChecked)
        action.toggled.connect(self.setChecked)

    def _say_again(self) -> None:
        self.setAccessibleName(self._action.text())
        self.set_compact(self._compact)

    def set_compact(self, compact: bool) -> None:
        """Show an arrow alone where there is no room for words."""
        self._compact = compact
        words = "↑" if compact else self._action.text()
        if words != self.text():
            self.setText(words)

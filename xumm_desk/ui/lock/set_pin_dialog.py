"""The dialog that sets a PIN, changes or removes it, and says when the desk locks itself."""

from __future__ import annotations

from typing import Final

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from xumm_desk.core.desk_lock import LONGEST_PIN, SHORTEST_PIN, pin_error
from xumm_desk.locale.translation import _
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Size, Space
from xumm_desk.ui.widgets.announcement import announce
from xumm_desk.ui.widgets.fitted_dialog import FittedDialog
from xumm_desk.ui.widgets.labelled_field import LabelledField, MessageLine
from xumm_desk.ui.widgets.labels import wrapped_label

from .desk_lock import DeskLock
from .pin_pad import PinPad, fit_height

_MINUTES: Final = (0, 1, 2, 5, 10, 15, 30)


class SetPinDialog(FittedDialog):
    """Asks for a new PIN twice. Open it through `DeskLock.ask_new_pin`, which asks for the old one
    first; `who` is the name given there."""

    def __init__(self, lock: DeskLock, who: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("PIN of this desk"))
        self._lock, self._who, self._first = lock, who, ""
        self.title = wrapped_label("")
        self.title.setFont(theme.font(Size.LARGE, strong=True))
        self.pad = PinPad(_("Next"))
        self.problem = MessageLine(Tone.ATTENTION)
        self.after = LabelledField("lock_after", _("Lock by itself"), _minutes(lock.lock_after()))
        self.remove_button = QPushButton(_("Remove the PIN"))
        self.cancel_button = QPushButton(_("Cancel"))
        self._build()
        self.pad.edited.connect(lambda: self._say(""))
        self.pad.entered.connect(self._enter)
        self.after.edited.connect(self._minutes_chosen)
        self.remove_button.clicked.connect(self._remove)
        self.cancel_button.clicked.connect(self.reject)
        self._begin()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(self.title)
        column.addWidget(
            wrapped_label(
                _(
                    "A locked desk shows the till only. Refunds, settings, keys, details and"
                    " exports need the PIN."
                ),
                muted=True,
            )
        )
        for part in (self.pad, self.problem, self.after):
            column.addWidget(part)
        foot = QHBoxLayout()
        self.remove_button.setProperty("quiet", True)
        self.remove_button.setVisible(self._lock.has_pin)
        foot.addWidget(self.remove_button)
        foot.addStretch()
        foot.addWidget(self.cancel_button)
        for button in (self.remove_button, self.cancel_button):
            button.setProperty("touch", "48")
            button.setAutoDefault(False)
        column.addLayout(foot)
        self.setMinimumWidth(400)
        fit_height(self)

    def _say(self, problem: str) -> None:
        if problem != self.problem.text():
            self.problem.set_text(problem)
            fit_height(self)

    def _begin(self, problem: str = "") -> None:
        self._first = ""
        self.pad.clear()
        self.title.setText(
            _("New PIN, {least} to {most} digits", least=SHORTEST_PIN, most=LONGEST_PIN)
        )
        self.pad.enter.setText(_("Next"))
        self._say(problem)
        self.pad.setFocus()

    def _enter(self) -> None:
        pin = self.pad.pin()
        if not self._first:
            if error := pin_error(pin):
                self._begin(error)
            else:
                self._first = pin
                self.pad.clear()
                self.title.setText(_("The same PIN once more"))
                self.pad.enter.setText(_("Set PIN"))
            announce(self, self.problem.text() or self.title.text())
        elif pin != self._first:
            self._begin(_("The two differ. Type the new PIN again."))
            announce(self, self.problem.text())
        else:
            self.pad.setEnabled(False)
            self._lock.set_pin(pin, self._who, self._saved)

    def _saved(self) -> None:
        if shiboken6.isValid(self):
            self.accept()

    def _minutes_chosen(self) -> None:
        assert isinstance(self.after.editor, QComboBox)
        self._lock.set_lock_after(int(self.after.editor.currentData()))

    def _remove(self) -> None:
        self._lock.remove_pin(self._who)
        self.accept()


def _minutes(chosen: int) -> QComboBox:
    box = QComboBox()
    for minutes in sorted({*_MINUTES, chosen}):
        words = (
            _("after {n} minute without input", plural="after {n} minutes without input", n=minutes)
            if minutes
            else _("never")
        )
        box.addItem(words, minutes)
    box.setCurrentIndex(box.findData(chosen))
    return box

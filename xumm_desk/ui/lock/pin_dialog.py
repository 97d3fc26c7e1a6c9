"""The dialog that asks for the PIN and for the name of whoever types it."""

from __future__ import annotations

import math

import shiboken6
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from xumm_desk.core.desk_lock import LONGEST_PIN, SHORTEST_PIN
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Size, Space
from xumm_desk.ui.widgets.announcement import announce
from xumm_desk.ui.widgets.fitted_dialog import FittedDialog
from xumm_desk.ui.widgets.labelled_field import LabelledField, MessageLine
from xumm_desk.ui.widgets.labels import wrapped_label

from .desk_lock import MAX_NAME, DeskLock
from .pin_pad import PinPad, fit_height

_TICK_MS = 250


class PinDialog(FittedDialog):
    """Asks for the PIN; `granted` carries the name that was given. `words` say what it is for."""

    granted = Signal(str)

    def __init__(self, lock: DeskLock, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("PIN"))
        self._lock, self._words = lock, words
        self._checking = self._was_waiting = False
        self.pad = PinPad(_("OK"))
        self.problem = MessageLine(Tone.ATTENTION)
        names = QComboBox()
        names.setEditable(True)
        names.addItems(lock.operators())
        editor = names.lineEdit()
        assert editor is not None
        editor.setMaxLength(MAX_NAME)
        editor.setPlaceholderText(_("for the record"))
        editor.returnPressed.connect(self.pad.field.setFocus)
        self.name = LabelledField("name", _("Your name"), names, optional=True)
        self.forgotten_button = QPushButton(_("PIN forgotten?"))
        self.cancel_button = QPushButton(_("Cancel"))
        self._build()
        self.pad.edited.connect(self._edited)
        self.pad.entered.connect(self._try)
        self.forgotten_button.clicked.connect(self._forgotten)
        self.cancel_button.clicked.connect(self.reject)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        self._tick()
        self.pad.setFocus()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        title = wrapped_label(tr(self._words))
        title.setFont(theme.font(Size.LARGE, strong=True))
        column.addWidget(title)
        column.addWidget(self.pad)
        column.addWidget(self.problem)
        column.addWidget(self.name)
        foot = QHBoxLayout()
        self.forgotten_button.setProperty("quiet", True)
        foot.addWidget(self.forgotten_button)
        foot.addStretch()
        foot.addWidget(self.cancel_button)
        for button in (self.forgotten_button, self.cancel_button):
            button.setProperty("touch", "48")
            button.setAutoDefault(False)
        column.addLayout(foot)
        self.setMinimumWidth(380)
        fit_height(self)

    def _edited(self) -> None:
        if not self._lock.wait():
            self._say("")

    def _try(self) -> None:
        pin, who = self.pad.pin(), self.who()
        if self._checking or self._lock.wait():
            return
        if not SHORTEST_PIN <= len(pin) <= LONGEST_PIN:
            self._say(_("A PIN has at least {count} digits.", count=SHORTEST_PIN))
            return
        self.pad.clear()
        self._checking = True
        self._tick()
        if not self._lock.check(pin, who, self._words, self._checked):
            self._checking = False

    def _say(self, problem: str) -> None:
        if problem != self.problem.text():
            self.problem.set_text(problem)
            fit_height(self)

    def who(self) -> str:
        """The name that is typed or chosen."""
        assert isinstance(self.name.editor, QComboBox)
        return self.name.editor.currentText().strip()

    def _checked(self, right: bool) -> None:
        if not shiboken6.isValid(self):
            return
        self._checking = False
        if right:
            who = self.who()
            self.accept()
            self.granted.emit(who)
            return
        self._say(_("That is not the PIN."))
        announce(self, self.problem.text())
        self._tick()

    def _tick(self) -> None:
        """Closed while a PIN is compared and while a wait lasts."""
        wait = math.ceil(self._lock.wait())
        if wait and not self._checking:
            self._say(
                _(
                    "Too many wrong tries. Wait {n} second.",
                    plural="Too many wrong tries. Wait {n} seconds.",
                    n=wait,
                )
                if wait < 60
                else _(
                    "Too many wrong tries. Wait {n} minute.",
                    plural="Too many wrong tries. Wait {n} minutes.",
                    n=math.ceil(wait / 60),
                )
            )
        free = not wait and not self._checking
        if free and not self.pad.isEnabled() and self._was_waiting:
            self._say("")
        self._was_waiting = bool(wait)
        if free is not self.pad.isEnabled():
            self.pad.set_enabled(free)

    def _forgotten(self) -> None:
        self.reject()
        self._lock.forgotten()

"""A masked PIN and its pad: typed with a finger, the mouse or the keyboard."""

from __future__ import annotations

import unicodedata
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.desk_lock import LONGEST_PIN
from xumm_desk.locale.translation import _
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.theme import Size, Space
from xumm_desk.ui.till.keypad import KEY_SIZE, pad_key, touch_button

_FIELD_HEIGHT: Final = 52
_ROWS: Final = (("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9"))
"""As on a card terminal: there the digits of a PIN begin at the top."""


def fit_height(dialog: QDialog) -> None:
    """Grow with sentences that appear; Qt by itself would squeeze the keys."""
    layout = dialog.layout()
    if layout is not None:
        layout.activate()
        wide = max(dialog.minimumWidth(), layout.totalMinimumSize().width())
        # Before it is shown its width is not yet the one that it will have.
        wide = max(wide, dialog.width()) if dialog.isVisible() else wide
        dialog.setMinimumHeight(layout.totalHeightForWidth(wide))


class PinPad(QWidget):
    """A field of dots above twelve keys; `edited` at each change, `entered` at Enter."""

    edited = Signal()
    entered = Signal()

    def __init__(self, enter_words: str) -> None:
        super().__init__()
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # as on every card terminal
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setMaxLength(LONGEST_PIN)
        self.field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.field.setFont(theme.font(Size.TITLE))
        self.field.setMinimumHeight(_FIELD_HEIGHT)
        self.field.setAccessibleName(_("PIN"))
        # No prediction, no learning, and digits on a keyboard of the screen.
        self.field.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhDigitsOnly
        )
        self.field.textEdited.connect(self._keep_digits)
        self.field.returnPressed.connect(self._enter)
        self.keys: dict[str, QPushButton] = {}
        grid = QGridLayout()
        grid.setSpacing(int(Space.S))
        for line, row in enumerate(_ROWS):
            for column, digit in enumerate(row):
                grid.addWidget(self._digit(digit), line, column)
        self.erase = pad_key(_("Erase", context="key"))
        self.erase.setAccessibleName(_("Erase the last digit"))
        self.erase.clicked.connect(lambda: self._set(self.field.text()[:-1]))
        self.enter = touch_button(enter_words)
        self.enter.setProperty("primary", True)
        self.enter.setDefault(True)
        self.enter.clicked.connect(self._enter)
        grid.addWidget(self.erase, 3, 0)
        grid.addWidget(self._digit("0"), 3, 1)
        grid.addWidget(self.enter, 3, 2)
        for column in range(3):
            grid.setColumnStretch(column, 1)
            grid.setColumnMinimumWidth(column, 92)
        column_layout = QVBoxLayout(self)
        column_layout.setContentsMargins(0, 0, 0, 0)
        column_layout.setSpacing(int(Space.M))
        column_layout.addWidget(self.field)
        column_layout.addLayout(grid)
        self.setFocusProxy(self.field)
        # Said here, since the style sheet's heights hold only once the keys are shown.
        gaps = 3 * int(Space.S) + int(Space.M)
        self.setMinimumHeight(_FIELD_HEIGHT + 4 * KEY_SIZE + gaps)

    def pin(self) -> str:
        """What is typed."""
        return self.field.text()

    def clear(self) -> None:
        """Forget what is typed."""
        self.field.clear()

    def set_enabled(self, on: bool) -> None:
        """Whether a PIN can be typed now."""
        self.setEnabled(on)
        if on:
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _digit(self, digit: str) -> QPushButton:
        button = pad_key(digit)
        button.setFont(theme.font(Size.TITLE, strong=True))
        button.setAutoDefault(False)
        button.clicked.connect(lambda _on=False: self._set(self.field.text() + digit))
        self.keys[digit] = button
        return button

    def _set(self, text: str) -> None:
        self.field.setText(text[:LONGEST_PIN])
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edited.emit()

    def _keep_digits(self, text: str) -> None:
        """Digits of every script count; other keys type nothing."""
        digits = "".join(str(unicodedata.decimal(c)) for c in text if c.isdecimal())
        if digits != text:
            self.field.setText(digits)
        self.edited.emit()

    def _enter(self) -> None:
        if self.pin():
            self.entered.emit()

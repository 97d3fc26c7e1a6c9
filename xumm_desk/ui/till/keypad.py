"""The keypad of the till: large keys for a finger or the mouse; a keyboard types the same."""

from __future__ import annotations

import unicodedata
from typing import Final, Literal

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QWidget,
)

from xumm_desk.core.sale.entry import POINT
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.theme import Size, Space

KEY_SIZE: Final = 64
"""Logical pixels, the least height and width of a key: a gloved finger finds it."""

_ROWS: Final = (("7", "8", "9"), ("4", "5", "6"), ("1", "2", "3"), ("00", "0", POINT))
_POINTS: Final = frozenset(".,٫،·")
"""What keyboards send for their decimal key, also those of the number block."""


class Keypad(QWidget):
    """Twelve keys; `pressed` carries "0" to "9", "00" or the decimal mark."""

    pressed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        # Digits stand as on every calculator, in languages from right to left too.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(int(Space.S))
        self.keys: dict[str, QPushButton] = {}
        for line, row in enumerate(_ROWS):
            for column, key in enumerate(row):
                button = pad_key(formats.decimal_mark() if key == POINT else key)
                button.setFont(theme.font(Size.TITLE, strong=True))
                button.clicked.connect(lambda _on=False, key=key: self.pressed.emit(key))
                grid.addWidget(button, line, column)
                self.keys[key] = button
        self.keys[POINT].setAccessibleName(_("Decimal mark"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_decimals(self, wanted: bool) -> None:
        """Whether prices have decimals: yen have none."""
        self.keys[POINT].setEnabled(wanted)

    def minimumSizeHint(self) -> QSize:
        """Four rows of keys."""
        gaps = 3 * int(Space.S)
        return QSize(3 * KEY_SIZE + gaps, 4 * KEY_SIZE + gaps)


def touch_button(words: str, *, height: Literal[48, 64] = 64) -> QPushButton:
    """A button for a finger. A touch gives it no focus, so that the keyboard goes on typing the
    price; Tab does."""
    button = QPushButton(words)
    button.setProperty("key", True)
    button.setProperty("touch", str(height))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setMinimumWidth(height)
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
    return button


def pad_key(words: str, *, height: Literal[48, 64] = 64) -> QPushButton:
    """A touch button for what has a key of its own on every keyboard: Tab passes it by."""
    button = touch_button(words, height=height)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button


class FittingButton(QPushButton):
    """A touch button whose lines are cut with an ellipsis where they are too long; whole in its
    tooltip."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.setProperty("key", True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        lines = words.count("\n") + 1
        high = max(36, lines * self.fontMetrics().lineSpacing())
        self.setStyleSheet(f"min-height: {high}px;")
        self.setToolTip(words)

    def shown_text(self) -> str:
        """The text as it is cut in the room that there is."""
        metrics, room = self.fontMetrics(), self.width() - int(Space.M)
        return "\n".join(
            metrics.elidedText(line, Qt.TextElideMode.ElideRight, room)
            for line in self.text().split("\n")
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = self.shown_text()
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        painter.end()


def key_of(event: QKeyEvent) -> str:
    """The key of the keypad that a keyboard's key means; "" for none. Digits of every script."""
    if event.modifiers() & ~(
        Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
    ):
        return ""
    text = event.text()
    if len(text) != 1:
        return ""
    if text in _POINTS:
        return POINT
    return str(unicodedata.decimal(text)) if text.isdecimal() else ""

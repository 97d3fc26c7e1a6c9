"""An input for a whole number within bounds: typed, or stepped with the arrow keys.

Not a spin box: the style of lines inside one leaves no room for its number.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator, QKeyEvent
from PySide6.QtWidgets import QLineEdit

_WIDTH: Final = 90


class NumberBox(QLineEdit):
    """`value_changed` carries each other number that is within the bounds."""

    value_changed = Signal(int)

    def __init__(self, least: int, most: int, value: int) -> None:
        super().__init__()
        self._least, self._most = least, most
        self._value = max(least, min(most, value))
        self.setValidator(QIntValidator(least, most, self))
        self.setText(str(self._value))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFixedWidth(_WIDTH)
        self.textChanged.connect(self._typed)
        self.editingFinished.connect(lambda: self.setText(str(self._value)))

    def value(self) -> int:
        """The number, the last right one while something else is typed."""
        return self._value

    def set_value(self, value: int) -> None:
        """Another number; what is beyond the bounds becomes the bound."""
        self.setText(str(max(self._least, min(self._most, value))))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrow keys step by one."""
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()), 0)
        if step:
            self.set_value(self._value + step)
        else:
            super().keyPressEvent(event)

    def _typed(self, text: str) -> None:
        if not (text.isascii() and text.isdigit()) or len(text) > len(str(self._most)):
            return
        number = int(text)
        if self._least <= number <= self._most and number != self._value:
            self._value = number
            self.value_changed.emit(number)

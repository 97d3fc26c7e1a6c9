"""Base of widgets that paint what they say: to a screen reader they are texts."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QWidget


class PaintedText(QLabel):
    """Looks as its subclass paints it, and is spoken by its accessible name.

    A label, since Qt tells nobody of a plain `QWidget` that it can be read, and has no way to
    choose a role. Of the label nothing else is used."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)

    def set_spoken(self, name: str, description: str = "") -> None:
        """Say this from now on; Qt reports a change to the screen reader."""
        if name != self.accessibleName():
            self.setAccessibleName(name)
        if description != self.accessibleDescription():
            self.setAccessibleDescription(description)

    def sizeHint(self) -> QSize:
        """None, as a plain widget has: a label without a text would ask for next to nothing."""
        return QSize()

    def minimumSizeHint(self) -> QSize:
        return QSize()

"""Knows how an empty place looks: one sentence, perhaps one button. Must not know why it is
empty."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from . import theme
from .theme import Size, Space


class EmptyView(QWidget):
    """A title, a sentence below it, and a button where there is something to do."""

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._words = QLabel(), QLabel()
        self._button = QPushButton()
        self._button.clicked.connect(self.pressed)
        self._title.setFont(theme.font(Size.LARGE, strong=True))
        self._words.setProperty("muted", True)
        layout = QVBoxLayout(self)
        layout.setSpacing(int(Space.S))
        layout.addStretch()
        for label in (self._title, self._words):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setWordWrap(True)
            layout.addWidget(label)
        layout.addSpacing(int(Space.XS))
        layout.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch()

    def show_message(self, title: str, words: str = "", button: str = "") -> None:
        """Say this from now on."""
        self._title.setText(title)
        self._words.setText(words)
        self._words.setVisible(bool(words))
        self._button.setText(button)
        self._button.setVisible(bool(button))
        self.setAccessibleName(f"{title} {words}".strip())

    @property
    def message(self) -> str:
        """What is said, for tests and screen readers."""
        return self.accessibleName()

"""Placeholder widget for an empty view, and scroll areas that fit their content."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from xumm_desk.core.message import Sentences
from xumm_desk.locale.translation import tr
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.theme import Size, Space

from .labels import ParagraphLabel


class EmptyView(QWidget):
    """A title, a sentence below it, and a button where there is something to do."""

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._words = ParagraphLabel(), ParagraphLabel()
        self._button = QPushButton()
        self._button.clicked.connect(self.pressed)
        self._title.setFont(theme.font(Size.LARGE, strong=True))
        self._words.setProperty("muted", True)
        layout = QVBoxLayout(self)
        layout.setSpacing(int(Space.S))
        layout.addStretch()
        for label in (self._title, self._words):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(label)
        layout.addSpacing(int(Space.XS))
        layout.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch()

    def show_message(self, title: str, words: str = "", button: str = "") -> None:
        """Show this text from now on."""
        self._title.setText(tr(title))
        self._words.setText(tr(words))
        self._words.setVisible(bool(words))
        self._button.setText(tr(button))
        self._button.setVisible(bool(button))
        self.setAccessibleName(tr(Sentences([title, words])))

    @property
    def message(self) -> str:
        """The text that is shown, for tests and screen readers."""
        return self.accessibleName()


class VerticalScrollArea(QScrollArea):
    """Scrolls up and down and never sideways; takes no focus of its own."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)


class ContentHeightScrollArea(QScrollArea):
    """Content that may be higher than the area, but never wider; asks for the height which the
    content needs at its present width. It takes the focus, so that keys scroll it: `spoken` says
    what is in it."""

    def __init__(self, content: QWidget, spoken: str) -> None:
        super().__init__()
        self.setAccessibleName(tr(spoken))
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._content = content
        self.setWidget(content)
        content.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)

    def sizeHint(self) -> QSize:
        wide = max(self.viewport().width(), 200)
        content = self._content
        high = content.heightForWidth(wide) if content.hasHeightForWidth() else -1
        hint = content.sizeHint()
        return QSize(hint.width(), high if high > 0 else hint.height())

    def minimumSizeHint(self) -> QSize:
        """Enough to see that there is something to scroll."""
        return QSize(120, 100)

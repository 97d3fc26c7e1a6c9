"""Labels for plain text, and buttons for actions."""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy

from xumm_desk.locale.translation import tr
from xumm_desk.locale.words import spoken_again
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.theme import Size, escape_tooltip

_SMALLEST: Final = 0.6
"""How far a line may shrink before it is cut, as a part of ordinary text or, of small text, of
itself."""
_UNBROKEN: Final = re.compile(
    r"[^\s\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]+"
)
"""A word. Chinese, Japanese and Korean have none: Qt knows where they may break, which is nearly
everywhere but not before a full stop."""


def text_label(
    text: str = "", *, size: Size = Size.BODY, strong: bool = False, muted: bool = False
) -> QLabel:
    """A label that wraps, can be copied, and never reads a customer's words as markup."""
    label = _TextLabel(tr(text))
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setFont(theme.font(size, strong=strong))
    label.setProperty("muted", muted)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    # Long ids have no blank to break at: they may make the label, but not the window, wide.
    label.setMinimumWidth(1)
    return label


class _TextLabel(QLabel):
    """Begins at the side at which the page begins: Qt puts an address at the left of a page from
    right to left."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._align()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LayoutDirectionChange:
            self._align()

    def _align(self) -> None:
        sides = Qt.AlignmentFlag
        across = self.alignment() & ~sides.AlignVertical_Mask
        if across in (sides.AlignLeft, sides.AlignRight | sides.AlignAbsolute):
            side = (
                sides.AlignRight | sides.AlignAbsolute if self.isRightToLeft() else sides.AlignLeft
            )
            self.setAlignment(side | (self.alignment() & sides.AlignVertical_Mask))


def wrapped_label(text: str = "", *, muted: bool = False) -> QLabel:
    """Sentences that may hold ids: those may be broken anywhere. Not to be copied, since the
    places to break would be copied with it."""
    label = text_label(with_break_points(tr(text)), muted=muted)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
    label.setAccessibleName(tr(text))
    return label


def breakable(text: str, longest: int) -> str:
    """The text with invisible places to break inside words of more letters than `longest`."""
    return _UNBROKEN.sub(
        lambda word: "\u200b".join(word[0]) if len(word[0]) > longest else word[0], text
    )


@spoken_again
def with_break_points(text: str) -> str:
    """The text with invisible places to break inside words that are too long for a line."""
    return breakable(text, 24)


class ShrinkingLabel(QLabel):
    """One line that becomes smaller where it is too long, and only then is cut in its middle;
    whole in its tooltip."""

    def __init__(self, *, size: Size = Size.BODY, strong: bool = False) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(size, strong=strong, tabular=True))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_text(self, text: str) -> None:
        """Show another text."""
        self.setText(tr(text))
        self.setToolTip(escape_tooltip(text))

    def minimumSizeHint(self) -> QSize:
        return QSize(1, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        font, share = self.font(), 1.0
        least = min(_SMALLEST, _SMALLEST * theme.font().pointSizeF() / font.pointSizeF())
        while QFontMetrics(font).horizontalAdvance(self.text()) > self.width() > 0:
            share -= 0.04
            if share < least:
                break
            font.setPointSizeF(self.font().pointSizeF() * share)
        painter.setFont(font)
        metrics = QFontMetrics(font)
        text = metrics.elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())
        painter.drawText(self.rect(), int(self.alignment()), text)


class ActionButton(QPushButton):
    """A button that shows its action: text, state, and the reason why it cannot be pressed. While
    `instead` is visible, it shows that one."""

    def __init__(
        self, action: QAction, *, main: bool = False, instead: QAction | None = None
    ) -> None:
        super().__init__()
        self._usual, self._alternative = action, instead
        self.setProperty("primary", main)
        self.clicked.connect(self._press)
        for one in (action, instead):
            if one is not None:
                one.changed.connect(self._follow)
        self._follow()

    def _press(self) -> None:
        self._action.trigger()

    @property
    def _action(self) -> QAction:
        shown = self._alternative is not None and self._alternative.isVisible()
        return self._alternative if shown and self._alternative is not None else self._usual

    def set_primary(self, main: bool) -> None:
        """Make it the primary button of its place, or an ordinary one."""
        if self.property("primary") != main:
            self.setProperty("primary", main)
            self.style().unpolish(self)
            self.style().polish(self)

    def _follow(self) -> None:
        self.setText(tr(self._action.iconText()))
        self.setEnabled(self._action.isEnabled())
        self.setToolTip(tr(self._action.toolTip()))
        self.setAccessibleDescription(tr(self._action.toolTip()))

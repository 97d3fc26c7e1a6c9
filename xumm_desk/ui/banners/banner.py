"""A banner, and the stack of banners in order of severity."""

from __future__ import annotations

from enum import Enum
from typing import Final

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.message import Sentences
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.status_shapes import Shape, ShapeIcon
from xumm_desk.ui.style.theme import Space, Theme
from xumm_desk.ui.widgets.announcement import announce
from xumm_desk.ui.widgets.labelled_field import small_label
from xumm_desk.ui.widgets.labels import ParagraphLabel
from xumm_desk.ui.widgets.mirroring import mirrored


class Severity(Enum):
    """How serious a banner is; the most serious one is on top."""

    HARM = 0
    ATTENTION = 1
    NEUTRAL = 2
    PRACTICE = 3


_LOOK: Final = {
    Severity.HARM: (Shape.OCTAGON, Tone.HARM),
    Severity.ATTENTION: (Shape.TRIANGLE, Tone.ATTENTION),
    Severity.NEUTRAL: (Shape.DOT, Tone.NEUTRAL),
    Severity.PRACTICE: (Shape.DOT, Tone.CLOSED),
}


class Banner(QWidget):
    """One banner: what happened, what follows from it, and at most one button."""

    action_clicked = Signal()

    def __init__(
        self,
        cause: str,
        consequence: str = "",
        action: str = "",
        tone: Severity = Severity.ATTENTION,
    ) -> None:
        super().__init__()
        self.tone = tone
        self._mark = ShapeIcon(20)
        self._cause, self._consequence = ParagraphLabel(), ParagraphLabel()
        self._cause.setFont(theme.font(strong=True))
        small_label(self._consequence)
        self.button = QPushButton()
        self.button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self.action_clicked)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._cause)
        words.addWidget(self._consequence)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, Space.S, Space.M, Space.S + 1)
        row.setSpacing(Space.M)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        Theme.current().changed.connect(self.update)
        self.show_text(cause, consequence, action, tone)

    def show_text(self, cause: str, consequence: str, action: str, tone: Severity) -> None:
        """Show other text, for instance how long it has lasted by now."""
        self.tone = tone
        self._mark.show_shape(*_LOOK[tone])
        self._cause.setText(tr(cause))
        self._consequence.setText(tr(consequence))
        self._consequence.setVisible(bool(consequence))
        self.button.setText(tr(action))
        self.button.setVisible(bool(action))
        self.button.setAccessibleDescription(tr(cause))
        self.setAccessibleName(tr(Sentences([cause, consequence])))
        self.update()

    def text(self) -> str:
        """Cause and consequence."""
        return self.accessibleName()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A card across the window, with an edge in the tone's colour."""
        painter = QPainter(self)
        colours = Theme.current().colours
        painter.fillRect(self.rect(), QColor(colours.card))
        edge = mirrored(painter, self.rect(), QRect(0, 0, 4, self.height()))
        painter.fillRect(edge, QColor(colours.tones[_LOOK[self.tone][1]]))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(colours.line))
        painter.end()


class BannerStack(QWidget):
    """The banners of the window by key; without any it takes no room. `action_clicked` carries the
    key; `log_line` a line for the log when a banner comes or goes; `changed` is emitted when one
    comes, goes or becomes more or less serious."""

    action_clicked = Signal(str)
    log_line = Signal(str)
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: dict[str, Banner] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.hide()

    def show_banner(
        self,
        key: str,
        cause: str,
        consequence: str = "",
        action: str = "",
        tone: Severity = Severity.ATTENTION,
    ) -> None:
        """Show the banner of `key`, or change the one that is there."""
        bar = self._bars.get(key)
        if bar is not None:
            moved, worse = bar.tone is not tone, tone.value < bar.tone.value
            bar.show_text(cause, consequence, action, tone)
            if worse:
                self._speak(bar)
            if moved:
                self._arrange()
                self.changed.emit()
            return
        bar = self._bars[key] = Banner(cause, consequence, action, tone)
        bar.setObjectName(key)
        bar.action_clicked.connect(self._act)
        self._arrange()
        self.show()
        self.log_line.emit(bar.text())
        self._speak(bar)
        self.changed.emit()

    def remove(self, key: str) -> None:
        """Remove the banner of `key`: its cause is gone."""
        bar = self._bars.pop(key, None)
        if bar is None:
            return
        self._column.removeWidget(bar)
        bar.hide()
        bar.deleteLater()
        self.setVisible(bool(self._bars))
        self.log_line.emit(_("Over: {text}", text=bar.text()))
        self.changed.emit()

    def harm_text(self) -> str:
        """What the first of the red banners says, "" if none is red."""
        red = (self._bars[key] for key in self.shown() if self._bars[key].tone is Severity.HARM)
        return next((bar.text() for bar in red), "")

    def banner(self, key: str) -> Banner | None:
        """The banner of `key`; None if there is none."""
        return self._bars.get(key)

    def shown(self) -> tuple[str, ...]:
        """The causes shown, from top to bottom."""
        return tuple(sorted(self._bars, key=self._rank))

    def _speak(self, bar: Banner) -> None:
        announce(bar, bar.text(), urgent=bar.tone is Severity.HARM)

    def _rank(self, key: str) -> int:
        return self._bars[key].tone.value

    def _arrange(self) -> None:
        for place, key in enumerate(self.shown()):
            self._column.insertWidget(place, self._bars[key])

    def _act(self) -> None:
        bar = self.sender()
        if isinstance(bar, Banner):
            self.action_clicked.emit(bar.objectName())

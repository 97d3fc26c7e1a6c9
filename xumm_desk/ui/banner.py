"""Bars for what concerns the whole window; knows causes as keys and sentences, must not know how
a cause is found out or mended."""

from __future__ import annotations

from enum import Enum
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core import networks

from . import theme
from .fields import announce, small_label
from .shapes import Shape, ShapeIcon
from .theme import Size, Space, Theme, Tone


class Severity(Enum):
    """How serious a bar is; the most serious stands on top."""

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
PRACTICE_COLOURS: Final = {
    False: ("#ECE3F7", "#F7F3FC", "#4B2A7A"),
    True: ("#382A52", "#2B2141", "#DFCBFF"),
}
"""Dark scheme or not: the stripes' two tints, which lie close together, and the words' colour."""


class Banner(QWidget):
    """One bar: what is the matter, what follows from it, and at most one thing to do."""

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
        self._cause, self._consequence = QLabel(), QLabel()
        for label in (self._cause, self._consequence):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
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
        """Say something else, for instance how long it has lasted by now."""
        self.tone = tone
        self._mark.show_shape(*_LOOK[tone])
        self._cause.setText(cause)
        self._consequence.setText(consequence)
        self._consequence.setVisible(bool(consequence))
        self.button.setText(action)
        self.button.setVisible(bool(action))
        self.button.setAccessibleDescription(cause)
        self.setAccessibleName(f"{cause} {consequence}".strip())
        self.update()

    def text(self) -> str:
        """Cause and consequence."""
        return self.accessibleName()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A card across the window, with an edge in the tone's colour."""
        painter = QPainter(self)
        colours = Theme.current().colours
        painter.fillRect(self.rect(), QColor(colours.card))
        painter.fillRect(0, 0, 4, self.height(), QColor(colours.tones[_LOOK[self.tone][1]]))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(colours.line))
        painter.end()


class BannerStack(QWidget):
    """The bars of the window by key; no bars, no room taken. `acted` carries the key; `noted` a
    line for the log whenever a bar comes or goes."""

    action_clicked = Signal(str)
    log_line = Signal(str)

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
        """Show the bar of `key`, or let the one that is there say this."""
        bar = self._bars.get(key)
        if bar is not None:
            moved = bar.tone is not tone
            bar.show_text(cause, consequence, action, tone)
            if moved:
                self._arrange()
            return
        bar = self._bars[key] = Banner(cause, consequence, action, tone)
        bar.setObjectName(key)
        bar.action_clicked.connect(self._act)
        self._arrange()
        self.show()
        self.log_line.emit(bar.text())
        announce(self, bar.text())

    def remove(self, key: str) -> None:
        """The cause is gone, and so is its bar."""
        bar = self._bars.pop(key, None)
        if bar is None:
            return
        self._column.removeWidget(bar)
        bar.hide()
        bar.deleteLater()
        self.setVisible(bool(self._bars))
        self.log_line.emit(f"Over: {bar.text()}")

    def banner(self, key: str) -> Banner | None:
        """The bar of a cause, None when all is well."""
        return self._bars.get(key)

    def shown(self) -> tuple[str, ...]:
        """The causes shown, from top to bottom."""
        return tuple(sorted(self._bars, key=self._rank))

    def _rank(self, key: str) -> int:
        return self._bars[key].tone.value

    def _arrange(self) -> None:
        for place, key in enumerate(self.shown()):
            self._column.insertWidget(place, self._bars[key])

    def _act(self) -> None:
        bar = self.sender()
        if isinstance(bar, Banner):
            self.action_clicked.emit(bar.objectName())


class PracticeStripe(QWidget):
    """The band that nobody can overlook and nobody has to squint at: this is practice."""

    LONG: Final = "PRACTICE — no real money, nothing leaves this computer"
    SHORT: Final = "PRACTICE — no real money"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(theme.font(Size.BODY, strong=True))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.LONG)
        self.setToolTip(self.LONG)
        Theme.current().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """One line with air."""
        return QSize(320, self.fontMetrics().height() + 14)

    def minimumSizeHint(self) -> QSize:
        """As narrow as its short words."""
        return QSize(120, self.sizeHint().height())

    def label(self) -> str:
        """The longest words that fit."""
        room = self.width() - 48
        fits = self.fontMetrics().horizontalAdvance(self.LONG) <= room
        return self.LONG if fits else self.SHORT

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Slanted stripes of two near tints, and the words on a plain plate."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        stripe, ground, ink = (QColor(c) for c in PRACTICE_COLOURS[Theme.current().dark])
        painter.fillRect(self.rect(), ground)
        high, step = float(self.height()), 28.0
        painter.setPen(Qt.PenStyle.NoPen)
        edge = QColor(ink)
        edge.setAlpha(45)
        for number in range(-2, int(self.width() / step) + 2):
            left = number * step
            painter.setBrush(edge if number % 2 else stripe)
            corners = ((left, high), (left + high, 0), (left + high + 14, 0), (left + 14, high))
            painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
        metrics = painter.fontMetrics()
        words = metrics.elidedText(self.label(), Qt.TextElideMode.ElideRight, self.width() - 16)
        wide = metrics.horizontalAdvance(words) + 32
        plate = QRectF((self.width() - wide) / 2, 3, wide, high - 6)
        painter.setBrush(ground)
        painter.drawRoundedRect(plate, (high - 6) / 2, (high - 6) / 2)
        painter.setPen(ink)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, words)
        painter.end()


class NetworkFrame(QWidget):
    """A frame with a tab around the whole content on any network but mainnet; else nothing."""

    def __init__(self, content: QWidget, network: str = networks.DEFAULT) -> None:
        super().__init__()
        self._words = ""
        # Not this widget's own font: the content would inherit it.
        self._font = theme.font(Size.BODY, strong=True)
        self._box = QVBoxLayout(self)
        self._box.setSpacing(0)
        self._box.addWidget(content)
        Theme.current().changed.connect(self.update)
        self.set_network(network)

    def label(self) -> str:
        """What the tab says, "" on mainnet."""
        return self._words

    def set_network(self, key: str) -> None:
        """Frame the content unless `key` is mainnet."""
        network = networks.network_by_key(key)
        if key == networks.DEFAULT:
            self._words = ""
        elif network is not None and network.is_live:
            self._words = f"{key} — pays in {network.asset}, not on the XRP Ledger"
        else:
            self._words = f"{key} — test money only, worth nothing"
        on = bool(self._words)
        top = QFontMetrics(self._font).height() + 8 if on else 0
        self._box.setContentsMargins(4 * on, top, 4 * on, 4 * on)
        self.setAccessibleDescription(self._words)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill what the content leaves free."""
        if not self._words:
            return
        painter = QPainter(self)
        colours = Theme.current().colours
        painter.fillRect(self.rect(), QColor(colours.tones[Tone.ATTENTION]))
        painter.setPen(QColor(colours.card))
        painter.setFont(self._font)
        tab = self.rect().adjusted(8, 0, -8, 0)
        tab.setHeight(self._box.contentsMargins().top())
        words = painter.fontMetrics().elidedText(
            self._words, Qt.TextElideMode.ElideRight, tab.width()
        )
        painter.drawText(tab, Qt.AlignmentFlag.AlignCenter, words)
        inside = self.rect().adjusted(4, tab.height(), -4, -4)
        painter.fillRect(inside, QColor(colours.page))
        painter.end()

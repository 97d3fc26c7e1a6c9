"""Where the window works, and how it shows that: practice stripe, frame on a test network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPalette,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QDialog, QSizePolicy, QVBoxLayout, QWidget

from xumm_desk.core.message import Message
from xumm_desk.core.money import networks
from xumm_desk.core.rights import TILL, Rights
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Size, Theme

from .labels import ParagraphLabel
from .painted_text import PaintedText

PRACTICE_COLOURS: Final = {
    False: ("#ECE3F7", "#F7F3FC", "#4B2A7A"),
    True: ("#382A52", "#2B2141", "#DFCBFF"),
}
"""By dark scheme or not: two similar tints for the stripes, and the text colour."""


@dataclass(frozen=True, slots=True)
class Environment:
    """Where the window works: network key, platform host, practice or not, whether a ledger node is
    set up, and what may be done in it."""

    network: str
    host: str
    practice: bool
    ledger: bool
    rights: Rights = TILL


_SMALLEST: Final = 0.7
"""How far the words of the stripe may shrink."""


class PracticeStripe(PaintedText):
    """The band that says that this is practice: not to be overlooked, and easy to read."""

    LONG: Final = Message("PRACTICE — no real money, nothing leaves this computer")
    SHORT: Final = Message("PRACTICE — no real money")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(theme.font(Size.BODY, strong=True))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._long, self._short = tr(self.LONG), tr(self.SHORT)
        self.setAccessibleName(self._long)
        self.setToolTip(self._long)
        Theme.current().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(320, self.fontMetrics().height() + 14)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def label(self) -> str:
        """The longest text that fits."""
        room = self.width() - 48
        long = tr(self._long)
        return long if self.fontMetrics().horizontalAdvance(long) <= room else tr(self._short)

    def shown_text(self) -> str:
        """That text as it is cut in the room that there is."""
        metrics = QFontMetrics(self._fitted())
        return metrics.elidedText(self.label(), Qt.TextElideMode.ElideRight, self.width() - 16)

    def _fitted(self) -> QFont:
        """The words "no real money" must not be cut to "no …": it becomes smaller first."""
        font, size = self.font(), self.font().pointSizeF()
        while QFontMetrics(font).horizontalAdvance(self.label()) > self.width() - 16:
            size *= 0.97
            if size < self.font().pointSizeF() * _SMALLEST:
                break
            font.setPointSizeF(size)
        return font

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Slanted stripes of two similar tints, and the text on a plain plate."""
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
        font = self._fitted()
        painter.setFont(font)
        metrics, words = QFontMetrics(font), self.shown_text()
        wide = metrics.horizontalAdvance(words) + 32
        plate = QRectF((self.width() - wide) / 2, 3, wide, high - 6)
        painter.setBrush(ground)
        painter.drawRoundedRect(plate, (high - 6) / 2, (high - 6) / 2)
        painter.setPen(ink)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, words)
        painter.end()


def network_words(key: str) -> str:
    """What is said of any network but mainnet, "" of mainnet."""
    network = networks.network_by_key(key)
    if key == networks.DEFAULT:
        return ""
    if network is not None and network.is_live:
        return _("{key} — pays in {asset}, not on the XRP Ledger", key=key, asset=network.asset)
    return _("{key} — test money only, worth nothing", key=key)


class NetworkStripe(ParagraphLabel):
    """The words of the frame as a band across the top of a dialog."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.setFont(theme.font(Size.BODY, strong=True))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMargin(6)
        self.setAutoFillBackground(True)
        Theme.current().changed.connect(self._apply_colours)
        self._apply_colours()

    def _apply_colours(self) -> None:
        colours = Theme.current().colours
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, QColor(colours.tones[Tone.ATTENTION]))
        palette.setColor(QPalette.ColorRole.WindowText, QColor(colours.card))
        self.setPalette(palette)


def mark_network(dialog: QDialog) -> None:
    """Put the words of the frame around the dialog's main window into the dialog, which the frame
    does not surround. Call it when the dialog has its layout."""
    parent, layout = dialog.parentWidget(), dialog.layout()
    frame = parent.window().findChild(NetworkFrame) if parent is not None else None
    if frame is not None and frame.label() and layout is not None:
        layout.setMenuBar(NetworkStripe(frame.label()))


class _Tab(PaintedText):
    """The words of the frame, cut where there is no room for them."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setPen(QColor(Theme.current().colours.card))
            painter.setFont(self.font())
            words = painter.fontMetrics().elidedText(
                self.accessibleName(), Qt.TextElideMode.ElideRight, self.width()
            )
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, words)


class NetworkFrame(QWidget):
    """A frame with a tab around the whole content on any network but mainnet; else nothing."""

    def __init__(
        self, content: QWidget, network: str = networks.DEFAULT, *, size: Size = Size.BODY
    ) -> None:
        """`size` is the type of the tab, larger where it is read from afar."""
        super().__init__()
        self._edge = 4 if size is Size.BODY else 8
        self._tab = _Tab(self)
        # Not this widget's own font: the content would inherit it.
        self._tab.setFont(theme.font(size, strong=True))
        self._box = QVBoxLayout(self)
        self._box.setSpacing(0)
        self._box.addWidget(content)
        Theme.current().changed.connect(self.update)
        self.set_network(network)

    def label(self) -> str:
        """The text of the tab, "" on mainnet."""
        return self._tab.accessibleName()

    def set_network(self, key: str) -> None:
        """Frame the content unless `key` is mainnet."""
        words = network_words(key)
        on = bool(words)
        top = self._tab.fontMetrics().height() + 8 if on else 0
        edge = self._edge * on
        self._box.setContentsMargins(edge, top, edge, edge)
        self._tab.set_spoken(tr(words))
        self._place_tab()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The tab is as wide as the frame."""
        super().resizeEvent(event)
        self._place_tab()

    def _place_tab(self) -> None:
        self._tab.setVisible(bool(self.label()))
        self._tab.setGeometry(8, 0, self.width() - 16, self._box.contentsMargins().top())

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self.label():
            return
        painter = QPainter(self)
        colours = Theme.current().colours
        painter.fillRect(self.rect(), QColor(colours.tones[Tone.ATTENTION]))
        edge = self._edge
        inside = self.rect().adjusted(edge, self._tab.height(), -edge, -edge)
        painter.fillRect(inside, QColor(colours.page))
        painter.end()

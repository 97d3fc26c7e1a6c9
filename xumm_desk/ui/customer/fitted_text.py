"""A text as large as its room allows, broken into lines where its language allows it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QEvent, QRectF, Qt, QTextBoundaryFinder
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent

from xumm_desk.locale.translation import tr
from xumm_desk.ui.style import theme

from .widgets import SMALLEST, CustomerWidget

_LINE: Final = 1.25
"""Height of a line, in sizes of its font."""
_MAX_CHARACTERS: Final = 300


class FittedText(CustomerWidget):
    """A text as large as its room allows, on one line or, where that makes it larger, on more."""

    def __init__(self, *, strong: bool = True, muted: bool = False, lines: int = 1) -> None:
        super().__init__()
        self._strong, self._muted, self._lines = strong, muted, lines
        self._text = self._source = ""

    def text(self) -> str:
        """The text shown."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show this text."""
        self._source = tr(text)
        words = self._source[:_MAX_CHARACTERS]
        if words != self._text:
            self._text = words
            self.setAccessibleName(words)
            self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Another language is spoken."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.set_text(self._source)

    def set_look(self, *, strong: bool, muted: bool) -> None:
        """Paint it so."""
        self._strong, self._muted = strong, muted
        self.update()

    def font_pixels(self) -> int:
        """The size at which it is painted."""
        return self._fit()[0]

    def text_width(self) -> int:
        """The width that its longest line takes."""
        pixels, lines = self._fit()
        metrics = QFontMetricsF(self._font(pixels))
        return math.ceil(max(metrics.horizontalAdvance(line) for line in lines))

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._text:
            return
        pixels, lines = self._fit()
        painter = QPainter(self)
        painter.setPen(QColor(self.colours.muted if self._muted else self.colours.text))
        font = self._font(pixels)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        high = pixels * _LINE
        top = (self.height() - high * len(lines)) / 2
        for number, line in enumerate(lines):
            box = QRectF(0, top + number * high, self.width(), high)
            cut = metrics.elidedText(line, Qt.TextElideMode.ElideRight, self.width())
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, cut)
        painter.end()

    def _font(self, pixels: int) -> QFont:
        font = theme.font(strong=self._strong, tabular=True)
        font.setPixelSize(pixels)
        return font

    def _fit(self) -> tuple[int, list[str]]:
        """The largest size at which the text fits, and its lines."""
        wide, high = max(1.0, self.width() - 2.0), self.height() / _LINE
        metrics = QFontMetricsF(self._font(100))
        best: tuple[int, list[str]] = (0, [self._text])
        for count in range(1, self._lines + 1):
            lines = _break(self._text, count, metrics)
            widest = max(metrics.horizontalAdvance(line) for line in lines)
            pixels = math.floor(min(high / len(lines), 100 * wide / max(1.0, widest)))
            if pixels > best[0]:
                best = pixels, lines
        return max(SMALLEST, best[0]), best[1]


def _break(text: str, count: int, metrics: QFontMetricsF) -> list[str]:
    """The text on at most `count` lines of similar width, broken where the language allows it."""
    words = _pieces(text)
    if count == 1 or len(words) < 2:
        return [text]
    limit = metrics.horizontalAdvance(text) / count
    while True:
        lines = list(_filled(words, limit, metrics))
        if len(lines) <= count:
            return lines
        limit *= 1.05


def _filled(words: list[str], limit: float, metrics: QFontMetricsF) -> Iterator[str]:
    line = words[0]
    for word in words[1:]:
        if metrics.horizontalAdvance((line + word).rstrip()) <= limit:
            line += word
        else:
            yield line.rstrip()
            line = word
    yield line.rstrip()


def _pieces(text: str) -> list[str]:
    """What must stay together on a line: words with the blank behind them, or single letters in a
    language that is written without blanks."""
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Line, text)
    found, begin = [], 0
    while (end := finder.toNextBoundary()) > 0:
        # Qt counts in units of UTF-16, of which some letters need two.
        found.append(_units(text, begin, end))
        begin = end
    return [piece for piece in found if piece.strip()]


def _units(text: str, begin: int, end: int) -> str:
    return text.encode("utf-16-le", "surrogatepass")[2 * begin : 2 * end].decode(
        "utf-16-le", "replace"
    )

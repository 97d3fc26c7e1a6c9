"""Draw a receipt with Qt on paper of 58 mm, 80 mm or A4, at any resolution.

All sizes are millimetres of paper until `ReceiptPage` turns them into dots of the device. Nothing
here needs the GUI thread: Qt paints on images and printers from any thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QImage,
    QPainter,
    QPen,
    QTextLayout,
    QTextLine,
)

from .qr_code import qr_modules
from .receipt_blocks import Block, Style
from .text_lines import CENTRE, line_sides, wrapped

MM_PER_INCH: Final = 25.4
MM_PER_POINT: Final = MM_PER_INCH / 72


@dataclass(frozen=True, slots=True)
class Paper:
    """A kind of paper. `height` is 0 for a roll, whose length follows the content; `text` is the
    size of ordinary text in points, `qr` the side of the code."""

    width: float
    margin: float
    height: float
    text: float
    qr: float

    @property
    def is_roll(self) -> bool:
        """Whether one page takes any content."""
        return self.height == 0


PAPERS: Final = {
    "58": Paper(58, 5, 0, 7.5, 34),
    "80": Paper(80, 5, 0, 9, 38),
    "A4": Paper(210, 42, 297, 10.5, 40),
}
"""By the setting `receipt_width`; rolls print 48 and 72 mm of their width at most."""

_ROLL_END: Final = 4.0
_PAGE_END: Final = 20.0
"""White above the first and below the last line, on rolls and on sheets."""

_SHRINK: Final = 1.12

BAND_EDGE: Final = 0.1
"""Black above and below white letters, in heights of their line: the tails of Arabic ones go as far
down as the line, and would run into the white paper."""
_INK: Final = QColor(0, 0, 0)
_WATERMARK: Final = QColor(0, 0, 0, 38)
_SCALES: Final = {
    Style.NAME: 1.6,
    Style.SMALL: 0.95,
    Style.TITLE: 1.1,
    Style.TOTAL: 1.45,
    Style.HEADLINE: 1.9,
    Style.WARNING: 2.3,
    Style.TRAINING: 1.6,
}
_BOLD: Final = frozenset(
    {
        Style.NAME,
        Style.TITLE,
        Style.HEADING,
        Style.SUBTOTAL,
        Style.TOTAL,
        Style.HEADLINE,
        Style.WARNING,
        Style.TRAINING,
    }
)


@dataclass(frozen=True, slots=True)
class _Item:
    """A strip of the page that is never cut: its height in dots, and how it is painted at a top
    edge."""

    height: float
    paint: Callable[[QPainter, float], None]


class ReceiptPage:
    """A receipt laid out for one paper at `dpi` dots an inch."""

    def __init__(
        self,
        blocks: tuple[Block, ...],
        paper: Paper,
        dpi: float,
        *,
        logo: QImage | None = None,
        watermark: str = "",
    ) -> None:
        self._paper = paper
        self._dot = dpi / MM_PER_INCH
        self._logo = logo
        self._watermark = watermark
        self._left = paper.margin * self._dot
        self._width = (paper.width - 2 * paper.margin) * self._dot
        self._end = (_ROLL_END if paper.is_roll else _PAGE_END) * self._dot
        self._items = [item for block in blocks for item in self._layout(block)]

    @property
    def size(self) -> QSizeF:
        """The size of a page in millimetres."""
        if not self._paper.is_roll:
            return QSizeF(self._paper.width, self._paper.height)
        height = sum(item.height for item in self._items) + 2 * self._end
        return QSizeF(self._paper.width, height / self._dot)

    def paint(self, painter: QPainter, new_page: Callable[[], object]) -> int:
        """Paint everything; `new_page` is called where a sheet is full. Returns how many pages."""
        bottom = self.size.height() * self._dot - self._end
        pages, y = 1, self._end
        self._paint_watermark(painter)
        for item in self._items:
            if not self._paper.is_roll and y + item.height > bottom and y > self._end:
                new_page()
                pages, y = pages + 1, self._end
                self._paint_watermark(painter)
            item.paint(painter, y)
            y += item.height
        return pages

    def _layout(self, block: Block) -> Iterator[_Item]:
        start, __ = line_sides()
        match block.style:
            case Style.LOGO:
                yield from self._logo_items()
            case Style.RULE:
                yield self._rule()
            case Style.QR:
                yield self._qr(block.text)
            case Style.TEXT | Style.HEADING:
                yield from self._lines(block.text, self._font(block.style), start)
                yield self._space(0.8)
            case Style.PAIR | Style.TITLE | Style.TOTAL | Style.SUBTOTAL:
                yield from self._pair(block)
            case Style.LONG:
                yield from self._lines(block.text, self._font(block.style), start)
                yield from self._lines(block.value, self._fixed_font(block.value), start)
                yield self._space(1.0)
            case Style.WARNING:
                yield self._space(1.5)
                yield from self._lines(block.text, self._font(block.style), CENTRE, inverse=True)
                yield self._space(1.5)
            case Style.TRAINING:
                yield from self._framed(block)
            case Style.HEADLINE:
                yield self._space(1.5)
                yield from self._lines(block.text, self._font(block.style), CENTRE)
                yield self._space(0.5)
            case _:
                yield from self._lines(block.text, self._font(block.style), CENTRE)

    def _font(self, style: Style) -> QFont:
        font = QFont()
        font.setPixelSize(self._text_dots(style))
        font.setBold(style in _BOLD)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        return font

    def _fixed_font(self, text: str) -> QFont:
        """A little smaller where that saves a line with a few letters."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        size = self._text_dots(Style.PAIR) * 0.9
        font.setPixelSize(max(1, round(size)))
        lines = QFontMetricsF(font).horizontalAdvance(text) / self._width
        if int(lines) >= 1 and lines / int(lines) < _SHRINK:
            font.setPixelSize(max(1, int(size * int(lines) / lines * 0.995)))
        return font

    def _text_dots(self, style: Style) -> int:
        points = self._paper.text * _SCALES.get(style, 1.0)
        return max(1, round(points * MM_PER_POINT * self._dot))

    def _lines(
        self,
        text: str,
        font: QFont,
        alignment: Qt.AlignmentFlag,
        *,
        inverse: bool = False,
    ) -> Iterator[_Item]:
        found = wrapped(text, font, self._width, alignment)
        if alignment is CENTRE and len(found) > 1:
            found = self._balanced(text, font, len(found))
        for layout, line in found:
            edge = line.height() * BAND_EDGE if inverse else 0.0
            yield _Item(
                line.height() + 2 * edge, self._line_painter(layout, line, edge, inverse=inverse)
            )

    def _balanced(self, text: str, font: QFont, count: int) -> list[tuple[QTextLayout, QTextLine]]:
        """The same number of lines, as equal in length as its words allow: no last line of one
        word."""
        for part in range(count * 10, 0, -1):
            narrow = self._width * (1 - part / (count * 10 + 10))
            found = wrapped(text, font, narrow, CENTRE)
            if len(found) == count:
                for _layout, line in found:
                    line.setPosition(QPointF((self._width - narrow) / 2, line.y()))
                return found
        return wrapped(text, font, self._width, CENTRE)

    def _line_painter(
        self, layout: QTextLayout, line: QTextLine, edge: float, *, inverse: bool
    ) -> Callable[[QPainter, float], None]:
        def paint(painter: QPainter, y: float) -> None:
            assert layout is not None  # the line belongs to it
            if inverse:
                high = line.height() + 2 * edge
                painter.fillRect(QRectF(self._left, y, self._width, high), _INK)
            painter.setPen(Qt.GlobalColor.white if inverse else _INK)
            line.draw(painter, QPointF(self._left, y + edge - line.y()))

        return paint

    def _pair(self, block: Block) -> Iterator[_Item]:
        font = self._font(block.style)
        metrics = QFontMetricsF(font)
        needed = metrics.horizontalAdvance(block.text) + metrics.horizontalAdvance(block.value)
        start, end = line_sides()
        labels = list(self._lines(block.text, font, start))
        values = list(self._lines(block.value, font, end))
        if needed + metrics.averageCharWidth() * 2 <= self._width and len(labels) == 1:
            yield _beside(labels[0], values[0])
        else:
            yield from labels
            yield from values
        if block.style is not Style.PAIR:
            yield self._space(0.8)

    def _framed(self, block: Block) -> Iterator[_Item]:
        yield self._space(1.5)
        lines = list(self._lines(block.text, self._font(block.style), CENTRE))
        height, thick = sum(line.height for line in lines), 0.5 * self._dot
        frame = QRectF(self._left, 0, self._width, height).adjusted(thick, 0, -thick, 0)

        def paint(painter: QPainter, y: float) -> None:
            painter.setPen(QPen(_INK, thick))
            painter.drawRect(frame.translated(0, y))
            for line in lines:
                line.paint(painter, y)
                y += line.height

        yield _Item(height, paint)
        yield self._space(1.5)

    def _rule(self) -> _Item:
        height, thick = 3.0 * self._dot, max(1.0, 0.25 * self._dot)

        def paint(painter: QPainter, y: float) -> None:
            top = y + (height - thick) / 2
            painter.fillRect(QRectF(self._left, top, self._width, thick), _INK)

        return _Item(height, paint)

    def _space(self, millimetres: float) -> _Item:
        return _Item(millimetres * self._dot, lambda _painter, _y: None)

    def _qr(self, text: str) -> _Item:
        """Whole dots for each module: a printer must not blur them."""
        lines = qr_modules(text)
        module = max(1, int(self._paper.qr * self._dot / len(lines)))
        side = module * len(lines)
        left = round(self._left + (self._width - side) / 2)

        def paint(painter: QPainter, y: float) -> None:
            top = round(y)
            painter.fillRect(left, top, side, side, Qt.GlobalColor.white)
            for row, line in enumerate(lines):
                for start, length in dark_runs(line):
                    x = left + start * module
                    painter.fillRect(x, top + row * module, length * module, module, _INK)

        return _Item(float(side), paint)

    def _logo_items(self) -> Iterator[_Item]:
        if self._logo is None or self._logo.isNull():
            return
        yield self._space(1.0)
        logo = self._logo
        scale = min(
            self._width * 0.6 / logo.width(), self._paper.text * 2 * self._dot / logo.height()
        )
        wide, high = logo.width() * scale, logo.height() * scale
        left = self._left + (self._width - wide) / 2

        def paint(painter: QPainter, y: float) -> None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(left, y, wide, high), logo)

        yield _Item(high, paint)
        yield self._space(2.0)

    def _paint_watermark(self, painter: QPainter) -> None:
        """The word across the page, as often as its length needs, under everything else."""
        if not self._watermark:
            return
        width = self._paper.width * self._dot
        height = self.size.height() * self._dot
        font = self._font(Style.WARNING)
        font.setPixelSize(
            max(
                1,
                round(
                    font.pixelSize()
                    * 0.95
                    * self._width
                    / max(1.0, QFontMetricsF(font).horizontalAdvance(self._watermark))
                ),
            )
        )
        metrics = QFontMetricsF(font)
        half = metrics.horizontalAdvance(self._watermark) / 2
        painter.save()
        painter.setClipRect(QRectF(0, 0, width, height))
        painter.setPen(_WATERMARK)
        painter.setFont(font)
        step = width * 0.62
        for number in range(int(height / step) + 1):
            painter.save()
            painter.translate(width / 2, step * (number + 0.5))
            painter.rotate(-30)
            painter.drawText(QPointF(-half, metrics.ascent() / 2), self._watermark)
            painter.restore()
        painter.restore()


def dark_runs(line: tuple[bool, ...]) -> Iterator[tuple[int, int]]:
    """Start and length of each run of dark modules."""
    start = None
    for x, dark in enumerate((*line, False)):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            yield start, x - start
            start = None


def _beside(label: _Item, value: _Item) -> _Item:
    def paint(painter: QPainter, y: float) -> None:
        label.paint(painter, y)
        value.paint(painter, y)

    return _Item(max(label.height, value.height), paint)

"""Draw text as dots for receipt printers, in every script that the computer has a font for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter, QTextLayout, QTextLine

from .qr_code import qr_modules
from .receipt_page import BAND_EDGE
from .text_lines import line_sides, wrapped

if TYPE_CHECKING:
    from PIL import Image

Lines = list[tuple[QTextLayout, QTextLine]]


def text_picture(
    text: str,
    width: int,
    size: int,
    alignment: Qt.AlignmentFlag,
    *,
    bold: bool = False,
    inverse: bool = False,
) -> Image.Image:
    """`text` in as many lines as it needs, `width` dots wide; `size` is the height of its letters
    in dots. Black and white only."""
    lines = wrapped(text, _font(size, bold=bold), width, alignment)
    ink, paper = Qt.GlobalColor.black, Qt.GlobalColor.white
    edge = 0.0
    if inverse:
        ink, paper = paper, ink
        edge = size * BAND_EDGE
    return _drawn([lines], width, ink, paper, edge)


def pair_picture(
    label: str, value: str, width: int, size: int, *, bold: bool = False
) -> Image.Image:
    """A label where a line begins and its value where it ends, on one line where both fit, else
    below each other."""
    font = _font(size, bold=bold)
    metrics = QFontMetricsF(font)
    start, end = line_sides()
    labels = wrapped(label, font, width, start)
    values = wrapped(value, font, width, end)
    needed = metrics.horizontalAdvance(label) + metrics.horizontalAdvance(value) + size
    ink, paper = Qt.GlobalColor.black, Qt.GlobalColor.white
    if needed <= width:
        return _drawn([labels + values], width, ink, paper)
    return _drawn([labels, values], width, ink, paper)


def _font(size: int, *, bold: bool) -> QFont:
    font = QFont()
    font.setPixelSize(size)
    font.setBold(bold)
    return font


def _drawn(
    parts: list[Lines],
    width: int,
    ink: Qt.GlobalColor,
    paper: Qt.GlobalColor,
    edge: float = 0.0,
) -> Image.Image:
    """The parts below each other, the lines of each where they were laid out, with `edge` dots
    above and below."""
    heights = [max(line.y() + line.height() for _layout, line in part) for part in parts]
    image = QImage(width, max(1, round(sum(heights) + 2 * edge)), QImage.Format.Format_Grayscale8)
    image.fill(paper)
    painter = QPainter(image)
    painter.setPen(ink)
    y = edge
    for part, height in zip(parts, heights, strict=True):
        for _layout, line in part:
            line.draw(painter, QPointF(0, y))
        y += height
    painter.end()
    return black_and_white(image, dither=False)


def qr_picture(text: str, width: int, side: int) -> Image.Image:
    """`text` as a QR code of at most `side` dots, in the middle of `width`."""
    from PIL import Image  # noqa: PLC0415 - only who prints needs it

    lines = qr_modules(text)
    module = max(1, side // len(lines))
    code = Image.new("1", (len(lines), len(lines)), 1)
    code.putdata([not dark for line in lines for dark in line])
    big = code.resize((module * len(lines),) * 2, Image.Resampling.NEAREST)
    page = Image.new("1", (width, big.height), 1)
    page.paste(big, ((width - big.width) // 2, 0))
    return page


def logo_picture(logo: QImage, width: int, height: int) -> Image.Image:
    """The logo on white within `width` and `height` dots, in the middle of `width`."""
    from PIL import Image  # noqa: PLC0415 - see above

    scale = min(width * 0.6 / logo.width(), height / logo.height(), 1.0)
    wide, high = max(1, round(logo.width() * scale)), max(1, round(logo.height() * scale))
    image = QImage(wide, high, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(image.rect(), logo)
    painter.end()
    page = Image.new("1", (width, high), 1)
    page.paste(black_and_white(image, dither=True), ((width - wide) // 2, 0))
    return page


def black_and_white(image: QImage, *, dither: bool) -> Image.Image:
    """A grey picture of Qt as dots; text is clearer without dithering, pictures with."""
    from PIL import Image  # noqa: PLC0415 - see above

    grey = Image.frombuffer(
        "L",
        (image.width(), image.height()),
        bytes(image.constBits()),
        "raw",
        "L",
        image.bytesPerLine(),
        1,
    )
    if dither:
        return grey.convert("1")
    return grey.point(lambda value: 255 if value > 140 else 0).convert("1")

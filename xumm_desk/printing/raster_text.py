"""Draw text as dots for receipt printers, in every script that the computer has a font for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QImage, QPainter

from .qr_code import qr_modules
from .receipt_page import wrapped

if TYPE_CHECKING:
    from PIL import Image


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
    font = QFont()
    font.setPixelSize(size)
    font.setBold(bold)
    lines = wrapped(text, font, width, alignment)
    height = max(1, round(sum(line.height() for _layout, line in lines)))
    image = QImage(width, height, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.black if inverse else Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setPen(Qt.GlobalColor.white if inverse else Qt.GlobalColor.black)
    for _layout, line in lines:
        line.draw(painter, QPointF(0, 0))
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

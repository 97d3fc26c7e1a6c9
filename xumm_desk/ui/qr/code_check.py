"""Check that a code can be read from the pixels that are painted, before a person relies on it.

`paint` belongs to the GUI thread; `is_readable` may run in any thread and should: its first call
loads the decoder (7 ms, 3 MB), each further one takes 0.2 to 3 ms.
"""

from __future__ import annotations

import math
from types import ModuleType
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QRegion
from PySide6.QtWidgets import QWidget

from .qr_image import QUIET, qr_modules

_DARKNESS: Final = bytes([1] * 128 + [0] * 128)
"""1 for greys that count as dark."""


def paint(widget: QWidget) -> QImage:
    """Paint a widget as its window does: with the same pixel ratio, and at the same place between
    the device's pixels. Works for a hidden widget too, once it has its size."""
    ratio = widget.devicePixelRatioF()
    corner = QPointF(widget.mapTo(widget.window(), QPoint(0, 0))) * ratio
    left, top = math.floor(corner.x()), math.floor(corner.y())
    size = QSize(
        math.ceil(corner.x() + widget.width() * ratio) - left,
        math.ceil(corner.y() + widget.height() * ratio) - top,
    )
    picture = QImage(size.expandedTo(QSize(1, 1)), QImage.Format.Format_RGB32)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.gray)
    painter = QPainter(picture)
    painter.translate((corner.x() - left) / ratio, (corner.y() - top) / ratio)
    widget.render(painter, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
    painter.end()
    return picture


def is_readable(picture: QImage, text: str) -> bool:
    """Whether the picture holds one code, dark on light, and it says `text`."""
    decoder = _decoder()
    if decoder is None:
        return has_modules(picture, text)
    grey = picture.convertToFormat(QImage.Format.Format_Grayscale8)
    # A code that only reads when inverted is one that some wallets cannot read.
    found = decoder.read_barcodes(
        grey, formats=decoder.BarcodeFormat.QRCode, try_invert=False, try_rotate=False
    )
    return [code.text for code in found] == [text]


def has_modules(picture: QImage, text: str) -> bool:
    """Whether the dark pixels are the modules of `text`, each a square of whole pixels, with light
    around them: the check that needs no decoder."""
    grey = picture.convertToFormat(QImage.Format.Format_Grayscale8)
    stride, raw = grey.bytesPerLine(), bytes(grey.constBits()).translate(_DARKNESS)
    lines = [raw[y * stride : y * stride + grey.width()] for y in range(grey.height())]
    # The first dark line crosses both upper finder patterns, so it is as wide as the code.
    top = next((y for y, line in enumerate(lines) if 1 in line), None)
    if top is None:
        return False
    left, right = lines[top].index(1), lines[top].rindex(1) + 1
    expected = qr_modules(text)
    module, rest = divmod(right - left, len(expected) - 2 * QUIET)
    if rest or module < 1:
        return False
    x, y = left - QUIET * module, top - QUIET * module
    side = len(expected) * module
    if min(x, y) < 0 or x + side > grey.width() or y + side > grey.height():
        return False
    for number, modules in enumerate(expected):
        wanted = b"".join(bytes([dark]) * module for dark in modules)
        first = y + number * module
        if any(line[x : x + side] != wanted for line in lines[first : first + module]):
            return False
    return True


def _decoder() -> ModuleType | None:
    try:
        import zxingcpp  # noqa: PLC0415 - see above
    except ImportError:
        return None
    return zxingcpp

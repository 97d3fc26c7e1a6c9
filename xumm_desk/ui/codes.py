"""Knows how a link becomes a QR code: modules, pictures, files. Must not know widgets."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QColor, QImage, QImageWriter

QUIET: Final = 4
"""Modules of white around the code; fewer and some cameras do not find it."""

_WHITE: Final = QColor(255, 255, 255)
_BLACK: Final = QColor(0, 0, 0)


@functools.lru_cache(maxsize=64)
def modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """The code as dark and light modules, with its quiet zone."""
    import qrcode  # noqa: PLC0415 - loads Pillow, which the window is painted without

    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=QUIET)
    code.add_data(text)
    code.make(fit=True)
    return tuple(tuple(bool(dark) for dark in line) for line in code.get_matrix())


@functools.lru_cache(maxsize=64)
def matrix(text: str) -> QImage:
    """The code as an image of one pixel per module, quiet zone included."""
    lines = modules(text)
    side = len(lines)
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(_WHITE)
    for y, line in enumerate(lines):
        for x, dark in enumerate(line):
            if dark:
                image.setPixelColor(x, y, _BLACK)
    return image


def scaled(text: str, module_px: int) -> QImage:
    """The code with `module_px` whole pixels per module."""
    one = matrix(text)
    side = one.width() * module_px
    aspect, fast = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.FastTransformation
    return one.scaled(side, side, aspect, fast)


def save_png(path: Path, text: str, module_px: int = 12) -> bool:
    """Write the code as a PNG; says whether the disk took it."""
    return QImageWriter(str(path), QByteArray(b"png")).write(scaled(text, module_px))


def save_svg(path: Path, text: str) -> bool:
    """Write the code as an SVG of any size; says whether the disk took it."""
    lines = modules(text)
    side = len(lines)
    runs = "".join(
        f"M{x} {y}h{length}v1h-{length}z"
        for y, line in enumerate(lines)
        for x, length in _dark_runs(line)
    )
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"'
        f' shape-rendering="crispEdges"><rect width="{side}" height="{side}" fill="#fff"/>'
        f'<path d="{runs}" fill="#000"/></svg>\n'
    )
    try:
        path.write_text(drawing, encoding="utf-8")
    except OSError:
        return False
    return True


def _dark_runs(line: tuple[bool, ...]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for x, dark in enumerate(line):
        if dark and runs and sum(runs[-1]) == x:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif dark:
            runs.append((x, 1))
    return runs

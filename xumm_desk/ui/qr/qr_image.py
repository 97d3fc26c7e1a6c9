"""From a link to a QR code: modules, pictures, files."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QImage, QImageWriter

if TYPE_CHECKING:
    import qrcode

QUIET: Final = 4
"""Modules of white around the code; fewer and some cameras do not find it."""

_INK: Final = bytes.maketrans(b"\0\1", b"\xff\0")


@functools.lru_cache(maxsize=64)
def qr_modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """The code as dark and light modules, with its quiet zone."""
    import qrcode  # noqa: PLC0415 - loads Pillow, which the window is painted without

    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=QUIET)
    code.add_data(text)
    code.best_fit()
    code.makeImpl(False, _best_mask(code))
    return tuple(tuple(line) for line in code.get_matrix())


@functools.lru_cache(maxsize=64)
def qr_image(text: str) -> QImage:
    """The code as an image of one pixel per module, quiet zone included."""
    lines = qr_modules(text)
    side = len(lines)
    picture = b"".join(bytes(line) for line in lines).translate(_INK)
    image = QImage(picture, side, side, side, QImage.Format.Format_Grayscale8)
    return image.convertToFormat(QImage.Format.Format_RGB32)


def warm_up() -> None:
    """Load the library and make one code as long as a link; takes a twentieth of a second, so in a
    worker thread, before the first sale."""
    qr_modules("https://xumm.app/sign/00000000-0000-4000-8000-000000000000")


def _best_mask(code: qrcode.QRCode[Any]) -> int:
    """The number of the mask with the fewest penalties, the first of them, as the library chooses
    it."""
    code.makeImpl(True, 0)
    side = len(code.modules)
    lines, columns = as_bits(code.modules), as_bits(transposed(code.modules))
    found = [
        penalty(lines ^ line, columns ^ column, side)
        for line, column in _mask_differences(code.version)
    ]
    return found.index(min(found))


@functools.cache
def _mask_differences(version: int) -> tuple[tuple[int, int], ...]:
    """In what each mask differs from the first one, in lines and in columns: the same for every
    code of a size."""
    import qrcode  # noqa: PLC0415 - see above

    code = qrcode.QRCode(version=version, error_correction=qrcode.ERROR_CORRECT_M)
    code.add_data("")
    found = []
    for mask in range(8):
        code.makeImpl(True, mask)
        found.append((as_bits(code.modules), as_bits(transposed(code.modules))))
    first = found[0]
    return tuple((lines ^ first[0], columns ^ first[1]) for lines, columns in found)


def scaled_image(text: str, module_px: int) -> QImage:
    """The code with `module_px` whole pixels per module."""
    one = qr_image(text)
    side = one.width() * module_px
    aspect, fast = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.FastTransformation
    return one.scaled(side, side, aspect, fast)


def save_png(path: Path, text: str, module_px: int = 12) -> bool:
    """Write the code as a PNG; says whether the disk took it."""
    return QImageWriter(str(path), QByteArray(b"png")).write(scaled_image(text, module_px))


def save_svg(path: Path, text: str) -> bool:
    """Write the code as an SVG of any size; says whether the disk took it."""
    lines = qr_modules(text)
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


Matrix = Sequence[Sequence[bool | None]]

_DIGITS: Final = bytes.maketrans(b"\0\1", b"01")
_FINDERS: Final = ("10111010000", "00001011101")
"""The sequence of a finder pattern with light before or behind it (ISO 18004 §7.8.3)."""


def as_bits(modules: Matrix) -> int:
    """The modules as one number: the first of the first line is its lowest bit."""
    raw = b"".join(bytes(map(bool, line)) for line in modules)
    return int(raw[::-1].translate(_DIGITS), 2)


def transposed(modules: Matrix) -> Matrix:
    """The same with columns for lines."""
    return tuple(zip(*modules, strict=True))


def penalty(lines: int, columns: int, side: int) -> int:
    """The penalties of a matrix of `side` modules each way, given as `as_bits` of it and of it
    turned."""
    every = _area_mask(side, side, side)
    points = _in_lines(lines, side, every) + _in_lines(columns, side, every)
    beside = _equal_neighbours(lines, 1, every) & _area_mask(side, side - 1, side)
    below = _equal_neighbours(lines, side, every)
    blocks = beside & (beside >> side) & below & _area_mask(side, side - 1, side - 1)
    share = lines.bit_count() / side**2
    return points + 3 * blocks.bit_count() + int(abs(share * 100 - 50) / 5) * 10


def _in_lines(number: int, side: int, every: int) -> int:
    """Penalties for runs of five or more alike and for false corners."""
    pairs = _equal_neighbours(number, 1, every) & _area_mask(side, side - 1, side)
    fives = pairs & (pairs >> 1) & (pairs >> 2) & (pairs >> 3)
    runs = fives & ~(fives << 1)
    points = fives.bit_count() + 2 * runs.bit_count()
    light = number ^ every
    room = _area_mask(side, side - len(_FINDERS[0]) + 1, side)
    for finder in _FINDERS:
        found = room
        for place, module in enumerate(finder):
            found &= (number if module == "1" else light) >> place
        points += 40 * found.bit_count()
    return points


def _equal_neighbours(number: int, distance: int, every: int) -> int:
    """Where a module is like the one so many places further."""
    return every & ~(number ^ (number >> distance))


def _area_mask(side: int, wide: int, high: int) -> int:
    """The first `wide` places of each of the first `high` lines."""
    kept = _blocks.get((side, wide, high))
    if kept is None:
        line = (1 << wide) - 1
        kept = _blocks[side, wide, high] = sum(line << (side * at) for at in range(high))
    return kept


_blocks: dict[tuple[int, int, int], int] = {}

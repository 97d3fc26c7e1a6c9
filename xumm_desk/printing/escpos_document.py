"""Turn a receipt into ESC/POS bytes, the language of receipt printers.

Text goes to the printer's own fonts where its code pages are known to spell it, and as a picture
everywhere else: a printer prints "?" or another letter for what it does not know. The code is the
printer's own where the model is known to draw one, else a picture.
"""

from __future__ import annotations

import os
import shutil
import textwrap
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from .raster_text import logo_picture, pair_picture, qr_picture, text_picture
from .receipt_blocks import Block, Style
from .text_lines import CENTRE, line_sides

if TYPE_CHECKING:
    from PIL import Image

_CODE_PAGES: Final = ("CP437", "CP858", "CP1252")
"""Those that a known model may spell a line with, the first that can; Western languages and €."""

_PLAIN: Final = str.maketrans(
    {
        "\u202f": " ",
        "\u00a0": " ",
        "…": "...",
        "–": "-",
        "—": "-",
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "\u2068": "",
        "\u2069": "",
    }
)
"""Characters that plain ones replace without a loss, so that amounts stay in the printer's font."""

_LETTER: Final = 22
"""Dots of the letters in pictures, which look as large as those of the printer's own font A."""

_SMALLEST_QR: Final = 4
"""Dots of a module: half a millimetre, which cameras read on thermal paper."""


class EscposMissing(Exception):  # noqa: N818 - no fault of the program
    """python-escpos is not installed."""


class EscposDocument:
    """Builds the bytes of one receipt.

    `model` is what the printer calls itself, "" where it does not say: then only ASCII is text.
    """

    def __init__(self, width: str, model: str = "") -> None:
        known = model in _profiles()
        self._printer: Any = _dummy(model if known else None)
        data = self._printer.profile.profile_data
        self._pages = [
            page for page in _CODE_PAGES if known and page in self._printer.profile.get_code_pages()
        ]
        self._own_qr = known and bool(self._printer.profile.supports("qrCode"))
        self._columns, self._dots = (32, 384) if width == "58" else (42, 512)
        dots, columns = data["media"]["width"]["pixels"], data["fonts"]["0"]["columns"]
        if known and isinstance(dots, int) and width != "58" and dots >= self._dots:
            self._columns, self._dots = int(columns), dots
        # A profile without a width makes the library print a complaint to standard output.
        self._printer.profile.profile_data = {**data, "media": {"width": {"pixels": self._dots}}}

    def make(self, blocks: tuple[Block, ...], logo: QImage | None = None) -> bytes:
        """The whole receipt, from the reset to the cut."""
        self._printer.hw("INIT")
        # Every line is as wide as the paper: a wider printer puts them in its middle.
        self._printer.set(align="center")
        for block in blocks:
            self._add(block, logo)
        self._style()
        self._printer.cut(mode="PART")
        return bytes(self._printer.output)

    def _add(self, block: Block, logo: QImage | None) -> None:
        start, __ = line_sides()
        match block.style:
            case Style.LOGO:
                if logo is not None and not logo.isNull():
                    self._picture(logo_picture(logo, self._dots, self._dots // 4))
            case Style.RULE:
                self._style()
                self._printer.text("-" * self._columns + "\n")
            case Style.QR:
                self._qr(block.text)
            case Style.PAIR:
                self._pair(block)
            case Style.TITLE | Style.SUBTOTAL:
                self._pair(block, bold=True)
            case Style.TEXT | Style.HEADING:
                self._text(block.text, start, bold=block.style is Style.HEADING)
            case Style.TOTAL:
                self._pair(block, bold=True, tall=True)
            case Style.LONG:
                self._text(block.text, start)
                self._text(block.value, start)
            case Style.NAME:
                self._text(block.text, CENTRE, bold=True, large=True)
            case Style.HEADLINE:
                self._text(block.text, CENTRE, bold=True, large=True)
            case Style.WARNING:
                self._text(block.text, CENTRE, bold=True, large=True, inverse=True)
            case Style.TRAINING:
                self._text(f"*** {block.text} ***", CENTRE, bold=True, large=True)
            case _:
                self._text(block.text, CENTRE)

    def _style(
        self, *, bold: bool = False, large: bool = False, tall: bool = False, inverse: bool = False
    ) -> None:
        self._printer.set(
            bold=bold,
            invert=inverse,
            normal_textsize=not (large or tall),
            double_width=large,
            double_height=large or tall,
        )

    def _pair(self, block: Block, *, bold: bool = False, tall: bool = False) -> None:
        """Label and value on one line where both fit, else on two."""
        label, value = _plain(block.text), _plain(block.value)
        page = self._page_for(label + value)
        if page is None:
            size = round(_LETTER * (1.6 if tall else 1))
            self._picture(pair_picture(block.text, block.value, self._dots, size, bold=bold))
            return
        room = self._columns - len(label) - len(value)
        start, end = line_sides()
        first, last = (label, value) if start is _LEFT else (value, label)
        lines = (
            [first + " " * room + last]
            if room >= 1
            else [
                *self._wrap(label, start, self._columns),
                *self._wrap(value, end, self._columns),
            ]
        )
        self._style(bold=bold, tall=tall)
        self._write(lines, page)

    def _text(
        self,
        text: str,
        alignment: Qt.AlignmentFlag,
        *,
        bold: bool = False,
        large: bool = False,
        inverse: bool = False,
    ) -> None:
        plain = _plain(text)
        page = self._page_for(plain)
        if page is None:
            size = _LETTER * 2 if large else _LETTER
            self._picture(
                text_picture(text, self._dots, size, alignment, bold=bold, inverse=inverse)
            )
            return
        columns = self._columns // 2 if large else self._columns
        self._style(bold=bold, large=large, inverse=inverse)
        self._write(self._wrap(plain, alignment, columns), page)

    def _write(self, lines: list[str], page: str) -> None:
        if page:
            self._printer.charcode(page)
        for line in lines:
            self._printer.text(line + "\n")

    def _wrap(self, text: str, alignment: Qt.AlignmentFlag, columns: int) -> list[str]:
        lines = textwrap.wrap(text, columns, break_on_hyphens=False) or [""]
        if alignment is _LEFT:
            return [line.ljust(columns) for line in lines]
        if alignment is _RIGHT:
            return [line.rjust(columns) for line in lines]
        for narrow in range(1 + len(text) // len(lines), columns):  # no last line of one word
            even = textwrap.wrap(text, narrow, break_on_hyphens=False, break_long_words=False)
            if len(even) == len(lines) and max(map(len, even)) <= columns:
                lines = even
                break
        return [line.center(columns) for line in lines]

    def _page_for(self, text: str) -> str | None:
        """The code page that spells all of it, "" where every page does, None where none does."""
        if text.isascii():
            return ""
        encoder = self._printer.magic.encoder
        return next(
            (page for page in self._pages if all(encoder.can_encode(page, one) for one in text)),
            None,
        )

    def _qr(self, text: str) -> None:
        self._style()
        if self._own_qr:
            self._printer.qr(text, ec=_LEVEL_M, size=_SMALLEST_QR + 1, native=True)
            self._printer.text("\n")
            return
        self._picture(qr_picture(text, self._dots, min(self._dots, _SMALLEST_QR * 70)))

    def _picture(self, picture: Image.Image) -> None:
        self._style()
        self._printer.image(picture, impl="bitImageRaster", fragment_height=240)


_LEFT: Final = Qt.AlignmentFlag.AlignLeft
_RIGHT: Final = Qt.AlignmentFlag.AlignRight
_LEVEL_M: Final = 1
"""The library's number of the error correction that restores 15 %."""


def _plain(text: str) -> str:
    """Without controls, which a printer would take for commands."""
    return "".join(one for one in text.translate(_PLAIN) if one.isprintable())


def _dummy(profile: str | None) -> Any:
    from escpos.printer import Dummy  # noqa: PLC0415 - an optional library

    return Dummy(profile=profile)


def _profiles() -> dict[str, Any]:
    """The models that the library knows."""
    try:
        from escpos import capabilities  # noqa: PLC0415 - see above
    except ImportError as error:
        raise EscposMissing from error
    if "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ:
        # Each import leaves a folder with a copy of its list behind.
        shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)
    profiles: dict[str, Any] = capabilities.CAPABILITIES["profiles"]
    return profiles

"""The modules of a QR code for paper: dark and light squares with the quiet zone around them."""

from __future__ import annotations

import functools
from typing import Final

QUIET: Final = 4
"""Modules of white around the code (ISO 18004 §6.3.8); fewer and some cameras do not find it."""


@functools.lru_cache(maxsize=16)
def qr_modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """The code of level M, line by line."""
    import qrcode  # noqa: PLC0415 - loads Pillow; only who prints needs it

    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=QUIET)
    code.add_data(text)
    code.make(fit=True)
    return tuple(tuple(line) for line in code.get_matrix())

"""Knows one fault of the Qt binding and keeps it from ending the program. Must not know anything
else.

PySide6 6.12.0 gives away a reference to `True` with every `Signal.emit` that it never took. Up to
Python 3.11 booleans are counted, so after some hundred signals the interpreter aborts with
"bool_dealloc: deallocating True or False". From 3.12 on they are immortal and nothing happens.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Final

_PLENTY: Final = 1 << 48
"""More references than a program emits signals in a thousand years."""


def keep_bools() -> bool:
    """Make `True` and `False` as good as immortal; says whether that was needed and possible."""
    if sys.implementation.name != "cpython" or sys.version_info >= (3, 12):
        return False
    if sys.maxsize < _PLENTY:
        return False
    for one in (True, False):
        count = ctypes.c_ssize_t.from_address(id(one))
        # Only where the number is really the one that Python tells (not so in tracing builds).
        if count.value < _PLENTY and abs(count.value - sys.getrefcount(one)) <= 8:
            count.value += _PLENTY
    return sys.getrefcount(True) >= _PLENTY

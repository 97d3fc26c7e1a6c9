"""Import PySide6 without the import hook that reads the source of every later module."""

from __future__ import annotations

import builtins
import os


def import_pyside() -> None:
    """Load it before anything else does, and leave Python its own `import`.

    The binding puts a hook in its place, for `from __feature__ import …` and for `import *`, which
    nobody here uses. For every module that is loaded from then on, whoever loads it, the hook reads
    the whole source and keeps it: a tenth of the time of a start, and 17 MB in the end.
    """
    # qasync takes whichever binding it finds first, unless told.
    os.environ["QT_API"] = "pyside6"
    plain = builtins.__import__
    import PySide6.QtCore  # noqa: F401, PLC0415 - what this is for

    builtins.__import__ = plain

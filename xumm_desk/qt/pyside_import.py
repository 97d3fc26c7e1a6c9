"""Import PySide6 without the import hook that reads the source of every later module."""

from __future__ import annotations

import builtins
import os


def import_pyside() -> None:
    """Import PySide6 before anything else does, and restore Python's own `import`.

    PySide6 installs a hook for `from __feature__ import …` and for `import *`, neither of which is
    used here. For every later module the hook reads the whole source and keeps it: a tenth of the
    time of a start, and 17 MB in the end.
    """
    # qasync takes whichever binding it finds first, unless told.
    os.environ["QT_API"] = "pyside6"
    plain = builtins.__import__
    import PySide6.QtCore  # noqa: F401, PLC0415 - what this is for

    builtins.__import__ = plain

"""Loads the parts of xrpl-py, one at a time for the whole program; knows their names only.

Its packages import each other in circles. Two threads that load different parts at once meet a
half-loaded one, and the import fails in one of them: a signed request would then stay unread.
"""

from __future__ import annotations

import importlib
import threading
from typing import Any, Final

_ONE_AT_A_TIME: Final = threading.RLock()


def load(name: str) -> Any:
    """The module `name`; takes about half a second the first time, so not on the loop's thread."""
    with _ONE_AT_A_TIME:
        return importlib.import_module(name)

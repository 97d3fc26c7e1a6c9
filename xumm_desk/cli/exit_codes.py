"""How a run of a command ends: exit codes, and a sentence on standard error."""

from __future__ import annotations

import contextlib
import sys
from typing import Final

from xumm_desk.locale.translation import tr

OK: Final = 0
NOT_ALL_PAID: Final = 1
BAD_INPUT: Final = 2
UNREACHABLE: Final = 3
NOT_WRITTEN: Final = 4
INTERRUPTED: Final = 130


def warn(sentence: str) -> None:
    """Write something for the person, apart from the data."""
    with contextlib.suppress(OSError, ValueError):  # then nobody can be told
        sys.stderr.write(f"xumm-desk: {tr(sentence)}\n")
        sys.stderr.flush()

"""How a run ends and what it says then: exit codes, and a sentence on standard error.

Must not know what was run.
"""

from __future__ import annotations

import sys
from typing import Final

OK: Final = 0
NOT_ALL_GOOD: Final = 1
BAD_INPUT: Final = 2
UNREACHABLE: Final = 3


def warn(sentence: str) -> None:
    """Say something to the person, apart from the data."""
    sys.stderr.write(f"xumm-desk: {sentence}\n")
    sys.stderr.flush()

"""When a till takes in what the others have shipped.

Times are in seconds of a monotonic clock. `since` is when something was missing first. `chance` is
from 0 to 1, drawn anew each time, so that the tills of a shop do not all begin at one moment.
"""

from __future__ import annotations

from typing import Final

PAST: Final = 200
"""More facts of one till that are missing are its past, and wait for what others sell now."""
_GATHER: Final = 1.0
"""Seconds from one time to the next: many tills that take in each fact by itself are at work all
the time."""
_GATHER_BY_TILL: Final = 0.05
_FIRST_BY_FACT: Final = 0.000_2
"""Seconds in which the others ship a fact, and a monitor takes it in."""
_LONGEST_FIRST: Final = 30.0
_SPREAD_BY_FACT: Final = 0.000_01
_LONGEST_SPREAD: Final = 30.0


def news_time(since: float, level: float, tills: int, chance: float) -> float:
    """The time from which to take in what is sold at `tills` other tills, of which nothing was
    missing at `level` at last."""
    spread = min(_GATHER, tills * _GATHER_BY_TILL)
    return max(level + _GATHER, since + chance * spread)


def past_time(since: float, missing: int, tills: int, chance: float) -> float:
    """The time from which to take in `missing` facts of the past of others.

    After an outage, when much is missing everywhere, each of the `tills` first sends its own facts,
    and the monitors come before the tills: they show them, tills only keep them.
    """
    first = min(_LONGEST_FIRST, missing * _FIRST_BY_FACT)
    spread = min(_LONGEST_SPREAD, missing * tills * _SPREAD_BY_FACT)
    return since + first + chance * spread

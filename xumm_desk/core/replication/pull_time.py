"""When a till takes in what the others have shipped."""

from __future__ import annotations

from typing import Final

from .shop_view import BULK

_GATHER: Final = 1.0
"""Seconds from one time to the next: many tills that take in each fact by itself are at work all
the time."""
_GATHER_BY_TILL: Final = 0.05
_FIRST_BY_FACT: Final = 0.000_2
"""Seconds in which the others ship a fact, and a monitor takes it in."""
_LONGEST_FIRST: Final = 30.0
_SPREAD_BY_FACT: Final = 0.000_01
_LONGEST_SPREAD: Final = 30.0


def pull_time(since: float, level: float, missing: int, tills: int, chance: float) -> float:
    """The time from which a till may take in `missing` facts of `tills` others.

    `since` is when any were missing first, `level` when none were at last, both on the clock of the
    answer; `chance` is from 0 to 1, drawn anew each time, so that the tills of a shop do not all
    begin at one moment. After an outage, when much is missing everywhere, each till first sends its
    own facts, and the monitors come before the tills: they show them, tills only keep them.
    """
    if missing <= BULK:
        spread = min(_GATHER, tills * _GATHER_BY_TILL)
        return max(level + _GATHER, since + chance * spread)
    first = min(_LONGEST_FIRST, missing * _FIRST_BY_FACT)
    return since + first + chance * min(_LONGEST_SPREAD, missing * tills * _SPREAD_BY_FACT)

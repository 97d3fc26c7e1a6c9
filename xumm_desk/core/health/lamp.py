"""What one lamp of the status bar says: a level, a word, what it means and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum


class LampName(Enum):
    """The lamps, in the order in which they stand and matter."""

    PLATFORM = "platform"
    LIVE = "live"
    LEDGER = "ledger"
    RATE = "rate"
    SHOP = "shop"
    """Only where the till belongs to a shop."""
    CALLS = "calls"
    DISK = "disk"
    CLOCK = "clock"


class LampLevel(IntEnum):
    """How a part is; a higher one is worse."""

    UNKNOWN = -1
    """Nothing was recorded: the program did not run, or the computer slept."""
    UNUSED = 0
    """Nobody needs it now, or it was not asked yet; its silence is normal."""
    WELL = 1
    WARNING = 2
    """A person should look."""
    HARM = 3
    """Money may be at risk until a person acts."""


@dataclass(frozen=True, slots=True)
class LampReading:
    """One lamp at one moment.

    `word` is a state in a word or two, `meaning` a sentence about it, `action` what a person should
    do, "" for nothing. `good_at` is the monotonic second of the last good sign. `value` is a number
    worth following over an hour, in the lamp's own unit: calls left, bytes free, seconds ahead.
    """

    level: LampLevel
    word: str
    meaning: str
    action: str = ""
    good_at: float | None = None
    value: int | None = None

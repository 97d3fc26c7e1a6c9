"""When the disk under the journal is too full, and sizes as text."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Final

from xumm_desk.core.message import Formatted, Message

from .lamp import LampLevel

LOW_BYTES: Final = 500_000_000
"""Free bytes below which a person is warned: far above what a day of sales needs, since other
programs fill the disk too."""

CRITICAL_BYTES: Final = 100_000_000
"""Free bytes below which the next update of the system may fill the disk within minutes."""

_UNITS: Final = (
    (10**12, Message("{size} TB")),
    (10**9, Message("{size} GB")),
    (10**6, Message("{size} MB")),
    (10**3, Message("{size} kB")),
)


@dataclass(frozen=True, slots=True)
class DiskSpace:
    """Bytes free and in all on the disk that holds the journal, and the size of the journal's own
    files."""

    free: int
    total: int
    journal: int

    @property
    def limit(self) -> int:
        """Free bytes below which a person is warned: room for one copy of the journal at least."""
        return max(LOW_BYTES, self.journal)

    @property
    def level(self) -> LampLevel:
        """How well the disk is."""
        if self.free < CRITICAL_BYTES:
            return LampLevel.HARM
        return LampLevel.WARNING if self.free < self.limit else LampLevel.WELL


def size_text(size: int) -> str:
    """Bytes in the largest unit, three digits at most: "12 GB", "4.2 MB". Rounded down, so that
    free space never looks better than it is."""
    for unit, text in _UNITS:
        if size >= unit:
            whole = Decimal(size) / unit
            step = Decimal("0.1") if whole < 10 else Decimal(1)
            shown = whole.quantize(step, ROUND_DOWN)
            return text.filled(size=Formatted(f"{shown:f}", shown))
    return Message("{size} bytes", size=max(0, size))

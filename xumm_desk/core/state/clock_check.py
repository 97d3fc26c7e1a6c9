"""Sentences and limits for a computer's clock that was set anew or is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

JUMP_SECONDS: Final = 30.0
"""Smallest jump of the clock against the monotonic one that is reported, in seconds: corrections of
a time service are smaller."""

OFF_SECONDS: Final = 60.0
"""Seconds that the clock may differ from a server's. `Date` has whole seconds (RFC 9110 §6.6.1)
and travels for a while."""

_UNITS: Final = (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))


@dataclass(frozen=True, slots=True)
class DateReading:
    """A server's `Date`, and what the computer's clock showed when it arrived; both UTC."""

    served: datetime
    wall: datetime

    @property
    def ahead(self) -> timedelta:
        """How far the computer's clock is ahead of the server's."""
        return self.wall - self.served


def spoken_duration(seconds: float) -> str:
    """A duration in its two largest units; the sign is dropped."""
    left, parts = round(abs(seconds)), list[str]()
    for name, size in _UNITS:
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {name}{'' if count == 1 else 's'}")
        elif parts:
            break
        if len(parts) == 2:
            break
    return " ".join(parts) or "0 seconds"


def clock_set_text(seconds: float, at: datetime) -> str:
    """The sentence for a clock that was set by `seconds`; `at` is the local time that it then
    showed."""
    way = "forward" if seconds > 0 else "back"
    return (
        f"The clock of this computer was set {way} by {spoken_duration(seconds)}, to {at:%H:%M:%S}."
    )


def clock_off_text(ahead: timedelta | None) -> str:
    """The sentence for a clock that differs from the platform's; "" if it does not, or if that is
    unknown."""
    if ahead is None or abs(ahead.total_seconds()) <= OFF_SECONDS:
        return ""
    way = "ahead of" if ahead > timedelta(0) else "behind"
    distance = spoken_duration(ahead.total_seconds())
    return f"The clock of this computer is {distance} {way} the platform's."

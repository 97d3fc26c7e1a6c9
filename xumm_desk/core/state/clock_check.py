"""Sentences and limits for a computer's clock that was set anew or is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from xumm_desk.core.message import Formatted, Message, Sentences

JUMP_SECONDS: Final = 30.0
"""Smallest jump of the clock against the monotonic one that is reported, in seconds: corrections of
a time service are smaller."""

OFF_SECONDS: Final = 10.0
"""Seconds that the clock may differ from a server's."""

_RESOLUTION: Final = 1.0
"""`Date` has whole seconds (RFC 9110 §6.6.1), rounded down."""

_UNITS: Final[tuple[tuple[int, Callable[[int], Message]], ...]] = (
    (86_400, lambda n: Message("{n} day", plural="{n} days", n=n)),
    (3600, lambda n: Message("{n} hour", plural="{n} hours", n=n)),
    (60, lambda n: Message("{n} minute", plural="{n} minutes", n=n)),
    (1, lambda n: Message("{n} second", plural="{n} seconds", n=n)),
)
"""Seconds of each unit, and its message."""


@dataclass(frozen=True, slots=True)
class DateReading:
    """A server's `Date`, and what the computer's clock showed when it arrived; both UTC. `travel`
    is how many seconds before that the question was sent: `Date` may be so old."""

    served: datetime
    wall: datetime
    travel: float = 0.0

    @property
    def ahead(self) -> timedelta:
        """How far the computer's clock is ahead of the server's."""
        return self.wall - self.served


def spoken_duration(seconds: float) -> str:
    """A duration in its two largest units; the sign is dropped."""
    left, parts = round(abs(seconds)), list[Message]()
    for size, message in _UNITS:
        count, left = divmod(left, size)
        if count:
            parts.append(message(count))
        elif parts:
            break
        if len(parts) == 2:
            break
    return Sentences(parts) if parts else Message("0 seconds")


def clock_set_text(seconds: float, at: datetime) -> str:
    """The sentence for a clock that was set by `seconds`; `at` is the local time that it then
    showed."""
    duration, shown = spoken_duration(seconds), Formatted(f"{at:%H:%M:%S}", at.time())
    if seconds > 0:
        return Message(
            "The clock of this computer was set forward by {duration}, to {time}.",
            duration=duration,
            time=shown,
        )
    return Message(
        "The clock of this computer was set back by {duration}, to {time}.",
        duration=duration,
        time=shown,
    )


def is_off(ahead: timedelta | None, travel: float = 0.0) -> bool:
    """Whether a clock that seems to be so far `ahead` of a server's differs too much for sure, with
    an answer that took `travel` seconds."""
    if ahead is None:
        return False
    # An old `Date` makes the computer's clock look fast, never slow.
    seconds = ahead.total_seconds()
    return seconds < -OFF_SECONDS or seconds - travel - _RESOLUTION > OFF_SECONDS


def clock_off_text(ahead: timedelta | None, travel: float = 0.0) -> str:
    """The sentence for a clock that differs from the platform's by more than `OFF_SECONDS` for
    sure; "" if it does not, or if that is unknown."""
    if ahead is None or not is_off(ahead, travel):
        return ""
    distance = spoken_duration(ahead.total_seconds())
    if ahead > timedelta(0):
        return Message(
            "The clock of this computer is {distance} ahead of the platform's.", distance=distance
        )
    return Message(
        "The clock of this computer is {distance} behind the platform's.", distance=distance
    )

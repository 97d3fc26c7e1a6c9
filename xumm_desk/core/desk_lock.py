"""The lock of the desk as a state: locked or not, wrong tries, and how long to wait after them.

Times are monotonic seconds. The number of wrong tries is kept on disk before a PIN is compared, so
that ending the program gives no further try; a new start waits in full once more, since no clock
that a person can set is trusted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from .message import Message

SHORTEST_PIN: Final = 4
LONGEST_PIN: Final = 12

FREE_TRIES: Final = 3
"""Wrong tries without a wait: a finger slips."""

FIRST_DELAY: Final = 5.0
LONGEST_DELAY: Final = 300.0
"""Seconds to wait after the third wrong try, doubled with each further one up to this."""

_MOST_COUNTED: Final = 1000
"""More wrong tries change nothing; a damaged file may hold any number."""


def delay_after(failed: int) -> float:
    """Seconds to wait after so many wrong tries in a row."""
    if failed < FREE_TRIES:
        return 0.0
    doublings = min(failed - FREE_TRIES, 16)
    return min(FIRST_DELAY * (1 << doublings), LONGEST_DELAY)


def pin_error(pin: str) -> str:
    """Why this cannot be a PIN; "" if it can."""
    if not (pin.isascii() and pin.isdigit() and SHORTEST_PIN <= len(pin) <= LONGEST_PIN):
        return Message(
            "A PIN has {shortest} to {longest} digits.", shortest=SHORTEST_PIN, longest=LONGEST_PIN
        )
    steps = {ord(after) - ord(before) for before, after in pairwise(pin)}
    if steps in ({0}, {1}, {-1}):
        return Message("That PIN is among the first that anybody tries. Choose another one.")
    return ""


@dataclass(frozen=True, slots=True)
class LockState:
    """The lock at one moment; each method returns the next state."""

    has_pin: bool = False
    locked: bool = False
    failed: int = 0
    """Wrong tries since the last right one."""
    free_at: float = 0.0
    """Before this no PIN is compared."""
    checking: bool = False
    """Whether a PIN is being compared."""

    @classmethod
    def at_start(cls, has_pin: bool, failed: int, now: float) -> LockState:
        """A desk that has just been opened: locked if it has a PIN."""
        counted = max(0, min(failed, _MOST_COUNTED))
        return cls(has_pin, has_pin, counted, now + delay_after(counted))

    def wait(self, now: float) -> float:
        """Seconds until a PIN may be tried, 0 for now."""
        return max(0.0, self.free_at - now)

    def begin_try(self, now: float) -> LockState | None:
        """A PIN is about to be compared; None if that must wait. It counts as wrong until
        `right` says otherwise, so store `failed` before the comparison."""
        if not self.has_pin or self.checking or self.wait(now) > 0:
            return None
        failed = min(self.failed + 1, _MOST_COUNTED)
        return replace(self, failed=failed, free_at=now + delay_after(failed), checking=True)

    def wrong(self) -> LockState:
        """It was not the PIN."""
        return replace(self, checking=False)

    def right(self, now: float) -> LockState:
        """It was the PIN; that alone unlocks nothing."""
        return replace(self, failed=0, free_at=now, checking=False)

    def lock(self) -> LockState:
        """Locked, if there is a PIN to unlock it with."""
        return replace(self, locked=self.has_pin)

    def unlock(self) -> LockState:
        """Unlocked."""
        return replace(self, locked=False)

    def with_pin(self, has_pin: bool, now: float) -> LockState:
        """Another PIN was set, or the PIN removed."""
        locked = self.locked and has_pin
        return replace(self, has_pin=has_pin, locked=locked, failed=0, free_at=now)

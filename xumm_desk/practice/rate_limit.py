"""Knows how many calls an application may make in a minute; not what the calls are."""

from __future__ import annotations

from collections import deque

from .clock import Clock

WINDOW_SECONDS = 60.0


class RateLimit:
    """A sliding window of one minute per name (P§10)."""

    def __init__(self, limit: int, clock: Clock) -> None:
        self.limit = limit
        self._clock = clock
        self._calls: dict[str, deque[float]] = {}

    def take(self, name: str) -> bool:
        """Count a call; False when it is over the limit."""
        calls = self._window(name)
        if len(calls) >= self.limit:
            return False
        calls.append(self._clock.now())
        return True

    def remaining(self, name: str) -> int:
        """Calls left in the present minute."""
        return max(0, self.limit - len(self._window(name)))

    def wait(self, name: str) -> int:
        """Whole seconds until a call fits again."""
        calls = self._window(name)
        if len(calls) < self.limit or not calls:
            return 0
        return int(calls[0] + WINDOW_SECONDS - self._clock.now()) + 1

    def _window(self, name: str) -> deque[float]:
        calls = self._calls.setdefault(name, deque())
        edge = self._clock.now() - WINDOW_SECONDS
        while calls and calls[0] <= edge:
            calls.popleft()
        return calls

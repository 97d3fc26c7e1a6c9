"""Arithmetic of waiting: delays, budgets and the numbers behind them.

Times and chance are arguments, so a test can say exactly what happens; must not know a clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from .needs import Need


@dataclass(frozen=True, slots=True)
class Pace:
    """Every waiting time of the engine in seconds, in one place; tests use a quicker one."""

    redial_first: float = 1.0
    redial_most: float = 30.0
    silence: float = 45.0
    lived: float = 30.0
    """Seconds after which a connection has proved to be more than a welcome: two keepalives."""
    welcome: float = 10.0
    sweep: float = 5.0
    poll: float = 30.0
    linger: float = 600.0
    settle: float = 3.0
    announced: tuple[float, ...] = (0.0, 0.3, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
    dispatch: tuple[float, ...] = (2.0, 5.0, 15.0, 30.0)
    visible: tuple[float, ...] = (0.1, 0.3, 1.0, 2.0, 5.0)
    retry_create: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
    ledger: tuple[float, ...] = (0.0, 0.5, 1.0, 2.0, 4.0)
    give_up_create: float = 300.0
    account_poll: float = 4.0
    account_sweep: float = 30.0
    report: float = 5.0
    gap: float = 120.0
    shared_journal: float = 2.0

    def after(self, reason: Need, attempt: int) -> float | None:
        """Seconds until the `attempt`-th look (from 0) for `reason`; None when that is enough."""
        plan = self.dispatch if reason is Need.DISPATCH else self.announced
        if attempt < len(plan):
            return plan[attempt]
        return None if reason is Need.DISPATCH else plan[-1]


def backoff(attempt: int, chance: float, first: float, most: float) -> float:
    """The `attempt`-th delay (from 0) in seconds: doubling from `first`, at most `most`, spread
    over its upper half by `chance` in [0, 1) so that thousands do not return together."""
    whole = min(most, first * float(2 ** min(attempt, 16)))
    return whole * (0.5 + chance / 2)


DEFAULT_CALLS: Final = 60
"""Calls a minute when the platform has not told its limit (P§10)."""


@dataclass(slots=True)
class Budget:
    """The calls left at the platform: a bucket that refills evenly and learns from headers.

    `reserve` is the share that slow polls leave untouched for what a person is waiting for.
    """

    limit: int = DEFAULT_CALLS
    reserve: float = 0.25
    _tokens: float = field(default=float(DEFAULT_CALLS))
    _at: float = 0.0
    _not_before: float = 0.0

    def wait(self, now: float, *, urgent: bool) -> float:
        """Seconds until a call may be made, 0 for at once. `now` is monotonic seconds."""
        self._refill(now)
        if now < self._not_before:
            return self._not_before - now
        floor = 1.0 if urgent else min(float(self.limit), 1.0 + self.reserve * self.limit)
        missing = floor - self._tokens
        return 0.0 if missing <= 0 else missing * 60.0 / self.limit

    def spend(self, now: float) -> None:
        """Count one call."""
        self._refill(now)
        self._tokens = max(0.0, self._tokens - 1.0)

    def learn(self, now: float, limit: int | None, remaining: int | None) -> None:
        """Take over what `X-RateLimit-Limit` and `-Remaining` said (P§1.2)."""
        self._refill(now)
        if limit is not None and limit > 0 and limit != self.limit:
            self._tokens = self._tokens * limit / self.limit if self.limit else float(limit)
            self.limit = limit
        if remaining is not None and 0 <= remaining < self._tokens:
            self._tokens = float(remaining)

    def refused(self, now: float, retry_after: float) -> None:
        """Stop all calls for `retry_after` seconds: the platform answered 429."""
        self._tokens = 0.0
        self._not_before = max(self._not_before, now + retry_after)

    def left(self, now: float) -> int:
        """Calls that could be made now, for the status bar."""
        self._refill(now)
        return int(self._tokens)

    def _refill(self, now: float) -> None:
        if now > self._at:
            gained = (now - self._at) * self.limit / 60.0
            self._tokens = min(float(self.limit), self._tokens + gained)
            self._at = now

"""All waiting times, the back-off and the call budget, as pure arithmetic.

Times and random numbers are arguments, so that a test can say exactly what happens.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from .refetch import RefetchReason


@dataclass(frozen=True, slots=True)
class Timing:
    """Every waiting time of the engine, in seconds; tests use shorter ones."""

    reconnect_min: float = 1.0
    reconnect_max: float = 30.0
    socket_silence: float = 45.0
    stable_after: float = 30.0
    """Seconds after which a connection has proved to be more than a welcome: two keepalives."""
    welcome_timeout: float = 10.0
    watch_interval: float = 5.0
    poll_interval: float = 30.0
    listen_after_end: float = 600.0
    reread_delay: float = 3.0
    resolve_retries: tuple[float, ...] = (0.0, 0.3, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
    dispatch_retries: tuple[float, ...] = (2.0, 5.0, 15.0, 30.0)
    not_found_retries: tuple[float, ...] = (0.1, 0.3, 1.0, 2.0, 5.0)
    create_retries: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
    ledger_retries: tuple[float, ...] = (0.0, 0.5, 1.0, 2.0, 4.0)
    create_give_up: float = 300.0
    account_poll_interval: float = 4.0
    account_interval: float = 30.0
    report_wait: float = 5.0
    account_check_interval: float = 3600.0
    account_check_blocked: float = 600.0
    account_check_retry: float = 60.0
    account_check_delay: float = 2.0
    gap_retry: float = 120.0
    shared_journal_interval: float = 2.0
    rate_interval: float = 60.0
    rate_retry: float = 5.0
    disk_interval: float = 60.0

    def refetch_delay(self, reason: RefetchReason, attempt: int) -> float | None:
        """Seconds until the `attempt`-th read (from 0) for `reason`; None if there were enough."""
        plan = (
            self.dispatch_retries
            if reason is RefetchReason.DISPATCH_PENDING
            else self.resolve_retries
        )
        if attempt < len(plan):
            return plan[attempt]
        return None if reason is RefetchReason.DISPATCH_PENDING else plan[-1]


def backoff(attempt: int, chance: float, first: float, most: float) -> float:
    """The `attempt`-th delay (from 0) in seconds: doubling from `first`, at most `most`, spread
    over its upper half by `chance` in [0, 1) so that thousands do not return together."""
    whole = min(most, first * float(2 ** min(attempt, 16)))
    return whole * (0.5 + chance / 2)


DEFAULT_CALLS: Final = 60
"""Calls a minute while the platform has not sent its limit (P§10)."""


@dataclass(slots=True)
class CallBudget:
    """The calls left at the platform: a bucket that refills evenly and learns from headers.

    `reserve` is the share that slow polls leave untouched for what a person is waiting for. The
    calls belong to the application's key: each of `callers` programs takes its part of them.
    """

    limit: int = DEFAULT_CALLS
    reserve: float = 0.25
    callers: int = 1
    _tokens: float = field(default=float(DEFAULT_CALLS))
    _at: float = 0.0
    _not_before: float = 0.0
    told_at: float | None = None
    """When the platform last sent its limit, in monotonic seconds."""

    @property
    def _share(self) -> float:
        """Calls a minute for this program, one at least."""
        return max(1.0, self.limit / max(1, self.callers))

    def delay(self, now: float, *, urgent: bool) -> float:
        """Seconds until a call may be made, 0 for at once. `now` is monotonic seconds."""
        self._refill(now)
        if now < self._not_before:
            return self._not_before - now
        floor = 1.0 if urgent else min(self._share, 1.0 + self.reserve * self._share)
        missing = floor - self._tokens
        return 0.0 if missing <= 0 else missing * 60.0 / self._share

    def count(self, now: float) -> None:
        """Count one call."""
        self._refill(now)
        self._tokens = max(0.0, self._tokens - 1.0)

    def update(self, now: float, limit: int | None, remaining: int | None) -> None:
        """Take over the values of `X-RateLimit-Limit` and `-Remaining` (P§1.2)."""
        self._refill(now)
        if limit is not None or remaining is not None:
            self.told_at = now
        if limit is not None and limit > 0 and limit != self.limit:
            self._tokens = self._tokens * limit / self.limit if self.limit else float(limit)
            self.limit = limit
        if remaining is not None and 0 <= remaining < self._tokens:
            self._tokens = float(remaining)

    def pause(self, now: float, retry_after: float) -> None:
        """Stop all calls for `retry_after` seconds: the platform answered 429."""
        self._tokens = 0.0
        self._not_before = max(self._not_before, now + retry_after)

    def paused(self, now: float) -> float:
        """Seconds for which the platform allows no call at all, 0 for none."""
        return max(0.0, self._not_before - now)

    def available(self, now: float) -> int:
        """Calls that could be made now, for the status bar."""
        self._refill(now)
        return int(self._tokens)

    def _refill(self, now: float) -> None:
        if now > self._at:
            self._tokens += (now - self._at) * self._share / 60.0
            self._at = now
        self._tokens = min(self._share, self._tokens)

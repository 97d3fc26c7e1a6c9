"""What rate sources have said: one reading for each question, and the newest of each source.

Adding a reading is independent of order and repetition, so a late answer never replaces a newer
one. Seconds are monotonic; the wall clock's times are for display and receipts only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias, TypeVar

from .platform_rates import PlatformRates
from .quote import Rate, RateSource, WayOut


@dataclass(frozen=True, slots=True)
class PlatformReading:
    """The platform's rates, asked for at `asked_at`: they are at most as old as that."""

    asked_at: float
    at: datetime
    rates: PlatformRates


@dataclass(frozen=True, slots=True)
class SecondReading:
    """The price of one XRP in `currency` by the ledger; `known_at` is when it was published, or
    asked for where it is the ledger's present state."""

    asked_at: float
    known_at: float
    at: datetime
    price: Decimal
    currency: str
    source: RateSource


@dataclass(frozen=True, slots=True)
class FailedReading:
    """A question without a usable answer: a sentence, and what a person can do."""

    asked_at: float
    reason: str
    way_out: WayOut = WayOut.TYPE_RATE
    of_second: bool = False


@dataclass(frozen=True, slots=True)
class TypedRate:
    """A rate that a person typed for one asset (`AcceptedAsset.key`)."""

    asked_at: float
    key: str
    rate: Rate


Reading: TypeAlias = PlatformReading | SecondReading | FailedReading | TypedRate

T = TypeVar("T", PlatformReading, SecondReading, FailedReading, TypedRate)


@dataclass(frozen=True, slots=True)
class Readings:
    """The newest reading of each kind."""

    platform: PlatformReading | None = None
    platform_failure: FailedReading | None = None
    second: SecondReading | None = None
    second_failure: FailedReading | None = None
    typed: Mapping[str, TypedRate] = field(default_factory=dict)

    def add(self, reading: Reading) -> Readings:
        """With `reading`, unless a newer one of its kind is known."""
        match reading:
            case PlatformReading():
                return replace(self, platform=_newer(self.platform, reading))
            case SecondReading():
                return replace(self, second=_newer(self.second, reading))
            case FailedReading(of_second=True):
                return replace(self, second_failure=_newer(self.second_failure, reading))
            case FailedReading():
                return replace(self, platform_failure=_newer(self.platform_failure, reading))
            case TypedRate():
                newest = _newer(self.typed.get(reading.key), reading)
                return replace(self, typed={**self.typed, reading.key: newest})

    def without_typed(self, key: str) -> Readings:
        """Without the typed rate of one asset."""
        return replace(self, typed={k: v for k, v in self.typed.items() if k != key})

    def typed_only(self) -> Readings:
        """Without what was asked for another currency, or from another source."""
        return Readings(typed=self.typed)

    @property
    def failing(self) -> FailedReading | None:
        """The platform's failure, if nothing came after it."""
        return _if_last(self.platform_failure, self.platform)

    @property
    def second_failing(self) -> FailedReading | None:
        """The second source's failure, if nothing came after it."""
        return _if_last(self.second_failure, self.second)


def _newer(known: T | None, reading: T) -> T:
    return known if known is not None and known.asked_at > reading.asked_at else reading


def _if_last(
    failure: FailedReading | None, reading: PlatformReading | SecondReading | None
) -> FailedReading | None:
    if failure is None or (reading is not None and reading.asked_at > failure.asked_at):
        return None
    return failure

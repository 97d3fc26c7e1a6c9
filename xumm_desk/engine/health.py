"""The state of the engine's connections, calls and disk as one value for the health display."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from xumm_desk.core.health.disk_space import DiskSpace
from xumm_desk.core.pricing import rate_check
from xumm_desk.core.pricing.quote import WayOut
from xumm_desk.core.pricing.rate_check import RateState
from xumm_desk.core.state.timing import CallBudget
from xumm_desk.core.wire.api_answers import ApiAnswer, Application, Failure, FailureKind
from xumm_desk.engine.ledger.account_watch import AccountWatch
from xumm_desk.engine.ledger.ledger_health import LedgerHealth
from xumm_desk.engine.payloads.watchers import Watchers
from xumm_desk.engine.pricing.rate_watch import RateWatch
from xumm_desk.engine.runtime.clock_watch import ClockWatch
from xumm_desk.engine.runtime.disk_watch import DiskWatch
from xumm_desk.engine.runtime.ports import Clock

from .shop_watch import ShopHealth

_TROUBLE: Final = frozenset(
    {
        FailureKind.UNREACHABLE,
        FailureKind.ANSWER_LOST,
        FailureKind.SERVER_ERROR,
        FailureKind.RATE_LIMITED,
        FailureKind.KEYS_REJECTED,
        FailureKind.APP_DISABLED,
    }
)


@dataclass(frozen=True, slots=True)
class Health:
    """What the health display shows.

    `platform_error` and `journal_error` are sentences, "" if there is none. Times are monotonic
    seconds of the last good sign. `sockets_over_limit` requests have no socket because the system
    lets this program open no more files. `ledger_gap` is a sentence about ledgers that no node
    could read, `journal_rejected` the last one about facts that the journal keeps apart,
    `clock_set` about the last time the computer's clock was set, `clock_off` about how far it
    differs from the platform's; each "" if there is none.

    `ledger_error` says why no node answers, and `ledger_needed` whether accounts are watched, so
    that nodes are asked again and again. `rate_needed` is whether anybody needs exchange rates,
    `rate_refused` why one must not be used, `rate_awaited` that the first is on its way.
    `calls_paused` is for how many seconds the platform allows no call at all. `journal_at` is when
    the disk last took something. `shop` is None for a till of no shop.
    """

    sockets_live: int
    sockets_wanted: int
    platform_at: float | None
    platform_error: str
    socket_at: float | None
    ledger_set_up: bool
    journal_error: str
    calls_left: int
    calls_limit: int
    sockets_over_limit: int = 0
    ledger_gap: str = ""
    journal_rejected: str = ""
    clock_set: str = ""
    clock_off: str = ""
    ledger_at: float | None = None
    ledger_error: str = ""
    ledger_needed: bool = False
    ledger_index: int | None = None
    rate_needed: bool = False
    rate_at: float | None = None
    rate_text: str = ""
    rate_refused: str = ""
    rate_awaited: bool = False
    calls_paused: float = 0.0
    calls_at: float | None = None
    disk: DiskSpace | None = None
    disk_at: float | None = None
    journal_at: float | None = None
    clock_at: float | None = None
    clock_ahead: float | None = None
    """Seconds."""
    shop: ShopHealth | None = None


class HealthMonitor:
    """Remembers how the platform and the disk last did."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._platform_at: float | None = None
        self._platform_error = ""
        self._journal_error = ""
        self._journal_at: float | None = None
        self._journal_rejected = ""

    def on_answer(self, answer: ApiAnswer | Application | Failure) -> bool:
        """Note how a call to the platform ended; returns whether it went well."""
        if isinstance(answer, Failure) and answer.kind in _TROUBLE:
            self._platform_error = answer.message
            return False
        self._platform_at, self._platform_error = self._clock.monotonic(), ""
        return True

    def on_durable(self) -> None:
        """Something reached the disk."""
        self._journal_at = self._clock.monotonic()

    def on_journal_error(self, words: str) -> None:
        """The disk refuses to write, for the reason in `words`, or writes again: ""."""
        self._journal_error = words

    def on_journal_rejected(self, words: str) -> None:
        """A fact is kept apart, because the journal's tables do not take it."""
        self._journal_rejected = words

    def health(
        self,
        listening: Watchers,
        budget: CallBudget,
        clocks: ClockWatch,
        *,
        ledger: LedgerHealth | None,
        accounts: AccountWatch | None,
        rates: RateWatch,
        disk: DiskWatch,
        shop: ShopHealth | None,
    ) -> Health:
        """The present state; `ledger` and `accounts` are None where no node is set up, `shop` where
        the till belongs to none."""
        now, ahead, rate = self._clock.monotonic(), clocks.ahead, rates.worst()
        return Health(
            sockets_live=listening.live,
            sockets_wanted=listening.wanted,
            sockets_over_limit=listening.without_socket,
            platform_at=self._platform_at,
            platform_error=self._platform_error,
            socket_at=listening.last_frame_at,
            ledger_set_up=ledger is not None,
            ledger_at=ledger.answered_at if ledger is not None else None,
            ledger_error=ledger.error if ledger is not None else "",
            ledger_needed=accounts is not None and accounts.watches,
            ledger_index=ledger.index if ledger is not None else None,
            ledger_gap=accounts.gap() if accounts is not None else "",
            rate_needed=rate is not None,
            rate_at=now - rate.age if rate is not None and rate.age is not None else None,
            rate_text=rate_check.state_line(rate) if rate is not None else "",
            rate_awaited=rate is not None and _is_awaited(rate),
            rate_refused=rate.refusal.reason if rate is not None and rate.refusal else "",
            journal_error=self._journal_error,
            journal_rejected=self._journal_rejected,
            journal_at=self._journal_at,
            disk=disk.space,
            disk_at=disk.measured_at,
            calls_left=budget.available(now),
            calls_limit=budget.limit,
            calls_paused=budget.paused(now),
            calls_at=budget.told_at,
            clock_set=clocks.jump,
            clock_off=clocks.off,
            clock_at=clocks.read_at,
            clock_ahead=ahead.total_seconds() if ahead is not None else None,
            shop=shop,
        )


def _is_awaited(rate: RateState) -> bool:
    """Whether there is no rate because the first answer is still on its way."""
    refusal = rate.refusal
    return rate.rate is None and refusal is not None and refusal.way_out is WayOut.REFRESH

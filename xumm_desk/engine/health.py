"""The state of the engine's connections, calls and disk as one value for the health display."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from xumm_desk.core.state.timing import CallBudget
from xumm_desk.core.wire.api_answers import ApiAnswer, Application, Failure, FailureKind
from xumm_desk.engine.payloads.watchers import Watchers
from xumm_desk.engine.runtime.clock_watch import ClockWatch
from xumm_desk.engine.runtime.ports import Clock

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


class HealthMonitor:
    """Remembers how the platform and the disk last did."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._platform_at: float | None = None
        self._platform_error = ""
        self._journal_error = ""
        self._journal_rejected = ""

    def on_answer(self, answer: ApiAnswer | Application | Failure) -> bool:
        """Note how a call to the platform ended; returns whether it went well."""
        if isinstance(answer, Failure) and answer.kind in _TROUBLE:
            self._platform_error = answer.message
            return False
        self._platform_at, self._platform_error = self._clock.monotonic(), ""
        return True

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
        ledger_set_up: bool,
        ledger_gap: str,
    ) -> Health:
        """The present state."""
        return Health(
            sockets_live=listening.live,
            sockets_wanted=listening.wanted,
            sockets_over_limit=listening.without_socket,
            platform_at=self._platform_at,
            platform_error=self._platform_error,
            socket_at=listening.last_frame_at,
            ledger_set_up=ledger_set_up,
            journal_error=self._journal_error,
            calls_left=budget.available(self._clock.monotonic()),
            calls_limit=budget.limit,
            ledger_gap=ledger_gap,
            journal_rejected=self._journal_rejected,
            clock_set=clocks.jump,
            clock_off=clocks.off,
        )

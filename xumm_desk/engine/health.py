"""How the engine's connections stand, as one value; must not know how it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from xumm_desk.core.outcome import Answer, Application, Failure, Fault
from xumm_desk.core.pace import Budget

from .clock_watch import ClockWatch
from .listening import Listening
from .ports import Clock

_TROUBLE: Final = frozenset(
    {Fault.UNREACHABLE, Fault.LOST, Fault.BROKEN, Fault.BUSY, Fault.KEYS, Fault.DISABLED}
)


@dataclass(frozen=True, slots=True)
class Health:
    """What the three lamps show. `platform_fault` and `journal_fault` are sentences, "" if well.

    Times are monotonic seconds of the last good signal. `sockets_beyond` requests have no socket
    because the system lets this program open no more files. `ledger_gap` is a sentence about
    ledgers that no node has read for us, "" when there are none; `journal_refused` the last one
    about facts that the journal keeps apart. `clock_set` tells of the last time that the computer's
    clock was set, `clock_off` how far it differs from the platform's; both are sentences or "".
    """

    sockets_live: int
    sockets_wanted: int
    platform_at: float | None
    platform_fault: str
    socket_at: float | None
    ledger_set_up: bool
    journal_fault: str
    calls_left: int
    calls_limit: int
    sockets_beyond: int = 0
    ledger_gap: str = ""
    journal_refused: str = ""
    clock_set: str = ""
    clock_off: str = ""


class Signs:
    """Remembers how the platform and the disk last did."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._platform_at: float | None = None
        self._platform_fault = ""
        self._journal_fault = ""
        self._journal_refused = ""

    def answered(self, answer: Answer | Application | Failure) -> bool:
        """Note how a call to the platform went; whether it went well."""
        if isinstance(answer, Failure) and answer.fault in _TROUBLE:
            self._platform_fault = answer.sentence
            return False
        self._platform_at, self._platform_fault = self._clock.mono(), ""
        return True

    def journal_troubled(self, words: str) -> None:
        """The disk refuses to write, for the reason in `words`, or writes again: ""."""
        self._journal_fault = words

    def journal_refused(self, words: str) -> None:
        """A fact is kept apart, since the journal's tables do not take it."""
        self._journal_refused = words

    def health(
        self,
        listening: Listening,
        budget: Budget,
        clocks: ClockWatch,
        *,
        ledger_set_up: bool,
        ledger_gap: str,
    ) -> Health:
        """How the lamps stand now."""
        return Health(
            sockets_live=listening.live,
            sockets_wanted=listening.wanted,
            sockets_beyond=listening.beyond,
            platform_at=self._platform_at,
            platform_fault=self._platform_fault,
            socket_at=listening.heard_at,
            ledger_set_up=ledger_set_up,
            journal_fault=self._journal_fault,
            calls_left=budget.left(self._clock.mono()),
            calls_limit=budget.limit,
            ledger_gap=ledger_gap,
            journal_refused=self._journal_refused,
            clock_set=clocks.jump,
            clock_off=clocks.off,
        )

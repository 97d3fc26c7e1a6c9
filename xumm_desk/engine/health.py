"""How the engine's connections stand, as one value; must not know how it is shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Health:
    """What the three lamps show. `platform_fault` and `journal_fault` are sentences, "" if well.

    Times are monotonic seconds of the last good signal. `sockets_beyond` requests have no socket
    because the system lets this program open no more files. `ledger_gap` is a sentence about
    ledgers that no node has read for us, "" when there are none.
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

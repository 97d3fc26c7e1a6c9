"""Which ledgers a simulated node has, and by whose rules it refuses others."""

from __future__ import annotations

from xumm_desk.simulator.runtime.fault_switches import FaultSwitches

from .answers import LedgerError
from .ledger import Ledger


class NodeHistory:
    """The history of one node: of the whole ledger, or as the switches `ledger_history`,
    `ledger_behind` and `ledger_rules` say."""

    def __init__(self, ledger: Ledger, switches: FaultSwitches | None = None) -> None:
        self._ledger = ledger
        self._switches = switches

    @property
    def last(self) -> int:
        """The newest validated ledger that the node has."""
        behind = self._switches.ledger_behind if self._switches else 0
        return max(self._ledger.first, self._ledger.last - behind)

    @property
    def first(self) -> int:
        """The oldest ledger that the node has."""
        kept = self._switches.ledger_history if self._switches else 0
        return max(self._ledger.first, self.last - kept + 1) if kept else self._ledger.first

    def span(self, low: int | None, high: int | None, version: int) -> tuple[int, int]:
        """The ledgers that the node looks at when asked for `low` to `high`, -1 or None for the
        oldest and newest; raises LedgerError as rippled or Clio do in this API version."""
        clio = self._switches is not None and self._switches.ledger_rules == "clio"
        lowest = -1 if low is None else low
        highest = -1 if high is None else high
        if version > 1 and self._is_outside(lowest, highest, clio=clio):
            raise LedgerError("lgrIdxMalformed", 58, "Ledger index malformed.")
        begin = max(self.first, lowest)
        end = self.last if highest == -1 else min(self.last, highest)
        if begin > end:
            if version == 1:
                raise LedgerError("lgrIdxsInvalid", 57, "Ledger indexes invalid.")
            raise LedgerError("invalidLgrRange", 79, "Ledger range is invalid.")
        return begin, end

    def _is_outside(self, low: int, high: int, *, clio: bool) -> bool:
        if clio:
            bounds = [index for index in (low, high) if index != -1]
            return any(not self.first <= index <= self.last for index in bounds)
        return (high != -1 and high > self.last) or (low not in (-1, 0) and low < self.first)

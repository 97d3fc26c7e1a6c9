"""Values: a transaction on its way into a ledger, and the listeners of a ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from xumm_desk.simulator.runtime.keys import Transaction


@dataclass(slots=True)
class Override:
    """What is to happen to a transaction against the rules (a scripted fault).

    ``first`` is the preliminary code told to the submitter, ``after`` the number of ledgers it
    is held back, ``result`` a forced ``tec`` code, ``never`` keeps it out of every ledger.
    """

    first: str | None = None
    after: int = 0
    result: str | None = None
    never: bool = False


@dataclass(slots=True)
class PendingTx:
    """A transaction that was taken but is in no closed ledger yet."""

    txid: str
    blob: str
    fields: Transaction
    override: Override


@dataclass(slots=True)
class ValidatedTx:
    """A transaction in a validated ledger; ``date`` in seconds of the ledger's own epoch."""

    txid: str
    blob: str
    fields: Transaction
    meta: dict[str, Any]
    ledger_index: int
    date: int

    @property
    def result(self) -> str:
        """The final result code."""
        return str(self.meta["TransactionResult"])


@dataclass(slots=True)
class Submission:
    """A node's answer to a submit: the preliminary code (``invalid`` when not even looked at)."""

    code: str
    txid: str
    fields: Transaction
    blob: str


@dataclass(slots=True)
class LedgerListeners:
    """Listeners for closed ledgers, validated entries and proposed transactions."""

    closed: list[Callable[[int, int], None]] = field(default_factory=list)
    validated: list[Callable[[ValidatedTx], None]] = field(default_factory=list)
    proposed: list[Callable[[Submission], None]] = field(default_factory=list)


def affected_addresses(entry: ValidatedTx) -> set[str]:
    """Every address whose ``account_tx`` lists the entry."""
    addresses = {entry.fields["Account"], entry.fields.get("Destination", "")}
    for node in entry.meta["AffectedNodes"]:
        body = next(iter(node.values()))
        fields = body.get("FinalFields") or body.get("NewFields") or {}
        addresses.add(fields.get("Account", ""))
        for side in ("LowLimit", "HighLimit"):
            addresses.add(fields.get(side, {}).get("issuer", ""))
    return addresses - {""}

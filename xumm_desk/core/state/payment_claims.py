"""Join the reports of payments of one request, and tell those that count for another one.

Order and repetition make no difference, as for all facts (`lifecycle.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from .account_facts import ClaimRank, PaysAnother, claim_of
from .evidence import MATCHED_BY_HAND, LedgerTx, Payment


def joined_payment(known: Payment | None, event: Payment) -> Payment:
    """What two reports of one payment say together; `known` is None for the first one."""
    if known is None:
        return event
    kept = max(known, event, key=_payment_rank)
    claim = min(_claim(known), _claim(event))
    return replace(kept, claim=None if claim == claim_of(kept) else claim)


def split_payments(
    reported: Collection[Payment], rivals: Iterable[PaysAnother], identifier: str
) -> tuple[tuple[Payment, ...], tuple[Payment, ...]]:
    """The payments that count for the request `identifier`, and those to which one of the `rivals`
    has the better claim."""
    best: dict[str, ClaimRank] = {}
    for rival in rivals:
        best[rival.txid] = min(best.get(rival.txid, rival.rank), rival.rank)
    lost = {
        p.tx.txid
        for p in reported
        if p.tx.txid in best and best[p.tx.txid] < (*_claim(p), identifier)
    }
    return (
        in_order(p for p in reported if p.tx.txid not in lost),
        in_order(p for p in reported if p.tx.txid in lost),
    )


def in_order(payments: Iterable[Payment]) -> tuple[Payment, ...]:
    """The payments in the ledger's order."""
    return tuple(sorted(payments, key=lambda payment: payment.ledger_position))


def ledger_rank(tx: LedgerTx) -> tuple[bool, bool, str]:
    """Sort key for two answers about one transaction: a validated one wins, then the less
    favourable one."""
    return tx.validated, tx.result != "tesSUCCESS", repr(tx)


def _payment_rank(payment: Payment) -> tuple[bool, tuple[bool, bool, str], str, str]:
    """Sort key for two reports of one payment: an assignment by hand wins, else the less favourable
    one."""
    by_hand = payment.matched_by == MATCHED_BY_HAND
    return by_hand, ledger_rank(payment.tx), payment.matched_by, payment.assigned_at or ""


def _claim(payment: Payment) -> tuple[int, str]:
    return payment.claim or claim_of(payment)

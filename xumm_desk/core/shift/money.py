"""Money that the ledger proves for a request, and for which request a transaction counts.

A shift counts facts, not states: what an amount was after the first n facts of the journal never
changes, so the shifts of a journal add up to the whole of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Context, Decimal, Inexact
from typing import Final

from xumm_desk.core.money import amount, networks
from xumm_desk.core.money.amount import Amount, IssuedAmount, MptAmount, XrpAmount
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.sale.sale import refunded_identifier
from xumm_desk.core.state.evidence import LedgerTx, Payment
from xumm_desk.core.state.facts import Fact
from xumm_desk.core.wire import json_fields

NumberedFact = tuple[int, Fact]
"""A fact and its number in the journal."""

EXACT: Final = Context(prec=400, traps=[Inexact])
"""Holds the sum of any two amounts of the ledger, whose exponents lie between -96 and 80."""

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True, order=True)
class Asset:
    """One asset of one network. `code` is "XRP" or what else a network's own asset is called, 40
    hex digits of an issued currency, or "MPT"; `issuer` an address, or a token's whole id."""

    network: str
    code: str
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """A validated transaction that brought money for a request, or took it for a refund.

    `seq` is the fact that first proved it, `at` when that came (UTC). `delivered` is None where the
    node did not say how much.
    """

    txid: str
    seq: int
    at: datetime
    delivered: Amount | None
    account: str = ""


def asset_of(network: str, money: Amount) -> Asset:
    """The asset of an amount on a network."""
    if isinstance(money, XrpAmount):
        # Not what the amount says: a node need not name its network.
        return Asset(network, networks.asset_of(network))
    if isinstance(money, MptAmount):
        return Asset(network, "MPT", money.issuance_id)
    return Asset(network, amount.currency_hex(money.currency), money.issuer)


def quantity(money: Amount) -> Decimal:
    """How much it is: drops, units of an issued currency, or of a token."""
    return Decimal(money.drops) if isinstance(money, XrpAmount) else Decimal(money.value)


def money_of(asset: Asset, count: Decimal) -> Amount:
    """So much of an asset; `count` as `quantity` returns it."""
    if asset.code == "MPT":
        return MptAmount(asset.issuer, int(count))
    if asset.issuer:
        return IssuedAmount(asset.code, asset.issuer, count)
    return XrpAmount(int(count), asset.code)


def is_refund(spec: RequestSpec) -> bool:
    """Whether the money goes from the shop to a customer."""
    return bool(refunded_identifier(spec))


def proven_money(spec: RequestSpec, facts: Iterable[NumberedFact]) -> dict[str, Proof]:
    """What these facts of a request prove, by transaction, in the order in which it was proven.

    Of two reports of one transaction the less favourable one counts, as everywhere.
    """
    found: dict[str, Proof] = {}
    refused: set[str] = set()
    if not (spec.is_payment and spec.is_submitted):
        return found
    for seq, fact in facts:
        tx = transaction_of(fact)
        if tx is None or not tx.validated or not tx.txid:
            continue
        if tx.result != "tesSUCCESS":
            refused.add(tx.txid)
            found.pop(tx.txid, None)
        elif tx.txid not in refused and _is_moved_for(spec, tx):
            known = found.get(tx.txid)
            if known is None:
                account = json_fields.string_at(tx.tx, "Destination") or ""
                found[tx.txid] = Proof(tx.txid, seq, fact.at, tx.delivered, account)
            else:
                found[tx.txid] = replace(known, delivered=_less(known.delivered, tx.delivered))
    return found


def owner(candidates: Sequence[tuple[str, RequestSpec, NumberedFact]]) -> str | None:
    """The request for which a transaction counts: the first one for which it was proven. The
    candidates are facts about that transaction, in their order; None where none proves it."""
    for identifier, spec, fact in candidates:
        if proven_money(spec, [fact]):
            return identifier
    return None


def transaction_of(fact: Fact) -> LedgerTx | None:
    """The transaction that a fact reports."""
    if isinstance(fact.value, Payment):
        return fact.value.tx
    return fact.value if isinstance(fact.value, LedgerTx) else None


def _is_moved_for(spec: RequestSpec, tx: LedgerTx) -> bool:
    if is_refund(spec):
        return json_fields.string_at(tx.tx, "Account") in spec.signers
    return json_fields.string_at(tx.tx, "Destination") == spec.destination


def _less(known: Amount | None, other: Amount | None) -> Amount | None:
    if known is None or other is None:
        return known or other
    if not amount.same_asset(known, other):
        return known
    return other if quantity(other) < quantity(known) else known

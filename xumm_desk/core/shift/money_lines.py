"""The money of one request in a shift: a line for each transaction, and what it changes of an
earlier shift."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.pricing.quote import Quote
from xumm_desk.core.refund.amounts import worth_at_sale
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.sale.sale import Sale, request_label, sale_of

from .figures import MoneyLine
from .money import (
    EXACT,
    ZERO,
    Asset,
    NumberedFact,
    Proof,
    asset_of,
    is_refund,
    money_of,
    proven_money,
    quantity,
    transaction_of,
)


class ChangeKind(Enum):
    """What a shift changed of an earlier one. The values stand in closing documents."""

    PAID = "paid"
    PAID_AGAIN = "paid again"
    REFUNDED = "refunded"
    CORRECTED = "corrected"
    CLAIMED = "claimed"
    """A transaction that counts for another request was reported for this one."""
    STATUS = "status"
    """It had ended, and ended differently now."""
    AMOUNT_UNKNOWN = "amount unknown"
    """Money came, and no node said how much. It is in no sum."""


@dataclass(frozen=True, slots=True)
class Change:
    """One line about a sale of an earlier shift. `other` is the request for which a claimed
    transaction counts; `before` and `after` are statuses."""

    kind: ChangeKind
    identifier: str
    label: str
    txid: str = ""
    asset: Asset | None = None
    count: Decimal = ZERO
    other: str = ""
    before: str = ""
    after: str = ""


OwnerOf = Callable[[str], str | None]
"""The request for which a transaction counts."""


def money_lines(
    spec: RequestSpec,
    old: Sequence[NumberedFact],
    facts: Sequence[NumberedFact],
    owner_of: OwnerOf,
) -> tuple[list[MoneyLine], list[Change]]:
    """What the facts of a request since `old` add to the shop's money, and what of that is about a
    sale that had money before; `facts` are all of them."""
    now = proven_money(spec, facts)
    if not now and not old:
        return [], []
    was = proven_money(spec, old)
    news = [txid for txid in {**was, **now} if was.get(txid) != now.get(txid)]
    if not news:
        return [], []
    changes: list[Change] = []
    ours: dict[str, bool] = {}
    for txid in {**was, **now}:
        counts_for = owner_of(txid)
        ours[txid] = counts_for == spec.identifier
        if not ours[txid] and txid not in was:
            changes.append(
                Change(
                    ChangeKind.CLAIMED,
                    spec.identifier,
                    request_label(spec),
                    txid,
                    other=counts_for or "",
                )
            )
    had_money = any(ours[txid] and one.delivered is not None for txid, one in was.items())
    worth = _Worth(sale_of(spec), [one for txid, one in was.items() if ours[txid]])
    lines: list[MoneyLine] = []
    for txid in news:
        if not ours[txid]:
            continue
        made, change = _line(spec, was.get(txid), now.get(txid), worth, had_money)
        lines += made
        changes.append(change)
    return lines, changes


def new_claims(
    spec: RequestSpec, news: Sequence[NumberedFact], owner_of: OwnerOf
) -> dict[str, None]:
    """The transactions that a fact of this shift proves by itself, whatever others say of them."""
    found: dict[str, None] = {}
    for one in news:
        if transaction_of(one[1]) is not None:
            found |= {
                txid: None
                for txid in proven_money(spec, [one])
                if owner_of(txid) == spec.identifier
            }
    return found


class _Worth:
    """What a sale is worth in the shop's currency with each payment more. Taken of the sum, so that
    a price paid in parts is exactly that price."""

    def __init__(self, sale: Sale | None, paid: Sequence[Proof]) -> None:
        self._quote: Quote | None = sale.quote if sale is not None else None
        self._tip = sale.tip if sale is not None and not sale.refund_of else None
        self._sum = ZERO
        if self._quote is not None:
            network = ""
            asset = asset_of(network, self._quote.amount)
            for one in paid:
                if one.delivered is not None and asset_of(network, one.delivered) == asset:
                    self._sum = EXACT.add(self._sum, quantity(one.delivered))

    def add(self, asset: Asset, count: Decimal) -> tuple[FiatAmount | None, FiatAmount | None]:
        """The worth of `count` more, and of the tip in it."""
        quote = self._quote
        if quote is None or asset_of(asset.network, quote.amount) != asset:
            return None, None
        before = worth_at_sale(quote, money_of(asset, self._sum))
        self._sum = EXACT.add(self._sum, count)
        after = worth_at_sale(quote, money_of(asset, self._sum))
        if before is None or after is None:
            return None, None
        price, currency = quote.price.value, quote.price.currency
        tip = None
        if self._tip is not None and self._tip.value:
            had, has = before.value >= price, after.value >= price
            if had is not has:
                tip = FiatAmount(currency, self._tip.value if has else -self._tip.value)
        return FiatAmount(currency, after.value - before.value), tip


def _line(
    spec: RequestSpec, was: Proof | None, now: Proof | None, worth: _Worth, had_money: bool
) -> tuple[list[MoneyLine], Change]:
    """The lines of one transaction, and what they change of an earlier shift. There are two where
    a correction changed the asset."""
    proof = now or was
    assert proof is not None
    sums: dict[Asset, Decimal] = {}
    for one, sign in ((was, -1), (now, 1)):
        if one is not None and one.delivered is not None:
            asset = asset_of(spec.network, one.delivered)
            sums[asset] = EXACT.add(sums.get(asset, ZERO), sign * quantity(one.delivered))
    refund = is_refund(spec)
    sale = sale_of(spec)
    made: list[MoneyLine] = []
    counted = int(now is not None and now.delivered is not None)
    counted -= int(was is not None and was.delivered is not None)
    for place, (asset, count) in enumerate(sums.items()):
        price, tip = worth.add(asset, count)
        made.append(
            MoneyLine(
                identifier=spec.identifier,
                label=request_label(spec),
                txid=proof.txid,
                seq=proof.seq,
                at=proof.at.isoformat(),
                asset=asset,
                count=-count if refund else count,
                refund=refund,
                payments=counted if place == 0 else 0,
                worth=FiatAmount(price.currency, -price.value) if price and refund else price,
                tip=tip,
                till=sale.till if sale is not None else "",
                cashier=sale.cashier if sale is not None else "",
                account=proof.account,
            )
        )
    if now is not None and now.delivered is None:
        kind = ChangeKind.AMOUNT_UNKNOWN
    elif was is not None:
        kind = ChangeKind.CORRECTED
    elif refund:
        kind = ChangeKind.REFUNDED
    else:
        kind = ChangeKind.PAID_AGAIN if had_money else ChangeKind.PAID
    first = made[0] if made else None
    return made, Change(
        kind,
        spec.identifier,
        request_label(spec),
        proof.txid,
        first.asset if first else None,
        first.count if first else ZERO,
    )

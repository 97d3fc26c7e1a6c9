"""What one request adds to a shift: its facts before the shift against its facts up to its end.

The difference of two sums never counts anything twice or not at all, whatever the facts are and
wherever a shift is closed between them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum

from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.pricing.quote import Quote
from xumm_desk.core.refund.amounts import worth_at_sale
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.sale.sale import Sale, refunded_identifier, request_label, sale_of
from xumm_desk.core.state.lifecycle import Request, apply_fact, new_request
from xumm_desk.core.status import Status
from xumm_desk.core.verdict import wording
from xumm_desk.core.verdict.check import Verdict
from xumm_desk.core.verdict.verdict import is_finished, judge

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


@dataclass(frozen=True, slots=True)
class ShiftRules:
    """How the requests of a journal are judged: whether a ledger node is set up, and the key of the
    shop's own network, "" for any."""

    ledger: bool = True
    network: str = ""


class Kind(Enum):
    """What a request is for. The values stand in closing documents."""

    SALE = "sale"
    REFUND = "refund"
    OTHER = "other"


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


@dataclass(frozen=True, slots=True)
class Unresolved:
    """What still needs a person, or time: a request, or a payment without one.

    `key` is the identifier, or the transaction of a payment. `what` is its status in words, `why`
    what has to be looked at. `since` is UTC. `asset` and `count` are what was asked for, or what
    came without a request.
    """

    key: str
    label: str
    what: str
    why: str
    since: datetime
    status: str = ""
    asset: Asset | None = None
    count: Decimal = ZERO
    is_payment: bool = False
    """Whether it is a payment without a request."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided in a shift: the request or payment, what, by whom (UTC)."""

    key: str
    label: str
    what: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How a request stands at one moment."""

    request: Request
    verdict: Verdict

    @property
    def status(self) -> Status:
        """Its status."""
        return self.verdict.status


@dataclass(frozen=True, slots=True)
class RequestShare:
    """What a request adds to a shift. `before` is its status when the shift began, None where it
    was begun in this shift. `unresolved` says that it is still open."""

    identifier: str
    kind: Kind
    after: Status
    label: str = ""
    text: str = ""
    before: Status | None = None
    ended_before: bool = False
    ended: bool = False
    lines: tuple[MoneyLine, ...] = ()
    changes: tuple[Change, ...] = ()
    claims: tuple[str, ...] = ()
    """Transactions that count for this request and for no other one, from this shift on."""
    unresolved: Unresolved | None = None
    decided: tuple[Decided, ...] = ()


OwnerOf = Callable[[str], str | None]
"""The request for which a transaction counts."""

NumberOf = Callable[[str], int | None]
"""The number of a request's first fact; None for an unknown one."""


def share_of(
    facts: Sequence[NumberedFact],
    after: int,
    rules: ShiftRules,
    owner_of: OwnerOf,
    begun_at: NumberOf,
) -> RequestShare | None:
    """What a request adds to the shift that begins after fact `after`; `facts` are all of it up to
    the end of the shift. None where they lack the request itself."""
    spec = next((f.value for _, f in facts if isinstance(f.value, RequestSpec)), None)
    if spec is None:
        return None
    old = [one for one in facts if one[0] <= after]
    before = _standing(spec, old, rules) if old else None
    now = _standing(spec, facts, rules)
    assert now is not None  # its intent is among the facts
    lines, changes = _money(spec, old, facts, owner_of)
    if before is None:
        begun = begun_at(refunded_identifier(spec)) if is_refund(spec) else None
        earlier = begun is not None and begun <= after
        changes = [one for one in changes if earlier or not _is_about_earlier(one)]
    elif before.verdict.final and before.status is not now.status:
        changes.append(_status_change(spec, before, now))
    done = is_finished(now.verdict)
    return RequestShare(
        identifier=spec.identifier,
        kind=kind_of(spec),
        label=request_label(spec),
        text=wording.row_label(now.request, now.verdict),
        before=before.status if before is not None else None,
        after=now.status,
        ended_before=before is not None and before.verdict.final,
        ended=now.verdict.final,
        lines=tuple(lines),
        changes=tuple(changes),
        claims=tuple(_claims(spec, facts[len(old) :], owner_of)),
        unresolved=None if done else _unresolved(spec, facts, now, rules),
    )


def kind_of(spec: RequestSpec) -> Kind:
    """What a request is for."""
    if is_refund(spec):
        return Kind.REFUND
    return Kind.SALE if spec.is_payment and spec.is_submitted else Kind.OTHER


# Money.


def _money(
    spec: RequestSpec,
    old: Sequence[NumberedFact],
    facts: Sequence[NumberedFact],
    owner_of: OwnerOf,
) -> tuple[list[MoneyLine], list[Change]]:
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


def _claims(spec: RequestSpec, news: Sequence[NumberedFact], owner_of: OwnerOf) -> dict[str, None]:
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


def _is_about_earlier(change: Change) -> bool:
    """Whether it is a line only if the sale was begun in an earlier shift."""
    return change.kind in (ChangeKind.PAID, ChangeKind.PAID_AGAIN, ChangeKind.REFUNDED)


# Status.


def _standing(
    spec: RequestSpec, facts: Sequence[NumberedFact], rules: ShiftRules
) -> Standing | None:
    intent = next((f for _, f in facts if isinstance(f.value, RequestSpec)), None)
    if intent is None:
        return None
    request = new_request(spec, intent.at)
    for _seq, fact in facts:
        request = apply_fact(request, fact)
    return Standing(request, judge(request, ledger=rules.ledger, network=rules.network))


def _status_change(spec: RequestSpec, before: Standing, now: Standing) -> Change:
    return Change(
        ChangeKind.STATUS,
        spec.identifier,
        request_label(spec),
        before=before.status.value,
        after=now.status.value,
    )


def _unresolved(
    spec: RequestSpec, facts: Sequence[NumberedFact], now: Standing, rules: ShiftRules
) -> Unresolved:
    asked = spec.amount
    return Unresolved(
        key=spec.identifier,
        label=request_label(spec),
        what=wording.row_label(now.request, now.verdict),
        why=next(iter(wording.reasons(now.request, now.verdict)), ""),
        since=_since(spec, facts, now, rules),
        status=now.status.value,
        asset=asset_of(spec.network, asked) if asked is not None else None,
        count=quantity(asked) if asked is not None else ZERO,
    )


def _since(
    spec: RequestSpec, facts: Sequence[NumberedFact], now: Standing, rules: ShiftRules
) -> datetime:
    """When it came to stand as it does."""
    request, since = None, facts[0][1].at
    status: Status | None = None
    for _seq, fact in facts:
        if request is None:
            if not isinstance(fact.value, RequestSpec):
                continue
            request = new_request(spec, fact.at)
        after = apply_fact(request, fact)
        if after is not request or status is None:
            request = after
            found = judge(request, ledger=rules.ledger, network=rules.network).status
            if found is not status:
                status, since = found, fact.at
    return since if status is now.status else facts[-1][1].at

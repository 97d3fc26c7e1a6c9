"""Make the values of one request for an export: exact amounts as text, UTC times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from xumm_desk.core.decision import wording as decision_wording
from xumm_desk.core.decision.needs import outcome_of, refund_outcome
from xumm_desk.core.money import amount, fiat
from xumm_desk.core.refund.amounts import is_positive
from xumm_desk.core.refund.refund import RefundState, refund_balances
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.sale.sale import refunded_identifier, sale_of
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.verdict import wording
from xumm_desk.core.verdict.check import Verdict
from xumm_desk.core.verdict.payment_checks import ledger_close_time
from xumm_desk.core.verdict.verdict import judge

Record = dict[str, Any]
"""The values of a request by column: text, whole numbers, flags, a list of texts, or None."""

RefundsOf = Callable[[str], Sequence[Request]]
"""The refunds of the request with an identifier."""


def no_refunds(_identifier: str) -> Sequence[Request]:
    """For requests that are known to have none."""
    return ()


def make_record(request: Request, *, ledger: bool, refunds_of: RefundsOf = no_refunds) -> Record:
    """Every column of `request`, in the order of `columns.ALL`. `ledger` says whether a ledger node
    is set up, as for `judge`."""
    verdict, spec = judge(request, ledger=ledger), request.spec
    asked, tx, answer = spec.amount, request.ledger, request.platform
    validated = tx if tx is not None and tx.validated else None
    return {
        "identifier": request.identifier,
        "created_at": request.created_at.isoformat(),
        "status": verdict.status.value,
        "final": verdict.final,
        "type": spec.tx_type,
        **_money("", asked),
        "destination": spec.destination,
        "tag": spec.tag,
        "network": spec.network,
        "uuid": request.uuid,
        "txid": request.shown_txid,
        "payer": request.blob.account if request.blob else None,
        **_money("delivered", validated.delivered if validated else None),
        "ledger_index": validated.ledger_index if validated else None,
        "resolved_at": _time(answer.resolved_at if answer else None),
        "instruction": spec.instruction or None,
        "reasons": wording.reasons(request, verdict),
        "outage": request.outage_link is not None,
        **_sale(spec),
        "refund_of": refunded_identifier(spec) or None,
        **_money("refunded", _refunded(request, refunds_of(request.identifier), ledger)),
        "paid_at": _time(ledger_close_time(validated) if validated else None),
        **_sale_details(spec),
        **_decisions(request, verdict),
    }


def _decisions(request: Request, verdict: Verdict) -> Record:
    """The columns of what persons decided; a decision about less than is known now is left out."""
    decided = outcome_of(request, verdict)
    return {
        "note": decision_wording.note_of(request) or None,
        "reviewed_by": decision_wording.reviewed_by(request) or None,
        "decision": decided.decision.kind.value if decided is not None else None,
        "decision_reason": decided.decision.text if decided is not None else None,
    }


def _refunded(request: Request, refunds: Sequence[Request], ledger: bool) -> amount.Amount | None:
    """What was paid back; None for nothing, and where it was of several assets."""
    if not refunds:
        return None
    states = [_refund_state(one, judge(one, ledger=ledger)) for one in refunds]
    back = [b.refunded for b in refund_balances(request, states) if is_positive(b.refunded)]
    return amount.total(back)


def _refund_state(refund: Request, verdict: Verdict) -> RefundState:
    return RefundState(refund, verdict.status, refund_outcome(refund, verdict))


def _sale(spec: RequestSpec) -> Record:
    """The columns of a sale at a till; empty for other requests, and where nothing was
    converted."""
    sale = sale_of(spec)
    quote = sale.quote if sale is not None else None
    rate = quote.rate if quote is not None and quote.is_conversion else None
    tip = sale.tip if sale is not None else None
    return {
        "sale": sale.number if sale is not None else None,
        "price": fiat.value_text(quote.price) if quote is not None else None,
        "price_currency": quote.price.currency if quote is not None else None,
        "tip": fiat.value_text(tip) if tip is not None else None,
        "rate": f"{rate.price:f}" if rate is not None else None,
        "rate_source": rate.source.value if rate is not None else None,
        "rate_at": _time(rate.at if rate is not None else None),
        "reference": (sale.reference or None) if sale is not None else None,
    }


def _sale_details(spec: RequestSpec) -> Record:
    """Who sold it, and the rate that the price was compared with."""
    sale = sale_of(spec)
    quote = sale.quote if sale is not None else None
    other = quote.compared if quote is not None else None
    return {
        "till": (sale.till or None) if sale is not None else None,
        "cashier": (sale.cashier or None) if sale is not None else None,
        "sale_day": (sale.series or None) if sale is not None else None,
        "sale_note": (sale.note or None) if sale is not None else None,
        "rate_compared": f"{other.price:f}" if other is not None else None,
        "rate_compared_source": other.source.value if other is not None else None,
    }


def _money(name: str, money: amount.Amount | None) -> Record:
    """The columns of one amount: an exact decimal number, and what it is counted in."""
    first, others = (name, f"{name}_") if name else ("amount", "")
    return {
        first: f"{amount.as_decimal(money):f}" if money is not None else None,
        f"{others}currency": amount.full_asset_label(money) or None,
        f"{others}issuer": amount.issuer_of(money) or None,
    }


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
